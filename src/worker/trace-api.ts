/** How a decision came about, tool by tool, policy by policy, condition by condition: plain data, shaped for showing. */
import type { Span } from '../base/span.ts';
import type { Verdict } from '../decision/verdict.ts';

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
