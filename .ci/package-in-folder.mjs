/** Packs the package as it would be published, installs it in an empty folder, and uses it there. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMAND } from './package.mjs';
import { ROOT } from './process.mjs';

/** @typedef {import('./budget.mjs').Claim} Claim */

/** @returns {readonly Claim[]} what came of it */
export function tryInEmptyFolder() {
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
        held: paths.includes(COMMAND) && stray.length === 0,
        detail: stray.join(', ') || `${paths.length} files, ${tarball.unpackedSize} bytes unpacked`,
      },
      {
        name: 'the tarball installs in an empty folder',
        held: installed.status === 0,
        detail: installed.status === 0 ? 'with its dependencies' : installed.stderr,
      },
      stage0Decides(folder),
      stage0Checks(folder),
      ...(process.platform === 'win32' ? [] : [stage0IsLeft(folder)]),
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
    spawnSync(process.execPath, [join(folder, 'node_modules/stage0-studio', COMMAND), ...args], {
      cwd: folder,
      encoding: 'utf8',
      input: '{"goal": "Deploy the site", "side_effects": ["deploy"]}',
    });
  const pack = join(ROOT, 'policies/guard');
  const ran = [run('check', pack, '-'), run('validate', pack), run('fmt', '--check', pack)];
  return {
    name: 'stage0 check, validate and fmt work there',
    held: ran.map(({ status }) => status).join(' ') === '4 0 0',
    detail: ran.map(({ stdout, stderr }) => stderr || (stdout.split('\n')[0] ?? '')).join('; '),
  };
}

/**
 * A reader that leaves before the end, as `head` does: a failure, and nothing to be said of it.
 * @param {string} folder
 */
function stage0IsLeft(folder) {
  const command = join(folder, 'node_modules/stage0-studio', COMMAND);
  const { stdout, stderr } = spawnSync(
    'sh',
    [
      '-c',
      '{ sleep 1; "$0" "$1" --help; echo "ended with $?" >&2; } | true',
      process.execPath,
      command,
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  return {
    name: 'stage0 ends quietly when nobody reads on',
    held: stdout === '' && stderr === 'ended with 1\n',
    detail: stderr.trim(),
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

/** @returns {{ name: string; exports: Record<string, unknown>; dependencies: Record<string, string>; peerDependencies: Record<string, string> }} */
export function readManifest() {
  /** @type {ReturnType<typeof readManifest>} */
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return manifest;
}
