/**
 * What the studio and the engine's worker say to each other: plain data only (everything here survives
 * structured cloning), shaped for showing. The engine's own values, policies and closures stay in the worker.
 */
import type { RenameRefusalCode } from '../authoring/names/rename.ts';
import type { Result } from '../base/result.ts';
import type { Span } from '../base/span.ts';
import type { DecisionRecord } from '../decision/record.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { PackProblem } from '../pack/problem.ts';
import type { ChangeAnswer } from '../simulation/change.ts';
import type { FlowCounts } from '../simulation/flow-counts.ts';
import type { Compare } from './compare-api.ts';
import type { FlowPicture, FlowQuery, FlowTrace } from './flow-api.ts';
import type { OnDone } from './in-slices.ts';
import type { Language, ProblemList } from './language-api.ts';
import type { Probe } from './probe-api.ts';
import type { PolicyTrace, ToolTrace } from './trace-api.ts';

export type { DecisionRecord } from '../decision/record.ts';
export type { Verdict } from '../decision/verdict.ts';

/** One entry of a record's `issues`. */
export type RecordIssue = DecisionRecord['issues'][number];

/** A file that changed; `text` undefined: it was deleted. A rename is one of each. */
export interface FileChange {
  readonly path: string;
  readonly text: string | undefined;
}

/** Something wrong with the pack, and where. */
export type EngineProblem = PackProblem;

/** One policy of the pack, as lists and links need it. */
export interface RuleRow {
  /** Its `@id`. */
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  /** What it argues for: ALLOW for a permit, DENY or DEFER for a forbid. */
  readonly verdict: Verdict;
  readonly path: string;
  readonly span: Span;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * `pass`/`fail`: ran, and the record is as expected or not. `error`: the scenario cannot be run, see the
 * problems of its file. `stale`: the verdict is from the last pack that compiled. `not-run`: never ran.
 */
export type ScenarioState = 'pass' | 'fail' | 'error' | 'stale' | 'not-run';

export interface ScenarioRow {
  /** The file's stem. */
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly state: ScenarioState;
  /** Undefined when the file cannot be read. */
  readonly expected?: { readonly verdict: Verdict; readonly issues: readonly string[] };
  readonly verdict?: Verdict;
  /** Codes of the record's issues, in its order. */
  readonly issueCodes: readonly string[];
  /** Ids of the rules that any of its tools satisfied. */
  readonly satisfied: readonly string[];
  readonly riskScore?: number;
  /** Why it failed or could not run, in one sentence. */
  readonly problem?: string;
}

/** Everything the screen shows of one state of a pack. */
export interface EngineSnapshot {
  readonly packId: string;
  /** Counts the states of this pack since it was opened, from 1. */
  readonly revision: number;
  /** From receiving the change to this snapshot, in milliseconds. */
  readonly durationMs: number;
  /** The pack's `name@version`, of the last pack that compiled; undefined when none did. */
  readonly packVersion?: string;
  /** Sorted by path, then position. */
  readonly problems: readonly EngineProblem[];
  readonly rules: readonly RuleRow[];
  readonly scenarios: readonly ScenarioRow[];
  /** True when the pack is broken: rules and verdicts are those of the last pack that compiled. */
  readonly stale: boolean;
  /** False when the run was cancelled before every scenario ran. */
  readonly complete: boolean;
  /** Scenarios run for this snapshot (the others had not changed), and the milliseconds it took. */
  readonly checksRun: number;
  readonly checksMs: number;
  /** `sha256:<hex>` over the files as they are now, whether they compile or not. */
  readonly digest: string;
}

/** Why the engine did not answer. */
export type EngineFailure =
  /** A newer update, or a newer question of the same kind, came in; only that one is answered. */
  | { readonly code: 'SUPERSEDED'; readonly message: string }
  /** The pack was not opened, or was closed. */
  | { readonly code: 'PACK_NOT_OPEN'; readonly message: string }
  /** No state of this pack has compiled yet, so nothing can be decided. */
  | { readonly code: 'PACK_BROKEN'; readonly message: string }
  | { readonly code: 'SCENARIO_UNKNOWN' | 'RULE_UNKNOWN'; readonly message: string }
  /** The comparison that was asked about is no longer kept. */
  | { readonly code: 'COMPARISON_GONE'; readonly message: string }
  /** It is no semantic version, or there is no place to write it into. */
  | { readonly code: 'VERSION_REFUSED'; readonly message: string }
  /** The name cannot be changed so; `message` tells the author why. */
  | {
      readonly code: 'RENAME_REFUSED';
      readonly message: string;
      readonly reason: RenameRefusalCode;
    }
  /** The request breaks the contract. */
  | {
      readonly code: 'REQUEST_INVALID';
      readonly message: string;
      readonly problems: readonly RequestProblem[];
    }
  /** The worker crashed, or stopped answering; it was replaced, and the pack loaded again. */
  | { readonly code: 'ENGINE_CRASHED' | 'ENGINE_HUNG'; readonly message: string }
  /** The worker cannot be started, keeps failing on this pack, or the client was closed. */
  | { readonly code: 'ENGINE_UNAVAILABLE'; readonly message: string }
  /** The engine threw: a defect of ours. */
  | { readonly code: 'ENGINE_DEFECT'; readonly message: string };

/** One field of a request that breaks the contract. */
export interface RequestProblem {
  /** JSON pointer; empty for the whole request. */
  readonly pointer: string;
  /** Where in the text, when the request came as text. */
  readonly span?: Span;
  readonly code: string;
  readonly message: string;
}

/** What a request is decided from: a saved scenario, a JSON text, or a value. */
export type CheckTarget =
  | { readonly kind: 'scenario'; readonly id: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'request'; readonly request: unknown };

/** One decision. */
export interface CheckOutcome {
  readonly record: DecisionRecord;
  /** True when it was made by the last pack that compiled, not by the files as they are now. */
  readonly stale: boolean;
  readonly durationMs: number;
}

/** One decision with the whole reason for it. */
export interface Explanation extends CheckOutcome {
  /** The decision in one sentence: "Deferred: this payout has no approval." */
  readonly sentence: string;
  readonly tools: readonly ToolTrace[];
}

/** An answer of the engine. */
export type Answer<T> = Promise<Result<T, EngineFailure>>;

/** What the graph asks about a pack. */
export interface Flow {
  /**
   * The rule flow, laid out; of a pack that is broken the last one that compiled. SUPERSEDED when asked
   * anew, cancelled, or when the pack changes meanwhile. `onDone` hears how many rules are done.
   */
  flow(packId: string, query: FlowQuery, onDone?: OnDone): Answer<FlowPicture>;
  /** One decision's way through it. `toolIndex`: of which tool; without one, of the tool that decided. */
  flowTrace(
    packId: string,
    target: CheckTarget,
    at?: number,
    toolIndex?: number,
  ): Answer<FlowTrace>;
  /** How many scenarios pass each node and edge. SUPERSEDED like `flow`; `onDone` hears of scenarios. */
  flowCounts(packId: string, onDone?: OnDone): Answer<FlowCounts>;
  /** Ends the drawing or counting under way. */
  cancelFlow(): Promise<void>;
}

/** The engine as the worker has it and as the client offers it; the same suite runs over both. */
export interface Engine extends Language, Flow, Compare, Probe {
  /** Loads a pack (again), compiles it and runs its scenarios. */
  open(packId: string, files: ReadonlyMap<string, string>): Answer<EngineSnapshot>;
  /** Applies changes, and re-runs what they concern. SUPERSEDED when a newer one comes in meanwhile. */
  update(packId: string, changes: readonly FileChange[]): Answer<EngineSnapshot>;
  /** Validates a request against the contract and decides it. `at`: epoch ms; a scenario brings its own. */
  check(packId: string, target: CheckTarget, at?: number): Answer<CheckOutcome>;
  /** Decides, and says why: policy by policy, condition by condition. */
  explain(packId: string, target: CheckTarget, at?: number): Answer<Explanation>;
  /**
   * What would change the verdict: for a DENY or DEFER the fewest fields that give ALLOW, for an ALLOW
   * the nearest refusals. Every proposal was run. SUPERSEDED when asked anew, or when the pack changes.
   */
  change(packId: string, target: CheckTarget, at?: number): Answer<ChangeAnswer>;
  /** How one rule fared on one tool's request, whole; see `PolicyTrace.trimmed`. */
  explainRule(
    packId: string,
    target: CheckTarget,
    tool: string,
    ruleId: string,
    at?: number,
  ): Answer<PolicyTrace>;
  /** Ends the run under way; its snapshot arrives with `complete: false`. An update continues it. */
  cancel(packId: string): Promise<void>;
  /** Forgets a pack. */
  forget(packId: string): Promise<void>;
}

/** What the client tells about without being asked. */
export type EngineEvent =
  /** The newest state of a pack; also follows every `open` and `update` that was not superseded. */
  | { readonly kind: 'snapshot'; readonly snapshot: EngineSnapshot }
  /** Comes when typing pauses, even in mid-run, and again when the official validator has answered. */
  | { readonly kind: 'problems'; readonly list: ProblemList }
  /** A run takes long: `done` of `total` scenarios. Sent a few times a second. */
  | {
      readonly kind: 'progress';
      readonly packId: string;
      readonly done: number;
      readonly total: number;
    }
  /** The worker was replaced after a crash or a hang, and the packs loaded again. */
  | { readonly kind: 'respawned'; readonly failure: EngineFailure }
  /** The worker is gone and was not replaced; the next `open` or `update` tries again. */
  | { readonly kind: 'down'; readonly failure: EngineFailure };

/** The engine in its worker, as the studio uses it. Errors are values; nothing rejects. */
export interface EngineClient extends Engine {
  /** Hears snapshots, progress and the worker's mishaps. Returns the way to stop. */
  subscribe(listener: (event: EngineEvent) => void): () => void;
  /** Ends the worker. */
  close(): void;
}
