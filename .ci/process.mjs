/** Runs other programs of the toolchain, and times them. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, wherever the command was given. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * @typedef {object} Ended
 * @property {number} code exit code; 1 when a signal ended it
 * @property {string} output what it printed, when it was not passed on at once
 */

/**
 * Runs a program and waits for its end. It never throws: a program that cannot start has failed.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ collect?: boolean; env?: Readonly<Record<string, string>>; timeout?: number }} [how]
 *   `collect` keeps the output for later instead of passing it on; after `timeout` milliseconds it is
 *   ended, and has failed
 * @returns {Promise<Ended>}
 */
export function run(program, args, { collect = false, env = {}, timeout = 0 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      timeout,
      env: { ...process.env, ...env },
      stdio: collect ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    /** @type {Buffer[]} */
    const chunks = [];
    child.stdout?.on('data', (/** @type {Buffer} */ chunk) => chunks.push(chunk));
    child.stderr?.on('data', (/** @type {Buffer} */ chunk) => chunks.push(chunk));
    child.on('error', (error) => {
      resolve({ code: 1, output: `${program} did not start: ${error.message}\n` });
    });
    child.on('close', (code) => {
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() });
    });
  });
}

/**
 * Runs a command of an installed package with this very Node, on any system.
 * @param {string} name the package
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [how]
 * @param {string} [command] when it is not called like the package
 */
export function runPackage(name, args, how, command = name) {
  return run(process.execPath, [binary(name, command), ...args], how);
}

/**
 * @param {string} name
 * @param {string} command
 */
function binary(name, command) {
  const folder = join(ROOT, 'node_modules', name);
  /** @type {{ bin: Record<string, string> }} */
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, bin[command] ?? '');
}

/**
 * Runs npm: the one that started us, else the one on the path.
 * @param {readonly string[]} args
 */
export function runNpm(args) {
  const npm = process.env['npm_execpath'];
  if (npm !== undefined && /\.[cm]?js$/u.test(npm)) return run(process.execPath, [npm, ...args]);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
}

/** @param {number} started `Date.now()` back then */
export function secondsSince(started) {
  return `${((Date.now() - started) / 1000).toFixed(1)} s`;
}
