import { spawnSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { packWithRoles, smallPack } from '../bundle/testing/small-pack.ts';
import { readFile as readSource, type Host } from './host.ts';
import { runProgram } from './program.ts';

vi.setConfig({ testTimeout: 60_000 });

const PACKS = new URL('../../policies/', import.meta.url).pathname;
const AT = ['--issued-at', '2026-11-01T12:00:00Z', '--by', 'Alice', '--no-mutation'];
const NOW = ['--now', '2026-11-01T13:00:00Z'];

let folder = '';
const at = (name: string): string => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stage0-bundle-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Runs the command; words that name a file of the test's folder start with `@`. */
async function stage0(args: readonly string[], input = '') {
  let out = '';
  let error = '';
  const host: Host = {
    read: async (path) =>
      path === '-' ? { ok: true, value: { name: '<stdin>', text: input } } : readSource(path),
    out: (text) => void (out += text),
    error: (text) => void (error += text),
    watched: false,
  };
  const placed = args.map((arg) =>
    arg.replace(/^(.*=)?@/, (_all, role = '') => `${role}${folder}/`),
  );
  const code = await runProgram(placed, host);
  return { code, out: out.replaceAll(`${folder}/`, ''), error: error.replaceAll(`${folder}/`, '') };
}

async function keygen(name: string, more: readonly string[] = []): Promise<void> {
  const made = await stage0(['keygen', '-o', `@${name}.pem`, ...more]);
  expect(made.code).toBe(0);
  await writeFile(at(`${name}.trust.json`), made.out);
}

async function payments(version: string): Promise<string> {
  const pack = at(`payments-${version}`);
  await cp(join(PACKS, 'payments'), pack, { recursive: true });
  const metadata = await readFile(join(pack, 'metadata.json'), 'utf8');
  await writeFile(join(pack, 'metadata.json'), metadata.replace('1.4.0', version));
  return pack;
}

const verify = (bundle: string, ...more: readonly string[]) =>
  stage0(['verify', `@${bundle}`, '--trust', '@a.trust.json', ...NOW, ...more]);

describe('stage0 keygen, bundle and verify', () => {
  test('every example pack is signed, accepted, and refused when a byte is changed', async () => {
    await keygen('a');
    for (const name of await readdir(PACKS)) {
      const made = await stage0([
        'bundle',
        join(PACKS, name),
        '--key',
        '@a.pem',
        '-o',
        '@x.cjar',
        ...AT,
      ]);
      expect(made).toMatchObject({ code: 0, error: '' });
      const good = await verify('x.cjar');
      expect(good).toMatchObject({ code: 0 });
      expect(good.out.match(/^✓/gm)).toHaveLength(10);
      expect(good.out).toMatch(/^ {4}PASSED: \d+ scenarios pass, 0 do not, covered \d+ of \d+$/m);
      const bytes = await readFile(at('x.cjar'));
      bytes.writeUInt8(bytes.readUInt8(5000) ^ 1, 5000);
      await writeFile(at('x.cjar'), bytes);
      expect(await verify('x.cjar')).toMatchObject({ code: 2 });
    }
  });

  test('the same pack, key and time give the same bytes', async () => {
    await keygen('a');
    const pack = join(PACKS, 'payments');
    await stage0(['bundle', pack, '--key', '@a.pem', '-o', '@1.cjar', ...AT]);
    await stage0(['bundle', pack, '--key', '@a.pem', '-o', '@2.cjar', ...AT]);
    expect((await readFile(at('1.cjar'))).equals(await readFile(at('2.cjar')))).toBe(true);
  });

  test('a key comes from a file, the standard input or a variable, never from the command line', async () => {
    await keygen('a');
    const pem = await readFile(at('a.pem'), 'utf8');
    expect((await stat(at('a.pem'))).mode & 0o777).toBe(0o600);
    const pack = join(PACKS, 'payments');
    const bundle = (key: string, input = '') =>
      stage0(['bundle', pack, '--key', key, '-o', '@x.cjar', ...AT], input);
    expect((await bundle('-', pem)).code).toBe(0);
    vi.stubEnv('TEST_SIGNING_KEY', pem);
    expect((await bundle('env:TEST_SIGNING_KEY')).code).toBe(0);
    vi.unstubAllEnvs();
    expect((await verify('x.cjar')).code).toBe(0);
    expect(await bundle(pem)).toMatchObject({
      code: 1,
      error: 'error: a key does not belong on the command line, where others can read it\n',
    });
    expect(await bundle('env:TEST_SIGNING_KEY')).toMatchObject({ code: 1 });
  });

  test('a key is never written over, and an encrypted one opens with its passphrase alone', async () => {
    vi.stubEnv('STAGE0_PASSPHRASE', 'correct horse');
    await keygen('a', ['--encrypt', '--algorithm', 'ES256']);
    expect(await readFile(at('a.pem'), 'utf8')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    expect(await stage0(['keygen', '-o', '@a.pem'])).toMatchObject({
      code: 1,
      error: 'a.pem: cannot be written: it is there already\n',
    });
    const pack = join(PACKS, 'payments');
    const bundle = () => stage0(['bundle', pack, '--key', '@a.pem', '-o', '@x.cjar', ...AT]);
    expect((await bundle()).code).toBe(0);
    expect((await verify('x.cjar')).code).toBe(0);
    vi.stubEnv('STAGE0_PASSPHRASE', 'wrong');
    expect(await bundle()).toMatchObject({
      code: 1,
      error: 'error: --key: The passphrase is not the right one.\n',
    });
    vi.unstubAllEnvs();
  });

  test('--accepted refuses what is older than what was accepted, and keeps what it knows', async () => {
    await keygen('a');
    for (const version of ['1.5.0', '1.6.0']) {
      const pack = await payments(version);
      const previous = version === '1.6.0' ? ['--previous', '@1.5.0.cjar'] : [];
      const args = ['bundle', pack, '--key', '@a.pem', '-o', `@${version}.cjar`, ...previous];
      expect(await stage0([...args, ...AT])).toMatchObject({ code: 0, error: '' });
    }
    const state = ['--accepted', '@state.json'];
    expect((await verify('1.5.0.cjar', ...state)).code).toBe(0);
    expect((await verify('1.6.0.cjar', ...state)).code).toBe(0);
    const before = await readFile(at('state.json'), 'utf8');
    const old = await verify('1.5.0.cjar', ...state, '--json');
    expect(old.code).toBe(2);
    expect(JSON.parse(old.out)).toMatchObject({ ok: false, code: 'E_ROLLBACK' });
    expect(await readFile(at('state.json'), 'utf8')).toBe(before);
    expect((await verify('1.6.0.cjar', ...state)).code).toBe(0);
    await writeFile(at('state.json'), before.slice(0, -5));
    expect(await verify('1.6.0.cjar', ...state)).toMatchObject({ code: 1, out: '' });
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('what does not pass is released with a written reason only, and trust.json may refuse it still', async () => {
    await keygen('a');
    const pack = await payments('1.5.0');
    const [first = ''] = await readdir(join(pack, 'scenarios'));
    const scenario = await readFile(join(pack, 'scenarios', first), 'utf8');
    const wrong = scenario.replace(/"verdict": "\w+"/, (old) =>
      old.includes('DENY') ? '"verdict": "ALLOW"' : '"verdict": "DENY"',
    );
    await writeFile(join(pack, 'scenarios', first), wrong);
    const args = ['bundle', pack, '--key', '@a.pem', '-o', '@x.cjar', ...AT];
    const refused = await stage0(args);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.error).toContain('one scenario not passing');
    expect((await stage0([...args, '--accept', 'The fix is on its way.'])).code).toBe(0);
    const verdict = await verify('x.cjar', '--json');
    expect(JSON.parse(verdict.out)).toMatchObject({ code: 'E_ATTESTATION' });
    const trust = await readFile(at('a.trust.json'), 'utf8');
    await writeFile(at('a.trust.json'), trust.replace('PASSED', 'PRESENT'));
    const accepted = await verify('x.cjar', '--json');
    expect(JSON.parse(accepted.out)).toMatchObject({
      ok: true,
      attestations: [
        { role: 'release' },
        {
          predicate: {
            result: 'FAILED',
            stage0: { by: 'Alice', acceptance: { of: ['failing-scenarios'] } },
          },
        },
      ],
    });
  });
});

describe('what stage0 bundle tries', () => {
  const door = async (files: ReadonlyMap<string, string>) => {
    for (const [path, text] of files) {
      await mkdir(dirname(at(`door/${path}`)), { recursive: true });
      await writeFile(at(`door/${path}`), text);
    }
    const made = await stage0(['bundle', '@door', '--key', '@a.pem', '-o', '@x.cjar', ...BY]);
    const verdict = await verify('x.cjar', '--json');
    return { made, attested: verdict.out };
  };
  const BY = AT.slice(0, -1);

  test('which mistakes in the rules its scenarios would notice is part of what is signed', async () => {
    await keygen('a');
    const { made, attested } = await door(packWithRoles());
    expect(made).toMatchObject({ code: 0, error: '' });
    expect(made.out).toMatch(/, noticed 6 of 8 mistakes$/m);
    expect(attested).toMatch(
      /"mutation":\{"killed":6,"survived":\["guests-wait: .+"\],"total":8\}/,
    );
  });

  test('a type error needs a reason, and what others may decide otherwise is said', async () => {
    await keygen('a');
    const policies = smallPack().get('policies/door.cedar') ?? '';
    const wrong = policies.replace('== "guest"', '== 5');
    const { made } = await door(smallPack().set('policies/door.cedar', wrong));
    expect(made).toMatchObject({ code: 1 });
    expect(made.error).toContain('found by the validator');
    const { made: right } = await door(smallPack());
    expect(right.error).toMatch(
      /^door\/schema\.cedarschema: other Cedar engines may allow more than this one: session\.malformed/,
    );
  });
});

describe('stage0 attach', () => {
  test.each(['ed25519', 'ec'] as const)(
    'takes signatures of a key that never leaves its service: %s',
    async (type) => {
      const pair =
        type === 'ec'
          ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
          : generateKeyPairSync('ed25519');
      await writeFile(at('pub.pem'), pair.publicKey.export({ format: 'pem', type: 'spki' }));
      const pack = join(PACKS, 'payments');
      const made = await stage0([
        'bundle',
        pack,
        '--unsigned',
        '--to-sign',
        '@pae',
        '-o',
        '@x.cjar',
        ...AT,
      ]);
      expect(made).toMatchObject({ code: 0, error: '' });
      const signatures: string[] = [];
      for (const role of ['release', 'test-result']) {
        const digest = type === 'ec' ? 'sha256' : null;
        const bytes = sign(digest, await readFile(at(`pae/${role}.pae`)), pair.privateKey);
        await writeFile(at(`${role}.sig`), role === 'release' ? bytes : bytes.toString('base64'));
        signatures.push('--signature', `${role}=@${role}.sig`);
      }
      await keygen('a');
      const unsigned = await verify('x.cjar', '--json');
      expect(JSON.parse(unsigned.out)).toMatchObject({ code: 'E_SIG' });
      expect(await stage0(['attach', '@x.cjar', '--key', '@pub.pem', ...signatures])).toMatchObject(
        {
          code: 0,
          error: '',
        },
      );
      const stranger = await verify('x.cjar', '--json');
      expect(JSON.parse(stranger.out)).toMatchObject({ code: 'E_UNTRUSTED_KEY' });

      const trust = await stage0(['trust', '@pub.pem', '--label', 'the key service']);
      await writeFile(at('kms.json'), trust.out);
      const trusted = await stage0(['verify', '@x.cjar', '--trust', '@kms.json', ...NOW]);
      expect(trusted.out).toContain('signed by the key service');

      // The second of two people signs what is there, and two are asked for.
      await keygen('b', ['--public', '@b.pub.pem']);
      expect((await stage0(['attach', '@x.cjar', '--sign-with', '@b.pem'])).code).toBe(0);
      const both = ['trust', '@pub.pem', '@b.pub.pem', '--threshold', '2'];
      await writeFile(at('both.json'), (await stage0(both)).out);
      expect(await stage0(['verify', '@x.cjar', '--trust', '@both.json', ...NOW])).toMatchObject({
        code: 0,
      });
      const never = await stage0([...both.slice(0, 2), '--threshold', '2']);
      expect(never).toMatchObject({ code: 1, out: '' });
      const swapped = ['--signature', 'release=@test-result.sig'];
      expect(await stage0(['attach', '@x.cjar', '--key', '@pub.pem', ...swapped])).toMatchObject({
        code: 1,
        error: "test-result.sig: The signature is not this key's over the release attestation.\n",
      });
    },
  );

  test('takes an envelope that another tool wrote', async () => {
    await keygen('a', ['--public', '@a.pub.pem']);
    const pack = join(PACKS, 'payments');
    await stage0(['bundle', pack, '--unsigned', '--to-sign', '@pae', '-o', '@x.cjar', ...AT]);
    const key = createPrivateKey(await readFile(at('a.pem')));
    expect(createPublicKey(key).export({ format: 'pem', type: 'spki' })).toBe(
      await readFile(at('a.pub.pem'), 'utf8'),
    );
    for (const role of ['release', 'test-result']) {
      const pae = await readFile(at(`pae/${role}.pae`));
      const payload = pae.subarray(pae.indexOf('{')).toString('base64url');
      const sig = sign(null, pae, key).toString('base64');
      const payloadType = 'application/vnd.in-toto+json';
      const text = JSON.stringify({ payloadType, payload, signatures: [{ sig }] }, undefined, 2);
      await writeFile(at(`${role}.json`), text);
      const args = [
        'attach',
        '@x.cjar',
        '--key',
        '@a.pub.pem',
        '--envelope',
        `${role}=@${role}.json`,
      ];
      expect(await stage0(args)).toMatchObject({ code: 0, error: '' });
    }
    expect((await verify('x.cjar')).code).toBe(0);
  });
});

test('stage0 trust takes public keys alone', async () => {
  await keygen('a', ['--public', '@a.pub.pem']);
  expect(await stage0(['trust', '@a.pub.pem', '@a.pub.pem'])).toMatchObject({ code: 1, out: '' });
  expect(await stage0(['trust', '@a.trust.json'])).toMatchObject({ code: 1, out: '' });
  expect(await stage0(['trust', '@none.pem'])).toMatchObject({ code: 1, out: '' });
  expect(await stage0(['trust', '@a.pub.pem', '--threshold', '0'])).toMatchObject({ code: 1 });
});

test('stage0 export writes a pack for AgentCore, with a list of what has no counterpart', async () => {
  const pack = join(PACKS, 'internal-tools');
  const profile = ['--profile', 'agentcore', '--target', 'Desk', '--gateway', 'arn:aws:x'];
  const made = await stage0(['export', pack, ...profile, '-o', '@out']);
  expect(made).toMatchObject({ code: 0, error: '' });
  const read = (name: string) => readFile(join(folder, 'out', name), 'utf8');
  expect(await read('policies.cedar')).toContain('AgentCore::Action::"Desk___tickets.close"');
  expect(await read('schema.cedarschema')).toContain('namespace AgentCore {');
  expect(await read('NOTES.md')).toMatch(/## What denies more there\n\n- \*\*/);
});

test('openssl opens an encrypted key, and stage0 opens one that openssl encrypted', async (context) => {
  const version = spawnSync('openssl', ['version'], { encoding: 'utf8' });
  if (version.status !== 0) context.skip('openssl is not installed');
  vi.stubEnv('STAGE0_PASSPHRASE', 'correct horse');
  await keygen('a', ['--encrypt']);
  const openssl = (args: readonly string[]) =>
    spawnSync('openssl', args, { encoding: 'utf8', cwd: folder });
  const opened = openssl([
    'pkey',
    '-in',
    'a.pem',
    '-passin',
    'pass:correct horse',
    '-noout',
    '-text',
  ]);
  expect(opened.stdout).toContain('ED25519 Private-Key');
  openssl([
    'genpkey',
    '-algorithm',
    'ed25519',
    '-aes256',
    '-pass',
    'pass:correct horse',
    '-out',
    'o.pem',
  ]);
  const args = ['bundle', join(PACKS, 'payments'), '--key', '@o.pem', '-o', '@x.cjar', ...AT];
  expect(await stage0(args)).toMatchObject({ code: 0, error: '' });
  vi.unstubAllEnvs();
});

describe('stage0 test and diff of bundles', () => {
  const NOW_BUNDLED = ['--key', '@a.pem', '--by', 'Alice'];

  test('decide as the folder does; only with --trust has somebody vouched for them', async () => {
    await keygen('a');
    await keygen('b');
    const pack = await payments('1.4.1');
    await stage0(['bundle', pack, ...NOW_BUNDLED, '-o', '@x.cjar']);
    const [loose, strict] = [['@x.cjar'], ['@x.cjar', '--trust', '@a.trust.json']];
    const plain = await stage0(['test', pack]);
    expect(await stage0(['test', ...strict])).toEqual(plain);
    const unverified = await stage0(['test', ...loose]);
    expect(unverified).toMatchObject({ code: 0, out: plain.out });
    expect(unverified.error).toContain('x.cjar: not verified');

    const hours = join(pack, 'policies/hours.cedar');
    await writeFile(hours, (await readFile(hours, 'utf8')).replaceAll('< 1020', '< 1439'));
    const differs = await stage0(['diff', ...strict, pack]);
    expect(differs).toMatchObject({ code: 3, error: '' });
    expect(differs.out).toContain('DEFER → ALLOW  friday-at-five');

    // Refused whole: another's key, a byte that was changed, and what is no bundle.
    const stranger = await stage0(['test', '@x.cjar', '--trust', '@b.trust.json']);
    expect(stranger).toMatchObject({ code: 1, out: '' });
    expect(stranger.error).toContain('E_UNTRUSTED_KEY');
    const bytes = await readFile(at('x.cjar'));
    bytes.writeUInt8(bytes.readUInt8(5000) ^ 1, 5000);
    await writeFile(at('x.cjar'), bytes);
    for (const args of [loose, strict]) {
      expect(await stage0(['diff', ...args, pack])).toMatchObject({ code: 1, out: '' });
    }
    await writeFile(at('x.cjar'), 'no archive');
    const none = await stage0(['test', '@x.cjar']);
    expect(none).toMatchObject({ code: 1, out: '' });
    expect(none.error).toContain('E_ARCHIVE');
  });

  test('of the very same pack nothing is to be released', async () => {
    const pack = await payments('1.4.0');
    const { code, out } = await stage0(['diff', pack, pack]);
    expect(code).toBe(0);
    expect(out).toContain('the packs are the same: there is nothing to release');
    expect(out).not.toContain('suggested version');
    const json: unknown = JSON.parse((await stage0(['diff', pack, pack, '--json'])).out);
    expect(json).toMatchObject({ suggestion: { bump: 'none', version: '1.4.0' } });
    const markdown = await stage0(['diff', pack, pack, '--markdown']);
    expect(markdown.out).toContain('there is nothing to release');
    const { out: help } = await stage0(['diff', '--help']);
    expect(help).toMatch(/Exit code: 0 .* 2 .* 3 .* 1 /);
  });
});
