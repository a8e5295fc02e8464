/**
 * Holds the package for Node to what is claimed of it: it is built, packed, installed in an empty folder
 * and used there. Each claim is a test of `npm test`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { exampleOf, gatesWithExample } from './example.mjs';
import { buildPackage, bundleEntry, COMMAND, ENTRIES } from './package.mjs';
import { readManifest, tryInEmptyFolder } from './package-in-folder.mjs';
import { ROOT } from './process.mjs';

/** @typedef {import('./budget.mjs').Claim} Claim */

/** The `./cedar` entry point, minified, in bytes after gzip. */
const CEDAR_BUDGET = 20_000;

/**
 * Builds the package and checks every claim.
 * @returns {Promise<readonly Claim[]>}
 * @throws when it cannot be built
 */
export async function checkPackage() {
  await buildPackage();
  const cedar = await bundleEntry(ENTRIES.cedar);
  const size = gzipSync(cedar.code).length;
  const schema = await bundleEntry(ENTRIES['cedar-schema']);
  const foreign = [...cedar.modules, ...schema.modules].filter(
    (module) => !/^src\/(?:base|cedar)\//u.test(module),
  );
  const imports = [...cedar.imports, ...schema.imports];
  return [
    {
      name: './cedar is under 20 kB after gzip',
      held: size > 1000 && size < CEDAR_BUDGET,
      detail: `${(size / 1000).toFixed(1)} kB; with ./cedar/schema apart: ${(gzipSync(schema.code).length / 1000).toFixed(1)} kB`,
    },
    {
      name: './cedar holds no dependency',
      held: cedar.modules.length > 10 && foreign.length === 0 && imports.length === 0,
      detail: [...foreign, ...imports].join(', ') || `${cedar.modules.length} modules looked into`,
    },
    await onlyDeclared(),
    await gatesStandAlone(),
    await mcpGateStands(),
    ...(await gatesWithExample()).map(exampleHolds),
    ...tryInEmptyFolder(),
  ];
}

/** Whoever imports one gate gets the core and that gate: not another one, and no engine or server. */
async function gatesStandAlone() {
  const gates = Object.entries(ENTRIES).filter(([name]) => name.startsWith('gates'));
  const found = await Promise.all(
    gates.map(async ([name, entry]) => {
      const own = name.replace(/^gates-?/u, '');
      const { modules } = await bundleEntry(entry);
      return modules
        .map((module) =>
          /^src\/runtime\/(?:gates\/(?<gate>[\w-]+)|server|log|keys)\//u.exec(module),
        )
        .flatMap((match) => (match === null || match.groups?.['gate'] === own ? [] : [match.input]))
        .map((module) => `${name}: ${module}`);
    }),
  );
  return {
    name: 'importing one gate pulls in no other',
    held: gates.length > 1 && found.flat().length === 0,
    detail: found.flat().join(', ') || gates.map(([name]) => name).join(', '),
  };
}

/** `stage0 mcp-gate` as a client starts it, in front of a server as it is published. */
async function mcpGateStands() {
  const folder = mkdtempSync(join(tmpdir(), 'stage0-mcp-gate-'));
  const client = new Client({ name: 'claims', version: '1.0.0' });
  try {
    writeFileSync(join(folder, 'note.txt'), 'what was there');
    const server = join(ROOT, 'node_modules/@modelcontextprotocol/server-filesystem/dist/index.js');
    const cli = join(ROOT, COMMAND);
    const pack = join(folder, 'pack');
    const behind = ['--', process.execPath, server, folder];
    const made = spawnSync(process.execPath, [cli, 'import', 'mcp', '-o', pack, ...behind], {
      encoding: 'utf8',
    });
    const args = [cli, 'mcp-gate', '--pack', pack, '--log', join(folder, 'gate.log'), ...behind];
    const env = { PATH: process.env['PATH'] ?? '' };
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args, env, stderr: 'ignore' }),
    );
    const path = join(folder, 'note.txt');
    const call = async (/** @type {string} */ name, /** @type {Record<string, unknown>} */ given) =>
      JSON.stringify((await client.callTool({ name, arguments: given })).content);
    const read = await call('read_text_file', { path });
    const written = await call('write_file', { path, content: 'new' });
    const log = readFileSync(join(folder, 'gate.log'), 'utf8');
    return {
      name: 'stage0 mcp-gate lets a client read, and write nothing, by the pack that stage0 import made',
      held:
        made.status === 0 &&
        read.includes('what was there') &&
        written.includes('DESTRUCTIVE_TOOL') &&
        readFileSync(path, 'utf8') === 'what was there' &&
        log.includes('"event":"denied"'),
      detail: made.stderr.includes('error') ? made.stderr : made.stdout.trim(),
    };
  } finally {
    await client.close();
    rmSync(folder, { force: true, recursive: true });
  }
}

/**
 * The example of a gate, with somebody at the terminal who approves the payout, and with somebody who does not.
 * @param {string} gate
 * @returns {Claim}
 */
function exampleHolds(gate) {
  const run = (/** @type {string} */ input) =>
    spawnSync(process.execPath, [exampleOf(gate)], { cwd: ROOT, encoding: 'utf8', input });
  const [approved, refused] = [run('l.haas\n'), run('\n')];
  const ran = (/** @type {{ stdout: string }} */ { stdout }) =>
    stdout.split('\n').filter((line) => line.startsWith('RAN:'));
  const held =
    approved.status === 0 &&
    refused.status === 0 &&
    ran(approved).length === 1 &&
    ran(approved).every((line) => line.includes('paid')) &&
    ran(refused).length === 0 &&
    [approved, refused].every(({ stdout }) => stdout.includes('ROLE_NOT_AUTHORIZED'));
  return {
    name: `npm run example ${gate}: the payout runs once when it is approved, the delete never`,
    held,
    detail: `${approved.stderr}${refused.stderr}` || `${ran(approved).join()} / nothing`,
  };
}

/** What runs in Node imports Node and the package's dependencies; the studio's packages are neither. */
async function onlyDeclared() {
  const { dependencies, peerDependencies } = readManifest();
  const packages = Object.keys({ ...dependencies, ...peerDependencies });
  const allowed = ['node:', ...packages.flatMap((name) => [name, `${name}/`])];
  const bundles = await Promise.all(Object.values(ENTRIES).map(bundleEntry));
  const imports = [...new Set(bundles.flatMap((bundle) => bundle.imports))];
  const strangers = [
    ...imports.filter(
      (name) =>
        !allowed.some((start) => (/[/:]$/u.test(start) ? name.startsWith(start) : name === start)),
    ),
    ...bundles.flatMap(({ modules }) => modules.filter((name) => !name.startsWith('src/'))),
    ...bundles.flatMap(({ modules }) => modules.filter((name) => name.startsWith('src/studio/'))),
  ];
  return {
    name: 'the package needs nothing but its dependencies: no React, no Monaco',
    held: imports.length > 0 && strangers.length === 0,
    detail: strangers.join(', ') || imports.filter((name) => !name.startsWith('node:')).join(', '),
  };
}
