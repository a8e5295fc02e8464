/**
 * One decision on the graph: what every node came to and which way decided. The same explanation that
 * the trace shows, read along the edges; nothing is evaluated anew.
 */
import type { Explained, ExplainedCondition, PolicyExplanation } from '../cedar/explain.ts';
import type { ExplainedDecision, ToolDecision } from '../decision/decide.ts';
import type { Verdict } from '../decision/verdict.ts';
import { edgeState } from './flow-edge-states.ts';
import { inputsOf, type Asked, type FlowInput } from './flow-inputs.ts';
import { addFixed } from './flow-ladder-states.ts';
import type { FlowCondition, FlowGraph, FlowRule, LadderStep } from './flow.ts';

export type FlowState = 'true' | 'false' | 'error' | 'not-reached';

export interface FlowNodeState {
  readonly state: FlowState;
  /** Whether it is on the way that decided. */
  readonly isDecisive: boolean;
  /** Of a leaf: what it looked at. */
  readonly inputs?: readonly FlowInput[];
  readonly error?: string;
  /** Of a rule: why it counts or does not. Of a step and the engine: what was found. */
  readonly why?: string;
}

export interface FlowEdgeState {
  readonly state: FlowState;
  readonly isDecisive: boolean;
}

export interface FlowStates {
  /** The tool shown, and all of them with their verdicts: each has its own way through the graph. */
  readonly tool: string;
  readonly tools: readonly { readonly tool: string; readonly verdict: Verdict }[];
  readonly verdict: Verdict;
  /** The step of the ladder at which it ended; `allow` is none of them. */
  readonly endedAt: LadderStep | 'allow';
  /** By id: nodes, clauses and conditions. */
  readonly nodes: ReadonlyMap<string, FlowNodeState>;
  /** By id. */
  readonly edges: ReadonlyMap<string, FlowEdgeState>;
}

/** What was decided, and how. */
export interface FlowDecision extends Asked {
  readonly explained: ExplainedDecision;
}

export interface FlowStateOptions {
  /** Leaves without what they looked at: for counting, which shows no values. */
  readonly isBare?: boolean;
}

/**
 * The states of one tool's way. `toolIndex`: which of the decision's tools; without one the first that
 * has the verdict of the whole. `undefined` when the engine failed and there is no way to show.
 */
export function flowStates(
  graph: FlowGraph,
  decision: FlowDecision,
  toolIndex?: number,
  options: FlowStateOptions = {},
): FlowStates | undefined {
  const { explained } = decision;
  const strictest = explained.tools.findIndex(
    ({ verdict }) => verdict === explained.record.verdict,
  );
  const index = toolIndex ?? strictest;
  const tool = explained.tools[index];
  const policies = explained.explanations[index]?.policies;
  if (tool === undefined || policies === undefined) return undefined;

  const nodes = new Map<string, FlowNodeState>();
  const endedAt = endOf(tool);
  const byId = new Map(policies.map((policy) => [policy.policyId, policy]));
  const inputs: Inputs =
    options.isBare === true ? NO_INPUTS : ({ reads }) => inputsOf(reads, decision, tool);
  for (const rule of graph.rules) {
    const explanation = byId.get(rule.ruleId);
    if (explanation !== undefined) addRule(nodes, rule, explanation, endedAt, inputs);
  }
  addFixed(nodes, graph, tool, endedAt);
  const edges = new Map(
    graph.edges.map((edge) => [edge.id, edgeState(edge, nodes, tool, endedAt)] as const),
  );
  return {
    tool: tool.tool,
    tools: explained.tools.map((one) => ({ tool: one.tool, verdict: one.verdict })),
    verdict: tool.verdict,
    endedAt,
    nodes,
    edges,
  };
}

function endOf({ verdict, findings }: ToolDecision): LadderStep | 'allow' {
  const has = (code: string): boolean =>
    findings.some(({ rule, issue }) => rule === undefined && issue?.code === code);
  switch (verdict) {
    case 'ALLOW':
      return 'allow';
    case 'DEFER':
      return 'defer';
    case 'DENY':
      if (has('NOT_PERMITTED')) return 'permit';
      return has('RISK_THRESHOLD_EXCEEDED') ? 'risk' : 'deny';
  }
}

// ---------------------------------------------------------------- rules and conditions

type Inputs = (condition: FlowCondition) => readonly FlowInput[];

const NO_INPUTS: Inputs = () => [];

function addRule(
  nodes: Map<string, FlowNodeState>,
  rule: FlowRule,
  explanation: PolicyExplanation,
  endedAt: FlowStates['endedAt'],
  inputs: Inputs,
): void {
  const { principal, action, resource } = explanation.scope;
  const applies = principal && action && resource;
  const state = ruleState(explanation, applies);
  const isDecisive = decides(rule, state, endedAt);
  nodes.set(rule.id, {
    state,
    isDecisive,
    why: whyRule(rule, explanation, applies),
    ...(explanation.error === undefined ? {} : { error: explanation.error.message }),
  });
  const known = nodes.get(rule.scopeId);
  nodes.set(rule.scopeId, {
    state: applies ? 'true' : 'false',
    isDecisive: isDecisive || known?.isDecisive === true,
  });
  for (const [index, clause] of rule.clauses.entries()) {
    const condition = explanation.conditions[index];
    if (condition === undefined) continue;
    const clauseState = stateOf(condition.body);
    const settles = state === 'true' || clauseState === 'error' || clauseFails(condition);
    const isOnWay = isDecisive && settles;
    nodes.set(clause.id, { state: clauseState, isDecisive: isOnWay });
    addCondition(nodes, clause.condition, condition.body, isOnWay, inputs);
  }
}

function ruleState({ outcome }: PolicyExplanation, applies: boolean): FlowState {
  switch (outcome) {
    case 'satisfied':
      return 'true';
    case 'error':
      return 'error';
    case 'unsatisfied':
      return applies ? 'false' : 'not-reached';
  }
}

function decides(rule: FlowRule, state: FlowState, endedAt: FlowStates['endedAt']): boolean {
  const isForbid = rule.tier !== 'permit';
  switch (endedAt) {
    case 'deny':
      return (rule.tier === 'deny' && state === 'true') || (isForbid && state === 'error');
    case 'permit':
      return false;
    case 'defer':
      return rule.tier === 'defer' && state === 'true';
    case 'risk':
      return rule.tier === 'permit' && state === 'true' && rule.risk > 0;
    case 'allow':
      return rule.tier === 'permit' && state === 'true';
  }
}

function stateOf(node: Explained): FlowState {
  if (!node.reached) return 'not-reached';
  if (node.value === undefined || typeof node.value !== 'boolean') return 'error';
  return node.value ? 'true' : 'false';
}

function clauseFails({ kind, outcome }: ExplainedCondition): boolean {
  return outcome === (kind === 'unless');
}

function addCondition(
  nodes: Map<string, FlowNodeState>,
  condition: FlowCondition,
  explained: Explained,
  isDecisive: boolean,
  inputs: Inputs,
): void {
  nodes.set(condition.id, {
    state: stateOf(explained),
    isDecisive,
    ...(condition.kind === 'leaf' ? { inputs: inputs(condition) } : {}),
    ...(explained.error === undefined ? {} : { error: explained.error.message }),
  });
  const decisive = new Set(decidingParts(explained));
  for (const [index, part] of condition.parts.entries()) {
    const child = explained.children[index];
    if (child === undefined) continue;
    addCondition(nodes, part, child, isDecisive && decisive.has(index), inputs);
  }
}

/** The parts that settled a node: the one that did, or all that were evaluated. */
function decidingParts({ kind, children, decidedBy }: Explained): readonly number[] {
  if (decidedBy === undefined) {
    return children.flatMap(({ reached }, index) => (reached ? [index] : []));
  }
  // The branch that `if` took was chosen by its condition.
  return kind === 'if' ? [0, decidedBy] : [decidedBy];
}

/** The facts that settled a condition, in words: "approved at is not given". */
function factsOf(condition: FlowCondition, explained: Explained): readonly string[] {
  const state = stateOf(explained);
  if (condition.kind === 'leaf') {
    if (state === 'error') return [`“${condition.text}” cannot be evaluated`];
    return [state === 'true' ? condition.text : condition.negation];
  }
  return decidingParts(explained).flatMap((index) => {
    const [part, child] = [condition.parts[index], explained.children[index]];
    return part === undefined || child === undefined ? [] : factsOf(part, child);
  });
}

function whyRule(rule: FlowRule, explanation: PolicyExplanation, applies: boolean): string {
  if (!applies) return `It is not about this ${missedParts(explanation).join(' and ')}.`;
  const { outcome, error, conditions } = explanation;
  if (outcome === 'error') return `It cannot be evaluated: ${error?.message ?? 'unknown error'}.`;
  const facts = conditions.flatMap((condition, index) => {
    const clause = rule.clauses[index];
    const counts = outcome === 'satisfied' || clauseFails(condition);
    return clause === undefined || !counts ? [] : factsOf(clause.condition, condition.body);
  });
  const verb = outcome === 'satisfied' ? 'It applies' : 'It does not apply';
  return facts.length === 0
    ? `${verb}: its scope alone decides.`
    : `${verb}: ${[...new Set(facts)].join('; ')}.`;
}

function missedParts({ scope }: PolicyExplanation): readonly string[] {
  return [
    ...(scope.action ? [] : ['tool']),
    ...(scope.principal ? [] : ['agent']),
    ...(scope.resource ? [] : ['environment']),
  ];
}
