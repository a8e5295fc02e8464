/**
 * What the studio and the engine's worker say to each other: plain data only (everything here survives
 * structured cloning), shaped for showing. The engine's own values, policies and closures stay in the worker.
 */
import type { CompletionItem } from '../authoring/complete/item.ts';
import type { RenameRefusalCode, RenameTarget } from '../authoring/names/rename.ts';
import type { Location, Problem, TextEdit } from '../authoring/problem.ts';
import type { FoldingRange } from '../authoring/view/folding.ts';
import type { Hover, TracedValue } from '../authoring/view/hover.ts';
import type { OutlineItem } from '../authoring/view/outline.ts';
import type { SemanticToken } from '../authoring/view/semantic.ts';
import type { SignatureHelp } from '../authoring/view/signature.ts';
import type { Result } from '../base/result.ts';
import type { Span } from '../base/span.ts';
import type { ChangeAnswer } from '../simulation/change.ts';
import type { FlowCounts } from '../simulation/flow-counts.ts';
import type { DecisionRecord } from '../decision/record.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { Compare } from './compare-api.ts';
import type { FlowPicture, FlowQuery, FlowTrace } from './flow-api.ts';
import type { OnDone } from './in-slices.ts';
import type { PackProblem } from '../pack/problem.ts';
import type { Probe } from './probe-api.ts';

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

/** One node of an evaluated condition. Values are Cedar text. */
export interface TraceNode {
  readonly span: Span;
  /** The expression's kind, as in the syntax tree. */
  readonly kind: string;
  readonly outcome: 'value' | 'error' | 'not-reached';
  readonly value?: string;
  readonly error?: string;
  /** Index of the child that decided this node. */
  readonly decidedBy?: number;
  /** In plain words: of conditions, not of the values inside them. */
  readonly words?: string;
  /** Of a condition that is not made of others: what it looked at. */
  readonly inputs?: readonly TraceInput[];
  readonly children: readonly TraceNode[];
}

/** A field that a condition looked at. */
export interface TraceInput {
  /** As in the policy's text: `context.approved_at`. */
  readonly text: string;
  /** Cedar text; absent when the field is not given. */
  readonly value?: string;
  /** Where it stands in the request, or would; absent for what only the engine knows, such as the time. */
  readonly pointer?: string;
}

export interface ConditionTrace {
  readonly kind: 'when' | 'unless';
  readonly outcome: 'true' | 'false' | 'error' | 'not-reached';
  readonly body: TraceNode;
}

/** How one policy fared on one tool's request. */
export interface PolicyTrace {
  readonly id: string;
  readonly path: string;
  readonly span: Span;
  readonly effect: 'permit' | 'forbid';
  /**
   * True when the request is none of this policy's concern: its scope does not match. Then `text` and
   * `conditions` are left out, empty; `explainRule` gives them.
   */
  readonly trimmed?: true;
  /** The policy's own text, as it was evaluated: `span` and those inside it are measured in its file. */
  readonly text: string;
  /** What it argues for when satisfied. */
  readonly verdict: Verdict;
  readonly outcome: 'satisfied' | 'unsatisfied' | 'error';
  readonly error?: { readonly code: string; readonly message: string; readonly span: Span };
  readonly scope: {
    readonly principal: boolean;
    readonly action: boolean;
    readonly resource: boolean;
  };
  readonly conditions: readonly ConditionTrace[];
  /** Why it did not count, where its scope matched: "condition 2 of 3 is false: approved at is given". */
  readonly miss?: Miss;
}

/** The condition that kept a policy from counting. */
export interface Miss {
  readonly text: string;
  /** Conditions that held before it, of all that it has: the more, the nearer it was. */
  readonly held: number;
  readonly of: number;
  readonly span: Span;
}

/** One proposed tool's way to its verdict. */
export interface ToolTrace {
  readonly tool: string;
  readonly verdict: Verdict;
  /** Cedar text of the request, as in `Action::"payments_api"`. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** In the pack's order. */
  readonly policies: readonly PolicyTrace[];
}

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

/** Everything that is wrong with a pack, each thing once. */
export interface ProblemList {
  readonly packId: string;
  /** Of the snapshot whose files these are about. */
  readonly revision: number;
  /** By path, then position: of the pack's readers, our lint, and the official validator. */
  readonly problems: readonly Problem[];
  /** What their codes mean, by code. */
  readonly docs: Readonly<Record<string, string>>;
  /** Problems past those listed. */
  readonly unlisted: number;
  /** Whether the official validator's word is in, for the files as they are. */
  readonly official: boolean;
}

/** An answer of the engine. */
export type Answer<T> = Promise<Result<T, EngineFailure>>;

/**
 * What an editor asks about a pack, of the texts as they were last given. Offsets and spans are in UTF-16
 * code units of the named file. Of questions about the cursor (`complete`, `hover`, `signature`) only
 * the newest is answered; the others are SUPERSEDED.
 */
export interface Language {
  /** Everything that is wrong, lint included. SUPERSEDED when the pack changes meanwhile. */
  problems(packId: string): Answer<ProblemList>;
  /** What can be written at `offset`, the likeliest first. */
  complete(packId: string, path: string, offset: number): Answer<readonly CompletionItem[]>;
  /** What to show about `offset`; `values` are those of the selected scenario in this file. */
  hover(
    packId: string,
    path: string,
    offset: number,
    values?: readonly TracedValue[],
  ): Answer<Hover | undefined>;
  /** The function or method whose parentheses the cursor is in. */
  signature(packId: string, path: string, offset: number): Answer<SignatureHelp | undefined>;
  definition(packId: string, path: string, offset: number): Answer<readonly Location[]>;
  references(packId: string, path: string, offset: number): Answer<readonly Location[]>;
  /** The name at `offset` if it can be changed, else RENAME_REFUSED. */
  prepareRename(packId: string, path: string, offset: number): Answer<RenameTarget>;
  /** The edits, in all files, that change the name at `offset`, else RENAME_REFUSED. */
  rename(packId: string, path: string, offset: number, name: string): Answer<readonly TextEdit[]>;
  outline(packId: string, path: string): Answer<readonly OutlineItem[]>;
  folding(packId: string, path: string): Answer<readonly FoldingRange[]>;
  tokens(packId: string, path: string): Answer<readonly SemanticToken[]>;
}

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
