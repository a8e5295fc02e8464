/** Everything there is to say about a change of a pack: what it does to verdicts, rules and the version. */
import type { Pack } from '../pack/read.ts';
import { suggestBump, type BumpSuggestion } from './bump.ts';
import { decidesOtherwise, diffPacks, type PackDiff } from './diff.ts';
import { flipsInSlices, type FlipReport } from './flips.ts';
import { ruleChanges, type RuleChange } from './rule-changes.ts';
import type { RecordsDiff } from './records-diff.ts';
import type { Sliced } from './sliced.ts';

export interface Review {
  readonly flips: FlipReport;
  readonly diff: PackDiff;
  readonly changes: readonly RuleChange[];
  readonly bump: BumpSuggestion;
}

/** Reviews a change. Steps are scenarios. */
export function* reviewInSlices(before: Pack, after: Pack, size = 50): Sliced<Review> {
  return reviewOf(before, after, yield* flipsInSlices(before, after, size));
}

/** The review of a change whose flips are known. */
export function reviewOf(before: Pack, after: Pack, flips: FlipReport): Review {
  const diff = diffPacks(before, after);
  return {
    flips,
    diff,
    changes: ruleChanges(before, after),
    bump: suggestBump(before, diff, flips),
  };
}

/** One line about one thing that changed: `rule payouts-in-business-hours: changed`. */
export interface ChangeLine {
  readonly kind: 'rule' | 'schema' | 'entity' | 'setting' | 'scenario';
  readonly name: string;
  /** `reworded`: a rule that says the same in other words. */
  readonly what: 'added' | 'removed' | 'changed' | 'reworded';
}

/** The diff as lines, rules first. */
export function changeLines({
  rules,
  schema,
  entities,
  settings,
  scenarios,
}: PackDiff): readonly ChangeLine[] {
  const lines = (kind: ChangeLine['kind'], diff: RecordsDiff<unknown>): ChangeLine[] => [
    ...[...diff.added.keys()].map((name): ChangeLine => ({ kind, name, what: 'added' })),
    ...[...diff.updated.keys()].map((name): ChangeLine => ({ kind, name, what: 'changed' })),
    ...[...diff.removed.keys()].map((name): ChangeLine => ({ kind, name, what: 'removed' })),
  ];
  const reworded = new Set(
    [...rules.updated].flatMap(([id, pair]) => (decidesOtherwise(pair) ? [] : id)),
  );
  return [
    ...lines('rule', rules).map(({ kind, name, what }): ChangeLine => {
      return { kind, name, what: what === 'changed' && reworded.has(name) ? 'reworded' : what };
    }),
    ...lines('schema', schema),
    ...lines('entity', entities),
    ...lines('setting', settings),
    ...lines('scenario', scenarios),
  ];
}
