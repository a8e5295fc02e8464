import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile as readText,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readFile, type Host } from './host.ts';
import { runProgram } from './program.ts';

const PAYMENTS = fileURLToPath(new URL('../../policies/payments', import.meta.url));
let folder = '';
let pack = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stage0-'));
  pack = join(folder, 'payments');
  await cp(PAYMENTS, pack, { recursive: true });
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function stage0(...args: readonly string[]) {
  let out = '';
  let error = '';
  const host: Host = {
    read: readFile,
    out: (text) => void (out += text),
    error: (text) => void (error += text),
    watched: false,
  };
  const code = await runProgram(args, host);
  return { code, out, error: error.replaceAll(folder, '') };
}

async function edit(path: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readText(join(pack, path), 'utf8');
  expect(text).toMatch(from);
  await writeFile(join(pack, path), text.replace(from, to));
}

const HOURS = 'policies/hours.cedar';
const EXPECTED = 'scenarios/payout-without-approval.json';

describe('stage0 test', () => {
  test('passes, and says what is covered', async () => {
    const { code, out, error } = await stage0('test', pack);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(/^payments@\d+\.\d+\.\d+: \d+ passed, 0 failed\ncoverage [\d.]+ % /m);
  });

  test('a verdict that is not the expected one fails, by name and with both verdicts', async () => {
    await edit(EXPECTED, '"verdict": "DEFER"', '"verdict": "ALLOW"');
    const { code, out } = await stage0('test', pack);
    expect(code).toBe(1);
    expect(out).toContain('✗ payout-without-approval  Payout without approval');
    expect(out).toContain('The verdict is DEFER and not ALLOW.');
  });

  test('too little coverage fails', async () => {
    expect(await stage0('test', pack, '--min-coverage', '10')).toMatchObject({ code: 0 });
    const { code, error } = await stage0('test', pack, '--min-coverage', '100');
    expect({ code, error }).toMatchObject({ code: 1 });
    expect(error).toContain('is less than 100 %');
    expect(await stage0('test', pack, '--min-coverage', 'much')).toMatchObject({
      code: 1,
      out: '',
    });
  });

  test('mistakes that no scenario notices are listed, and too many of them fail', async () => {
    const { code, out, error } = await stage0('test', pack, '--mutation');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(/^~ operators-may-pay: any principal$/m);
    expect(out).toMatch(/^mutants 9\d(?:\.\d)? % noticed \(\d+ of \d+\)$/m);
    // Without its scenarios about refunds, more mistakes in those rules go unnoticed.
    const names = await readdir(join(pack, 'scenarios'));
    for (const name of names.filter((one) => one.includes('refund'))) {
      await rm(join(pack, 'scenarios', name));
    }
    const worse = await stage0('test', pack, '--min-mutation', '97', '--json');
    expect(worse.code).toBe(1);
    expect(worse.error).toMatch(/^mutants \d+(?:\.\d)? % is less than 97 %$/m);
    const report: unknown = JSON.parse(worse.out);
    expect(report).toHaveProperty('mutation.kinds.0.kind');
    expect(report).toHaveProperty('mutation.survivors.0.after');
  });

  test('JSON has every result, and the coverage', async () => {
    const { out } = await stage0('test', pack, '--json');
    const report: unknown = JSON.parse(out);
    expect(report).toMatchObject({ pack: { name: 'payments' }, failed: 0, errors: 0 });
    expect(report).toHaveProperty('coverage.rules.0.branches.0.seenTrue');
    expect(report).toHaveProperty('results.0.state', 'pass');
  });

  test('writes JUnit and LCOV with paths from where it runs', async () => {
    await edit(EXPECTED, 'Payout without approval', 'Payout <&\\"> \\u0007');
    await edit(EXPECTED, '"verdict": "DEFER"', '"verdict": "DENY"');
    const [junit, lcov] = [join(folder, 'j.xml'), join(folder, 'l.info')];
    await stage0('test', pack, '--junit', junit, '--lcov', lcov);
    const xml = await readText(junit, 'utf8');
    expect(xml).toContain('failures="1" errors="0"');
    expect(xml).toContain('name="payout-without-approval: Payout &lt;&amp;&quot;&gt; \uFFFD"');
    expect(await readText(lcov, 'utf8')).toContain(`SF:${pack}/policies/hours.cedar`);
    expect((await stage0('test', pack, '--lcov', '-')).out).toMatch(/^TN:\n/);
    expect(await stage0('test', pack, '--lcov', folder)).toMatchObject({ code: 1 });
  });

  test('a scenario that cannot run fails, and a pack without any has not been tested', async () => {
    await writeFile(join(pack, 'scenarios/broken.json'), '{');
    const broken = await stage0('test', pack);
    expect(broken.code).toBe(1);
    expect(broken.error).toContain('/payments/scenarios/broken.json:1:2:');
    expect(broken.out).toContain('1 not decided');
    await rm(join(pack, 'scenarios'), { recursive: true });
    expect(await stage0('test', pack)).toMatchObject({ code: 1, error: 'there is no scenario\n' });
  });

  test('what keeps a pack from deciding is said with its place', async () => {
    await edit(HOURS, 'forbid (', 'forbit (');
    const { code, out, error } = await stage0('test', pack);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toMatch(/^\/payments\/policies\/hours\.cedar:\d+:\d+: /);
    expect((await stage0('test', join(folder, 'none'))).code).toBe(1);
  });

  test('hidden files and links are no part of a pack', async () => {
    await mkdir(join(pack, '.git'));
    await writeFile(join(pack, '.git/x.cedar'), 'nonsense');
    await symlink('/etc/hostname', join(pack, 'policies/link.cedar'));
    expect(await stage0('test', pack)).toMatchObject({ code: 0, error: '' });
  });
});

describe('stage0 diff', () => {
  test.each([
    ['nothing', HOURS, '// When.', '// Whenever.', 0, 'no verdict flips'],
    ['a verdict that is stricter', HOURS, /< 1020/g, '< 541', 2, '0 newly allowed'],
    ['something newly allowed', HOURS, /< 1020/g, '< 1439', 3, 'DEFER → ALLOW  friday-at-five'],
    ['an issue under the same verdict', HOURS, 'QUIET_HOURS', 'NIGHT', 0, '+NIGHT -QUIET_HOURS'],
  ] as const)('%s', async (_name, path, from, to, code, shown) => {
    await edit(path, from, to);
    const answer = await stage0('diff', PAYMENTS, pack);
    expect(answer).toMatchObject({ code, error: '' });
    expect(answer.out).toContain(shown);
  });

  test('a scenario that cannot be decided is no "none"; packs that cannot be read are no answer', async () => {
    await writeFile(join(pack, 'scenarios/broken.json'), '{');
    expect(await stage0('diff', PAYMENTS, pack)).toMatchObject({ code: 2 });
    expect(await stage0('diff', PAYMENTS, join(folder, 'none'))).toMatchObject({
      code: 1,
      out: '',
    });
    expect(await stage0('diff', PAYMENTS)).toMatchObject({ code: 1 });
  });

  test('Markdown, in which nothing of a pack is markup', async () => {
    await edit(HOURS, /< 1020/g, '< 1439');
    await edit('scenarios/friday-at-five.json', /"name": "[^"]*"/, '"name": "@all | <b> `x`"');
    const { out } = await stage0('diff', PAYMENTS, pack, '--markdown');
    expect(out).toMatch(/\*\*[1-9]\d* newly allowed\*\* · 0 newly denied · 0 newly deferred/);
    expect(out).toContain(String.raw`&#64;all \| &lt;b> \`x\``);
    expect(out).toContain('Suggested version: **1.5.0** (minor)');
  });

  test('JSON, JUnit and a page that stands alone', async () => {
    await edit(HOURS, /< 1020/g, '< 1439');
    const page = join(folder, 'r.html');
    const { code, out } = await stage0('diff', PAYMENTS, pack, '--json', '--html', page);
    const report: unknown = JSON.parse(out);
    expect(code).toBe(3);
    expect(report).toMatchObject({ suggestion: { bump: 'minor' } });
    expect(report).toHaveProperty(['diff', 'rules', 'updated', 'payouts-in-business-hours']);
    expect(report).toHaveProperty('flips.rows.0.before.verdict', 'DEFER');
    expect(report).toHaveProperty('flips.rows.0.after.verdict', 'ALLOW');
    const junit = await stage0('diff', PAYMENTS, pack, '--junit', '-');
    const flips = /failures="([1-9]\d*)"/.exec(junit.out)?.[1];
    expect(report).toHaveProperty('flips.newlyAllowed', Number(flips));
    const html = await readText(page, 'utf8');
    expect(html).not.toMatch(/<script|src=|https?:/);
    expect(html).toContain(`<b>${flips}</b> newly allowed`);
  });
});
