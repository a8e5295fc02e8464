import { describe, expect, test } from 'vitest';
import { authorize, evaluate } from './authorize.ts';
import { compilePolicies, type PolicySet } from './compile.ts';
import { bareEntity, buildEntities, NO_ENTITIES, type Entities } from './entities.ts';
import { decimalFromScaled } from './extensions/decimal.ts';
import { Frame } from './frame.ts';
import { MAX_POLICIES } from './limits.ts';
import { linkTemplate } from './link.ts';
import { callExtension } from './operators.ts';
import { parsePolicies } from './parse.ts';
import { FAILS, HOLDS, Step } from './program.ts';
import type { Request } from './request.ts';
import { Found, ScopeIndex } from './scope-index.ts';
import {
  entityUid,
  recordOf,
  recordOfType,
  setOf,
  type CedarRecord,
  type EntityUid,
  type Value,
} from './value.ts';

function setFrom(text: string): PolicySet {
  const { policies, errors } = parsePolicies(text);
  expect(errors).toEqual([]);
  const set = compilePolicies(policies.map((policy, index) => ({ id: `p${index}`, policy })));
  if (!set.ok) throw new Error(set.error[0]?.message);
  return set.value;
}

function request(context: Readonly<Record<string, Value>> = {}, action = 'read'): Request {
  return {
    principal: entityUid('User', 'ann'),
    action: entityUid('Action', action),
    resource: entityUid('Doc', 'd'),
    context: recordOf(Object.entries(context)),
  };
}

function hierarchy(...edges: readonly (readonly [EntityUid, readonly EntityUid[]])[]): Entities {
  const built = buildEntities(edges.map(([uid, parents]) => bareEntity(uid, parents)));
  if (!built.ok) throw new Error(built.error[0]?.message);
  return built.value;
}

const everyone = '(principal, action, resource)';

describe('the decision', () => {
  test('denies when nothing is said', () => {
    expect(authorize(setFrom(''), request(), NO_ENTITIES)).toEqual({
      decision: 'deny',
      reasons: [],
      errors: [],
    });
  });

  test('a forbid wins, and all determining policies are named in order', () => {
    const set = setFrom(
      `permit ${everyone}; forbid ${everyone}; permit ${everyone}; forbid ${everyone};`,
    );
    expect(authorize(set, request(), NO_ENTITIES)).toEqual({
      decision: 'deny',
      reasons: ['p1', 'p3'],
      errors: [],
    });
    expect(evaluate(set, request(), NO_ENTITIES).satisfied).toEqual([0, 1, 2, 3]);
  });

  test('a policy that fails is left out and reported with its place', () => {
    const text = `permit ${everyone}; forbid ${everyone} when { true && context.gone };`;
    const answer = authorize(setFrom(text), request(), NO_ENTITIES);
    expect(answer.decision).toBe('allow');
    expect(answer.errors).toEqual([
      {
        policyId: 'p1',
        code: 'attribute_missing',
        message: 'the record has no attribute `gone`',
        span: { start: text.indexOf('context'), end: text.indexOf(' };') },
      },
    ]);
  });

  test.each([
    ['1', 'type_error', '1'],
    ['!1', 'type_error', '!1'],
    ['-true == 1', 'type_error', '-true'],
    ['-(-9223372036854775808) == 1', 'overflow', '-(-9223372036854775808)'],
    ['true && 1', 'type_error', '1'],
    ['1 && true', 'type_error', '1'],
    ['false || 1', 'type_error', '1'],
    ['1 || true', 'type_error', '1'],
    [
      '(true && true && true && true && true && true && true && true && 1) || false',
      'type_error',
      '1',
    ],
    [
      'true && (false || false || false || false || false || false || false || false || 1)',
      'type_error',
      '1',
    ],
    ['if 1 then true else false', 'type_error', '1'],
    ['1 < true', 'type_error', '1 < true'],
    ['true < 1', 'type_error', 'true < 1'],
    ['context.n < "a"', 'type_error', 'context.n < "a"'],
    ['context.s < 1', 'type_error', 'context.s < 1'],
    ['context.s <= 1', 'type_error', 'context.s <= 1'],
    ['context.s > 1', 'type_error', 'context.s > 1'],
    ['context.s >= 1', 'type_error', 'context.s >= 1'],
    ['{a: 1}.b == 1', 'attribute_missing', '{a: 1}.b'],
    ['context.gone < 1', 'attribute_missing', 'context.gone'],
    ['context.gone == 1', 'attribute_missing', 'context.gone'],
    ['context.gone != 1', 'attribute_missing', 'context.gone'],
    ['datetime("2024-01-01") < 1', 'type_error', 'datetime("2024-01-01") < 1'],
    ['duration("1d") >= 1', 'type_error', 'duration("1d") >= 1'],
    ['context.s + 1 == 1', 'type_error', 'context.s + 1'],
    ['1 - context.s == 1', 'type_error', '1 - context.s'],
    ['9223372036854775807 + context.n == 1', 'overflow', '9223372036854775807 + context.n'],
    ['1 in principal', 'type_error', '1 in principal'],
    ['principal in 1', 'type_error', 'principal in 1'],
    ['principal in [principal, 1]', 'type_error', 'principal in [principal, 1]'],
    ['principal in context.gone', 'attribute_missing', 'context.gone'],
    ['context.gone in principal', 'attribute_missing', 'context.gone'],
    ['1 is User', 'type_error', '1 is User'],
    ['1 is User in principal', 'type_error', '1 is User in principal'],
    ['context.gone is User in principal', 'attribute_missing', 'context.gone'],
    ['principal is User in context.gone', 'attribute_missing', 'context.gone'],
    ['principal is User in 1', 'type_error', 'principal is User in 1'],
    ['1 has a', 'type_error', '1 has a'],
    ['1 has a.b', 'type_error', '1 has a.b'],
    ['context has n.a.b', 'type_error', 'context has n.a.b'],
    ['context has ghost.a.b', undefined, ''],
    ['context.gone has a.b', 'attribute_missing', 'context.gone'],
    ['context.gone has a', 'attribute_missing', 'context.gone'],
    ['context.gone.a == 1', 'attribute_missing', 'context.gone'],
    ['1 like "a"', 'type_error', '1 like "a"'],
    ['context.n.a == 1', 'type_error', 'context.n.a'],
    ['principal.a == 1', 'entity_missing', 'principal.a'],
    ['principal.getTag("a") == 1', 'entity_missing', 'principal.getTag("a")'],
    ['resource.getTag("a") == 1', 'tag_missing', 'resource.getTag("a")'],
    ['resource.a == 1', 'attribute_missing', 'resource.a'],
    ['principal.hasTag(1)', 'type_error', 'principal.hasTag(1)'],
    ['(1).hasTag("a")', 'type_error', '(1).hasTag("a")'],
    ['context.n.contains(1)', 'type_error', 'context.n.contains(1)'],
    ['context.n.isEmpty()', 'type_error', 'context.n.isEmpty()'],
    ['[1].containsAny(context.n)', 'type_error', '[1].containsAny(context.n)'],
    ['[1].containsAll(context.gone)', 'attribute_missing', 'context.gone'],
    ['context.gone.isEmpty()', 'attribute_missing', 'context.gone'],
    ['decimal("x") == 1', 'extension_error', 'decimal("x")'],
    ['decimal(context.n) == 1', 'type_error', 'decimal(context.n)'],
    ['decimal() == 1', 'wrong_arity', 'decimal()'],
    ['decimal(context.gone, 1) == 1', 'attribute_missing', 'context.gone'],
    ['ip(context.s).isIpv4()', 'extension_error', 'ip(context.s)'],
    ['context.n.isIpv4()', 'type_error', 'context.n.isIpv4()'],
    ['context.n.lessThan(context.gone)', 'attribute_missing', 'context.gone'],
    ['context.gone.lessThan(context.lost)', 'attribute_missing', 'context.gone'],
    ['context.d.lessThan(context.gone)', 'attribute_missing', 'context.gone'],
    ['context.n.lessThan(context.n)', 'type_error', 'context.n.lessThan(context.n)'],
    ['context.d.lessThan(context.n)', 'type_error', 'context.d.lessThan(context.n)'],
    [
      'context.d.lessThan(context.d, context.d)',
      'wrong_arity',
      'context.d.lessThan(context.d, context.d)',
    ],
    [
      'datetime("1970-01-01").offset(duration("-9223372036854775808ms")).toDate() == 1',
      'extension_error',
      'datetime("1970-01-01").offset(duration("-9223372036854775808ms")).toDate()',
    ],
    [
      'datetime("2024-01-01").offset(duration("9223372036854775807ms")) == 1',
      'extension_error',
      'datetime("2024-01-01").offset(duration("9223372036854775807ms"))',
    ],
    [
      'datetime("2024-01-01").durationSince(datetime("1970-01-01").offset(duration("-9223372036854775808ms"))) == 1',
      'extension_error',
      'datetime("2024-01-01").durationSince(datetime("1970-01-01").offset(duration("-9223372036854775808ms")))',
    ],
    ['[1, context.gone] == []', 'attribute_missing', 'context.gone'],
    ['{b: context.lost, a: context.gone} == {}', 'attribute_missing', 'context.gone'],
  ])('%s is %s', (condition, code, place) => {
    const text = `permit ${everyone} when { ${condition} };`;
    const entities = hierarchy([entityUid('Doc', 'd'), []]);
    const context = { n: 1, s: 'a', d: decimalFromScaled(1), ghost: entityUid('User', 'ghost') };
    const { errors } = evaluate(setFrom(text), request(context), entities);
    expect(errors.map((error) => error.code)).toEqual(code === undefined ? [] : [code]);
    expect(errors.map(({ span }) => text.slice(span.start, span.end))).toEqual(
      code === undefined ? [] : [place],
    );
  });

  test.each([
    ['context.n < 2 && context.n <= 1 && context.n > 0 && context.n >= 1', true],
    [
      'context.n < context.big && context.n <= context.big && context.big > context.n && context.big >= 1',
      true,
    ],
    [
      'context.n < context.n || context.n > context.n || !(context.n <= context.n) || !(context.n >= context.n)',
      false,
    ],
    [
      'context.s == "a" && context.s != "b" && context.set != [1] && context.set == ["a", "b", "a"]',
      true,
    ],
    ['context.set.contains("a") && ["a"].contains(context.s) && !["b"].contains(context.s)', true],
    [
      'context.set.containsAll(["a"]) && context.set.containsAny(["b", "c"]) && !context.set.isEmpty()',
      true,
    ],
    ['duration("1d") > duration("23h") && datetime("2024-01-01") <= datetime("2024-01-01")', true],
    ['context.rec.inner == {deep: 1} && context.rec.inner.deep == 1', true],
    ['context has rec.inner.deep && !(context has rec.other.deep) && context.rec has inner', true],
    ['if context.n == 1 then context.s == "a" else 1 == "never"', true],
    ['if context.n == 2 then 1 else context.s == "a"', true],
    [
      '"the quick fox" like "*quick*fox" && !("fox" like "fo*ox") && "a*" like "a\\*" && "ab" like "ab"',
      true,
    ],
    [
      '"abcabd" like "*ab*bd" && !("xab" like "*ab*ab") && !("ab" like "b*") && !("ab" like "*a")',
      true,
    ],
    ['!("ab" like "a*x*b") && !("abxb" like "a*bxbx*b")', true],
    [
      'principal in User::"ann" && principal in Team::"t" && !(principal in Team::"u") && resource in Doc::"d"',
      true,
    ],
    [
      'resource in Folder::"f" && action in Action::"all" && principal in [Team::"u", Team::"t"]',
      true,
    ],
    [
      'principal is User in Team::"t" && !(principal is Team in Team::"t") && principal is User',
      true,
    ],
    [
      '{a: context.n, b: {c: context.s}} == {b: {c: "a"}, a: 1} && [context.n, 2].contains(1)',
      true,
    ],
    [
      'false || context.n == 3 || false || false || false || false || false || false || false || true',
      true,
    ],
    [
      'true && context.n == 1 && true && true && true && true && true && true && true && false',
      false,
    ],
    [
      '(true && true && true && true && true && true && true && true && context.n == 1) == true',
      true,
    ],
    [
      '(false || false || false || false || false || false || false || false || context.n == 2) == false',
      true,
    ],
    [
      '(true && true && true && true && true && true && true && context.n == 2 && true) == true',
      false,
    ],
    [
      '(false || false || false || false || false || false || false || context.n == 1 || 1) == true',
      true,
    ],
    ['-context.n == -1 && !(context.n == 2) && context.n * 3 - 1 + 2 == 4', true],
    [
      'datetime("2024-01-01T10:00:00Z").toTime().toHours() == 10 && duration("-90m").toHours() == -1',
      true,
    ],
    [
      'decimal("1.0").greaterThan(decimal("0.9")) && decimal("1.0").lessThanOrEqual(decimal("1.00"))',
      true,
    ],
    [
      'decimal("1.0").greaterThanOrEqual(decimal("1.00")) && decimal("0.1").lessThan(decimal("0.2"))',
      true,
    ],
    [
      'decimal("1.0") == decimal("1.00") && duration("24h") == duration("1d") && ip("::1") == ip("0::1")',
      true,
    ],
    ['ip("10.1.2.3").isInRange(ip("10.0.0.0/8")) && ip("127.0.0.1").isLoopback()', true],
    ['ip("::1").isIpv6() && !ip("::1").isIpv4() && ip("224.0.0.1").isMulticast()', true],
    ['duration("90m").toMinutes() == 90 && duration("1s1ms").toMilliseconds() == 1001', true],
    ['duration("49h").toDays() == 2 && duration("1m").toSeconds() == 60', true],
    [
      'datetime("2024-01-02T10:00:00Z").toDate() == datetime("2024-01-02") && datetime("2024-01-02").durationSince(datetime("2024-01-01")) == duration("1d")',
      true,
    ],
    [
      '[decimal("1.0"), duration("1d"), datetime("2024-01-01"), ip("::1"), principal, [1], {a: 1}].contains(context.rec)',
      false,
    ],
    [
      'decimal("1.0") == context.rec || duration("1d") == context.rec || datetime("2024-01-01") == context.rec || ip("::1") == context.rec || principal == context.rec || [1] == context.rec || context.rec == principal',
      false,
    ],
    ['{a: context.n} has a && !({a: context.n} has b) && {a: context.n}.a == 1', true],
  ])('%s', (condition, expected) => {
    const set = setFrom(`permit ${everyone} when { ${condition} };`);
    const entities = hierarchy(
      [entityUid('User', 'ann'), [entityUid('Team', 't')]],
      [entityUid('Doc', 'd'), [entityUid('Folder', 'f')]],
      [entityUid('Action', 'read'), [entityUid('Action', 'all')]],
    );
    const inner = recordOf([['inner', recordOf([['deep', 1]])]]);
    const context = { n: 1, big: 2n ** 60n, s: 'a', set: setOf(['b', 'a']), rec: inner };
    const { decision, errors } = authorize(set, request(context), entities);
    expect(errors).toEqual([]);
    expect(decision).toBe(expected ? 'allow' : 'deny');
  });
});

describe('the scope', () => {
  const ann = entityUid('User', 'ann');
  const many = Array.from({ length: 12 }, (_, index) => entityUid('Team', `t${index}`));
  const entities = hierarchy(
    [ann, many],
    [entityUid('Action', 'read'), [entityUid('Action', 'view'), entityUid('Action', 'any')]],
    [entityUid('Action', 'view'), [entityUid('Action', 'any')]],
    [entityUid('Doc', 'd'), [entityUid('Folder', 'f')]],
  );

  test.each([
    ['principal, action, resource', true],
    ['principal == User::"ann", action, resource', true],
    ['principal == User::"bob", action, resource', false],
    ['principal in User::"ann", action, resource', true],
    ['principal in Team::"t3", action, resource', true],
    ['principal in Team::"t99", action, resource', false],
    ['principal is User, action, resource', true],
    ['principal is Team, action, resource', false],
    ['principal is User in Team::"t11", action, resource', true],
    ['principal is Team in Team::"t11", action, resource', false],
    ['principal, action == Action::"read", resource', true],
    ['principal, action == Action::"view", resource', false],
    ['principal, action in Action::"any", resource', true],
    ['principal, action in [Action::"view", Action::"any", Action::"any"], resource', true],
    ['principal, action in [], resource', false],
    ['principal, action in [Action::"write"], resource', false],
    ['principal, action, resource in Folder::"f"', true],
    ['principal, action, resource is Doc in Folder::"f"', true],
    ['principal, action, resource is Folder in Folder::"f"', false],
    ['principal, action, resource == Doc::"e"', false],
  ])('%s', (scope, matches) => {
    expect(evaluate(setFrom(`permit (${scope});`), request(), entities).satisfied).toEqual(
      matches ? [0] : [],
    );
  });

  test('of many policies those that match are found, in order and once', () => {
    const teams = Array.from(
      { length: 40 },
      (_, index) => `permit (principal in Team::"t${index}", action, resource);`,
    );
    const text = [
      'permit (principal, action in [Action::"view", Action::"any"], resource);',
      ...teams,
      'permit (principal is User in Team::"t1", action, resource);',
      'permit (principal is Team in Team::"t1", action, resource);',
      'permit (principal in Team::"t1", action, resource) when { context.gone };',
      'permit (principal, action in [Action::"view", Action::"any"], resource) when { 1 };',
      'permit (principal == User::"ann", action == Action::"read", resource is Doc);',
      'permit (principal == User::"ann", action == Action::"read", resource is Doc);',
    ].join('\n');
    const { satisfied, errors } = evaluate(setFrom(text), request(), entities);
    expect(satisfied).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 41, 45, 46]);
    expect(errors.map(({ policyId }) => policyId)).toEqual(['p43', 'p44']);
  });

  test('a slot that nobody filled matches nothing', () => {
    const index = new ScopeIndex();
    const [template] = parsePolicies(
      'permit (principal == ?principal, action, resource in ?resource);',
    ).policies;
    if (template === undefined) throw new Error('does not parse');
    const policy = {
      id: 't',
      policy: template,
      effect: template.effect,
      annotations: new Map<string, string>(),
    };
    index.add({ index: 0, policy, first: HOLDS });
    const found = new Found();
    found.count = 1;
    index.find(new Frame(), found);
    expect(found.count).toBe(0);
  });
});

describe('what policies share', () => {
  test('is evaluated for each request anew', () => {
    const rule = `when { context has a && context.a > 1 && (context.a == 5 || context.a + 1 == 3) }`;
    const set = setFrom(
      `permit ${everyone} ${rule}; forbid ${everyone} unless { context has a && context.a > 1 };`,
    );
    const decide = (a: number): string => authorize(set, request({ a }), NO_ENTITIES).decision;
    expect([1, 2, 5, 7, 2].map(decide)).toEqual(['deny', 'allow', 'allow', 'deny', 'allow']);
  });

  test('is kept for one request and no longer, whatever it comes to', () => {
    const dear = 'context.a + 1 == 3 || context.b.contains(context.a)';
    const set = setFrom(
      `permit ${everyone} when { ${dear} }; forbid ${everyone} unless { ${dear} };
       permit ${everyone} when { [${dear}].contains(true) };`,
    );
    const ask = (context: Readonly<Record<string, Value>>): readonly unknown[] => {
      const { satisfied, errors } = evaluate(set, request(context), NO_ENTITIES);
      return [satisfied, errors.map(({ policyId, code }) => `${policyId} ${code}`)];
    };
    const b = setOf([1]);
    for (let round = 0; round < 2; round++) {
      expect(ask({ a: 2 })).toEqual([[0, 2], []]);
      expect(ask({ a: 5, b })).toEqual([[1], []]);
      expect(ask({ a: 1, b })).toEqual([[0, 2], []]);
      const missing = ['p0 attribute_missing', 'p1 attribute_missing', 'p2 attribute_missing'];
      expect(ask({})).toEqual([[], missing]);
    }
  });
});

describe('what reads the context by its place', () => {
  const read = (condition: string, context: CedarRecord): string => {
    const set = setFrom(`permit ${everyone} when { ${condition} || ${condition} };`);
    const answer = authorize(set, { ...request(), context }, NO_ENTITIES);
    return answer.errors[0]?.code ?? answer.decision;
  };
  const declared = new Map([
    ['a', true],
    ['r', true],
    ['s', true],
  ]);
  const record = (...entries: readonly (readonly [string, Value])[]): readonly CedarRecord[] => [
    recordOf(entries),
    recordOfType(declared, entries),
  ];

  test.each([
    ['context.r.a > 1', 'allow'],
    ['context.r.a > context.a', 'deny'],
    ['context.r has a', 'allow'],
    ['!(context.a == 1)', 'allow'],
    ['!(context.a + 1 == 6)', 'deny'],
    ['context has r.a', 'allow'],
    ['context.r has b', 'deny'],
    ['context has b', 'deny'],
    ['context.b == 1', 'attribute_missing'],
    ['context.r.b == 1', 'attribute_missing'],
    ['context.a.b == 1', 'type_error'],
    ['context.a has b', 'type_error'],
    ['context.r > 1', 'type_error'],
    ['context.a > context.r', 'type_error'],
    ['context.s.contains(2)', 'allow'],
    ['context.s.containsAny([2, 3])', 'allow'],
    ['context.s.containsAll([2, 3])', 'deny'],
    ['context.a.contains(2)', 'type_error'],
    ['context.a.containsAny([2])', 'type_error'],
    ['context.s.containsAny(2)', 'type_error'],
    ['principal has a', 'deny'],
  ])('%s: %s', (condition, expected) => {
    const [inner] = record(['a', 2]);
    const contexts = record(['a', 5], ['r', inner ?? 0], ['s', setOf([2])]);
    expect(contexts.map((context) => read(condition, context))).toEqual([expected, expected]);
  });

  test('whatever the order in which records of several types come', () => {
    const set = setFrom(`permit ${everyone} when { context has a && context.a == 1 };`);
    const other = new Map([
      ['z', true],
      ['a', true],
    ]);
    const contexts = [
      ...record(['a', 1]),
      recordOfType(other, [['a', 1]]),
      recordOfType(other, [['z', 1]]),
      ...record(['s', 1]),
      recordOfType(declared, [
        ['not declared', 1],
        ['a', 1],
      ]),
    ];
    const decide = (context: CedarRecord): string =>
      authorize(set, { ...request(), context }, NO_ENTITIES).decision;
    const expected = ['allow', 'allow', 'allow', 'deny', 'deny', 'deny', 'allow'];
    for (const order of [contexts, contexts.toReversed()]) {
      expect(order.map(decide)).toEqual(order === contexts ? expected : expected.toReversed());
    }
  });
});

describe('many satisfied policies', () => {
  test.each([3, 20, 100])('are in order and each once: %i', (count) => {
    const policies = Array.from({ length: count }, (_, index) =>
      index % 3 === 0
        ? `forbid (principal, action in [Action::"read", Action::"any"], resource);`
        : `permit (principal${index % 3 === 1 ? ' == User::"ann"' : ''}, action, resource);`,
    );
    const entities = hierarchy([entityUid('Action', 'read'), [entityUid('Action', 'any')]]);
    const { satisfied } = evaluate(setFrom(policies.join('\n')), request(), entities);
    expect(satisfied).toEqual(policies.map((_, index) => index));
  });
});

describe('an error', () => {
  test('counts even when the explanation does not find it', () => {
    const set = setFrom(`forbid ${everyone};`);
    const index = new ScopeIndex();
    const first = new Step(() => 1, { yes: HOLDS, no: FAILS });
    for (const policy of set.policies) index.add({ index: 0, policy, first });
    const { errors } = evaluate({ ...set, index }, request(), NO_ENTITIES);
    expect(errors.map(({ policyId, message }) => [policyId, message])).toEqual([
      ['p0', 'this policy could not be evaluated'],
    ]);
  });

  test('is also what a function gives that does not exist', () => {
    expect(callExtension('nothing', [])).toMatchObject({ code: 'wrong_arity' });
  });
});

describe('compiling', () => {
  const [policy] = parsePolicies(`@id("x") @flag permit ${everyone};`).policies;
  const [template] = parsePolicies('permit (principal == ?principal, action, resource);').policies;
  if (policy === undefined || template === undefined) throw new Error('does not parse');

  test('keeps ids, effects and annotations', () => {
    const set = compilePolicies([{ id: 'a', policy }]);
    expect(set.ok && set.value.policies).toEqual([
      {
        id: 'a',
        policy,
        effect: 'permit',
        annotations: new Map([
          ['id', 'x'],
          ['flag', ''],
        ]),
      },
    ]);
  });

  test('refuses duplicate ids, templates and too many policies', () => {
    const set = compilePolicies([
      { id: 'a', policy },
      { id: 'a', policy: template },
    ]);
    expect(!set.ok && set.error.map(({ code }) => code)).toEqual([
      'duplicate_id',
      'template_not_linked',
    ]);
    const many = Array.from({ length: MAX_POLICIES + 2 }, (_, index) => ({
      id: `${index}`,
      policy,
    }));
    const refused = compilePolicies(many);
    expect(!refused.ok && refused.error.map(({ code }) => code)).toEqual(['too_many_policies']);
  });

  test('a template becomes a policy when its slots are filled', () => {
    const [both] = parsePolicies(
      'permit (principal is User in ?principal, action, resource == ?resource);',
    ).policies;
    if (both === undefined) throw new Error('does not parse');
    const ann = entityUid('User', 'ann');
    const linked = linkTemplate(
      both,
      new Map([
        ['?principal', ann],
        ['?resource', entityUid('Doc', 'd')],
      ]),
    );
    if (!linked.ok) throw new Error('refused');
    const set = compilePolicies([{ id: 'linked', policy: linked.value }]);
    expect(set.ok && authorize(set.value, request(), NO_ENTITIES).reasons).toEqual(['linked']);
    const partly = linkTemplate(both, new Map([['?principal', ann]]));
    expect(!partly.ok && partly.error.map(({ code, slot }) => `${code} ${slot}`)).toEqual([
      'slot_not_filled ?resource',
    ]);
    const wrong = linkTemplate(policy, new Map([['?principal', ann]]));
    expect(!wrong.ok && wrong.error.map(({ code, slot }) => `${code} ${slot}`)).toEqual([
      'slot_unknown ?principal',
    ]);
    expect(linkTemplate(template, new Map([['?principal', ann]])).ok).toBe(true);
  });
});
