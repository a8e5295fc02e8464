import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import type { DecisionRecord } from './record.ts';
import { checkFrom, policiesFrom } from './test-policies.ts';

const AT = { now: Date.parse('2026-03-16T08:30:00.250Z'), requestId: 'r1' };

function record(text: string, body: Readonly<Record<string, unknown>> = {}): DecisionRecord {
  const decision = decide(policiesFrom(text), checkFrom(body), AT);
  if (!decision.ok) throw new Error(decision.error.message);
  return decision.value.record;
}

const PAYMENTS = `
  @id("agents-may-call-tools") @risk("5") @guardrail("tools_known")
  permit (principal, action in Action::"call_tool", resource);

  @id("criteria") @issue("MISSING_SUCCESS_CRITERIA") @severity("MEDIUM") @waste_risk("20")
  @message("Nobody can tell whether this worked.")
  permit (principal, action, resource) when { context has success_criteria && context.success_criteria.isEmpty() };

  @id("payout-needs-approval") @verdict("DEFER") @issue("APPROVAL_REQUIRED") @severity("HIGH")
  @message("This payout needs an approval") @question("Who approved this payout?")
  @risk("40") @value_risk("30") @guardrail("approval_required")
  forbid (principal, action, resource)
  when { context has side_effects && context.side_effects.contains("money_movement") }
  unless { context has approved && context.approved };

  @id("approval-has-a-time") @verdict("DEFER") @issue("APPROVAL_TIMESTAMP_MISSING")
  @question("Is approval still valid?") @risk("19") @guardrail("approval_is_recent")
  forbid (principal, action, resource)
  when { context has side_effects && context.side_effects.contains("money_movement") }
  unless { context has approved_at };
`;

test('a whole record, field by field', () => {
  const decided = record(PAYMENTS, {
    goal: 'Pay the invoice',
    constraints: ['human approval required', 'timeout: 5m', 'be nice'],
    tools: ['search', 'mail'],
    side_effects: ['money movement'],
    context: { agent_name: 'bot', environment: 'production', cost_usd: 0.5 },
  });
  expect(decided).toEqual({
    decision: 'DEFER',
    verdict: 'DEFER',
    reason:
      'APPROVAL_REQUIRED: This payout needs an approval; ' +
      'MISSING_SUCCESS_CRITERIA: Nobody can tell whether this worked; ' +
      'APPROVAL_TIMESTAMP_MISSING: The rule approval-has-a-time applies',
    issues: [
      {
        code: 'APPROVAL_REQUIRED',
        severity: 'HIGH',
        message: 'This payout needs an approval',
        details: { policy: 'payout-needs-approval', tool: 'search', tools: ['search', 'mail'] },
      },
      {
        code: 'MISSING_SUCCESS_CRITERIA',
        severity: 'MEDIUM',
        message: 'Nobody can tell whether this worked.',
        details: { policy: 'criteria', tool: 'search', tools: ['search', 'mail'] },
      },
      {
        code: 'APPROVAL_TIMESTAMP_MISSING',
        severity: 'MEDIUM',
        message: 'The rule approval-has-a-time applies.',
        details: { policy: 'approval-has-a-time', tool: 'search', tools: ['search', 'mail'] },
      },
    ],
    defer_questions: ['Who approved this payout?', 'Is approval still valid?'],
    clarifying_questions: ['Who approved this payout?', 'Is approval still valid?'],
    risk_score: 64,
    high_risk: true,
    value_risk: 30,
    waste_risk: 20,
    guardrails: ['tools_known', 'approval_required', 'approval_is_recent'],
    guardrail_checks: {
      tools_known: true,
      approval_required: false,
      approval_is_recent: false,
      unrecognized_constraints: ['be_nice'],
    },
    constraints_applied: ['approval_required', 'timeout_seconds: 300'],
    value_findings: [
      {
        policy: 'criteria',
        value_risk: 0,
        waste_risk: 20,
        message: 'Nobody can tell whether this worked.',
      },
      {
        policy: 'payout-needs-approval',
        value_risk: 30,
        waste_risk: 0,
        message: 'This payout needs an approval',
      },
    ],
    cost_estimate: {
      currency: 'USD',
      min: 0.01,
      max: 0.05,
      assumptions: ['No cost is known for mail.'],
    },
    request_id: 'r1',
    // The hash of the canonical JSON, as any other tool computes it.
    task_hash: 'sha256:ae39c6295590cd49cc83ae5a8aa99bd3a37627945f6d56b60521dbd3b021f403',
    policy_version: 'test@1.2.3',
    policy_pack_version: 'test@1.2.3',
    environment: 'production',
    timestamp: 1773649800.25,
    evaluated_at: 1773649800.25,
    decision_trace_summary:
      'search: DEFER by payout-needs-approval (defers everything when side effects are given and ' +
      'side effects include money movement unless approved is given and approved is true), ' +
      'approval-has-a-time (defers everything when side effects are given and side effects include ' +
      'money movement unless approved at is given); ' +
      'mail: DEFER by payout-needs-approval, approval-has-a-time',
    cached: false,
    meta: { bundle_digest: 'sha256:0' },
  });
  // The order of its fields is part of a record that is the same byte for byte.
  expect(Object.keys(decided).join(' ')).toBe(
    'decision verdict reason issues defer_questions clarifying_questions risk_score high_risk ' +
      'value_risk waste_risk guardrails guardrail_checks constraints_applied value_findings ' +
      'cost_estimate request_id task_hash policy_version policy_pack_version environment timestamp ' +
      'evaluated_at decision_trace_summary cached meta',
  );
});

describe('issues', () => {
  test('stand by severity, then the engine before the policies, then in the order of the pack', () => {
    const text = ['LOW', 'HIGH', 'MEDIUM', 'CRITICAL', 'HIGH']
      .map(
        (severity, index) =>
          `@id("p${index}") @issue("I${index}") @severity("${severity}") forbid (principal, action, resource);`,
      )
      .join('\n');
    const { issues } = record(text, { context: { retry_count: 'x' } });
    expect(issues.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
      'I3 CRITICAL',
      'I1 HIGH',
      'I4 HIGH',
      'CONTEXT_MALFORMED MEDIUM',
      'I2 MEDIUM',
      'I0 LOW',
    ]);
  });

  test('of one code from two policies stay two; from one policy for two tools become one', () => {
    const text = `
      @id("a") @issue("X") forbid (principal, action, resource);
      @id("b") @issue("X") forbid (principal, action == Action::"t2", resource);`;
    const { issues } = record(text, { tools: ['t1', 't2'] });
    expect(issues.map(({ details }) => details)).toEqual([
      { policy: 'a', tool: 't1', tools: ['t1', 't2'] },
      { policy: 'b', tool: 't2' },
    ]);
  });

  test('of the engine say which fact, constraint or policy they are about', () => {
    const text = `@id("broken") forbid (principal, action, resource) when { context.retry_count > 1 };`;
    const { issues } = record(text, {
      constraints: ['max_retries: x'],
      context: { retry_count: 'y', cost_usd: 'z' },
    });
    expect(issues.map(({ code, details }) => [code, details])).toEqual([
      ['POLICY_ERROR', { policy: 'broken', error: 'attribute_missing', tool: 'plan' }],
      ['CONSTRAINT_MALFORMED', { constraint: 'max_retries: x', tool: 'plan' }],
      ['CONTEXT_MALFORMED', { field: 'retry_count', tool: 'plan' }],
      ['CONTEXT_MALFORMED', { field: 'cost_usd', tool: 'plan' }],
    ]);
  });
});

describe('without any issue the reason and the summary still say who decided', () => {
  test.each([
    [
      '@id("a") permit (principal, action, resource); @id("b") permit (principal, action, resource);',
      'Permitted by a, b; no rule forbids it.',
      'plan: ALLOW by a (permits everything), b (permits everything)',
    ],
    [
      '@id("a") permit (principal, action, resource); @id("f") forbid (principal, action, resource);',
      'Denied by f.',
      'plan: DENY by f (denies everything)',
    ],
    [
      `@id("a") permit (principal, action, resource);
       @id("d") @verdict("DEFER") forbid (principal, action, resource);`,
      'Deferred by d.',
      'plan: DEFER by d (defers everything)',
    ],
    ['', 'NOT_PERMITTED: No rule permits this', 'plan: DENY by NOT_PERMITTED'],
    [
      '@id("a") @risk("85") permit (principal, action, resource);',
      'RISK_THRESHOLD_EXCEEDED: The risks of this add up to more than the pack allows',
      'plan: DENY by RISK_THRESHOLD_EXCEEDED (85 of 80)',
    ],
    [
      `@id("broken") forbid (principal, action, resource) when { context.retry_count > 1 };`,
      'POLICY_ERROR: The rule broken could not be evaluated: the record has no attribute `retry_count`',
      'plan: DENY by broken (could not be evaluated)',
    ],
  ])('%s', (text, reason, summary) => {
    expect(record(text)).toMatchObject({ reason, decision_trace_summary: summary });
  });
});

test('a summary repeats the beginning of the longest rules', () => {
  const many = Array.from({ length: 60 }, (_, at) => `context.goal != "goal ${at}"`).join(' && ');
  const { decision_trace_summary: summary } = record(
    `@id("long") permit (principal, action, resource) when { ${many} };`,
  );
  expect(summary).toMatch(/^plan: ALLOW by long \(permits everything when goal is not .*…\)$/u);
  expect(summary.length).toBeLessThan(450);
});

test('what a client wrote is cut before it is echoed, and stays well-formed', () => {
  const long = '🙂'.repeat(50_000);
  const answer = JSON.stringify(
    record('', {
      tools: [long, `${long}x`],
      constraints: [`max_retries: ${long}`],
      context: { cost_usd: long, approved_at: long, actor_role: [long] },
    }),
  );
  expect(answer.length).toBeLessThan(10_000);
  expect(answer).not.toMatch(/\p{Surrogate}/u);
});

test('a question asked by two rules is asked once', () => {
  const text = `@verdict("DEFER") @question("Who?") forbid (principal, action, resource);
    @verdict("DEFER") @question("Who?") forbid (principal, action, resource);`;
  expect(record(text).defer_questions).toEqual(['Who?']);
});

test('a guardrail that one rule meets and another does not is not met', () => {
  const met = '@guardrail("g") permit (principal, action, resource);';
  const unmet = '@guardrail("g") forbid (principal, action, resource);';
  expect(record(met).guardrail_checks).toEqual({ g: true });
  expect(record(met + unmet)).toMatchObject({ guardrails: ['g'], guardrail_checks: { g: false } });
  expect(record(unmet + met).guardrail_checks).toEqual({ g: false });
});

test('a guardrail may be named like an inherited property', () => {
  const text = '@guardrail("__proto__") permit (principal, action, resource);';
  expect(Object.entries(record(text).guardrail_checks)).toEqual([['__proto__', true]]);
});

test('costs of several tools add up without dust', () => {
  expect(record('', { tools: ['pay', 'search', 'pay'] }).cost_estimate).toEqual({
    currency: 'USD',
    min: 0.11,
    max: 0.25,
    assumptions: [],
  });
  expect(record('').cost_estimate).toEqual({ currency: 'USD', min: 0, max: 0, assumptions: [] });
});

describe('task_hash', () => {
  const hash = (body: Readonly<Record<string, unknown>>) => record('', body).task_hash;
  const base = { goal: 'g', tools: ['a'], context: { x: 1, y: { b: [1, null], a: 'é' } } };

  test('does not depend on the order of members, on defaults, or on how a side effect is written', () => {
    const same = {
      context: { y: { a: 'é', b: [1, null] }, x: 1 },
      constraints: [],
      tools: ['a'],
      goal: 'g',
      pro: true,
    };
    expect(hash(same)).toBe(hash(base));
    expect(hash({ ...base, side_effects: ['money movement'] })).toBe(
      hash({ ...base, side_effects: ['Money-Movement'] }),
    );
    expect(hash({ ...base, environment: 'test' })).toBe(
      hash({ ...base, context: { ...base.context, environment: 'test' } }),
    );
  });

  test.each([
    { goal: 'h' },
    { tools: ['b'] },
    { constraints: ['c'] },
    { side_effects: ['s'] },
    { success_criteria: ['c'] },
    { context: { ...base.context, x: 2 } },
    { context: { ...base.context, z: 2n ** 60n } },
    { environment: 'test' },
  ])('depends on everything that the task is (%#)', (change) => {
    expect(hash({ ...base, ...change })).not.toBe(hash(base));
  });
});
