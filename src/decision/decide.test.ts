import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DecisionRecord } from './record.ts';
import { decide, explainDecision } from './decide.ts';
import { checkFrom, policiesFrom, type TestOptions } from './test-policies.ts';

const AT = { now: Date.parse('2026-03-16T08:30:00Z'), requestId: 'r1' };
const ANY = '@id("any") permit (principal, action, resource);';

type Body = Readonly<Record<string, unknown>>;

function record(text: string, body: Body = {}, options: TestOptions = {}): DecisionRecord {
  const decision = decide(policiesFrom(text, options), checkFrom(body), AT);
  if (!decision.ok) throw new Error(decision.error.message);
  return decision.value.record;
}

/** Verdict and issue codes. */
function outcome(text: string, body?: Body, options?: TestOptions): string {
  const { verdict, issues } = record(text, body, options);
  return [verdict, ...issues.map(({ code, severity }) => `${code}/${severity}`)].join(' ');
}

const FORBID = '@id("no") @issue("NO") forbid (principal, action, resource);';
const DEFER = '@id("ask") @verdict("DEFER") @issue("ASK") forbid (principal, action, resource);';
const BROKEN = '(principal, action, resource) when { context.retry_count > 1 };';

describe('the ladder', () => {
  test.each([
    ['no policy', '', 'DENY NOT_PERMITTED/HIGH'],
    ['a permit', ANY, 'ALLOW'],
    [
      'a permit that does not apply',
      'permit (principal, action == Action::"x", resource);',
      'DENY NOT_PERMITTED/HIGH',
    ],
    ['a forbid', ANY + FORBID, 'DENY NO/HIGH'],
    ['a forbid alone', FORBID, 'DENY NO/HIGH'],
    ['a deferring forbid', ANY + DEFER, 'DEFER ASK/MEDIUM'],
    ['a deferring forbid without permit', DEFER, 'DENY NOT_PERMITTED/HIGH ASK/MEDIUM'],
    [
      'both forbids: everything that speaks against it',
      ANY + DEFER + FORBID,
      'DENY NO/HIGH ASK/MEDIUM',
    ],
    [
      'a forbid that fails',
      `${ANY} @id("b") @issue("B") forbid ${BROKEN}`,
      'DENY POLICY_ERROR/CRITICAL',
    ],
    [
      'a deferring forbid that fails',
      `${ANY} @verdict("DEFER") forbid ${BROKEN}`,
      'DENY POLICY_ERROR/CRITICAL',
    ],
    ['a permit that fails', `permit ${BROKEN}`, 'DENY NOT_PERMITTED/HIGH'],
    ['a permit that fails beside one that does not', `${ANY} permit ${BROKEN}`, 'ALLOW'],
    ['a verdict nobody knows', `${ANY} @verdict("defer") ${FORBID}`, 'DENY NO/HIGH'],
  ])('%s', (_name, text, expected) => {
    expect(outcome(text)).toBe(expected);
  });

  test.each(['DEFER ', 'ALLOW', 'allow', '', 'PERMIT', 'constructor'])(
    'the verdict "%s" on a forbid denies',
    (verdict) => {
      const text = `${ANY} @verdict("${verdict}") forbid (principal, action, resource);`;
      expect(record(text).verdict).toBe('DENY');
    },
  );

  test('evidence flips the same policies', () => {
    const text = `${ANY} @id("ask") @verdict("DEFER") @issue("ASK") @question("Who?")
      forbid (principal, action, resource) unless { context has approved && context.approved };`;
    expect(record(text).defer_questions).toEqual(['Who?']);
    expect(outcome(text)).toBe('DEFER ASK/MEDIUM');
    expect(outcome(text, { context: { approved: true } })).toBe('ALLOW');
    expect(outcome(text, { context: { approved: 'true' } })).toBe(
      'DEFER CONTEXT_MALFORMED/MEDIUM ASK/MEDIUM',
    );
  });

  test('the strictest of several tools counts', () => {
    const text = `permit (principal, action, resource);
      @verdict("DEFER") forbid (principal, action == Action::"b", resource);
      forbid (principal, action == Action::"c", resource);`;
    expect(record(text, { tools: ['a'] }).verdict).toBe('ALLOW');
    expect(record(text, { tools: ['a', 'b'] }).verdict).toBe('DEFER');
    expect(record(text, { tools: ['b', 'c', 'a'] }).verdict).toBe('DENY');
  });

  test('what the engine cannot read defers, and a permit cannot help', () => {
    expect(outcome(ANY, { context: { retry_count: '5' } })).toBe('DEFER CONTEXT_MALFORMED/MEDIUM');
    expect(outcome(ANY, { constraints: ['max_retries: x'] })).toBe(
      'DEFER CONSTRAINT_MALFORMED/MEDIUM',
    );
    expect(outcome(ANY, { tools: ['strict'] })).toBe('DENY CONTEXT_MISSING/HIGH');
    expect(outcome(ANY, { tools: ['plan'] })).toBe('DENY TOOL_NAME_RESERVED/HIGH');
    expect(outcome(ANY, { tools: ['risky'] })).toBe('DENY TOOL_NAME_RESERVED/HIGH');
  });
});

describe('risk', () => {
  const risks = (...each: readonly string[]): string =>
    each.map((risk) => `@risk("${risk}") permit (principal, action, resource);`).join('\n');

  test.each([
    [['79'], 'ALLOW', 79],
    [['80'], 'DENY RISK_THRESHOLD_EXCEEDED/HIGH', 80],
    [['40', '39'], 'ALLOW', 79],
    [['40', '40'], 'DENY RISK_THRESHOLD_EXCEEDED/HIGH', 80],
    [['90', '90'], 'DENY RISK_THRESHOLD_EXCEEDED/HIGH', 100],
  ])('%j of 80', (each, expected, score) => {
    expect(outcome(risks(...each))).toBe(expected);
    expect(record(risks(...each)).risk_score).toBe(score);
  });

  test.each(['-1', '101', '1e1', 'high', ' 5', '5.5', '٥'])('"%s" counts as 100', (risk) => {
    expect(record(risks(risk))).toMatchObject({ verdict: 'DENY', risk_score: 100 });
  });

  test('100 denies whatever the threshold', () => {
    const settings = { risk: { threshold: 100, high: 100 } };
    expect(record(risks('100'), {}, { settings }).verdict).toBe('DENY');
    expect(record(risks('99'), {}, { settings }).verdict).toBe('ALLOW');
  });

  test('of several tools the highest counts, and is not summed', () => {
    const text = `@risk("50") @value_risk("10") permit (principal, action, resource);
      @waste_risk("30") permit (principal, action == Action::"a", resource);`;
    expect(record(text, { tools: ['a', 'b'] })).toMatchObject({
      verdict: 'ALLOW',
      risk_score: 50,
      value_risk: 10,
      waste_risk: 30,
      high_risk: false,
    });
  });

  test('high_risk from its own threshold on', () => {
    expect(record(risks('59')).high_risk).toBe(false);
    expect(record(risks('60')).high_risk).toBe(true);
  });

  test('a deferral stays one, however risky', () => {
    expect(outcome(`@risk("100") ${ANY} ${DEFER}`)).toBe('DEFER ASK/MEDIUM');
  });
});

test('the issue of a permit is at most MEDIUM', () => {
  const permit = (severity: string) =>
    outcome(`@issue("I") @severity("${severity}") permit (principal, action, resource);`);
  expect(permit('CRITICAL')).toBe('ALLOW I/MEDIUM');
  expect(permit('HIGH')).toBe('ALLOW I/MEDIUM');
  expect(permit('MEDIUM')).toBe('ALLOW I/MEDIUM');
  expect(permit('nonsense')).toBe('ALLOW I/LOW');
});

describe('policy_pack_version', () => {
  const ask = (policy_pack_version: string) =>
    decide(policiesFrom(ANY), checkFrom({ policy_pack_version }), AT);

  test('nothing, or exactly the one loaded', () => {
    expect(ask('').ok).toBe(true);
    expect(ask('test@1.2.3').ok).toBe(true);
  });

  test.each(['test@1.2.4', 'other@1.2.3', 'test', 'test@1.2.3 ', '1.2.3'])(
    '%s is an error and no verdict',
    (asked) => {
      expect(ask(asked)).toMatchObject({
        ok: false,
        error: { code: 'PACK_VERSION_MISMATCH', asked, loaded: 'test@1.2.3' },
      });
    },
  );
});

describe('a defect of the engine', () => {
  const policies = policiesFrom(ANY);
  const check = checkFrom({ tools: ['a'], environment: 'production' });

  test('decides ERROR, which denies', () => {
    const clock = () => {
      throw new Error('secret detail');
    };
    const decision = decide({ ...policies, clock }, check, AT);
    expect(decision).toMatchObject({
      ok: true,
      value: {
        tools: [],
        record: {
          decision: 'ERROR',
          verdict: 'DENY',
          risk_score: 100,
          high_risk: true,
          environment: 'production',
          issues: [{ code: 'INTERNAL_ERROR', severity: 'CRITICAL' }],
        },
      },
    });
    expect(JSON.stringify(decision)).not.toContain('secret detail');
  });

  test('a moment that is none decides ERROR', () => {
    const decision = decide(policies, check, { ...AT, now: Number.NaN });
    expect(decision).toMatchObject({ value: { record: { decision: 'ERROR', verdict: 'DENY' } } });
  });
});

test('an explanation has every policy of every tool', () => {
  const policies = policiesFrom(ANY + DEFER + FORBID);
  const explained = explainDecision(policies, checkFrom({ tools: ['a', 'b'] }), AT);
  const list = explained.ok
    ? explained.value.explanations.map(({ tool, policies: each }) => [
        tool,
        ...each.map(({ policyId, outcome: came }) => `${policyId} ${came}`),
      ])
    : [];
  const all = ['any satisfied', 'ask satisfied', 'no satisfied'];
  expect(list).toEqual([
    ['a', ...all],
    ['b', ...all],
  ]);
  const plain = decide(policies, checkFrom({ tools: ['a', 'b'] }), AT);
  expect(explained.ok && explained.value.record).toEqual(plain.ok && plain.value.record);
});

test('a check is decided as if it were the first, whatever was decided before it', () => {
  const text = `${ANY} ${DEFER} @id("late") @issue("LATE") forbid (principal, action, resource)
    when { context.session.minute_of_day > 600 || principal in Role::"viewer" };`;
  const shared = policiesFrom(text);
  const check = fc
    .record({
      goal: fc.constantFrom('a goal', 'né 🙂'),
      tools: fc.subarray(['a', 'b', 'pay', 'plan', 'strict']),
      constraints: fc.subarray(['max_retries: 2', 'max_retries: x', 'sandbox']),
      environment: fc.constantFrom('production', 'staging'),
      context: fc.record(
        {
          agent_name: fc.constantFrom('bot', 'agent', '__proto__'),
          actor_role: fc.constantFrom('admin', 'viewer', 7),
          retry_count: fc.constantFrom(0, 5, '5', null),
          recent_tools: fc.constantFrom(['a', 'a'], ['b'], 'a'),
        },
        { requiredKeys: [] },
      ),
    })
    .map(checkFrom);
  const moment = fc.integer({ min: 0, max: 240 }).map((minutes) => AT.now + minutes * 30_000);
  fc.assert(
    fc.property(fc.array(fc.tuple(check, moment), { maxLength: 5 }), (several) => {
      for (const [asked, now] of several) {
        const at = { now, requestId: 'r' };
        const [again, first] = [shared, policiesFrom(text)].map((policies) => {
          const decision = decide(policies, asked, at);
          return decision.ok && JSON.stringify(decision.value.record);
        });
        expect(again).toBe(first);
      }
    }),
    { numRuns: 50 },
  );
});
