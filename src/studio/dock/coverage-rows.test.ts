import { describe, expect, test } from 'vitest';
import type { BranchCoverage, Coverage, RuleCoverage } from '../../simulation/coverage.ts';
import { branchCovered, branchSeen, coverageRows } from './coverage-rows.ts';

function branch(change: Partial<BranchCoverage>): BranchCoverage {
  return {
    at: [0],
    kind: 'when',
    span: { start: 1, end: 2 },
    text: 'c',
    seenTrue: 1,
    seenFalse: 1,
    error: 0,
    decidesTrue: true,
    decidesFalse: true,
    constant: false,
    ...change,
  };
}

function rule(id: string, change: Partial<RuleCoverage>): RuleCoverage {
  return {
    id,
    verdict: 'DENY',
    path: 'policies/a.cedar',
    span: { start: 0, end: 9 },
    state: 'covered',
    satisfied: 1,
    evaluatedFalse: 1,
    error: 0,
    outOfScope: 0,
    branches: [],
    ...change,
  };
}

const coverage: Coverage = {
  scenarios: 2,
  covered: 5,
  total: 8,
  percent: 62.5,
  decisive: { covered: 1, total: 4 },
  rules: [
    rule('half', { branches: [branch({}), branch({ at: [1], seenFalse: 0, text: 'd' })] }),
    rule('whole', { branches: [branch({})] }),
    rule('never', { state: 'never-reached' }),
  ],
  issues: [{ name: 'LATE', count: 0 }],
  actions: [{ name: 'Action::"pay"', count: 2 }],
  roles: [],
};

describe('coverage as rows', () => {
  test('has every rule with its conditions, then issues, actions and roles', () => {
    expect(coverageRows(coverage).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'rule half',
      'condition c',
      'condition d',
      'rule whole',
      'condition c',
      'rule never',
      'issue LATE',
      'action Action::"pay"',
    ]);
  });

  test.each([
    [{}, 'both', 'true 1, false 1: decided both ways'],
    [{ seenTrue: 0, decidesTrue: false }, 'one', 'true 0, false 1: decided when false'],
    [
      { seenTrue: 0, seenFalse: 0, decidesTrue: false, decidesFalse: false },
      'none',
      'true 0, false 0: never decided',
    ],
    [{ error: 2 }, 'error', 'true 1, false 1, error 2: decided both ways'],
    [{ constant: true, seenFalse: 0 }, 'both', 'true 1, false 0: cannot be otherwise here'],
  ] as const)('a condition seen as %j is covered: %s', (change, covered, words) => {
    expect(branchCovered(branch(change))).toBe(covered);
    expect(branchSeen(branch(change))).toBe(words);
  });
});
