import * as official from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, test } from 'vitest';
import type { Policy } from '../cedar/ast.ts';
import { parsePolicies } from '../cedar/parse.ts';
import { printPolicy } from '../cedar/print.ts';
import { mutantsOf, type Mutant } from './mutants.ts';
import { mutantsOfPack } from './mutation.ts';
import { examplePacks, packOf } from './testing/examples.ts';

const EXAMPLES = examplePacks(
  import.meta.glob<string>('../../policies/**/*', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
);

function policyOf(text: string): Policy {
  const { policies, errors } = parsePolicies(text);
  const [policy] = policies;
  if (policy === undefined) throw new Error(JSON.stringify(errors));
  return policy;
}

function mutants(text: string): readonly Mutant[] {
  return mutantsOf('r', policyOf(text));
}

const changes = (text: string) => mutants(text).map(({ kind, what }) => `${kind}: ${what}`);

describe('mistakes', () => {
  test('in a scope', () => {
    expect(
      changes('permit (principal is Agent, action == Action::"a", resource in E::"p");'),
    ).toEqual(['remove: without the rule', 'widen: any action', 'widen: any resource']);
  });

  test('in what a rule stands for', () => {
    expect(changes('forbid (principal, action, resource);')).toContain(
      'defer: DEFER instead of DENY',
    );
    expect(changes('@verdict("DEFER") forbid (principal, action, resource);')).toContain(
      'deny: DENY instead of DEFER',
    );
  });

  test.each([
    ['context.session.hour < 5', ['>= 5', '< 4', '< 6'].map((to) => `context.session.hour ${to}`)],
    [
      'context.session.hour < context.session.weekday',
      ['>=', '<='].map((to) => `context.session.hour ${to} context.session.weekday`),
    ],
    [
      'context.session.now.durationSince(datetime("2026-01-01")) > duration("1h")',
      [
        'context.session.now.durationSince(datetime("2026-01-01")) <= duration("1h")',
        'context.session.now.durationSince(datetime("2026-01-01")) > duration("3599999ms")',
        'context.session.now.durationSince(datetime("2026-01-01")) > duration("3600001ms")',
      ],
    ],
    ['context.goal == "x"', ['context.goal != "x"']],
    ['context.goal like "x*"', ['!(context.goal like "x*")']],
    [
      'context.tools.containsAny(["a", "b"])',
      ['context.tools.containsAll(["a", "b"])', '!context.tools.containsAny(["a", "b"])'],
    ],
    ['context.tools.containsAny(["a"])', ['!context.tools.containsAny(["a"])']],
    ['!context.tools.isEmpty()', ['context.tools.isEmpty()']],
  ] as const)('in %s', (body, expected) => {
    const shown = mutants(`permit (principal, action, resource) when { ${body} };`)
      .slice(3)
      .map(({ policy }) => policy?.conditions[0]?.body)
      .map((expr) => (expr === undefined ? '' : printedBody(expr)));
    expect(shown).toEqual(expected);
  });

  test('in chains: each part left out, and the connective', () => {
    const text =
      'permit (principal, action, resource) when { context.tools.isEmpty() && context.goal == "x" };';
    expect(changes(text)).toEqual(
      expect.arrayContaining([
        'drop: without `context.goal == "x"`',
        'drop: without `context.tools.isEmpty()`',
        'flip: `context.tools.isEmpty() && context.goal == "x"` becomes `context.tools.isEmpty() || context.goal == "x"`',
        'flip: `unless` instead of `when { context.tools.isEmpty() && context.goal == "x" }`',
      ]),
    );
  });

  test('a test for a fact is never left out before the fact is read, nor where it tells nothing', () => {
    const text = `forbid (principal, action, resource)
      when { context has a } unless { context has a && context.a > 3 };`;
    const dropped = changes(text).filter((change) => change.startsWith('drop'));
    expect(dropped).toEqual([
      'drop: without `when { context has a }`',
      'drop: without `unless { context has a && context.a > 3 }`',
      'drop: without `context.a > 3`',
    ]);
  });

  test('have names of their own', () => {
    for (const files of EXAMPLES.values()) {
      const keys = mutantsOfPack(packOf(files)).map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });
});

/** Where an annotation stands among the others is not what is asked. */
function sortedLines(text: string): string {
  return text.split('\n').toSorted().join('\n');
}

function printedBody(body: Policy['conditions'][number]['body']): string {
  const policy = policyOf('permit (principal, action, resource) when { true };');
  const condition = policy.conditions[0];
  if (condition === undefined) throw new Error('no condition');
  const text = printPolicy({ ...policy, conditions: [{ ...condition, body }] });
  return text.slice(text.indexOf('{') + 2, text.lastIndexOf('}') - 1);
}

describe.each([...EXAMPLES.keys()])('%s', (name) => {
  const files = EXAMPLES.get(name) ?? new Map<string, string>();
  const all = mutantsOfPack(packOf(files));

  test('each differs from its rule', () => {
    const rules = new Map(
      packOf(files).policies.policySet.policies.map(({ id, policy }) => [id, printPolicy(policy)]),
    );
    const same = all.filter(
      ({ ruleId, policy }) => policy !== undefined && printPolicy(policy) === rules.get(ruleId),
    );
    expect(same).toEqual([]);
  });

  test('its text in the place it names is the mutant', () => {
    const pack = packOf(files);
    for (const { key, ruleId, span, after, policy } of all) {
      const rule = pack.rules.find(({ id }) => id === ruleId);
      const text = files.get(rule?.path ?? '') ?? '';
      const mutated = text.slice(0, span.start) + after + text.slice(span.end);
      const { policies, errors } = parsePolicies(mutated);
      const own = (one: Policy) => one.annotations.some(({ value }) => value === ruleId);
      const said = policies.filter(own).map(printPolicy).map(sortedLines);
      const meant = policy === undefined ? [] : [sortedLines(printPolicy(policy))];
      expect({ key, errors, said }).toEqual({ key, errors: [], said: meant });
    }
  });

  test('the official validator would let every one pass', () => {
    const policies = all.flatMap(({ policy }) => (policy === undefined ? [] : printPolicy(policy)));
    const answer = official.validate({
      schema: files.get('schema.cedarschema') ?? '',
      policies: { staticPolicies: policies.join('\n') },
      validationSettings: { mode: 'strict' },
    });
    expect(answer).toMatchObject({ type: 'success', validationErrors: [] });
  });
});
