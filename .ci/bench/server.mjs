/** The server as it ships, with a thousand rules, and what is asked of it. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMAND } from '../package.mjs';
import { ROOT, run } from '../process.mjs';

export const RULES = 1000;
export const CLI = join(ROOT, COMMAND);

/**
 * Starts a server that says at which address it answers.
 * @param {string} name for messages
 * @param {readonly string[]} args of Node
 */
export async function start(name, args) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  /** @type {string} */
  const said = await new Promise((resolve, reject) => {
    child.stdout.once('data', (data) => resolve(String(data)));
    child.once('exit', () => reject(new Error(`${name} did not start`)));
  });
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  const pid = child.pid ?? 0;
  return { name, pid, url: said.replace('Answering at', '').trim(), stop };
}

/**
 * Resident memory of a process in bytes; NaN where the system has no /proc.
 * @param {number} pid
 */
export function rssOf(pid) {
  try {
    const [, pages = ''] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
    return Number(pages) * 4096;
  } catch {
    return NaN;
  }
}

/** What real clients ask: requests of the payments pack's scenarios, with all verdicts. */
export function bodies() {
  const folder = join(ROOT, 'policies/payments/scenarios');
  return readdirSync(folder)
    .filter((_name, index) => index % 10 === 0)
    .map((name) => {
      /** @type {{ request: unknown }} */
      const { request } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      return JSON.stringify(request);
    });
}

/**
 * The payments pack with a thousand rules, signed.
 * @param {string} place
 * @returns {Promise<readonly string[]>} how it is served
 */
export async function signedBundle(place) {
  rmSync(place, { force: true, recursive: true });
  mkdirSync(place, { recursive: true });
  const pack = join(place, 'pack');
  cpSync(join(ROOT, 'policies/payments'), pack, { recursive: true });
  // One scenario is enough here: what is measured is what serves, not what tests.
  const [, ...others] = readdirSync(join(pack, 'scenarios'));
  for (const name of others) rmSync(join(pack, 'scenarios', name));
  const own = readdirSync(join(pack, 'policies'))
    .map(
      (name) => readFileSync(join(pack, 'policies', name), 'utf8').match(/^@id\(/gmu)?.length ?? 0,
    )
    .reduce((sum, count) => sum + count, 0);
  const rules = Array.from({ length: RULES - own }, (_, index) => rule(index));
  writeFileSync(join(pack, 'policies/generated.cedar'), rules.join('\n'));
  const [key, trust, bundle] = ['release.pem', 'trust.json', 'payments.cjar'].map((name) =>
    join(place, name),
  );
  const said = await stage0('keygen', '-o', key ?? '', '--label', 'bench');
  // What it says to people stands behind what it says to files.
  writeFileSync(trust ?? '', said.slice(0, said.lastIndexOf('}') + 1));
  await stage0('bundle', pack, '--key', key ?? '', '-o', bundle ?? '');
  return ['serve', '--bundle', bundle ?? '', '--trust', trust ?? '', '--port', '0'];
}

/**
 * About an environment of its own, as most rules of a large pack are about something in particular.
 * @param {number} index
 */
function rule(index) {
  return `@id("generated-${index}")
@issue("GENERATED_${index}")
@message("Generated, and about one environment and currency alone.")
forbid (principal, action, resource == Environment::"region-${index}")
when { context has currency && context.currency == "X${index}" };`;
}

/** @param {readonly string[]} args */
async function stage0(...args) {
  const { code, output } = await run(process.execPath, [CLI, ...args], { collect: true });
  if (code !== 0) throw new Error(`stage0 ${args[0]}: ${output}`);
  return output;
}
