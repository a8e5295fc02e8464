import type { Span } from '../../base/span.ts';
import type { BranchCoverage, Coverage, RuleCoverage } from '../../simulation/coverage.ts';

/** How far something is covered: on both of its sides, on one, or on none. */
export type Covered = 'both' | 'one' | 'none' | 'error';

/** One row of the table: a rule, a part of its conditions, an issue, an action or a role. */
export interface CoverageRow {
  readonly key: string;
  readonly kind: 'rule' | 'condition' | 'issue' | 'action' | 'role';
  readonly name: string;
  readonly covered: Covered;
  /** What was seen, in words. */
  readonly seen: string;
  /** Where it stands in the text. */
  readonly place?: { readonly path: string; readonly span: Span };
}

/** How far a part of a condition is covered. */
export function branchCovered({ seenTrue, seenFalse, error, constant }: BranchCoverage): Covered {
  if (error > 0) return 'error';
  if (constant) return seenTrue + seenFalse > 0 ? 'both' : 'none';
  if (seenTrue > 0 && seenFalse > 0) return 'both';
  return seenTrue + seenFalse > 0 ? 'one' : 'none';
}

/** How far a rule is covered. */
export function ruleCovered({ state }: RuleCoverage): Covered {
  switch (state) {
    case 'covered':
      return 'both';
    case 'one-sided':
      return 'one';
    case 'never-reached':
      return 'none';
    case 'error':
      return 'error';
  }
}

/** What was seen of a part of a condition, in words. */
export function branchSeen(branch: BranchCoverage): string {
  const { seenTrue, seenFalse, error, decidesTrue, decidesFalse, constant } = branch;
  const counts = [
    `true ${seenTrue}`,
    `false ${seenFalse}`,
    ...(error > 0 ? [`error ${error}`] : []),
  ].join(', ');
  if (constant) return `${counts}: cannot be otherwise here`;
  if (decidesTrue && decidesFalse) return `${counts}: decided both ways`;
  const way = decidesTrue
    ? 'decided when true'
    : decidesFalse
      ? 'decided when false'
      : 'never decided';
  return `${counts}: ${way}`;
}

/** What was seen of a rule, in words. */
export function ruleSeen({ satisfied, evaluatedFalse, error, outOfScope }: RuleCoverage): string {
  return [
    `held ${satisfied}`,
    `did not hold ${evaluatedFalse}`,
    ...(error > 0 ? [`failed ${error}`] : []),
    `not asked ${outOfScope}`,
  ].join(', ');
}

function rowsOfRule(rule: RuleCoverage): readonly CoverageRow[] {
  const { id, path, span } = rule;
  const head: CoverageRow = {
    key: `rule ${id}`,
    kind: 'rule',
    name: id,
    covered: ruleCovered(rule),
    seen: ruleSeen(rule),
    place: { path, span },
  };
  const parts = rule.branches.map((branch): CoverageRow => ({
    key: `condition ${id} ${branch.at.join('.')}`,
    kind: 'condition',
    name: branch.text,
    covered: branchCovered(branch),
    seen: branchSeen(branch),
    place: { path, span: branch.span },
  }));
  return [head, ...parts];
}

/** Everything that scenarios can cover, rule by rule, then issues, actions and roles. */
export function coverageRows({ rules, issues, actions, roles }: Coverage): readonly CoverageRow[] {
  const named = (kind: CoverageRow['kind'], list: Coverage['issues']): readonly CoverageRow[] =>
    list.map(({ name, count }): CoverageRow => ({
      key: `${kind} ${name}`,
      kind,
      name,
      covered: count > 0 ? 'both' : 'none',
      seen: count === 1 ? 'seen once' : count === 0 ? 'never seen' : `seen ${count} times`,
    }));
  return [
    ...rules.flatMap(rowsOfRule),
    ...named('issue', issues),
    ...named('action', actions),
    ...named('role', roles),
  ];
}
