import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Expr, ExprKind, Policy } from './ast.ts';
import { explainPolicy } from './explain.ts';
import { childrenOf } from './intern.ts';
import { parsePolicies } from './parse.ts';
import { printExpr } from './print.ts';
import { unspanned } from './testing/form.ts';
import { condition } from './testing/generate-expression.ts';
import { cases } from './testing/generate.ts';
import { prepare } from './testing/official.ts';
import { printValue } from './value.ts';
import { CEDAR_LEXICON, type Lexicon } from './words-lexicon.ts';
import { conditionWords, policyWords, termWords, type Words } from './words.ts';

function policyOf(text: string): Policy {
  const { policies, errors } = parsePolicies(text);
  const [policy] = policies;
  if (policy === undefined || errors.length > 0) throw new Error(`${text} ${errors[0]?.message}`);
  return policy;
}

function bodyOf(text: string): Expr {
  const body = policyOf(`permit (principal, action, resource) when { ${text} };`).conditions[0]
    ?.body;
  if (body === undefined) throw new Error(text);
  return body;
}

function words(text: string): Words {
  return conditionWords(bodyOf(text));
}

describe('every construct', () => {
  test.each([
    // Fields and whether they are given.
    ['context has approved_by', 'approved by is given', 'approved by is not given'],
    ['context has targets', 'targets are given', 'targets are not given'],
    [
      'context has a.b.c',
      'a that has b that has c is given',
      'a that has b that has c is not given',
    ],
    ['context.a has b', 'b of a is given', 'b of a is not given'],
    ['context has "two words"', '`two words` is given', '`two words` is not given'],
    ['context has is_given', '`is_given` is given', '`is_given` is not given'],
    ['principal has a.b', 'a that has b of the principal is given', undefined],
    ['principal["x y"].name has z', 'z of name of `x y` of the principal is given', undefined],
    ['Team::"red" has lead', 'lead of the Team red is given', undefined],
    ['context.ok', 'ok is true', 'ok is false'],
    ['true', 'always', 'never'],
    ['false', 'never', 'always'],
    ['!true', 'never', 'always'],
    // Equality.
    ['context.status == "approved"', 'status is approved', 'status is not approved'],
    ['"approved" == context.status', 'status is approved', undefined],
    ['context.status != "approved"', 'status is not approved', 'status is approved'],
    ['context.status == "two words"', 'status is “two words”', undefined],
    ['context.status == "given"', 'status is “given”', undefined],
    [
      'context.status == "say “x” \\"y\\" \\n"',
      'status is “say \\u{201c}x\\u{201d} "y" \\n”',
      undefined,
    ],
    ['context.by != ""', 'by is not empty text', 'by is empty text'],
    ['context.a == context.b', 'a is the same as b', 'a is not the same as b'],
    ['context.ok == true', 'ok equals true', 'ok does not equal true'],
    ['context.n == 12345', 'n is 12,345', undefined],
    ['context.n == -12345678', 'n is -12,345,678', undefined],
    [
      'principal == User::"ann"',
      'the principal is the User ann',
      'the principal is not the User ann',
    ],
    ['principal == NS::User::"a b"', 'the principal is the NS::User “a b”', undefined],
    [
      'context == {a: 1, "b c": [2]}',
      'the context is the same as (the record of (a: 1, `b c`: (the set of (2))))',
      undefined,
    ],
    ['context.names == []', 'names are the same as (the empty set)', undefined],
    // Order.
    ['context.n < 5', 'n is less than 5', 'n is at least 5'],
    ['context.n <= 5', 'n is at most 5', 'n is more than 5'],
    ['context.n > 5', 'n is more than 5', 'n is at most 5'],
    ['5 >= context.n', 'n is at most 5', 'n is more than 5'],
    ['context.calls >= context.most', 'calls are at least most', undefined],
    [
      'context.amount.greaterThan(decimal("5000.00"))',
      'amount is more than 5,000.00',
      'amount is at most 5,000.00',
    ],
    ['context.amount.lessThanOrEqual(decimal("0.5"))', 'amount is at most 0.50', undefined],
    ['decimal("1.2345").lessThan(context.x)', 'x is more than 1.2345', undefined],
    [
      'context.x.greaterThanOrEqual(context.y)',
      'x is at least y (as decimals)',
      'x is less than y (as decimals)',
    ],
    ['context.x < decimal("1.0")', 'x is less than 1.00 (not as decimals)', undefined],
    [
      'context.x < datetime("2026-03-16T10:00:00Z")',
      'x is earlier than 2026-03-16 10:00 UTC',
      'x is no earlier than 2026-03-16 10:00 UTC',
    ],
    ['context.x >= datetime("2026-03-16")', 'x is no earlier than 2026-03-16 00:00 UTC', undefined],
    [
      'context.x > datetime("2026-03-16T10:00:00.500Z")',
      'x is later than 2026-03-16 10:00:00.500 UTC',
      undefined,
    ],
    [
      'context.a.durationSince(context.b) <= duration("90m")',
      '(the time from b to a) is at most 1 hour 30 minutes',
      undefined,
    ],
    ['context.d == duration("-5m")', 'd is minus 5 minutes', undefined],
    ['context.d == duration("3d1ms")', 'd is 3 days 1 millisecond', undefined],
    ['context.d == duration("0s")', 'd is 0 seconds', undefined],
    [
      'context.now.offset(duration("1h")) > context.x',
      '(the time 1 hour after now) is later than x',
      undefined,
    ],
    [
      'context.now.offset(context.d).toDate() == context.x',
      '(the day of (now shifted by d)) is the same as x',
      undefined,
    ],
    [
      'context.x.toTime().toMinutes() < 5',
      '(the whole minutes of (the time of day of x)) is less than 5',
      undefined,
    ],
    [
      'decimal("x").lessThan(context.y)',
      '(the result of decimal (“x”)) is less than y (as decimals)',
      undefined,
    ],
    ['context.x.lessThan()', '(the result of lessThan (x)) is true', undefined],
    // Arithmetic.
    ['context.a + 1 - 2 * 3 > 0', '((a plus 1) minus (2 times 3)) is more than 0', undefined],
    ['-context.a < 0', '(the negative of a) is less than 0', undefined],
    // Sets.
    [
      'context.side_effects.contains("money_movement")',
      'side effects include money movement',
      'side effects do not include money movement',
    ],
    [
      'context.role.contains(context.mine)',
      'role includes the value of mine',
      'role does not include the value of mine',
    ],
    ['["a1", "b 2"].contains(context.x)', 'x is one of a1, “b 2”', 'x is not one of a1, “b 2”'],
    ['[].contains(context.x)', 'x is one of nothing', undefined],
    [
      'context.s.containsAny(["x", "y"])',
      's includes any of x, y',
      's does not include any of x, y',
    ],
    ['context.s.containsAny(context.t)', 's includes anything in t', undefined],
    ['context.s.containsAll(["x", "all"])', 's includes all of x, “all”', undefined],
    ['context.s.containsAll(context.t)', 's includes everything in t', undefined],
    ['[context.a].containsAll(context.t)', 't includes nothing but the value of a', undefined],
    ['context.names.isEmpty()', 'names are empty', 'names are not empty'],
    ['context.s.contains(["x"])', 's includes the value of (the set of (x))', undefined],
    // Entities.
    [
      'principal in Team::"red"',
      'the principal belongs to the Team red',
      'the principal does not belong to the Team red',
    ],
    [
      'principal in [Team::"red", Team::"blue"]',
      'the principal belongs to any of the Team red, the Team blue',
      undefined,
    ],
    ['principal in []', 'the principal belongs to any of nothing', undefined],
    ['principal in context.teams', 'the principal belongs to teams', undefined],
    [
      'resource is NS::Doc',
      'the resource is of type NS::Doc',
      'the resource is not of type NS::Doc',
    ],
    [
      'resource is Doc in Folder::"f"',
      'the resource is of type Doc that belongs to the Folder f',
      undefined,
    ],
    [
      'principal.hasTag("t")',
      'the principal has the tag “t”',
      'the principal does not have the tag “t”',
    ],
    ['principal.getTag(context.t) == "v"', '(the tag t of the principal) is v', undefined],
    // Patterns.
    ['context.g like "*elp me*"', 'g contains “elp me”', 'g does not contain “elp me”'],
    ['context.g like "Sort*"', 'g starts with “Sort”', 'g does not start with “Sort”'],
    ['context.g like "*.md"', 'g ends with “.md”', undefined],
    [
      'context.g like "a*b\\*"',
      'g matches the pattern “a*b\\*”, * being any text',
      'g does not match the pattern “a*b\\*”, * being any text',
    ],
    ['context.g like "x"', 'g matches exactly “x”', undefined],
    ['context.g like ""', 'g matches exactly empty text', undefined],
    ['context.g like "**"', 'g matches any text', undefined],
    // Addresses.
    ['context.ip.isIpv4()', 'ip is an IPv4 address', 'ip is not an IPv4 address'],
    ['context.ip.isIpv6()', 'ip is an IPv6 address', undefined],
    ['context.ip.isLoopback()', 'ip is a loopback address', undefined],
    ['context.ip.isMulticast()', 'ip is a multicast address', undefined],
    [
      'context.ip.isInRange(ip("10.0.0.0/8"))',
      'ip is in the range the address 10.0.0.0/8',
      undefined,
    ],
    // Groups.
    [
      'context.a && context.b && context.c',
      'a is true and b is true and c is true',
      'not (a is true and b is true and c is true)',
    ],
    ['context.a && (context.b || context.c)', 'a is true and (b is true or c is true)', undefined],
    ['context.a && context.b || context.c', '(a is true and b is true) or c is true', undefined],
    ['!(context.a || context.b)', 'not (a is true or b is true)', 'a is true or b is true'],
    [
      '!!(context.a || context.b) && context.c',
      '(a is true or b is true) and c is true',
      undefined,
    ],
    ['!(context has a)', 'a is not given', 'a is given'],
    [
      'if context.a then context.b else context.c && context.d',
      'if a is true then b is true, otherwise (c is true and d is true)',
      undefined,
    ],
    [
      '(if context.a then 1 else 2) == context.b',
      '(if a is true then 1, otherwise 2) is the same as b',
      undefined,
    ],
    ['(context.a < 1) == context.b', '(whether (a is less than 1)) is the same as b', undefined],
    [
      '[context.a == 1] == context.b',
      '(the set of (the value of (whether (a is 1)))) is the same as b',
      undefined,
    ],
  ])('%s', (text, said, negated) => {
    expect(words(text).text).toBe(said);
    expect(words(text).negation).toBe(negated ?? words(text).negation);
    expect(words(`!(${text})`).text).toBe(words(text).negation);
  });

  // One of each: the compiler tells when the language has a kind that is not here.
  const every: Readonly<Record<ExprKind, readonly [text: string, said: string]>> = {
    literal: ['context.goal == "end"', 'goal is “end”'],
    entity: ['principal == Agent::"a"', 'the principal is the Agent “a”'],
    variable: ['principal == resource', 'the principal is the same as the resource'],
    not: ['!(context.ok && context.fine)', 'not (ok is true and fine is true)'],
    negate: ['context.n == -context.m', 'n is the same as (the negative of m)'],
    and: ['context.ok && context.fine', 'ok is true and fine is true'],
    or: ['context.ok || context.fine', 'ok is true or fine is true'],
    if: [
      'if context.ok then context.fine else context.good',
      'if ok is true then fine is true, otherwise good is true',
    ],
    compare: ['context.n <= context.m', 'n is at most m'],
    arithmetic: ['context.n + 1 > context.m * 2', '(n plus 1) is more than (m times 2)'],
    in: ['principal in Role::"a"', 'the principal belongs to the Role “a”'],
    is: [
      'resource is Environment in Group::"g"',
      'the resource is of type Environment that belongs to the `Group` g',
    ],
    has: ['context has limits.max', 'limits that has max is given'],
    like: ['context.goal like "pay*"', 'goal starts with “pay”'],
    attribute: ['context.limits.max == 1', 'max of limits is 1'],
    method: ['context.tags.containsAny(["a", "b"])', 'tags include any of “a”, b'],
    extension: [
      'context.at.offset(duration("1h")) < datetime("2026-01-01")',
      '(the time 1 hour after at) is earlier than 2026-01-01 00:00 UTC',
    ],
    set: ['context.tags == ["a"]', 'tags are the same as (the set of (“a”))'],
    record: [
      'context.place == {city: "Rome"}',
      'place is the same as (the record of (city: “Rome”))',
    ],
  };

  test.each(Object.entries(every))('%s', (kind, [text, said]) => {
    const kinds = new Set<string>();
    const visit = (expr: Expr): void => {
      kinds.add(expr.kind);
      for (const child of childrenOf(expr)) visit(child);
    };
    const body = bodyOf(text);
    visit(body);
    expect([...kinds]).toContain(kind);
    expect(conditionWords(body).text).toBe(said);
  });

  test('a term by itself', () => {
    expect(termWords(bodyOf('context.a.b'))).toBe('b of a');
    expect(termWords(bodyOf('"b"'))).toBe('“b”');
  });
});

describe('a lexicon', () => {
  const lexicon: Lexicon = {
    ...CEDAR_LEXICON,
    types: new Map([['Role', 'role']]),
    groups: new Map([['Action', 'group']]),
    fields: new Map([
      ['s.now', { text: 'the current time', is: 'now' as const }],
      [
        's.day',
        { text: 'the weekday', explain: (day: number) => (day === 5 ? 'Friday' : undefined) },
      ],
    ]),
    records: new Map([['limits', 'the limit']]),
  };

  test.each([
    ['principal in Role::"risk_ops"', 'the principal belongs to the role risk ops'],
    ['principal in role::"risk_ops"', 'the principal belongs to the `role` risk ops'],
    ['action in Action::"pay"', 'the action belongs to the group pay'],
    ['action == Action::"pay"', 'the action is the Action pay'],
    ['context.limits has most', 'the limit most is given'],
    ['context.limits.most == 1', 'the limit most is 1'],
    ['context.s.day <= 5', 'the weekday is at most 5 (Friday)'],
    ['context.s.day <= 6', 'the weekday is at most 6'],
    ['context.s.now < context.x', 'the current time is earlier than x'],
    ['context.s.now.durationSince(context.x) <= duration("24h")', 'x is 24 hours ago or later'],
    ['context.s.now.durationSince(context.x) < duration("24h")', 'x is later than 24 hours ago'],
    ['context.s.now.durationSince(context.x) > duration("24h")', 'x is earlier than 24 hours ago'],
    ['context.s.now.durationSince(context.x) >= duration("24h")', 'x is 24 hours ago or earlier'],
    ['duration("24h") >= context.s.now.durationSince(context.x)', 'x is 24 hours ago or later'],
    [
      'context.x.durationSince(context.s.now) > duration("5m")',
      'x is later than 5 minutes from now',
    ],
    [
      'context.x.durationSince(context.s.now) <= duration("5m")',
      'x is 5 minutes from now or earlier',
    ],
    [
      'context.s.now.durationSince(context.s.now) < duration("5m")',
      '(the time from the current time to the current time) is less than 5 minutes',
    ],
  ])('%s', (text, said) => {
    expect(conditionWords(bodyOf(text), lexicon).text).toBe(said);
  });
});

describe('the tree', () => {
  test('follows the expression, with the place and the fields of each leaf', () => {
    const text = 'context has a && !(context.limits.b > 1 || principal in Team::"t")';
    const policy = policyOf(`permit (principal, action, resource) when { ${text} };`);
    const source = `permit (principal, action, resource) when { ${text} };`;
    const [clause] = policyWords(policy).clauses;
    const at = ({ span }: Words): string => source.slice(span.start, span.end);
    const [has, not] = clause?.words.parts ?? [];
    expect(clause?.words.kind).toBe('and');
    expect([has?.kind, not?.kind, not?.parts[0]?.kind]).toEqual(['leaf', 'not', 'or']);
    expect(not?.parts[0]?.parts.map(at)).toEqual([
      'context.limits.b > 1',
      'principal in Team::"t"',
    ]);
    expect(has?.reads).toEqual([{ root: 'context', path: ['a'] }]);
    expect(not?.parts[0]?.parts.map(({ reads }) => reads)).toEqual([
      [{ root: 'context', path: ['limits', 'b'] }],
      [{ root: 'principal', path: [] }],
    ]);
  });
});

describe('a rule', () => {
  test.each([
    ['permit (principal, action, resource);', 'Permits everything.'],
    [
      'forbid (principal in Team::"t", action == Action::"go", resource is Doc) when { context.x } unless { context.y };',
      'Forbids the Action go for any principal that belongs to the Team t on any resource of type Doc when x is true unless y is true.',
    ],
    [
      'permit (principal is User in Team::"t", action in [Action::"go", Action::"stop"], resource == Doc::"d");',
      'Permits any action that belongs to any of the Action go, the Action stop for any principal of type User that belongs to the Team t on the Doc d.',
    ],
    [
      'permit (principal == ?principal, action in Action::"go", resource in ?resource);',
      'Permits any action that belongs to the Action go for whatever fills the slot ?principal on any resource that belongs to whatever fills the slot ?resource.',
    ],
    [
      'permit (principal, action in [], resource);',
      'Permits any action that belongs to any of nothing.',
    ],
    [
      'forbid (principal, action, resource) when { context.a && context.b } when { context.c } unless { context.d } unless { context.e || context.f };',
      'Forbids everything when (a is true and b is true) and c is true unless d is true or (e is true or f is true).',
    ],
  ])('%s', (text, sentence) => {
    expect(policyWords(policyOf(text)).sentence).toBe(sentence);
  });

  test('takes another verb', () => {
    const policy = policyOf('forbid (principal, action, resource);');
    expect(policyWords(policy, CEDAR_LEXICON, 'Defers').sentence).toBe('Defers everything.');
  });
});

/** Names and texts that read like the sentences around them. */
const TRICKY = [
  'a',
  'b',
  'b of a',
  'b_of_a',
  'a_is_given',
  'is',
  'at_least_5',
  'least',
  'same_as_b',
  'the_same_as_b',
  'true',
  'not_a',
  'given',
  'a_and_b',
  'empty_text',
  '',
  'x_or_later',
  'any_of_a',
  'value_of_a',
  'a, b',
  '5',
  'A',
  '“a”',
  '`a`',
  '\\u{201c}',
] as const;

/** Expressions whose every name and text is tricky. */
function disguised(expr: Expr, pick: () => string): Expr {
  const again = (inner: Expr): Expr => disguised(inner, pick);
  const name = <N extends { readonly text: string }>(old: N): N => ({ ...old, text: pick() });
  switch (expr.kind) {
    case 'literal':
      return typeof expr.value === 'string' ? { ...expr, value: pick() } : expr;
    case 'attribute':
      return { ...expr, subject: again(expr.subject), name: name(expr.name) };
    case 'has':
      return { ...expr, subject: again(expr.subject), path: expr.path.map(name) };
    case 'not':
    case 'negate':
      return { ...expr, operand: again(expr.operand) };
    case 'and':
    case 'or':
      return { ...expr, operands: expr.operands.map(again) };
    case 'if':
      return {
        ...expr,
        condition: again(expr.condition),
        consequent: again(expr.consequent),
        alternative: again(expr.alternative),
      };
    case 'compare':
    case 'arithmetic':
    case 'in':
      return { ...expr, left: again(expr.left), right: again(expr.right) };
    case 'is':
      return { ...expr, subject: again(expr.subject) };
    case 'like':
      return { ...expr, subject: again(expr.subject) };
    case 'method':
      return { ...expr, subject: again(expr.subject), args: expr.args.map(again) };
    case 'extension':
      return expr.style === 'method' ? { ...expr, args: expr.args.map(again) } : expr;
    case 'set':
      return { ...expr, elements: expr.elements.map(again) };
    case 'record':
    case 'entity':
    case 'variable':
      return expr;
  }
}

const tricky: fc.Arbitrary<Expr> = fc
  .tuple(condition, fc.infiniteStream(fc.constantFrom(...TRICKY)))
  .map(([expr, stream]) => {
    const iterator = stream[Symbol.iterator]();
    return disguised(expr, () => String(iterator.next().value));
  });

function sizeOf(expr: Expr): number {
  return childrenOf(expr).reduce((sum, child) => sum + sizeOf(child), 1);
}

describe('over generated expressions', () => {
  test('words are never empty, and every leaf and negation has some', () => {
    const visit = ({ text, negation, parts }: Words): void => {
      expect(text.trim()).not.toBe('');
      expect(negation.trim()).not.toBe('');
      expect(negation).not.toBe(text);
      for (const part of parts) visit(part);
    };
    fc.assert(
      fc.property(fc.oneof(condition, tricky), (expr) => {
        visit(conditionWords(expr));
      }),
      { numRuns: 1000 },
    );
  }, 60_000);

  test('those with the same words evaluate alike', () => {
    // Small ones: that is where different trees could say the same.
    const drawn = [
      ...fc.sample(condition, { numRuns: 20_000, seed: 7 }),
      ...fc.sample(tricky, { numRuns: 20_000, seed: 8 }),
    ].filter((expr) => sizeOf(expr) <= 7);
    const bySaying = new Map<string, Map<string, Expr>>();
    for (const expr of drawn) {
      const said = conditionWords(expr).text;
      const alike = bySaying.get(said) ?? new Map<string, Expr>();
      bySaying.set(said, alike.set(JSON.stringify(unspanned(expr), printed), expr));
    }
    const worlds = fc.sample(cases(1, 6), { numRuns: 25, seed: 9 }).map(prepare);
    const outcome = (expr: Expr): string => {
      const clause = { kind: 'when' as const, body: expr, span: expr.span };
      const policy = {
        ...policyOf('permit (principal, action, resource);'),
        conditions: [clause],
      };
      const named = { id: 'p', policy, effect: policy.effect, annotations: new Map() };
      return worlds
        .flatMap(({ requests, entities }) =>
          requests.map(
            (request) => explainPolicy(named, { ...request, entities }).conditions[0]?.outcome,
          ),
        )
        .join();
    };
    const shared = [...bySaying].filter(([, alike]) => alike.size > 1);
    for (const [said, alike] of shared) {
      const outcomes = new Set([...alike.values()].map(outcome));
      expect(
        [...outcomes],
        `${said}: ${[...alike.values()].map(printExpr).join(' | ')}`,
      ).toHaveLength(1);
    }
    process.stdout.write(
      `words: ${drawn.length} expressions, ${bySaying.size} sayings, ${shared.length} of them shared\n`,
    );
    expect(bySaying.size).toBeGreaterThan(3000);
    expect(shared.length).toBeGreaterThan(0);
  }, 120_000);
});

function printed(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? printValue(value) : value;
}
