/** Runs both sides of a comparison: how every scenario comes out, and in full those that come out differently. */
import { err, ok, type Result } from '../base/result.ts';
import { suggestBump, type KnownFlips } from '../simulation/bump.ts';
import { diffPacks } from '../simulation/diff.ts';
import {
  compareScenario,
  flipReport,
  unionOfScenarios,
  versionOf,
  type Comparison,
  type ComparedScenario,
} from '../simulation/flips.ts';
import { reviewOf, type Review } from '../simulation/review.ts';
import type { ChangeSummary } from './compare-api.ts';
import type { Side } from './compare-sides.ts';
import type { EngineFailure } from './engine-api.ts';
import { OUTCOME_VERDICTS } from './pool-api.ts';
import type { Outcomes, Search } from './outcomes.ts';
import { takeTurns, type Clock } from './turns.ts';

export interface BothSides {
  readonly before: Side;
  readonly after: Side;
}

export interface Compared {
  readonly review: Review;
  readonly scenarios: readonly ComparedScenario[];
}

export const SUPERSEDED: EngineFailure = {
  code: 'SUPERSEDED',
  message: 'Something newer came in.',
};

/** Which scenarios come out differently, or cannot be decided; the others are only counted. */
async function differences(
  outcomes: Outcomes,
  { before, after }: BothSides,
  search: Search,
): Promise<
  Result<
    {
      readonly union: readonly ComparedScenario[];
      readonly differing: readonly ComparedScenario[];
    },
    EngineFailure
  >
> {
  const union = unionOfScenarios(before.pack, after.pack);
  const scenarios = union.map(({ scenario }) => scenario);
  const found = await outcomes.find([before, after], scenarios, search);
  if (!found.ok) return found;
  if (search.isOver()) return err(SUPERSEDED);
  const differing = union.filter(({ scenario }) => {
    const [was, is] = [outcomes.code(before.key, scenario), outcomes.code(after.key, scenario)];
    return was !== is || (was & 3) === 0;
  });
  return ok({ union, differing });
}

/** Everything about a change. */
export async function compareSides(
  outcomes: Outcomes,
  clock: Clock,
  sides: BothSides,
  search: Search,
): Promise<Result<Compared, EngineFailure>> {
  const found = await differences(outcomes, sides, search);
  if (!found.ok) return found;
  const { union, differing } = found.value;
  const [before, after] = [sides.before.pack, sides.after.pack];
  const turns = takeTurns(clock);
  const comparisons: Comparison[] = [];
  for (const one of differing) {
    comparisons.push(compareScenario(before, after, one));
    if (!turns.due()) continue;
    await turns.next();
    if (search.isOver()) return err(SUPERSEDED);
  }
  const alike = union.length - differing.length;
  const flips = flipReport(before, after, comparisons, alike);
  return ok({ review: reviewOf(before, after, flips), scenarios: union });
}

/** Only the numbers, for which nothing has to be decided again. */
export async function summarizeSides(
  outcomes: Outcomes,
  sides: BothSides,
  search: Search,
): Promise<Result<ChangeSummary, EngineFailure>> {
  const found = await differences(outcomes, sides, search);
  if (!found.ok) return found;
  const { union, differing } = found.value;
  const verdictOf = ({ key }: Side, { scenario }: ComparedScenario) =>
    OUTCOME_VERDICTS[outcomes.code(key, scenario) & 3];
  const decided = differing.flatMap((one) => {
    const [from, to] = [verdictOf(sides.before, one), verdictOf(sides.after, one)];
    return from === undefined || to === undefined ? [] : [{ id: one.scenario.id, from, to }];
  });
  const rows = decided
    .filter(({ from, to }) => from !== to)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const [before, after] = [sides.before.pack, sides.after.pack];
  const flips: KnownFlips = { before: versionOf(before), after: versionOf(after), rows };
  const ending = (verdict: string): number => rows.filter(({ to }) => to === verdict).length;
  return ok({
    before: flips.before,
    after: flips.after,
    compared: union.length - differing.length + decided.length,
    newlyAllowed: ending('ALLOW'),
    newlyDenied: ending('DENY'),
    newlyDeferred: ending('DEFER'),
    bump: suggestBump(before, diffPacks(before, after), flips),
  });
}
