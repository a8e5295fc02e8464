import { describe, expect, test } from 'vitest';
import { compilePolicies } from './compile.ts';
import { bareEntity, buildEntities, NO_ENTITIES } from './entities.ts';
import { explain, explainPolicy, type Explained, type PolicyExplanation } from './explain.ts';
import { parsePolicies } from './parse.ts';
import { EMPTY_RECORD, entityUid, printValue, recordOf } from './value.ts';

function explained(text: string): readonly PolicyExplanation[] {
  const { policies, errors } = parsePolicies(text);
  expect(errors).toEqual([]);
  const set = compilePolicies(policies.map((policy, index) => ({ id: `p${index}`, policy })));
  const [user, team] = [entityUid('User', 'ann'), entityUid('Team', 't')];
  const entities = buildEntities([bareEntity(user, [team])]);
  if (!set.ok || !entities.ok) throw new Error('refused');
  const context = recordOf([
    ['n', 1],
    ['s', 'a'],
  ]);
  const request = { principal: user, action: entityUid('Action', 'read'), resource: team, context };
  return explain(set.value, request, entities.value);
}

/** A tree of what was reached, as text: each expression with its value, `>` before what decided. */
function draw(text: string, at: Explained, indent = '', mark = ''): readonly string[] {
  const outcome = at.reached
    ? at.value === undefined
      ? (at.error?.code ?? 'no value')
      : printValue(at.value)
    : '-';
  const line = `${indent}${mark}${text.slice(at.span.start, at.span.end)}: ${outcome}`;
  return [
    line,
    ...at.children.flatMap((child, index) =>
      draw(text, child, `${indent}  `, index === at.decidedBy ? '> ' : ''),
    ),
  ];
}

function tree(condition: string): readonly string[] {
  const text = `permit (principal, action, resource) when { ${condition} };`;
  const [body] = explained(text).flatMap((policy) => policy.conditions);
  return body === undefined ? [] : draw(text, body.body);
}

describe('an explanation', () => {
  test.each([
    [
      'true && context.n == 2 && false',
      [
        'true && context.n == 2 && false: false',
        '  true: true',
        '  > context.n == 2: false',
        '    context.n: 1',
        '      context: {"n": 1, "s": "a"}',
        '    2: 2',
        '  false: -',
      ],
    ],
    [
      'false || true || 1 == 1',
      [
        'false || true || 1 == 1: true',
        '  false: false',
        '  > true: true',
        '  1 == 1: -',
        '    1: -',
        '    1: -',
      ],
    ],
    ['true && true', ['true && true: true', '  true: true', '  true: true']],
    ['false || false', ['false || false: false', '  false: false', '  false: false']],
    [
      'if false then 1 else true',
      ['if false then 1 else true: true', '  false: false', '  1: -', '  > true: true'],
    ],
    [
      'if true then 1 == 2 else 1',
      [
        'if true then 1 == 2 else 1: false',
        '  true: true',
        '  > 1 == 2: false',
        '    1: 1',
        '    2: 2',
        '  1: -',
      ],
    ],
    [
      'if true then -true == 1 else true',
      [
        'if true then -true == 1 else true: no value',
        '  true: true',
        '  > -true == 1: no value',
        '    -true: type_error',
        '      true: true',
        '    1: -',
        '  true: -',
      ],
    ],
    [
      'if 1 then true else true',
      ['if 1 then true else true: no value', '  1: type_error', '  true: -', '  true: -'],
    ],
    ['!true', ['!true: false', '  true: true']],
    ['!1', ['!1: type_error', '  1: 1']],
    ['1 != 2', ['1 != 2: true', '  1: 1', '  2: 2']],
    ['1 || true', ['1 || true: no value', '  1: type_error', '  true: -']],
    [
      'principal in [User::"bob", Team::"t", 1 == 1]'.replace(', 1 == 1', ''),
      [
        'principal in [User::"bob", Team::"t"]: true',
        '  principal: User::"ann"',
        '  [User::"bob", Team::"t"]: [Team::"t", User::"bob"]',
        '    User::"bob": User::"bob"',
        '    > Team::"t": Team::"t"',
      ],
    ],
    [
      '[1, context.n].contains(context.n)',
      [
        '[1, context.n].contains(context.n): true',
        '  [1, context.n]: [1]',
        '    > 1: 1',
        '    context.n: 1',
        '      context: {"n": 1, "s": "a"}',
        '  context.n: 1',
        '    context: {"n": 1, "s": "a"}',
      ],
    ],
    [
      '[1].containsAny([2, 1])',
      [
        '[1].containsAny([2, 1]): true',
        '  [1]: [1]',
        '    > 1: 1',
        '  [2, 1]: [1, 2]',
        '    2: 2',
        '    > 1: 1',
      ],
    ],
    [
      '[1].containsAll([1, 2])',
      [
        '[1].containsAll([1, 2]): false',
        '  [1]: [1]',
        '    1: 1',
        '  [1, 2]: [1, 2]',
        '    1: 1',
        '    > 2: 2',
      ],
    ],
    [
      '[1].containsAll([1])',
      ['[1].containsAll([1]): true', '  [1]: [1]', '    1: 1', '  [1]: [1]', '    1: 1'],
    ],
    ['[1].contains(2)', ['[1].contains(2): false', '  [1]: [1]', '    1: 1', '  2: 2']],
    [
      'principal in principal',
      ['principal in principal: true', '  principal: User::"ann"', '  principal: User::"ann"'],
    ],
    [
      'principal in [User::"bob"]',
      [
        'principal in [User::"bob"]: false',
        '  principal: User::"ann"',
        '  [User::"bob"]: [User::"bob"]',
        '    User::"bob": User::"bob"',
      ],
    ],
    [
      'principal is Team in Team::"t"',
      ['principal is Team in Team::"t": false', '  > principal: User::"ann"', '  Team::"t": -'],
    ],
    [
      'principal is User in Team::"t"',
      [
        'principal is User in Team::"t": true',
        '  principal: User::"ann"',
        '  Team::"t": Team::"t"',
      ],
    ],
    [
      'principal.hasTag("x")',
      ['principal.hasTag("x"): false', '  principal: User::"ann"', '  "x": "x"'],
    ],
    [
      '{a: context.gone} has a',
      [
        '{a: context.gone} has a: no value',
        '  {a: context.gone}: no value',
        '    context.gone: attribute_missing',
        '      context: {"n": 1, "s": "a"}',
      ],
    ],
  ])('%s', (condition, expected) => {
    expect(tree(condition)).toEqual(expected);
  });

  test('stops at the scope, and says which part does not match', () => {
    const [policy] = explained(
      'permit (principal == User::"bob", action in [Action::"x", Action::"read"], resource is Team) when { true };',
    );
    expect(policy).toMatchObject({
      outcome: 'unsatisfied',
      scope: { principal: false, action: true, resource: true },
      conditions: [
        { kind: 'when', outcome: 'not-reached', body: { reached: false, value: undefined } },
      ],
    });
    const scopes = explained(
      'permit (principal in Team::"t", action == Action::"x", resource in Team::"u"); permit (principal is User in Team::"t", action in Action::"read", resource is User in Team::"t");',
    ).map(({ scope }) => scope);
    expect(scopes).toEqual([
      { principal: true, action: false, resource: false },
      { principal: true, action: true, resource: false },
    ]);
  });

  test('of a template says that it matches nothing', () => {
    const text = 'permit (principal == ?principal, action, resource in ?resource);';
    const [policy] = parsePolicies(text).policies;
    if (policy === undefined) throw new Error('does not parse');
    const uid = entityUid('User', 'ann');
    const request = { principal: uid, action: uid, resource: uid, context: EMPTY_RECORD };
    const template = {
      id: 't',
      policy,
      effect: policy.effect,
      annotations: new Map<string, string>(),
    };
    const { scope } = explainPolicy(template, { ...request, entities: NO_ENTITIES });
    expect(scope).toEqual({ principal: false, action: true, resource: false });
  });

  test('stops at the first condition that does not hold, and at an error', () => {
    const policies = explained(`
      permit (principal, action, resource) when { true } unless { context.n == 1 } when { true };
      forbid (principal, action, resource) when { 1 } when { true };
      forbid (principal, action, resource) unless { false };`);
    expect(policies.map(({ outcome }) => outcome)).toEqual(['unsatisfied', 'error', 'satisfied']);
    expect(policies.map(({ conditions }) => conditions.map(({ outcome }) => outcome))).toEqual([
      [true, true, 'not-reached'],
      ['error', 'not-reached'],
      [false],
    ]);
    expect(policies[1]?.error).toMatchObject({
      policyId: 'p1',
      code: 'type_error',
      message: 'type error: expected bool, got long',
    });
  });
});
