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
import { buildPackage, bundleEntry, ENTRIES, PACKAGE } from './package.mjs';
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
    const cli = join(ROOT, PACKAGE, 'cli.js');
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

/** @returns {readonly Claim[]} */
function tryInEmptyFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'stage0-package-'));
  try {
    const packed = npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder], ROOT);
    if (packed.status !== 0) return [{ name: 'npm pack', held: false, detail: packed.stderr }];
    /** @type {readonly { filename: string; unpackedSize: number; files: readonly { path: string }[] }[]} */
    const [tarball] = JSON.parse(packed.stdout);
    if (tarball === undefined)
      return [{ name: 'npm pack', held: false, detail: 'it packed nothing' }];
    writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
    const installed = npm(
      ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball.filename}`],
      folder,
    );
    const paths = tarball.files.map(({ path }) => path);
    const stray = paths.filter(
      (path) => !/^(?:dist\/node\/|package\.json$|README|LICENSE)/u.test(path),
    );
    return [
      {
        name: 'the tarball holds the package alone',
        held: paths.includes('dist/node/cli.js') && stray.length === 0,
        detail: stray.join(', ') || `${paths.length} files, ${tarball.unpackedSize} bytes unpacked`,
      },
      {
        name: 'the tarball installs in an empty folder',
        held: installed.status === 0,
        detail: installed.status === 0 ? 'with its dependencies' : installed.stderr,
      },
      stage0Decides(folder),
      stage0Checks(folder),
      entriesImport(folder),
      typesCheck(folder),
    ];
  } finally {
    rmSync(folder, { force: true, recursive: true });
  }
}

/** @param {string} folder */
function stage0Decides(folder) {
  writeFileSync(
    join(folder, 'p.cedar'),
    '@id("friends") permit (principal in Group::"friends", action, resource);',
  );
  const uid = { type: 'User', id: 'alice' };
  const entities = [{ uid, attrs: {}, parents: [{ type: 'Group', id: 'friends' }] }];
  writeFileSync(join(folder, 'e.json'), JSON.stringify(entities));
  const ask = (/** @type {string} */ who) => {
    const request = {
      principal: who,
      action: 'Action::"view"',
      resource: 'Photo::"1"',
      context: {},
    };
    return spawnSync(
      join(folder, 'node_modules/.bin', process.platform === 'win32' ? 'stage0.cmd' : 'stage0'),
      ['authorize', '--policies', 'p.cedar', '--entities', 'e.json', '--request', '-', '--json'],
      {
        cwd: folder,
        encoding: 'utf8',
        input: JSON.stringify(request),
        shell: process.platform === 'win32',
      },
    );
  };
  const [alice, bob] = [ask('User::"alice"'), ask('User::"bob"')];
  const said = `${alice.stdout}${bob.stdout}`;
  const expected =
    '{"decision":"allow","reason":["friends"],"errors":[]}\n{"decision":"deny","reason":[],"errors":[]}\n';
  return {
    name: 'stage0 authorize decides there',
    held: said === expected && alice.status === 0 && bob.status === 2,
    detail: `${alice.stderr}${bob.stderr}` || `exit codes ${alice.status} and ${bob.status}`,
  };
}

/** @param {string} folder */
function stage0Checks(folder) {
  const run = (/** @type {string[]} */ ...args) =>
    spawnSync(
      process.execPath,
      [join(folder, 'node_modules/stage0-studio/dist/node/cli.js'), ...args],
      {
        cwd: folder,
        encoding: 'utf8',
        input: '{"goal": "Deploy the site", "side_effects": ["deploy"]}',
      },
    );
  const pack = join(ROOT, 'policies/guard');
  const ran = [run('check', pack, '-'), run('validate', pack), run('fmt', '--check', pack)];
  return {
    name: 'stage0 check, validate and fmt work there',
    held: ran.map(({ status }) => status).join(' ') === '4 0 0',
    detail: ran.map(({ stdout, stderr }) => stderr || (stdout.split('\n')[0] ?? '')).join('; '),
  };
}

/** Entry points that load the SDK that they are for, which is not installed in the empty folder. */
const WITH_SDK = /\/gates\/(?:langchain|langgraph)$/u;

/** @param {string} folder */
function entriesImport(folder) {
  const entries = entryPoints()
    .filter((name) => !WITH_SDK.test(name))
    .map((name) => `import * as ${identifier(name)} from '${name}';`);
  const uses = `const { policies } = stage0_studio_cedar.parsePolicies('permit (principal, action, resource);');
const schema = stage0_studio_cedar_schema.readSchema('entity User;');
if (policies.length !== 1 || !schema.ok || !stage0_studio_decision.readCheck({ goal: '' }).ok) process.exit(1);`;
  writeFileSync(join(folder, 'use.mjs'), `${entries.join('\n')}\n${uses}\n`);
  const ran = spawnSync(process.execPath, ['use.mjs'], { cwd: folder, encoding: 'utf8' });
  return {
    name: 'every entry point can be imported',
    held: ran.status === 0 && entries.length > 0,
    detail: ran.stderr || entryPoints().join(', '),
  };
}

/** @param {string} folder */
function typesCheck(folder) {
  writeFileSync(
    join(folder, 'use.ts'),
    `import { parsePolicies, type Policy } from 'stage0-studio/cedar';
import { readSchema } from 'stage0-studio/cedar/schema';
import { readCheck, type Verdict } from 'stage0-studio/decision';
import { verifyBundle, type Trust, type Verification } from 'stage0-studio/bundle';
import { createClient, type CheckResult } from 'stage0-studio/runtime';
export const result: Promise<CheckResult> = createClient({ url: '' }).check({ goal: '' });
export const policies: readonly Policy[] = parsePolicies('').policies;
export const schema: boolean = readSchema('').ok;
export const verdict: Verdict = 'DEFER';
export const verify = (bytes: Uint8Array, trust: Trust): Promise<Verification> =>
  verifyBundle(bytes, trust, { now: 0 });
// @ts-expect-error: what is no number must not pass for one.
export const wrong: number = readCheck({});
`,
  );
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const strict = [
    '--strict',
    '--noEmit',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--types',
    '',
  ];
  const ran = spawnSync(process.execPath, [tsc, ...strict, 'use.ts'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return {
    name: 'its types check in strict mode, without skipLibCheck',
    held: ran.status === 0,
    detail: ran.stdout.slice(0, 2000) || 'use.ts',
  };
}

/** @returns {readonly string[]} as one imports them */
function entryPoints() {
  const { name, exports } = readManifest();
  return Object.keys(exports)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => path.replace('.', name));
}

/** @param {string} name */
function identifier(name) {
  return name.replaceAll(/\W/gu, '_');
}

/** @returns {{ name: string; exports: Record<string, unknown>; dependencies: Record<string, string>; peerDependencies: Record<string, string> }} */
function readManifest() {
  /** @type {ReturnType<typeof readManifest>} */
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return manifest;
}

/**
 * @param {readonly string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  const path = process.env['npm_execpath'];
  const own = path !== undefined && /\.[cm]?js$/u.test(path);
  const program = own ? process.execPath : process.platform === 'win32' ? 'npm.cmd' : 'npm';
  return spawnSync(program, own ? [path, ...args] : [...args], {
    cwd,
    encoding: 'utf8',
    shell: !own && process.platform === 'win32',
    // Started by npm, these would point the inner npm at this project.
    env: Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !/^npm_(?:config_(?:local_)?prefix|lifecycle)/u.test(name),
      ),
    ),
  });
}
