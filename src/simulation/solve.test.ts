import { describe, expect, test } from 'vitest';
import type { PackFiles } from '../pack/files.ts';
import { branchesOf } from './branches.ts';
import { coverInSlices, type Coverage } from './coverage.ts';
import { runScenarios } from './run.ts';
import { finish } from '../base/slices.ts';
import { proposeInSlices, uncoveredGoals, type Goal, type Proposal } from './solve.ts';
import { changed, edited, examplePacks, packOf } from './testing/examples.ts';

const EXAMPLES = examplePacks(
  import.meta.glob<string>('../../policies/**/*', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
);

/** `context has user_role` where one of two roles is stated and the other is known not to be. */
const ALWAYS_TRUE = 'required-role-is-held: user role is not given';

function withoutScenarios(files: PackFiles): PackFiles {
  return new Map([...files].filter(([path]) => !path.startsWith('scenarios/')));
}

function cover(files: PackFiles): Coverage {
  return finish(coverInSlices(packOf(files)));
}

function propose(files: PackFiles, goals: readonly Goal[]): readonly Proposal[] {
  return finish(proposeInSlices(packOf(files), goals));
}

/** Whether a coverage shows the goal. */
function shows(coverage: Coverage, goal: Goal): boolean {
  if (goal.kind === 'action' || goal.kind === 'role') {
    const list = goal.kind === 'action' ? coverage.actions : coverage.roles;
    return list.some(({ name, count }) => name === goal.name && count > 0);
  }
  const rule = coverage.rules.find(({ id }) => id === goal.ruleId);
  if (rule === undefined) return false;
  if (goal.kind === 'rule') {
    return goal.holds ? rule.satisfied > 0 : rule.evaluatedFalse + rule.outOfScope > 0;
  }
  const branch = rule.branches.find(({ at }) => at.join('.') === goal.at.join('.'));
  const seen = goal.value ? branch?.seenTrue : branch?.seenFalse;
  const decides = goal.value ? branch?.decidesTrue : branch?.decidesFalse;
  return (seen ?? 0) > 0 && (!goal.decides || decides === true);
}

describe.each([...EXAMPLES.keys()])('%s, starting without any scenario', (name) => {
  const files = withoutScenarios(EXAMPLES.get(name) ?? new Map());
  const pack = packOf(files);
  const proposals = propose(files, uncoveredGoals(cover(files)));
  const found = proposals.filter(({ scenario }) => scenario !== undefined);
  const saved = new Map(
    found.map(({ scenario }, index) => [`scenarios/s${index}.json`, scenario?.text ?? '']),
  );

  test('every rule gets a request for which it applies, and one for which it does not', () => {
    const rules = found.filter(({ goal }) => goal.kind === 'rule');
    expect(rules).toHaveLength(pack.rules.length * 2);
  });

  test('every side of every branch gets one, and every action and role', () => {
    const missing = proposals.filter(({ scenario }) => scenario === undefined);
    expect(missing.map(({ title }) => title).filter((one) => one !== ALWAYS_TRUE)).toEqual([]);
  });

  test('their names are not those of a machine', () => {
    const names = found.map(({ scenario }) => scenario?.name ?? '');
    expect(names.filter((one) => !/^(?:[A-Z]|[a-z\d]+\.).{6,159}$/u.test(one))).toEqual([]);
    expect(names.filter((one) => /generated|part \d|undefined/iu.test(one))).toEqual([]);
  });

  test('what was found is so: saved and run, each passes, and all goals are covered', () => {
    const all = packOf(new Map([...files, ...saved]));
    expect(all.scenarios).toHaveLength(found.length);
    expect(runScenarios(all).filter(({ state }) => state !== 'pass')).toEqual([]);
    const coverage = finish(coverInSlices(all));
    expect(found.filter(({ goal }) => !shows(coverage, goal)).map(({ title }) => title)).toEqual(
      [],
    );
  });

  test('each alone shows its goal', () => {
    for (const { goal, scenario } of found.filter((_, index) => index % 25 === 0)) {
      const alone = changed(files, { 'scenarios/one.json': scenario?.text });
      expect(shows(cover(alone), goal) ? '' : `${scenario?.id}`).toBe('');
    }
  });
});

describe('requests', () => {
  const PAYMENTS = EXAMPLES.get('payments') ?? new Map<string, string>();

  test('hold nothing that the goal does not need', () => {
    const goal = { kind: 'rule', ruleId: 'approval-is-recent', holds: true } as const;
    const [proposal] = propose(PAYMENTS, [goal]);
    const file: unknown = JSON.parse(proposal?.scenario?.text ?? '{}');
    expect(file).toMatchObject({ tags: ['generated'] });
    expect(file).not.toHaveProperty('request.constraints');
    expect(Object.keys((file as { request: { context: object } }).request.context)).toEqual([
      'approved_at',
    ]);
  });

  test.each([
    ['a decimal', 'context has amount_usd && context.amount_usd == decimal("12.3456")', 12.3456],
    ['an int64 past 2^53', 'context has retry_count && context.retry_count > 9007199254740993', ''],
    ['a pattern', 'context.goal like "*a*b\\*c"', 'ab*c'],
    ['a limit', 'context.limits has max_retries && context.limits.max_retries == 7', '7'],
    ['a length', 'context.session.goal_length == 3', ''],
    ['a count of calls', 'context.session.same_tool_calls == 2', ''],
    ['a weekday', 'context.session.weekday == 7 && context.session.hour == 23', ''],
    ['arithmetic', 'context has retry_count && context.retry_count - 3 == -5', -2],
    ['an if', 'if context has payee_id then context.payee_id == "x" else context has run_id', ''],
    ['a list of all', 'context.side_effects.containsAll(["a", "b"])', 'a'],
    ['no list', '!context.success_criteria.isEmpty()', ''],
    ['an entity', 'action == Action::"fx.quote" && principal in Role::"auditor"', 'fx.quote'],
    ['another tool', 'action in Action::"call_tool" && !(action in Action::"read_payments")', ''],
    ['a moment', 'context.session.now < datetime("2001-01-01")', '2000-12-31T23:59:59.999Z'],
  ] as const)('%s', (_name, condition, part) => {
    const rule = `@id("it") permit (principal, action, resource) when { ${condition} };`;
    const files = edited(withoutScenarios(PAYMENTS), 'policies/permits.cedar', () => rule);
    const goal = { kind: 'rule', ruleId: 'it', holds: true } as const;
    const [proposal] = propose(files, [goal]);
    expect(proposal?.scenario?.text).toContain(String(part));
    const saved = changed(files, { 'scenarios/x.json': proposal?.scenario?.text });
    expect(shows(cover(saved), goal)).toBe(true);
  });

  test('what cannot be is not found, and that is said by leaving it out', () => {
    const rule =
      '@id("it") permit (principal, action, resource) when { context.session.hour > 3 && context.session.hour < 3 };';
    const files = edited(withoutScenarios(PAYMENTS), 'policies/permits.cedar', () => rule);
    const goals: Goal[] = [
      { kind: 'rule', ruleId: 'it', holds: true },
      { kind: 'rule', ruleId: 'none', holds: true },
      { kind: 'branch', ruleId: 'it', at: [0, 9], value: true, decides: false },
    ];
    expect(propose(files, goals).map(({ scenario }) => scenario)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('deciding goals are decided', () => {
    const pack = packOf(PAYMENTS);
    const goals = pack.policies.policySet.policies.slice(0, 12).flatMap(({ id, policy }) =>
      branchesOf(policy).flatMap(({ path }): Goal[] =>
        [true, false].map((value) => ({
          kind: 'branch',
          ruleId: id,
          at: path,
          value,
          decides: true,
        })),
      ),
    );
    const found = propose(PAYMENTS, goals).filter(({ scenario }) => scenario !== undefined);
    expect(found.length).toBeGreaterThan(goals.length * 0.9);
    for (const { goal, scenario } of found.filter((_, index) => index % 10 === 0)) {
      const alone = changed(withoutScenarios(PAYMENTS), { 'scenarios/one.json': scenario?.text });
      expect(shows(cover(alone), goal) ? '' : scenario?.text).toBe('');
    }
  });
});
