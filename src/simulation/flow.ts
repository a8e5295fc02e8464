/**
 * A pack as a graph of how rules flow, for whoever does not read Cedar. Pure data, no layout:
 *
 *     check ─▶ scopes ─▶ rules in three tiers ─▶ the ladder ─▶ verdict
 *                          deny forbids             a rule denies or fails   ─▶ DENY
 *                          permits                  no rule permits          ─▶ DENY
 *                          defer forbids            a rule defers            ─▶ DEFER
 *                                                   the risk is too high     ─▶ DENY, else ALLOW
 *
 * The ladder is `decision/verdict.ts`, step by step. Ids come from what a node stands for (a rule's
 * `@id`, a scope's text), never from its place, so editing one rule leaves all others where they were.
 */
import type { Span } from '../base/span.ts';
import type { ClauseWords, FieldPath, Words } from '../cedar/words.ts';
import type { Severity } from '../decision/rules.ts';
import type { Verdict } from '../decision/verdict.ts';

/** Where a rule stands, in the order of the ladder. */
export type FlowTier = 'deny' | 'permit' | 'defer';
export const FLOW_TIERS: readonly FlowTier[] = ['deny', 'permit', 'defer'];

export type LadderStep = 'deny' | 'permit' | 'defer' | 'risk';
export const LADDER: readonly LadderStep[] = ['deny', 'permit', 'defer', 'risk'];

export type FlowNode =
  | { readonly kind: 'check'; readonly id: string; readonly text: string }
  /** What the engine itself finds: facts it cannot read, a tool name that is reserved. */
  | { readonly kind: 'engine'; readonly id: string; readonly text: string }
  | FlowScope
  | FlowRule
  | FlowLadder
  | {
      readonly kind: 'verdict';
      readonly id: string;
      readonly text: string;
      readonly verdict: Verdict;
    };

/** One scope, shared by every rule that has it. */
export interface FlowScope {
  readonly kind: 'scope';
  readonly id: string;
  /** "any tool that belongs to the group payout", or "everything". */
  readonly text: string;
}

export interface FlowLadder {
  readonly kind: 'ladder';
  readonly id: string;
  readonly step: LadderStep;
  /** What it asks. When that is so, the ladder ends here with `verdict`. */
  readonly text: string;
  readonly verdict: Verdict;
}

/** One rule of the pack. */
export interface FlowRule {
  readonly kind: 'rule';
  readonly id: string;
  /** Its `@id`. */
  readonly ruleId: string;
  readonly tier: FlowTier;
  readonly verdict: Verdict;
  readonly scopeId: string;
  /** What it asks for, in one sentence. */
  readonly text: string;
  readonly issue?: string;
  readonly severity?: Severity;
  readonly message?: string;
  readonly question?: string;
  readonly risk: number;
  readonly path: string;
  readonly span: Span;
  /** The tools that it is about, in words. */
  readonly action: string;
  readonly clauses: readonly FlowClause[];
}

/** One `when` or `unless` of a rule, with its conditions. */
export interface FlowClause {
  readonly id: string;
  readonly kind: ClauseWords['kind'];
  readonly span: Span;
  readonly condition: FlowCondition;
}

/** One node of a condition tree; its id is the rule's, the clause's and the way down to it. */
export interface FlowCondition {
  readonly id: string;
  readonly kind: Words['kind'];
  readonly text: string;
  readonly negation: string;
  readonly span: Span;
  readonly reads: readonly FieldPath[];
  readonly parts: readonly FlowCondition[];
}

export interface FlowEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /**
   * `applies`: from check to scope to rule. `says`: a satisfied rule's word to its step. `fails`: a rule
   * that only defers denies when it cannot be evaluated. `risk`: a permit's points. `next`: from step to
   * step. `decides`: from a step to its verdict.
   */
  readonly kind: 'applies' | 'says' | 'fails' | 'risk' | 'next' | 'decides';
}

export type FlowNoteCode = 'PACK_BROKEN' | 'PACK_EMPTY' | 'NO_PERMITS' | 'NO_FORBIDS';

/** Something to know about the whole graph. */
export interface FlowNote {
  readonly code: FlowNoteCode;
  readonly message: string;
}

export interface FlowGraph {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
  /** In the pack's order; they are among the nodes too. */
  readonly rules: readonly FlowRule[];
  /** The pack's risk threshold. */
  readonly threshold: number;
  readonly notes: readonly FlowNote[];
}

export const CHECK_NODE = 'check';
export const ENGINE_NODE = 'engine';

export function ladderNodeId(step: LadderStep): string {
  return `ladder:${step}`;
}

export function verdictNodeId(verdict: Verdict): string {
  return `verdict:${verdict}`;
}

export function edgeId(from: string, to: string, kind: FlowEdge['kind']): string {
  return `${from} ${kind} ${to}`;
}

/** The graph of a pack that never compiled: nothing but the ladder, and a note that says so. */
export function brokenFlow(problems: number): FlowGraph {
  const threshold = 100;
  const nodes: readonly FlowNode[] = [
    { kind: 'check', id: CHECK_NODE, text: 'A check comes in' },
    ...ladder(threshold),
    ...VERDICTS,
  ];
  const note = {
    code: 'PACK_BROKEN' as const,
    message: `The pack has ${problems === 1 ? 'a problem' : `${problems} problems`} and cannot decide. Nothing is allowed.`,
  };
  return { nodes, edges: LADDER_EDGES, rules: [], threshold, notes: [note] };
}

/** What is worth knowing of these rules as a whole. */
export function notesOn(rules: readonly FlowRule[]): readonly FlowNote[] {
  if (rules.length === 0) {
    const message = 'The pack has no rules. Without a permit every check is denied.';
    return [{ code: 'PACK_EMPTY', message }];
  }
  const permits = rules.some(({ tier }) => tier === 'permit');
  const forbids = rules.some(({ tier }) => tier !== 'permit');
  const notes: FlowNote[] = [];
  if (!permits) {
    const message = 'No rule permits anything, so every check is denied.';
    notes.push({ code: 'NO_PERMITS', message });
  }
  if (!forbids) {
    const message = 'No rule forbids anything: what a rule permits is allowed.';
    notes.push({ code: 'NO_FORBIDS', message });
  }
  return notes;
}

// ---------------------------------------------------------------- the fixed part

export const VERDICTS = (['DENY', 'DEFER', 'ALLOW'] as const).map((verdict) => ({
  kind: 'verdict' as const,
  id: verdictNodeId(verdict),
  text: verdict,
  verdict,
}));

/** The steps of the ladder. `threshold`: risk from which nothing is allowed. */
export function ladder(threshold: number): readonly FlowLadder[] {
  const step = (name: LadderStep, verdict: Verdict, text: string): FlowLadder => ({
    kind: 'ladder',
    id: ladderNodeId(name),
    step: name,
    text,
    verdict,
  });
  return [
    step('deny', 'DENY', 'A rule denies, or a forbid fails'),
    step('permit', 'DENY', 'No rule permits it'),
    step('defer', 'DEFER', 'A rule defers'),
    step('risk', 'DENY', `The risk reaches ${threshold}`),
  ];
}

export const LADDER_EDGES: readonly FlowEdge[] = [
  edge(ladderNodeId('deny'), ladderNodeId('permit'), 'next'),
  edge(ladderNodeId('permit'), ladderNodeId('defer'), 'next'),
  edge(ladderNodeId('defer'), ladderNodeId('risk'), 'next'),
  edge(ladderNodeId('deny'), verdictNodeId('DENY'), 'decides'),
  edge(ladderNodeId('permit'), verdictNodeId('DENY'), 'decides'),
  edge(ladderNodeId('defer'), verdictNodeId('DEFER'), 'decides'),
  edge(ladderNodeId('risk'), verdictNodeId('DENY'), 'decides'),
  edge(ladderNodeId('risk'), verdictNodeId('ALLOW'), 'decides'),
];

/** An edge with the id of what it joins. */
export function edge(from: string, to: string, kind: FlowEdge['kind']): FlowEdge {
  return { id: edgeId(from, to, kind), from, to, kind };
}
