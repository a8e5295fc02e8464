import type { Pack } from '../pack/read.ts';
import type { Coverage } from '../simulation/coverage.ts';
import type { FlipReport } from '../simulation/flips.ts';
import type { BuildProblem } from './build.ts';
import type { Evidence, Flip } from './evidence.ts';

/** Coverage as evidence. */
export function coverageEvidence(coverage: Coverage): NonNullable<Evidence['coverage']> {
  const { covered, total, decisive, rules } = coverage;
  const open = rules.filter(({ state }) => state !== 'covered').map(({ id }) => id);
  return {
    points: { covered, total },
    decisive: { covered: decisive.covered, total: decisive.total },
    rules: { covered: rules.length - open.length, total: rules.length },
    uncovered: open,
  };
}

/** Flips as evidence: scenarios that the pack before could not decide are not among them. */
export function flipEvidence({ rows }: FlipReport): readonly Flip[] {
  return rows.map(({ id, from, to }) => ({ scenario: id, from, to }));
}

/**
 * The evidence with somebody's reason for what needs one; `undefined` when something else is wrong, which
 * no reason mends.
 */
export function accepting(
  evidence: Evidence,
  problems: readonly BuildProblem[],
  { reason, by }: { readonly reason: string; readonly by: string },
): Evidence | undefined {
  const about = problems.flatMap((problem) => problem.about ?? []);
  if (about.length === 0 || about.length < problems.length) return undefined;
  return { ...evidence, acceptance: { of: about, reason, by } };
}

/** What a bundle's file is called. */
export function bundleFileName({ name, version }: Pick<Pack, 'name' | 'version'>): string {
  return `${name}-${version}.cjar`;
}
