import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runProgram } from './program.ts';
import { bundleFolder, OWNER, quietHost, remove } from './testing/serving.ts';

// Many tests share the machine: what is slow there is not wrong.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const POLICIES = fileURLToPath(new URL('../../policies', import.meta.url));
const GUARD = join(POLICIES, 'guard');
let folder = '';

beforeEach(async () => {
  folder = await bundleFolder();
});

afterEach(() => remove(folder));

async function stage0(args: readonly string[], input: unknown = '') {
  let out = '';
  const quiet = quietHost();
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  const host = {
    ...quiet,
    read: async (path: string) =>
      path === '-' ? ({ ok: true, value: { name: '<stdin>', text } } as const) : quiet.read(path),
    out: (line: string): void => void (out += line),
  };
  const code = await runProgram(args, host);
  return { code, out, error: quiet.said().replaceAll(folder, '') };
}

/** A scenario of the guard pack, and the moment at which it is decided. */
async function scenario(name: string): Promise<readonly [unknown, string]> {
  const text = await readFile(join(GUARD, 'scenarios', `${name}.json`), 'utf8');
  const { request, at } = JSON.parse(text) as { request: unknown; at: string };
  return [request, at];
}

describe('stage0 check', () => {
  test.each([
    ['production-delete-wrong-role', 4, 'DENY'],
    ['payout-without-approval', 3, 'DEFER'],
  ])('decides %s as its scenario expects', async (name, code, verdict) => {
    const [request, at] = await scenario(name);
    const plain = await stage0(['check', GUARD, '-', '--now', at], request);
    expect(plain).toMatchObject({ code, error: '' });
    expect(plain.out).toMatch(new RegExp(`^${verdict}  guard@`));
    const json = await stage0(['check', GUARD, '-', '--now', at, '--json'], request);
    expect(JSON.parse(json.out)).toMatchObject({ verdict, request_id: 'cli' });
  });

  test('decides by a bundle that is trusted, and by no other', async () => {
    const [bundle, trust] = [join(folder, 'door.cjar'), join(folder, 'trust.json')];
    expect((await stage0(['check', bundle, '-', '--trust', trust], OWNER)).code).toBe(0);
    const guest = { ...OWNER, context: { actor_role: 'guest' } };
    expect(await stage0(['check', bundle, '-', '--trust', trust], guest)).toMatchObject({
      code: 3,
      out: expect.stringContaining('  ? Who let this guest in?\n') as unknown,
    });
    expect(await stage0(['check', bundle, '-'], OWNER)).toMatchObject({
      code: 1,
      out: '',
      error: 'error: /door.cjar is no folder, and a bundle needs --trust\n',
    });
    await writeFile(bundle, (await readFile(bundle)).subarray(0, -1));
    expect((await stage0(['check', bundle, '-', '--trust', trust], OWNER)).code).toBe(1);
  });

  test.each([
    ['{"goal":', '<stdin>:1:9: Expected a value, found the end of the text.\n'],
    ['{"goal":1}', '<stdin>:1:9: /goal: goal must be text, not the number 1.\n'],
    [
      '{"goal":"x","policy_pack_version":"guard@9.9.9"}',
      expect.stringContaining('guard@9.9.9') as unknown,
    ],
  ])('is 1 when %s was not decided', async (input, error) => {
    expect(await stage0(['check', GUARD, '-'], input)).toEqual({ code: 1, out: '', error });
  });
});

describe('stage0 explain', () => {
  test('says which rules counted, and what their conditions came to', async () => {
    const [request, at] = await scenario('payout-without-approval');
    const { code, out } = await stage0(['explain', GUARD, '-', '--now', at], request);
    expect(code).toBe(3);
    expect(out).toMatch(/^ {2}● forbid [\w-]+ {2}policies\/\w+\.cedar:\d+$/m);
    expect(out).toMatch(/^ {4}when .* → true$/m);
    const json = await stage0(['explain', GUARD, '-', '--now', at, '--json'], request);
    expect(JSON.parse(json.out)).toMatchObject({ record: { verdict: 'DEFER' }, tools: [{}] });
  });
});

describe('stage0 lint', () => {
  test('finds nothing wrong in the example packs, and what was put in', async () => {
    for (const name of ['guard', 'payments']) {
      expect((await stage0(['lint', join(POLICIES, name)])).code).toBe(0);
    }
    const pack = join(folder, 'pack');
    await cp(GUARD, pack, { recursive: true });
    await writeFile(
      join(pack, 'policies', 'zzz.cedar'),
      '@id("typo")\nforbid (principal, action, resource) when { context.gaol == "x" };\n',
    );
    const { code, out } = await stage0(['lint', pack]);
    expect(code).toBe(1);
    expect(out.replaceAll(folder, '')).toMatch(
      /^\/pack\/policies\/zzz\.cedar:2:\d+: error: .*gaol.*\)$/m,
    );
    const json = await stage0(['lint', pack, '--json']);
    expect(JSON.parse(json.out)).toContainEqual(
      expect.objectContaining({ path: 'policies/zzz.cedar', line: 2, severity: 'error' }),
    );
  });
});
