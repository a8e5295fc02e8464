import type { Pack } from '../pack/read.ts';
import type { Coverage } from '../simulation/coverage.ts';
import type { FlipReport } from '../simulation/flips.ts';
import type { MutationReport } from '../simulation/mutation.ts';
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

/** More survivors than these say nothing new; what one is called is cut where it spells out whole rules. */
const MOST_SURVIVORS = 10_000;
const LONGEST_NAME = 500;

/** Which mistakes the scenarios would notice, as evidence. */
export function mutationEvidence({
  noticed,
  total,
  survivors,
}: MutationReport): NonNullable<Evidence['mutation']> {
  const survived = survivors.slice(0, MOST_SURVIVORS).map(({ key }) => cut(key, LONGEST_NAME));
  return { killed: noticed, total, survived };
}

/** More problems than these say nothing new; longer messages spell out whole types. */
const MOST_PROBLEMS = 1000;
const LONGEST_MESSAGE = 2000;

/** The errors that a validator found, as evidence. */
export function problemEvidence(
  problems: readonly {
    readonly path: string;
    readonly severity: string;
    readonly code: string;
    readonly message: string;
  }[],
): NonNullable<Evidence['problems']> {
  return problems
    .filter(({ severity }) => severity === 'error')
    .slice(0, MOST_PROBLEMS)
    .map(({ path, code, message }) => ({ path, code, message: cut(message, LONGEST_MESSAGE) }));
}

/** Never in the middle of a surrogate pair. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).toWellFormed();
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
