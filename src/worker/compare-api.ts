/** What the studio asks about two states of a pack, and what its scenarios cover: plain data, shaped for showing. */
import type { Verdict } from '../decision/verdict.ts';
import type { BumpSuggestion } from '../simulation/bump.ts';
import type { Coverage } from '../simulation/coverage.ts';
import type { FlipReport, FlipRow } from '../simulation/flips.ts';
import type { ChangeLine } from '../simulation/review.ts';
import type { RuleChange } from '../simulation/rule-changes.ts';
import type { ComparedFlow, FlowQuery } from './flow-api.ts';
import type { Answer, FileChange, RecordIssue } from './engine-api.ts';
import type { PolicyTrace } from './trace-api.ts';

/**
 * One side of a comparison: the open pack as it is now, or other files, which `key` names for good. A key
 * that starts with `sha256:` is their `packDigest`.
 */
export type CompareSide =
  | { readonly kind: 'working' }
  | { readonly kind: 'files'; readonly key: string; readonly files: ReadonlyMap<string, string> };

/** One scenario that came out differently, cut to what a list shows. */
export interface ComparedRow extends Omit<FlipRow, 'before' | 'after'> {
  /** Names the row in its comparison: an id may stand twice, as before and as after an edit. */
  readonly key: string;
  /** The reason of the later record. */
  readonly because: string;
}

/** The numbers of a comparison, and the version that the later side deserves. */
export interface ChangeSummary extends Pick<
  FlipReport,
  'before' | 'after' | 'compared' | 'newlyAllowed' | 'newlyDenied' | 'newlyDeferred'
> {
  readonly bump: BumpSuggestion;
}

export interface PackComparison extends ChangeSummary {
  /** Names this comparison in further questions about it. */
  readonly id: number;
  /** The verdicts that differ, the loudest first. */
  readonly rows: readonly ComparedRow[];
  /** The same verdict, but other issues or another risk. */
  readonly quiet: readonly ComparedRow[];
  readonly undecided: FlipReport['undecided'];
  /** What changed, a line each, rules first. */
  readonly lines: readonly ChangeLine[];
  /** Where rules changed, in both of their texts. */
  readonly changes: readonly RuleChange[];
}

/** How one scenario fared on one side. */
export interface FlipSide {
  readonly verdict: Verdict;
  readonly sentence: string;
  readonly issues: readonly RecordIssue[];
  readonly risk: number;
}

/** A rule that came out differently on one tool's request, or whose text changed and that was asked. */
export interface RuleTurn {
  readonly tool: string;
  readonly ruleId: string;
  /** Absent on the side that has no such rule. */
  readonly before?: PolicyTrace;
  readonly after?: PolicyTrace;
  /** Where its text changed; none when only what it was asked about did. */
  readonly changes: readonly RuleChange[];
}

export interface FlipDetail {
  readonly before: FlipSide;
  readonly after: FlipSide;
  /** Those whose outcome differs first. */
  readonly rules: readonly RuleTurn[];
}

/** A state of a pack as a column: the files that decide, which `key` names for good. */
export interface MatrixVersion {
  readonly key: string;
  readonly files: ReadonlyMap<string, string>;
}

/** How the scenarios of the working copy come out by each version, and by the working copy itself, last. */
export interface FlipMatrix {
  /** Ids of the scenarios that can be run, in the pack's order. */
  readonly scenarios: readonly string[];
  readonly columns: number;
  /** Row by row: 0 not decided, 1 ALLOW, 2 DENY, 3 DEFER. */
  readonly cells: Uint8Array;
  /** Of each column why it decides nothing, if it does not. */
  readonly problems: readonly (string | undefined)[];
}

/** A comparison as a file. */
export type ComparisonForm = 'markdown' | 'json' | 'html' | 'junit';

/** Hears how many scenarios of how many are compared. */
export type OnCompared = (done: number, total: number) => void;

/** Comparing states of a pack. A working copy that does not compile is PACK_BROKEN, never an older state of it. */
export interface Compare {
  /** SUPERSEDED when asked anew, cancelled, or when the pack changes meanwhile. */
  compare(
    packId: string,
    before: CompareSide,
    after: CompareSide,
    onCompared?: OnCompared,
  ): Answer<PackComparison>;
  /** Only the numbers, of the working copy against an earlier state. SUPERSEDED like `compare`. */
  summarize(packId: string, before: CompareSide): Answer<ChangeSummary>;
  /**
   * The scenarios of the working copy by each of these versions. SUPERSEDED like `compare`; what was found
   * out until then is kept.
   */
  matrix(
    packId: string,
    versions: readonly MatrixVersion[],
    onCompared?: OnCompared,
  ): Answer<FlipMatrix>;
  /** Ends the matrix under way. */
  cancelMatrix(packId: string): Promise<void>;
  /** Ends the comparison under way. */
  cancelCompare(packId: string): Promise<void>;
  /** Why one row came out differently. COMPARISON_GONE when the comparison is no longer kept. */
  explainFlip(packId: string, comparisonId: number, key: string): Answer<FlipDetail>;
  /** Both flows of a comparison as one picture. COMPARISON_GONE like `explainFlip`. */
  comparedFlow(packId: string, comparisonId: number, query: FlowQuery): Answer<ComparedFlow>;
  /** A comparison as the text of a file. */
  comparisonText(packId: string, comparisonId: number, form: ComparisonForm): Answer<string>;
  /** What the scenarios cover. SUPERSEDED when asked anew, or when the pack changes meanwhile. */
  coverage(packId: string): Answer<Coverage>;
  /** The change that writes a version into the pack's metadata, else VERSION_REFUSED. */
  versionChange(packId: string, version: string): Answer<FileChange>;
}
