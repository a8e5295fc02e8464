import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packDigest, PackDigester } from './digest.ts';
import {
  PackReader,
  readDecidingInSlices,
  readDecidingPack,
  readPack,
  type ReadPack,
} from './read.ts';

const CONTEXT = `
type Limits = { max_retries?: Long };
type Session = { hour: Long, malformed: Set<String> };
type CheckContext = { goal: String, limits: Limits, session: Session, retry_count?: Long };
entity Role in [Role];
entity Agent in [Role];
entity Environment in [Environment];
action "plan", "call_tool" appliesTo { principal: Agent, resource: Environment, context: CheckContext };
`;

const FILES: Readonly<Record<string, string>> = {
  'metadata.json': JSON.stringify({
    cedar_version: '4.5.0',
    policy_store: { id: 'a1', name: 'small', description: 'A pack.', version: '1.0.0' },
  }),
  'stage0.json': '{ "timeZone": "UTC", "risk": { "threshold": 80, "high": 60 } }',
  'schema.cedarschema': CONTEXT,
  'policies/b.cedar': '@id("last") @verdict("DEFER") forbid (principal, action, resource);',
  'policies/a.cedar':
    '@id("first") permit (principal, action, resource);\n@id("second") forbid (principal in Role::"intern", action, resource);',
  'entities/roles.json':
    '[{ "uid": { "type": "Role", "id": "intern" }, "attrs": {}, "parents": [] }]',
  'scenarios/one.json': JSON.stringify({
    name: 'One',
    at: '2026-03-16T10:00:00Z',
    request: { goal: 'Do it' },
    expect: { verdict: 'DEFER' },
  }),
  'README.md': 'Not read.',
};

/** The pack with some files changed; `undefined` takes one away. */
function files(changes: Readonly<Record<string, string | undefined>> = {}): Map<string, string> {
  const all = new Map(Object.entries(FILES));
  for (const [path, text] of Object.entries(changes)) {
    if (text === undefined) all.delete(path);
    else all.set(path, text);
  }
  return all;
}

/** Each problem as `path code "underlined text"`. */
function told(pack: Map<string, string>): readonly string[] {
  return readPack(pack).problems.map(({ path, code, span, severity }) => {
    const text = span === undefined ? '' : ` ${pack.get(path)?.slice(span.start, span.end)}`;
    return `${severity === 'error' ? '' : 'warning '}${path} ${code}${text}`;
  });
}

describe('a sound pack', () => {
  test('is read whole', () => {
    const { pack, problems } = readPack(files());
    expect(problems).toEqual([]);
    expect(pack).toMatchObject({ name: 'small', version: '1.0.0', description: 'A pack.' });
    expect(pack?.policies.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(pack?.scenarios.map(({ id }) => id)).toEqual(['one']);
  });

  test('has its rules in order of path, then position, and each where it stands', () => {
    const pack = files();
    const rules = readPack(pack).pack?.rules.map(({ id, verdict, path, span }) => [
      id,
      verdict,
      pack.get(path)?.slice(span.start, span.start + 8),
    ]);
    expect(rules).toEqual([
      ['first', 'ALLOW', '@id("fir'],
      ['second', 'DENY', '@id("sec'],
      ['last', 'DEFER', '@id("las'],
    ]);
    expect(readPack(pack).pack?.policies.rules.map(({ id }) => id)).toEqual([
      'first',
      'second',
      'last',
    ]);
  });

  test('may have no policies, entities or scenarios', () => {
    const { pack, problems } = readPack(
      files({
        'policies/a.cedar': undefined,
        'policies/b.cedar': undefined,
        'entities/roles.json': undefined,
        'scenarios/one.json': undefined,
      }),
    );
    expect([pack?.rules, pack?.scenarios, problems]).toEqual([[], [], []]);
  });
});

const policy = (text: string): Record<string, string> => ({ 'policies/a.cedar': text });
const schema = (from: string, to: string): Record<string, string> => ({
  'schema.cedarschema': CONTEXT.replace(from, to),
});

describe('what is broken is named, and nothing decides', () => {
  test.each<[string, Record<string, string | undefined>, readonly string[]]>([
    ['no metadata', { 'metadata.json': undefined }, ['metadata.json FILE_MISSING']],
    ['no settings', { 'stage0.json': undefined }, ['stage0.json FILE_MISSING']],
    ['no schema', { 'schema.cedarschema': undefined }, ['schema.cedarschema FILE_MISSING']],
    ['metadata that is no JSON', { 'metadata.json': '{' }, ['metadata.json JSON_SYNTAX ']],
    [
      'another Cedar',
      { 'metadata.json': FILES['metadata.json']?.replace('4.5.0', '5.0.0') },
      ['metadata.json FIELD_VALUE "5.0.0"'],
    ],
    [
      'a name that cannot stand before @',
      { 'metadata.json': FILES['metadata.json']?.replace('small', 'a@b') },
      ['metadata.json FIELD_VALUE "a@b"'],
    ],
    [
      'settings',
      {
        'stage0.json':
          '{ "timeZone": "Mars", "risk": { "threshold": 0, "high": 60.5 }, "tool": {} }',
      },
      [
        'stage0.json FIELD_VALUE "Mars"',
        'stage0.json FIELD_VALUE 0',
        'stage0.json FIELD_TYPE 60.5',
        'stage0.json FIELD_UNKNOWN "tool"',
      ],
    ],
    [
      'costs upside down',
      {
        'stage0.json':
          '{ "timeZone": "UTC", "risk": { "threshold": 80, "high": 60 }, "tools": { "a": { "cost_usd": [2, 1] } } }',
      },
      ['stage0.json FIELD_VALUE [2, 1]'],
    ],
    [
      'no id',
      policy('permit (principal, action, resource);'),
      ['policies/a.cedar POLICY_ID_MISSING permit (principal, action, resource);'],
    ],
    [
      'an id in another form',
      policy('@id("Not Kebab") permit (principal, action, resource);'),
      ['policies/a.cedar POLICY_ID_FORM "Not Kebab"'],
    ],
    [
      'an id used twice',
      policy('@id("last") permit (principal, action, resource);'),
      ['policies/b.cedar POLICY_ID_DUPLICATE "last"'],
    ],
    [
      'an unknown verdict',
      policy('@id("a") @verdict("defer") forbid (principal, action, resource);'),
      ['policies/a.cedar VERDICT_UNKNOWN "defer"'],
    ],
    [
      'a permit with a verdict',
      policy('@id("a") @verdict("DEFER") permit (principal, action, resource);'),
      ['policies/a.cedar VERDICT_ON_PERMIT "DEFER"'],
    ],
    [
      'an unknown severity',
      policy('@id("a") @issue("A") @severity("high") forbid (principal, action, resource);'),
      ['policies/a.cedar SEVERITY_UNKNOWN "high"'],
    ],
    [
      'a severe permit',
      policy('@id("a") @issue("A") @severity("HIGH") permit (principal, action, resource);'),
      ['policies/a.cedar SEVERITY_ON_PERMIT "HIGH"'],
    ],
    [
      'a risk in words',
      policy('@id("a") @risk("much") forbid (principal, action, resource);'),
      ['policies/a.cedar RISK_FORM "much"'],
    ],
    [
      'a risk past 100',
      policy('@id("a") @waste_risk("101") forbid (principal, action, resource);'),
      ['policies/a.cedar RISK_FORM "101"'],
    ],
    [
      'a code in another form',
      policy('@id("a") @issue("not a code") forbid (principal, action, resource);'),
      ['policies/a.cedar ISSUE_FORM "not a code"'],
    ],
    [
      'a guardrail in another form',
      policy(
        '@id("a") @guardrail("unrecognized_constraints") permit (principal, action, resource);',
      ),
      ['policies/a.cedar GUARDRAIL_FORM "unrecognized_constraints"'],
    ],
    [
      'a template',
      policy('@id("a") permit (principal == ?principal, action, resource);'),
      [
        'policies/a.cedar template_not_linked @id("a") permit (principal == ?principal, action, resource);',
      ],
    ],
    [
      'entities of a type that the schema does not know',
      {
        'entities/x.json':
          '[{ "uid": { "type": "Robot", "id": "r" }, "attrs": {}, "parents": [] }]',
      },
      [
        'entities/x.json UNDECLARED_TYPE { "uid": { "type": "Robot", "id": "r" }, "attrs": {}, "parents": [] }',
      ],
    ],
    [
      'an entity that stands in two files',
      { 'entities/x.json': FILES['entities/roles.json'] },
      ['entities/x.json ENTITY_DUPLICATE { "type": "Role", "id": "intern" }'],
    ],
    [
      'a cycle over two files',
      {
        'entities/a.json':
          '[{ "uid": {"type":"Role","id":"a"}, "attrs": {}, "parents": [{"type":"Role","id":"b"}] }]',
        'entities/b.json':
          '[{ "uid": {"type":"Role","id":"b"}, "attrs": {}, "parents": [{"type":"Role","id":"a"}] }]',
      },
      ['entities/a.json ENTITY_CYCLE {"type":"Role","id":"a"}'],
    ],
    [
      'a policy that nobody reads',
      { 'policies/deep/a.cedar': '' },
      ['policies/deep/a.cedar FILE_NOT_READ'],
    ],
    ['a path that leads out', { '../a.cedar': '' }, ['../a.cedar PATH_UNSAFE']],
    [
      'no call_tool',
      schema('"plan", "call_tool"', '"plan"'),
      ['schema.cedarschema SCHEMA_ACTION_MISSING'],
    ],
    [
      'an action for other principals',
      schema('principal: Agent', 'principal: Role'),
      [
        'schema.cedarschema SCHEMA_APPLIES_TO "plan"',
        'schema.cedarschema SCHEMA_APPLIES_TO "call_tool"',
      ],
    ],
    [
      'an agent in no role',
      schema('entity Agent in [Role]', 'entity Agent'),
      ['schema.cedarschema SCHEMA_ROLE_MISSING Agent'],
    ],
    [
      'a derived field of another type',
      schema('goal: String', 'goal: Long'),
      ['schema.cedarschema SCHEMA_FIELD_TYPE goal'],
    ],
    [
      'a session field that nobody derives',
      schema('hour: Long', 'minute: Long'),
      ['schema.cedarschema SCHEMA_FIELD_TYPE minute'],
    ],
    [
      'a limit that every check must say',
      schema('max_retries?', 'max_retries'),
      ['schema.cedarschema SCHEMA_LIMIT_REQUIRED max_retries'],
    ],
  ])('%s', (_name, changes, expected) => {
    const pack = files(changes);
    expect(told(pack)).toEqual(expected);
    expect(readPack(pack).pack).toBeUndefined();
  });

  test('a syntax error stands where it is, and does not hide the others', () => {
    const pack = files({
      'policies/a.cedar':
        '@id("x") permit (principal, action, resource) when { 1 + };\n@id("y") permit (principal, actio, resource);',
      'policies/b.cedar': '@id("z") @verdict("?") forbid (principal, action, resource);',
      'schema.cedarschema': `${CONTEXT} entity X in [Nothing];`,
      'entities/roles.json': '[{}]',
      'stage0.json': '[]',
    });
    const { pack: none, problems } = readPack(pack);
    expect(none).toBeUndefined();
    expect(new Set(problems.map(({ path }) => path))).toEqual(
      new Set([
        'entities/roles.json',
        'policies/a.cedar',
        'policies/b.cedar',
        'schema.cedarschema',
        'stage0.json',
      ]),
    );
    expect(problems.filter(({ path }) => path === 'policies/a.cedar')).toHaveLength(2);
    expect(problems.every(({ span }) => span !== undefined)).toBe(true);
  });
});

describe('what is doubtful is told, and decides all the same', () => {
  test.each<[string, Record<string, string | undefined>, readonly string[]]>([
    [
      'a misspelt annotation',
      policy('@id("a") @verdct("DEFER") forbid (principal, action, resource);'),
      ['warning policies/a.cedar ANNOTATION_UNKNOWN @verdct("DEFER")'],
    ],
    [
      'a message without an issue',
      policy('@id("a") @message("m") forbid (principal, action, resource);'),
      ['warning policies/a.cedar ISSUE_MISSING "m"'],
    ],
    [
      'a fact that every check must send',
      schema('retry_count?', 'retry_count'),
      ['warning schema.cedarschema SCHEMA_FIELD_REQUIRED retry_count'],
    ],
    [
      'a tool outside the group of tools',
      {
        'schema.cedarschema': `${CONTEXT} action "pay" appliesTo { principal: Agent, resource: Environment, context: CheckContext };`,
      },
      ['warning schema.cedarschema SCHEMA_ACTION_OUTSIDE "pay"'],
    ],
  ])('%s', (_name, changes, expected) => {
    const pack = files(changes);
    expect(told(pack)).toEqual(expected);
    expect(readPack(pack).pack).toBeDefined();
  });

  test('annotations of other tools are none of our business', () => {
    const text =
      '@id("a") @owner("me") @doc("x") @advice("y") permit (principal, action, resource);';
    expect(told(files(policy(text)))).toEqual([]);
  });
});

test('a broken scenario is only itself broken', () => {
  const pack = files({ 'scenarios/two.json': '{ "name": "Two", "requests": {} }' });
  const read = readPack(pack);
  expect(read.pack?.scenarios.map(({ id, run }) => [id, run.ok])).toEqual([
    ['one', true],
    ['two', false],
  ]);
  expect(told(pack)).toEqual([
    'scenarios/two.json FIELD_MISSING {',
    'scenarios/two.json FIELD_VALUE {',
    'scenarios/two.json FIELD_MISSING {',
    'scenarios/two.json FIELD_UNKNOWN "requests"',
  ]);
});

test('scenarios stay in the list when the pack is broken', () => {
  const read = readPack(files({ 'stage0.json': undefined }));
  expect(read.scenarios.map(({ id }) => id)).toEqual(['one']);
});

test('the digest of a pack that is edited is that of its files, whatever was remembered', () => {
  const digester = new PackDigester();
  const moved = new Map([...files()].map(([path, text], index) => [`${path}${index % 2}`, text]));
  const states = [files(), files({ x: 'a' }), files({ x: 'b' }), files(), moved, new Map()];
  for (const state of states) expect(digester.digest(state)).toBe(packDigest(state));
});

describe('packDigest', () => {
  test('depends on every file and its name, not on their order', () => {
    const digest = packDigest(files());
    expect(packDigest(new Map([...files()].toReversed()))).toBe(digest);
    const others = [
      files({ 'README.md': 'Changed.' }),
      files({ 'README.md': undefined }),
      files({ 'README.md': undefined, 'READ.md': 'Not read.' }),
      files({ x: '' }),
    ].map((each) => packDigest(each));
    expect(new Set([digest, ...others]).size).toBe(5);
  });

  test('text moved from one file to the next is another pack', () => {
    expect(
      packDigest(
        new Map([
          ['a', 'b'],
          ['c', 'd'],
        ]),
      ),
    ).not.toBe(
      packDigest(
        new Map([
          ['a', 'bc'],
          ['d', ''],
        ]),
      ),
    );
  });
});

test('a reader that remembers reads as one that does not', () => {
  const texts: Readonly<Record<string, readonly (string | undefined)[]>> = {
    'policies/a.cedar': [
      FILES['policies/a.cedar'],
      'permit',
      undefined,
      '@id("last") forbid (principal, action, resource);',
    ],
    'policies/b.cedar': [FILES['policies/b.cedar'], undefined],
    'schema.cedarschema': [CONTEXT, CONTEXT.replace('Role', 'Rolle'), undefined],
    'entities/roles.json': [FILES['entities/roles.json'], '[]', '{'],
    'scenarios/one.json': [FILES['scenarios/one.json'], '{}', undefined],
    'stage0.json': [FILES['stage0.json'], '{}'],
  };
  const change = fc
    .constantFrom(...Object.keys(texts))
    .chain((path) => fc.tuple(fc.constant(path), fc.constantFrom(...(texts[path] ?? []))));
  const seen = ({ pack, problems, scenarios }: ReadPack) => [
    pack?.rules,
    pack?.policies.digest,
    problems,
    scenarios,
  ];
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
      const reader = new PackReader();
      const now: Record<string, string | undefined> = {};
      for (const [path, text] of changes) {
        now[path] = text;
        expect(seen(reader.read(files(now)))).toEqual(seen(readPack(files(now))));
      }
    }),
    { numRuns: 30 },
  );
});

test('a large pack is read a policy at a time, to the same end', () => {
  const rule = (n: number): string =>
    `@id("rule-${n}")\nforbid (principal, action, resource) when { context.goal == "${n}" };`;
  const large = files(policy(Array.from({ length: 300 }, (_, n) => rule(n)).join('\n')));
  const reading = readDecidingInSlices(large, 'sha256:0');
  let step = reading.next();
  let slices = 0;
  for (; step.done !== true; slices += 1) step = reading.next();
  const whole = readDecidingPack(large, 'sha256:0');
  expect(step.value.problems).toEqual(whole.problems);
  expect(step.value.pack?.rules).toEqual(whole.pack?.rules);
  expect(step.value.pack?.rules.length).toBeGreaterThanOrEqual(300);
  // Each is parsed, its expressions are shared, and it is compiled.
  expect(slices).toBeGreaterThanOrEqual(3 * 300);
});

test('no texts make it throw', () => {
  const path = fc.oneof(fc.constantFrom(...Object.keys(FILES), 'scenarios/x.json'), fc.string());
  const text = fc.oneof(fc.string(), fc.json(), fc.constantFrom(...Object.values(FILES)));
  fc.assert(
    fc.property(fc.array(fc.tuple(path, text), { maxLength: 4 }), (entries) => {
      const { problems } = readPack(new Map(entries));
      expect(problems.every(({ message }) => message !== '')).toBe(true);
    }),
  );
});
