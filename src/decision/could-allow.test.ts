import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { examplePacks, packOf } from '../simulation/testing/examples.ts';
import type { Json } from '../cedar/json/lossless.ts';
import { readCheck, type Check } from './check.ts';
import { couldAllow, type KnownFacts } from './could-allow.ts';
import { decide } from './decide.ts';

const PACKS = [
  ...examplePacks(
    import.meta.glob<string>('../../policies/**/*', {
      query: '?raw',
      import: 'default',
      eager: true,
    }),
  ).values(),
].map((files) => {
  const { policies, scenarios } = packOf(files);
  return { policies, runs: scenarios.flatMap(({ run }) => (run.ok ? [run.value] : [])) };
});
const GUARD = packOf(
  examplePacks(
    import.meta.glob<string>('../../policies/guard/**/*', {
      query: '?raw',
      import: 'default',
      eager: true,
    }),
  ).get('guard'),
).policies;

function check(body: object): Check {
  const read = readCheck(body);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

const DEVELOPER = { actor_role: 'developer', environment: 'production' };
const DELETE = {
  goal: 'Call it',
  tools: ['db_admin'],
  side_effects: ['delete'],
  constraints: ['require_ticket: true'],
};
const ALL: KnownFacts = { facts: new Set(['actor_role', 'environment']), environment: true };

describe('whether a tool could be allowed', { timeout: 60_000 }, () => {
  test.each<[string, object, KnownFacts, boolean]>([
    ['a developer deletes in production', { ...DELETE, context: DEVELOPER }, ALL, false],
    [
      'where, nobody knows',
      { ...DELETE, context: DEVELOPER },
      { ...ALL, environment: false, facts: new Set(['actor_role']) },
      true,
    ],
    [
      'as whom, nobody knows',
      { ...DELETE, context: DEVELOPER },
      { ...ALL, facts: new Set(['environment']) },
      true,
    ],
    [
      'an operator, who may be approved',
      { ...DELETE, context: { ...DEVELOPER, actor_role: 'sre' } },
      ALL,
      true,
    ],
    ['somebody who only looks', { ...DELETE, side_effects: [], context: DEVELOPER }, ALL, true],
    [
      'a reader who changes',
      { ...DELETE, context: { ...DEVELOPER, actor_role: 'viewer', environment: 'staging' } },
      ALL,
      false,
    ],
  ])('%s', (_what, body, known, expected) => {
    expect(couldAllow(GUARD, check(body), known)).toBe(expected);
  });

  test('a no is certain: whatever the unknown facts are, the verdict is DENY', () => {
    let hidden = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...PACKS),
        fc.nat(),
        fc.nat(),
        fc.infiniteStream(fc.boolean()),
        fc.boolean(),
        ({ policies, runs }, one, two, coins, environment) => {
          const [asked, other] = [runs[one % runs.length], runs[two % runs.length]];
          if (asked === undefined || other === undefined) return;
          const names = [...asked.check.context.keys()].filter((name) => name !== 'environment');
          const facts = new Set(names.filter(() => coins.next().value === true));
          if (environment) facts.add('environment');
          const tools = asked.check.tools.slice(0, 1);
          if (couldAllow(policies, { ...asked.check, tools }, { facts, environment })) return;
          hidden += 1;
          // The facts that are known are the first one's, all others the second one's.
          const context = new Map<string, Json>(
            [...other.check.context].filter(([name]) => !facts.has(name)),
          );
          for (const name of facts) {
            const fact = asked.check.context.get(name);
            if (fact !== undefined) context.set(name, fact);
          }
          const call = { ...asked.check, goal: other.check.goal, tools, context };
          const decision = decide(policies, call, { now: other.now, requestId: 'x' });
          expect(decision.ok && decision.value.record.verdict).toBe('DENY');
        },
      ),
      { numRuns: 500 },
    );
    expect(hidden).toBeGreaterThan(20);
  });

  test('conditions are taken for what they could be', () => {
    const policies = (rules: string) =>
      packOf(
        new Map([
          [
            'metadata.json',
            '{"cedar_version":"4.5.0","policy_store":{"id":"x","name":"x","version":"1.0.0"}}',
          ],
          ['stage0.json', '{"timeZone":"UTC","risk":{"threshold":100,"high":60}}'],
          [
            'schema.cedarschema',
            `entity Role; entity Agent in [Role]; entity Environment;
             action "plan", "call_tool" appliesTo { principal: Agent, resource: Environment, context: { k?: Long, u?: Long, input?: { x?: Long } } };`,
          ],
          ['policies/p.cedar', rules],
        ]),
      ).policies;
    const known: KnownFacts = { facts: new Set(['k']), environment: false };
    const body = check({ goal: '', tools: ['t'], context: { k: 1 } });
    const K = 'context has k && context.k == 1';
    const U = 'context has u && context.u == 1';
    const cases: readonly (readonly [string, boolean])[] = [
      [`forbid when { ${K} };`, false],
      [`forbid when { ${U} };`, true],
      [`forbid unless { ${U} };`, true],
      [`forbid unless { !(${K}) };`, false],
      [`forbid when { ${K} || ${U} };`, false],
      [`forbid when { (${K}) && (${U}) };`, true],
      [`forbid when { !(!(${K}) && (${U})) };`, false],
      [`forbid when { if ${U} then true else ${K} };`, false],
      [`forbid when { if ${U} then false else ${K} };`, true],
      [`forbid when { if ${K} then true else ${U} };`, false],
      [`forbid when { context.k + 9223372036854775807 > 0 };`, false],
      [`forbid when { context has input && context.input has x };`, true],
      [`@verdict("DEFER") forbid when { ${K} };`, true],
      [`forbid (principal in Role::"r", action, resource);`, true],
      [`forbid (principal, action == Action::"other", resource);`, true],
    ];
    for (const [rule, expected] of cases) {
      const scoped = rule.includes('(principal')
        ? rule
        : rule.replace('forbid', 'forbid (principal, action, resource)');
      const text = `@id("p") permit (principal, action, resource);\n@id("f") ${scoped}`;
      expect([rule, couldAllow(policies(text), body, known)]).toEqual([rule, expected]);
    }
    for (const [permit, expected] of [
      [`when { ${U} }`, true],
      [`when { !(${K}) }`, false],
      [`unless { ${K} }`, false],
      [`when { ${U} } unless { ${U} }`, true],
    ] as const) {
      const text = `@id("p") permit (principal in Role::"r", action, resource) ${permit};`;
      expect([permit, couldAllow(policies(text), body, known)]).toEqual([permit, expected]);
    }
  });
});
