import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readFile, type Host } from './host.ts';
import { runProgram } from './program.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stage0-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function put(files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(join(folder, name), text);
  }
}

/** Runs the command with paths relative to the test's folder, which the output does not show. */
async function stage0(args: readonly string[], { input = '', watched = false } = {}) {
  let out = '';
  let error = '';
  const host: Host = {
    read: async (path) => {
      if (path === '-') return { ok: true, value: { name: '<stdin>', text: input } };
      return readFile(path);
    },
    out: (text) => void (out += text),
    error: (text) => void (error += text),
    watched,
  };
  const paths = args.map((arg) =>
    /\.(?:json|cedar|cedarschema)$/.test(arg) ? join(folder, arg) : arg,
  );
  const code = await runProgram(paths, host);
  const shown = (text: string): string => text.replaceAll(`${folder}/`, '');
  return { code, out: shown(out), error: shown(error) };
}

const ALICE = { type: 'User', id: 'alice' };
const FILES = {
  'p.cedar': `@id("friends")
permit (principal in Group::"friends", action, resource);

permit (principal, action, resource)
when { context.level > 5 };`,
  'e.json': [{ uid: ALICE, attrs: {}, parents: [{ type: 'Group', id: 'friends' }] }],
  'r.json': {
    principal: 'User::"alice"',
    action: 'Action::"view"',
    resource: 'Photo::"beach"',
    context: { level: 1 },
  },
};
const POLICIES = ['authorize', '--policies', 'p.cedar', '--entities', 'e.json'];
const BOB = ['-l', 'User::"bob"', '-a', 'Action::"view"', '-r', 'Photo::"beach"'];

describe('stage0 authorize', () => {
  test('allows with exit code 0, and names the reasons when asked', async () => {
    await put(FILES);
    const answer = await stage0([...POLICIES, '--request', 'r.json', '-v']);
    expect(answer).toEqual({
      code: 0,
      error: '',
      out: 'ALLOW\n\nnote: this decision was due to the following policies:\n  friends\n',
    });
  });

  test('denies with exit code 2, and says where a policy failed', async () => {
    await put(FILES);
    const answer = await stage0([...POLICIES, ...BOB]);
    expect(answer).toMatchObject({ code: 2, out: 'DENY\n' });
    expect(answer.error).toMatch(
      /^p\.cedar:5:8: error while evaluating policy `policy1`: .*level.*\n$/,
    );
  });

  test('--json holds decision, reason and errors with their places', async () => {
    await put(FILES);
    const { code, out, error } = await stage0([...POLICIES, ...BOB, '--json']);
    expect({ code, error }).toEqual({ code: 2, error: '' });
    expect(JSON.parse(out)).toMatchObject({
      decision: 'deny',
      reason: [],
      errors: [{ policyId: 'policy1', code: 'attribute_missing', line: 5, column: 8 }],
    });
  });

  test('reads the policies from the standard input unless they are named', async () => {
    await put(FILES);
    const ask = ['authorize', '--entities', 'e.json', '--request-json', 'r.json'];
    const answer = await stage0(ask, { input: 'permit (principal, action, resource);' });
    expect(answer).toEqual({ code: 0, out: 'ALLOW\n', error: '' });
  });

  test('refuses two files from one standard input', async () => {
    await put(FILES);
    const answer = await stage0(['authorize', '--entities', '-', '--request', 'r.json']);
    expect(answer).toMatchObject({ code: 1, out: '' });
    expect(answer.error).toContain('only one file can be the standard input');
  });

  test('links templates', async () => {
    await put({
      ...FILES,
      'p.cedar': '@id("t") permit (principal == ?principal, action, resource);',
      'links.json': [
        { template_id: 't', link_id: 'for-bob', args: { '?principal': 'User::"bob"' } },
      ],
    });
    const linked = [...POLICIES, '--template-linked', 'links.json', '--json'];
    expect((await stage0([...linked, ...BOB])).out).toContain('"reason":["for-bob"]');
    expect(await stage0([...linked, '--request', 'r.json'])).toMatchObject({ code: 2 });
  });

  test.for([
    ['an unknown template', { template_id: 'x', link_id: 'l', args: {} }, 'no template "x"'],
    ['a missing slot', { template_id: 't', link_id: 'l', args: {} }, '?principal has no value'],
    [
      'no entity',
      { template_id: 't', link_id: 'l', args: { '?principal': 'bob' } },
      'not the name',
    ],
    ['no link', 1, 'link_id'],
  ] as const)('refuses a link with %s', async ([, link, message]) => {
    await put({
      ...FILES,
      'p.cedar': '@id("t") permit (principal == ?principal, action, resource);',
      'links.json': [link],
    });
    const answer = await stage0([...POLICIES, ...BOB, '-k', 'links.json']);
    expect(answer).toMatchObject({ code: 1, out: '' });
    expect(answer.error).toMatch(/^links\.json:1:2: /);
    expect(answer.error).toContain(message);
  });

  test('with a schema, entities and context are read by their types', async () => {
    await put({
      ...FILES,
      's.cedarschema': `entity Group; entity User in [Group]; entity Photo;
action view appliesTo { principal: User, resource: Photo, context: { level: Long, from?: ipaddr } };`,
      'p.cedar': 'permit (principal, action, resource) when { context.from.isLoopback() };',
      'c.json': { level: 1, from: '127.0.0.1' },
    });
    const ask = [...POLICIES, '--schema', 's.cedarschema', ...BOB, '--context', 'c.json'];
    expect(await stage0(ask)).toEqual({ code: 0, out: 'ALLOW\n', error: '' });

    await put({ 'c.json': '{\n  "level": 1,\n  "from": 7\n}' });
    const refused = await stage0(ask);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.error).toMatch(/^c\.json:3:11: \/from: /);
  });

  test.each([
    ['json', 'entity User;', "in Cedar's own syntax, and is read as one in JSON"],
    [
      'cedar',
      ' {"": {"entityTypes": {}, "actions": {}}}',
      "in JSON, and is read as one in Cedar's",
    ],
  ])(
    'a schema that is not in the format %s is told to be in the other',
    async (format, text, why) => {
      await put({ ...FILES, 's.cedarschema': text });
      const schema = ['--schema', 's.cedarschema', '--schema-format', format];
      const refused = await stage0([...POLICIES, ...schema, ...BOB]);
      expect(refused).toMatchObject({ code: 1, out: '' });
      expect(refused.error).toContain(why);
      expect(refused.error.trim().split('\n')).toHaveLength(1);
    },
  );

  test('a request that the schema does not allow is refused, unless validation is off', async () => {
    await put({
      ...FILES,
      's.cedarschema': `entity Group; entity User in [Group]; entity Photo;
action view appliesTo { principal: Photo, resource: Photo };`,
      'p.cedar': 'permit (principal, action, resource);',
    });
    const ask = [...POLICIES, '--schema', 's.cedarschema', ...BOB];
    expect(await stage0(ask)).toMatchObject({ code: 1, out: '' });
    expect(await stage0([...ask, '--request-validation', 'false'])).toMatchObject({ code: 0 });
  });

  test('reports everything that is wrong, each with file, line and column', async () => {
    await put({
      'p.cedar': 'permit (principal, action, resource)\nwhen { 1 + };\nforbid (principal);',
      'e.json': '[\n  {"uid": {"type": "User", "id": "a"}}\n]',
      'r.json': '{"principal": "alice", "action": 1,\n}',
    });
    const { code, out, error } = await stage0([...POLICIES, '--request', 'r.json']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    const places = error.split('\n').map((line) => /^[a-z.]+:\d+:\d+(?=: .)/.exec(line)?.[0]);
    expect(places.filter(Boolean)).toEqual([
      'p.cedar:2:12',
      'p.cedar:3:18',
      // It has neither attributes nor parents.
      'e.json:2:3',
      'e.json:2:3',
      'r.json:2:1',
    ]);
  });

  test.for([
    [
      'no file',
      ['authorize', '--policies', 'none.cedar', '--entities', 'e.json', ...BOB],
      'no such file',
    ],
    ['a missing part', [...POLICIES, '-l', 'User::"a"', '-a', 'Action::"b"'], '--resource'],
    ['no entity name', [...POLICIES, '-l', 'alice', ...BOB.slice(2)], 'User::"alice"'],
    ['request and parts', [...POLICIES, '--request', 'r.json', ...BOB], 'cannot be used with'],
    ['no entities', ['authorize', ...BOB], '--entities'],
    ['an unknown option', [...POLICIES, '--requests', 'r.json'], '--request'],
    ['an unknown command', ['autorize'], 'authorize'],
  ] as const)('%s: exit code 1 and what to do', async ([, args, message]) => {
    await put(FILES);
    const answer = await stage0(args);
    expect(answer).toMatchObject({ code: 1, out: '' });
    expect(answer.error).toContain(message);
  });

  test('bytes that are no UTF-8 are refused, not read as something else', async () => {
    await put(FILES);
    await writeFile(join(folder, 'p.cedar'), Uint8Array.of(0x70, 0xff, 0xfe));
    const answer = await stage0([...POLICIES, ...BOB]);
    expect(answer).toEqual({ code: 1, out: '', error: 'p.cedar: is not UTF-8 text\n' });
  });
});

describe('stage0 conformance', () => {
  const CASE = {
    policies: 'tests/p.cedar',
    entities: 'tests/e.json',
    schema: 'tests/s.cedarschema',
    shouldValidate: true,
    requests: [
      {
        description: 'alice may',
        principal: ALICE,
        action: { type: 'Action', id: 'view' },
        resource: { type: 'Photo', id: 'p' },
        context: {},
        decision: 'allow',
        reason: ['policy0'],
        errors: [],
      },
    ],
  };
  const SUITE = {
    'tests/one.json': CASE,
    'tests/p.cedar': 'permit (principal, action, resource);',
    'tests/e.json': [],
    'tests/s.cedarschema':
      'entity User, Photo; action view appliesTo { principal: User, resource: Photo };',
  };

  test('counts what agrees, whether the folder or one in it is named', async () => {
    await put(SUITE);
    const expected = { code: 0, out: '1 passed, 0 failed\n', error: '' };
    expect(await stage0(['conformance', folder])).toEqual(expected);
    expect(await stage0(['conformance', join(folder, 'tests')])).toEqual(expected);
  });

  test('prints every disagreement, and fails', async () => {
    const [request] = CASE.requests;
    const wrong = { ...CASE, requests: [request, { ...request, decision: 'deny', reason: [] }] };
    await put({ ...SUITE, 'tests/one.json': wrong });
    const answer = await stage0(['conformance', folder]);
    expect(answer).toEqual({
      code: 1,
      error: '',
      out: `tests/one.json request 1 (alice may): allow [policy0] errors [], expected deny [] errors []
1 passed, 1 failed
`,
    });
    const json = await stage0(['conformance', folder, '--json']);
    expect(JSON.parse(json.out)).toMatchObject({
      passed: 1,
      failed: 1,
      disagreements: [{ request: 1, ours: { decision: 'allow' }, expected: { decision: 'deny' } }],
    });
  });

  test.for([
    ['a policy that does not parse', { 'tests/p.cedar': 'permit' }, 'tests/p.cedar:1:7'],
    ['a file that is not there', { 'tests/one.json': { ...CASE, entities: 'x.json' } }, 'x.json'],
    [
      'a path out of the folder',
      { 'tests/one.json': { ...CASE, policies: '../p.cedar' } },
      '../p.cedar',
    ],
    ['a test that is no JSON', { 'tests/one.json': '{' }, 'tests/one.json:1:2'],
    ['entities that are wrong', { 'tests/e.json': [1] }, 'tests/e.json:1:2'],
    ['requests that are no list', { 'tests/one.json': { ...CASE, requests: 1 } }, 'no list'],
    ['a request that is none', { 'tests/one.json': { ...CASE, requests: [1] } }, 'request 0'],
  ] as const)('%s is a failure', async ([, files, message]) => {
    await put({ ...SUITE, ...files });
    const { code, out } = await stage0(['conformance', folder]);
    expect(code).toBe(1);
    expect(out).toContain(message);
    expect(out).toMatch(/\n0 passed, 1 failed\n$/);
  });

  test('nothing compared is no success', async () => {
    await put({ 'a.json': [] });
    expect(await stage0(['conformance', folder])).toMatchObject({
      code: 1,
      out: '0 passed, 0 failed\n',
    });
    expect(await stage0(['conformance', join(folder, 'none')])).toMatchObject({ code: 1, out: '' });
  });

  test('shows its progress to who watches, and to nobody else', async () => {
    await put(SUITE);
    const answer = await stage0(['conformance', folder], { watched: true });
    expect(answer.error).toContain('0 of 2 files');
    expect(answer.out).toBe('1 passed, 0 failed\n');
  });
});

describe('help', () => {
  test.for([
    [['--help'], 'authorize'],
    [['authorize', '--help'], 'Example:\n  stage0 authorize'],
    [['conformance', '--help'], 'Example:\n  stage0 conformance'],
  ] as const)('stage0 %s: exit code 0, on the standard output', async ([args, shown]) => {
    const { code, out, error } = await stage0(args);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toContain('Usage: stage0');
    expect(out).toContain(shown);
  });
});
