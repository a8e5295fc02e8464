/**
 * Comparing states of a pack, in slices: see `Compare`. The last few comparisons are kept whole, with both
 * packs and every record, so that a list can be short and its rows explained when somebody opens them.
 */
import { err, ok, type Result } from '../base/result.ts';
import { METADATA_FILE } from '../pack/files.ts';
import { withVersion } from '../pack/version.ts';
import { coverInSlices, type Coverage } from '../simulation/coverage.ts';
import type { ComparedScenario, FlipRow } from '../simulation/flips.ts';
import { reviewAsHtml } from '../simulation/report-html.ts';
import { reviewAsJson } from '../simulation/report-json.ts';
import { flipsAsJunit } from '../simulation/report-junit.ts';
import { reviewAsMarkdown } from '../simulation/report-markdown.ts';
import { changeLines, type Review } from '../simulation/review.ts';
import type { Sliced } from '../simulation/sliced.ts';
import type {
  ChangeSummary,
  ComparedRow,
  CompareSide,
  ComparisonForm,
  FlipDetail,
  FlipMatrix,
  MatrixVersion,
  OnCompared,
  PackComparison,
} from './compare-api.ts';
import { comparedFlow } from './compare-flow.ts';
import { explainRow } from './compare-row.ts';
import { compareSides, summarizeSides, type BothSides } from './compare-run.ts';
import { SideReader } from './compare-sides.ts';
import type { EngineFailure, FileChange } from './engine-api.ts';
import { inSlices } from './in-slices.ts';
import type { ComparedFlow, FlowQuery } from './flow-api.ts';
import type { OpenPack } from './open-pack.ts';
import { Newest } from './newest.ts';
import { runMatrix } from './matrix.ts';
import { Outcomes, type Search } from './outcomes.ts';
import type { Pool } from './pool.ts';
import type { Clock } from './turns.ts';

/** One comparison with everything that further questions need. */
interface Kept extends BothSides {
  readonly review: Review;
  readonly scenarios: ReadonlyMap<string, ComparedScenario>;
}

/** How many comparisons can be asked about. */
const KEPT = 3;
/** Milliseconds between two reports of progress. */
const REPORT_MS = 100;

type Question = 'compare' | 'summarize' | 'coverage' | 'matrix' | 'flow';
type Outcome<T> = Promise<Result<T, EngineFailure>>;

/** Answers `Compare` for packs that are open. */
export class Comparer {
  readonly #clock: Clock;
  readonly #outcomes: Outcomes;
  readonly #sides = new SideReader();
  readonly #kept = new Map<number, Kept>();
  #ids = 0;
  readonly #newest = new Newest<Question>();

  /** `pool`: where scenarios are run when there are many; without one, here. */
  constructor(clock: Clock, pool?: Pool) {
    this.#clock = clock;
    this.#outcomes = new Outcomes(clock, pool);
  }

  async compare(
    open: OpenPack,
    before: CompareSide,
    after: CompareSide,
    onCompared?: OnCompared,
  ): Outcome<PackComparison> {
    const sides = this.#both(open, before, after);
    if (!sides.ok) return sides;
    const search = this.#search('compare', open, onCompared);
    const compared = await compareSides(this.#outcomes, this.#clock, sides.value, search);
    if (!compared.ok) return compared;
    this.#ids += 1;
    const id = this.#ids;
    const { review, scenarios } = compared.value;
    const kept = { ...sides.value, review, scenarios: byKey(scenarios) };
    this.#kept.set(id, kept);
    this.#kept.delete(id - KEPT);
    return ok(shown(id, kept));
  }

  async summarize(open: OpenPack, before: CompareSide): Outcome<ChangeSummary> {
    const sides = this.#both(open, before, { kind: 'working' });
    if (!sides.ok) return sides;
    return summarizeSides(this.#outcomes, sides.value, this.#search('summarize', open));
  }

  async matrix(
    open: OpenPack,
    versions: readonly MatrixVersion[],
    onCompared?: OnCompared,
  ): Outcome<FlipMatrix> {
    const working = this.#sides.read(open, { kind: 'working' });
    if (!working.ok) return working;
    this.#outcomes.putAll(working.value, open.outcomes());
    const search = this.#search('matrix', open, onCompared);
    return runMatrix(this.#outcomes, working.value, versions, search);
  }

  cancel(kind: 'compare' | 'matrix'): void {
    this.#newest.cancel(kind);
  }

  explainFlip(comparisonId: number, key: string): Result<FlipDetail, EngineFailure> {
    const kept = this.#kept.get(comparisonId);
    const scenario = kept?.scenarios.get(key)?.scenario;
    if (kept === undefined || scenario === undefined) return err(gone());
    return explainRow(kept.before, kept.after, kept.review.changes, scenario);
  }

  /** Both flows as one; `open` may change meanwhile, what is compared stays. */
  async flow(open: OpenPack, comparisonId: number, query: FlowQuery): Outcome<ComparedFlow> {
    const kept = this.#kept.get(comparisonId);
    return kept === undefined
      ? err(gone())
      : this.#sliced('flow', open, comparedFlow(kept, kept.review.diff, query));
  }

  text(comparisonId: number, form: ComparisonForm): Result<string, EngineFailure> {
    const review = this.#kept.get(comparisonId)?.review;
    if (review === undefined) return err(gone());
    switch (form) {
      case 'markdown':
        return ok(reviewAsMarkdown(review));
      case 'html':
        return ok(reviewAsHtml(review));
      case 'junit':
        return ok(flipsAsJunit(review.flips));
      case 'json':
        return ok(`${JSON.stringify(reviewAsJson(review), null, 2)}\n`);
    }
  }

  async coverage(open: OpenPack): Outcome<Coverage> {
    const { pack, stale } = open.sound();
    if (pack === undefined || stale) {
      return err({ code: 'PACK_BROKEN', message: 'The pack has errors: nothing can be run.' });
    }
    return this.#sliced('coverage', open, coverInSlices(pack));
  }

  #both(open: OpenPack, before: CompareSide, after: CompareSide): Result<BothSides, EngineFailure> {
    const first = this.#sides.read(open, before);
    if (!first.ok) return first;
    const second = this.#sides.read(open, after);
    if (!second.ok) return second;
    // What the pack's own run has found out is not run again.
    const { key } = open.decidingFiles();
    for (const side of [first.value, second.value]) {
      if (side.key === key) this.#outcomes.putAll(side, open.outcomes());
    }
    return ok({ before: first.value, after: second.value });
  }

  /** Begins a question of its kind, which ends when a newer one is asked or the pack changes. */
  #search(kind: Question, open: OpenPack, onProgress?: OnCompared): Search {
    let reported = this.#clock.now();
    return {
      isOver: this.#newest.begin(kind, open),
      onDone: (done, total) => {
        if (this.#clock.now() - reported < REPORT_MS) return;
        reported = this.#clock.now();
        onProgress?.(done, total);
      },
    };
  }

  /** Does long work while nothing newer of its kind is asked and the pack stays as it is. */
  #sliced<T>(kind: Question, open: OpenPack, work: Sliced<T>, onProgress?: OnCompared): Outcome<T> {
    const { isOver, onDone } = this.#search(kind, open, onProgress);
    return inSlices(this.#clock, work, isOver, onDone);
  }
}

/** The change of a pack's metadata that gives it a version; see `Compare.versionChange`. */
export function versionChange(open: OpenPack, version: string): Result<FileChange, EngineFailure> {
  const changed = withVersion(open.files, version);
  if (!changed.ok) return err({ code: 'VERSION_REFUSED', message: changed.error.message });
  for (const [path, text] of changed.value) {
    if (open.files.get(path) !== text) return ok({ path, text });
  }
  // It says so already: the metadata stays as it is.
  return ok({ path: METADATA_FILE, text: open.files.get(METADATA_FILE) });
}

function keyOf({ standsIn, id }: Pick<FlipRow, 'standsIn' | 'id'>): string {
  return `${standsIn} ${id}`;
}

function byKey(scenarios: readonly ComparedScenario[]): ReadonlyMap<string, ComparedScenario> {
  return new Map(
    scenarios.map((one) => [keyOf({ standsIn: one.standsIn, id: one.scenario.id }), one]),
  );
}

function shown(id: number, kept: Kept): PackComparison {
  const { review } = kept;
  const rowOf = ({ before: _before, after, ...row }: FlipRow): ComparedRow => {
    return { ...row, key: keyOf(row), because: after.reason };
  };
  return {
    id,
    before: review.flips.before,
    after: review.flips.after,
    compared: review.flips.compared,
    newlyAllowed: review.flips.newlyAllowed,
    newlyDenied: review.flips.newlyDenied,
    newlyDeferred: review.flips.newlyDeferred,
    bump: review.bump,
    rows: review.flips.rows.map(rowOf),
    quiet: review.flips.quiet.map(rowOf),
    undecided: review.flips.undecided,
    lines: changeLines(review.diff),
    changes: review.changes,
  };
}

function gone(): EngineFailure {
  return {
    code: 'COMPARISON_GONE',
    message: 'This comparison is not kept any more: run it again.',
  };
}
