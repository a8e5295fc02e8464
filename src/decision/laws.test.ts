/** What must hold for every set of policies and every check, whatever they say. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { authorize } from '../cedar/authorize.ts';
import { decide, type Decision } from './decide.ts';
import { checkFrom, policiesFrom } from './test-policies.ts';
import type { Verdict } from './verdict.ts';

const CONDITIONS = [
  'true',
  'false',
  'context.session.hour < 12',
  'principal in Role::"admin"',
  'resource == Environment::"production"',
  'context has tools && context.tools.contains("a")',
  'context has side_effects && context.side_effects.containsAny(["delete", "deploy"])',
  'context has retry_count && context.retry_count > 2',
  'context.retry_count > 2',
  'context.session.malformed.isEmpty()',
  'context has limits && context.limits has max_retries && context.limits.max_retries < 3',
  'context has approved && context.approved',
  '9223372036854775807 + context.session.hour > 0',
];

const condition = fc
  .tuple(fc.constantFrom('when', 'unless'), fc.constantFrom(...CONDITIONS))
  .map(([kind, body]) => `${kind} { ${body} }`);
const action = fc.constantFrom(
  'action',
  'action == Action::"a"',
  'action in Action::"call_tool"',
  'action == Action::"plan"',
);
const issue = fc
  .tuple(
    fc.constantFrom('A', 'B', 'C'),
    fc.constantFrom('', '@severity("LOW")', '@severity("HIGH")', '@severity("CRITICAL")'),
  )
  .map(([code, severity]) => `@issue("${code}") ${severity} @message("${code} applies.")`);
const body = fc
  .tuple(fc.option(issue, { nil: '' }), action, fc.array(condition, { maxLength: 2 }))
  .map(([said, scope, conditions]) => ({
    said,
    rest: `(principal, ${scope}, resource) ${conditions.join(' ')};`,
  }));

const risk = fc.constantFrom('', '@risk("30")', '@risk("60")', '@risk("100")');
const verdict = fc.constantFrom('', '@verdict("DEFER")', '@verdict("DENY")', '@verdict("ALLOW")');
const permit = body.map(({ said, rest }) => `${said} permit ${rest}`);
const riskyPermit = fc.tuple(risk, permit).map(([risky, text]) => `${risky} ${text}`);
const forbid = fc
  .tuple(verdict, risk, body)
  .map(([says, risky, { said, rest }]) => `${says} ${risky} ${said} forbid ${rest}`);

const check = fc
  .record({
    tools: fc.subarray(['a', 'b', 'pay', 'plan', 'strict']),
    constraints: fc.subarray(['max_retries: 2', 'max_retries: x', 'sandbox', 'whatever']),
    side_effects: fc.subarray(['delete', 'deploy', 'write']),
    environment: fc.constantFrom('production', 'staging'),
    context: fc.record(
      {
        actor_role: fc.constantFrom('admin', 'viewer', 7),
        retry_count: fc.constantFrom(0, 5, '5', null),
        approved: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
  })
  .map(checkFrom);

const moment = fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 });

function decided(
  policies: readonly string[],
  asked: ReturnType<typeof checkFrom>,
  now = 1_773_649_800_000,
  requestId = 'r',
): Decision {
  const decision = decide(policiesFrom(policies.join('\n')), asked, { now, requestId });
  if (!decision.ok) throw new Error(decision.error.message);
  return decision.value;
}

const STRICTNESS: Readonly<Record<Verdict, number>> = { ALLOW: 0, DEFER: 1, DENY: 2 };
const some = fc.array(fc.oneof(permit, riskyPermit, forbid), { maxLength: 6 });
/** Sets and checks that are often allowed, for laws about what is. */
const mild = fc
  .array(fc.oneof(riskyPermit, permit, permit, forbid), { maxLength: 3 })
  .map((policies) => ['permit (principal, action, resource);'].concat(policies));
const calm = check.map((asked) => ({
  ...asked,
  constraints: [],
  tools: asked.tools.filter((tool) => tool === 'a' || tool === 'b'),
  context: new Map([...asked.context].filter(([, fact]) => fact !== 7 && fact !== '5')),
}));
const withoutRiskyPermits = fc.array(fc.oneof(permit, permit, forbid), { maxLength: 6 });

describe('laws', () => {
  test('adding a forbid never turns DENY or DEFER into ALLOW', () => {
    fc.assert(
      fc.property(some, forbid, fc.nat(6), check, (policies, added, at, asked) => {
        const before = decided(policies, asked).record.verdict;
        const after = decided(policies.toSpliced(at, 0, added), asked).record.verdict;
        fc.pre(before !== 'ALLOW');
        expect(after).not.toBe('ALLOW');
      }),
    );
  });

  test('adding a rule that denies never makes any verdict milder', () => {
    const denying = body.map(({ said, rest }) => `${said} forbid ${rest}`);
    fc.assert(
      fc.property(some, denying, check, (policies, added, asked) => {
        const before = decided(policies, asked).record.verdict;
        const after = decided([...policies, added], asked).record.verdict;
        expect(STRICTNESS[after]).toBeGreaterThanOrEqual(STRICTNESS[before]);
      }),
    );
  });

  // A permit may carry a risk, and taking the risk away with the permit may allow what another permit
  // permits: that is what its author wrote. The law is about permits that only permit.
  test('removing a permit never allows more', () => {
    fc.assert(
      fc.property(withoutRiskyPermits, permit, fc.nat(6), check, (policies, extra, at, asked) => {
        const before = decided(policies.toSpliced(at, 0, extra), asked).record.verdict;
        const after = decided(policies, asked).record.verdict;
        expect(STRICTNESS[after]).toBeGreaterThanOrEqual(STRICTNESS[before]);
      }),
    );
  });

  test('adding a tool never makes the verdict milder', () => {
    fc.assert(
      fc.property(some, check, (policies, asked) => {
        fc.pre(asked.tools.length > 0);
        const fewer = { ...asked, tools: asked.tools.slice(0, 1) };
        // The policies must not see how many tools there are: only what each tool comes to is compared.
        const blind = policies.filter((text) => !text.includes('context.tools'));
        const [before, after] = [decided(blind, fewer), decided(blind, asked)];
        expect(STRICTNESS[after.record.verdict]).toBeGreaterThanOrEqual(
          STRICTNESS[before.record.verdict],
        );
      }),
    );
  });

  test('the order of the policies changes no verdict, no issue and no risk', () => {
    const shuffled = some.chain((policies) =>
      fc.tuple(
        fc.constant(policies),
        fc.shuffledSubarray(policies, { minLength: policies.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, check, ([policies, others], asked) => {
        const [a, b] = [decided(policies, asked).record, decided(others, asked).record];
        const codes = (record: typeof a) => record.issues.map(({ code }) => code).toSorted();
        expect([b.verdict, b.risk_score, codes(b)]).toEqual([a.verdict, a.risk_score, codes(a)]);
      }),
    );
  });

  test('the same input gives the same record, request_id aside', () => {
    fc.assert(
      fc.property(some, check, moment, (policies, asked, now) => {
        const text = (requestId: string) =>
          JSON.stringify({ ...decided(policies, asked, now, requestId).record, request_id: '' });
        expect(text('one')).toBe(text('two'));
      }),
    );
  });

  test('an ALLOW carries no HIGH or CRITICAL issue and no risk of 100, and no failed forbid', () => {
    fc.assert(
      fc.property(mild, calm, (policies, asked) => {
        const { record, tools } = decided(policies, asked);
        fc.pre(record.verdict === 'ALLOW');
        expect(record.risk_score).toBeLessThan(100);
        expect(record.issues.map(({ severity }) => severity)).not.toContain('HIGH');
        expect(record.issues.map(({ severity }) => severity)).not.toContain('CRITICAL');
        const forbids = new Set(
          policiesFrom(policies.join('\n')).rules.flatMap(({ id, standing }) =>
            standing === 'permits' ? [] : [id],
          ),
        );
        expect(
          tools.flatMap(({ errors }) => errors).filter(({ policyId }) => forbids.has(policyId)),
        ).toEqual([]);
      }),
    );
  });

  test('what is allowed here, plain Cedar allows; what defers here, it denies', () => {
    fc.assert(
      fc.property(some, check, (policies, asked) => {
        const { policySet } = policiesFrom(policies.join('\n'));
        const differing = decided(policies, asked).tools.filter((tool) => {
          const plain = authorize(policySet, tool.request, tool.entities).decision;
          const byRule = tool.findings.some(({ standing, rule }) => standing === 'defers' && rule);
          return tool.verdict === 'ALLOW'
            ? plain !== 'allow'
            : tool.verdict === 'DEFER' && byRule && plain !== 'deny';
        });
        expect(differing).toEqual([]);
      }),
    );
  });

  test('every record is whole: a reason, numbers, and questions only when there are some', () => {
    fc.assert(
      fc.property(some, check, (policies, asked) => {
        const { record } = decided(policies, asked);
        expect(record.reason).not.toBe('');
        expect(record.decision).toBe(
          { ALLOW: 'GO', DENY: 'NO_GO', DEFER: 'DEFER' }[record.verdict],
        );
        for (const score of [record.risk_score, record.value_risk, record.waste_risk]) {
          expect(score >= 0 && score <= 100).toBe(true);
        }
        expect(JSON.parse(JSON.stringify(record))).toEqual(record);
      }),
    );
  });
});
