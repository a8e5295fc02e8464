import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from './decide.ts';
import type { DecisionRecord } from './record.ts';
import { recordText } from './record-text.ts';
import { checkFrom, policiesFrom } from './test-policies.ts';

/** Half surrogates, controls, quotes and names that every object has among them. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('APPROVAL_REQUIRED', 'constructor', 'toString', '7', '', 'a"b\\c\n'),
);
const texts = fc.array(text, { maxLength: 3 });
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const risk = fc.integer({ min: 0, max: 100 });
const severity = fc.constantFrom<DecisionRecord['issues'][number]['severity']>(
  'CRITICAL',
  'HIGH',
  'MEDIUM',
  'LOW',
);

const record: fc.Arbitrary<DecisionRecord> = fc.record({
  decision: fc.constantFrom('GO', 'NO_GO', 'DEFER', 'ERROR'),
  verdict: fc.constantFrom('ALLOW', 'DENY', 'DEFER'),
  reason: text,
  issues: fc.array(
    fc.record({
      code: text,
      severity,
      message: text,
      details: fc.dictionary(text, fc.oneof(text, texts)),
    }),
    { maxLength: 3 },
  ),
  defer_questions: texts,
  clarifying_questions: texts,
  risk_score: risk,
  high_risk: fc.boolean(),
  value_risk: risk,
  waste_risk: risk,
  guardrails: texts,
  guardrail_checks: fc.dictionary(text, fc.oneof(fc.boolean(), texts)),
  constraints_applied: texts,
  value_findings: fc.array(
    fc.record({ policy: text, value_risk: risk, waste_risk: risk, message: text }),
    { maxLength: 2 },
  ),
  cost_estimate: fc.record({
    currency: fc.constant('USD'),
    min: number,
    max: number,
    assumptions: texts,
  }),
  request_id: text,
  task_hash: fc.constant(`sha256:${'0'.repeat(64)}`),
  policy_version: text,
  policy_pack_version: text,
  environment: text,
  timestamp: number,
  evaluated_at: number,
  decision_trace_summary: text,
  cached: fc.boolean(),
  meta: fc.record({ bundle_digest: text }),
});

test('is what JSON.stringify writes, whatever stands in a record', () => {
  fc.assert(
    fc.property(record, (some) => {
      expect(recordText(some)).toBe(JSON.stringify(some));
    }),
  );
});

test('leaves out no member that a decision writes', () => {
  const policies = policiesFrom(`
    @id("all") @guardrail("known") @risk("5") @value_risk("2") permit (principal, action, resource);
    @id("ask") @issue("ASK") @question("Who \\"approved\\" this?") @guardrail("approved")
    forbid (principal, action, resource) when { context has approved && !context.approved };
    @id("fails") @issue("FAILS") forbid (principal, action, resource) when { context.cost_usd.lessThan(decimal("0.1")) };
  `);
  const bodies = [
    { tools: ['a', 'b'], constraints: ['be nice', 'sandbox', 'max_retries: x'] },
    { tools: ['a'], context: { approved: false, cost_usd: 'much', environment: 'prod "1"' } },
    { tools: [], context: { agent_name: 7 } },
  ];
  for (const body of bodies) {
    const decided = decide(policies, checkFrom(body), { now: 1_700_000_000_123, requestId: 'r' });
    if (!decided.ok) throw new Error(decided.error.message);
    const { record: made } = decided.value;
    expect(recordText(made)).toBe(JSON.stringify(made));
  }
});
