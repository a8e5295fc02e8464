/**
 * One decision on the graph: what every node came to and which way decided. The same explanation that
 * the trace shows, read along the edges; nothing is evaluated anew.
 */
import type { Explained, ExplainedCondition, PolicyExplanation } from '../cedar/explain.ts';
import { printValue } from '../cedar/value.ts';
import type { FieldPath } from '../cedar/words.ts';
import type { Check } from '../decision/check.ts';
import type { ExplainedDecision, ToolDecision } from '../decision/decide.ts';
import type { Finding } from '../decision/finding.ts';
import type { DecisionPolicies } from '../decision/policies.ts';
import type { Verdict } from '../decision/verdict.ts';
import { riskOf } from '../decision/verdict.ts';
import { fieldValue, requestPointer } from './flow-fields.ts';
import {
  CHECK_NODE,
  ENGINE_NODE,
  LADDER,
  ladderNodeId,
  verdictNodeId,
  type FlowCondition,
  type FlowEdge,
  type FlowGraph,
  type FlowRule,
  type LadderStep,
} from './flow.ts';

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

/** A field that a condition reads, with its value in this request. */
export interface FlowInput {
  readonly field: FieldPath;
  /** As in the policy's text: `context.approved_by`. */
  readonly text: string;
  /** Cedar text; absent when the field is not given. */
  readonly value?: string;
  /** Where it stands in the request, or would; absent for what only the engine knows. */
  readonly pointer?: string;
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
export interface FlowDecision {
  readonly policies: DecisionPolicies;
  readonly check: Check;
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
  const inputs = options.isBare === true ? NO_INPUTS : inputReader(decision, tool);
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

function inputReader({ policies, check }: FlowDecision, tool: ToolDecision): Inputs {
  return ({ reads }) =>
    reads.map((field) => {
      const value = fieldValue(field, tool);
      const pointer = requestPointer(field, check, tool.tool, policies);
      return {
        field,
        text: [field.root, ...field.path].join('.'),
        // A whole context would dwarf everything around it.
        ...(value === undefined || (field.root === 'context' && field.path.length === 0)
          ? {}
          : { value: printValue(value) }),
        ...(pointer === undefined ? {} : { pointer }),
      };
    });
}

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

// ---------------------------------------------------------------- the fixed part

function addFixed(
  nodes: Map<string, FlowNodeState>,
  graph: FlowGraph,
  tool: ToolDecision,
  endedAt: FlowStates['endedAt'],
): void {
  const noticed = tool.findings.filter(isNotice);
  const ends = (standing: Finding['standing']): boolean =>
    noticed.some((finding) => finding.standing === standing);
  const engineDecides =
    (endedAt === 'deny' && ends('denies')) || (endedAt === 'defer' && ends('defers'));
  nodes.set(CHECK_NODE, { state: 'true', isDecisive: true });
  nodes.set(ENGINE_NODE, {
    state: noticed.length > 0 ? 'true' : 'false',
    isDecisive: engineDecides,
    why: noticed.map(({ issue }) => issue?.message ?? '').join(' ') || 'All facts can be read.',
  });
  const reached = endedAt === 'allow' ? LADDER.length : LADDER.indexOf(endedAt) + 1;
  for (const [index, step] of LADDER.entries()) {
    const state = index >= reached ? 'not-reached' : step === endedAt ? 'true' : 'false';
    nodes.set(ladderNodeId(step), {
      state,
      isDecisive: index < reached,
      ...(state === 'not-reached'
        ? {}
        : { why: whyStep(step, state === 'true', graph, nodes, tool) }),
    });
  }
  for (const verdict of ['ALLOW', 'DEFER', 'DENY'] as const) {
    const isIt = verdict === tool.verdict;
    nodes.set(verdictNodeId(verdict), {
      state: isIt ? 'true' : 'not-reached',
      isDecisive: isIt,
    });
  }
}

/** What the engine noticed in the request, as opposed to what the ladder itself concludes. */
function isNotice({ rule, issue }: Finding): boolean {
  const code = issue?.code;
  return rule === undefined && code !== 'NOT_PERMITTED' && code !== 'RISK_THRESHOLD_EXCEEDED';
}

function whyStep(
  step: LadderStep,
  ends: boolean,
  graph: FlowGraph,
  nodes: ReadonlyMap<string, FlowNodeState>,
  tool: ToolDecision,
): string {
  const standing = { deny: 'denies', permit: 'permits', defer: 'defers', risk: 'permits' } as const;
  const those = tool.findings
    .filter(
      (finding) =>
        finding.standing === standing[step] && (finding.rule !== undefined || isNotice(finding)),
    )
    .map(({ rule, issue }) => rule?.id ?? issue?.code ?? 'the engine');
  const names = [...new Set(those)].join(', ');
  switch (step) {
    case 'deny':
      return ends ? `Denied by ${names}.` : 'No rule denies.';
    case 'permit': {
      const about = graph.rules.some(
        ({ id, tier }) => tier === 'permit' && nodes.get(id)?.state !== 'not-reached',
      );
      if (!ends) return `Permitted by ${names}.`;
      return about ? 'The permits for this do not apply.' : 'No permit is about this.';
    }
    case 'defer':
      return ends ? `Deferred by ${names}.` : 'No rule defers.';
    case 'risk':
      return `The risk is ${riskOf(tool.findings)} of ${graph.threshold}.`;
  }
}

// ---------------------------------------------------------------- edges

/** The step whose rules made the verdict possible: an ALLOW, and a risk, come from permits. */
function settledAt(endedAt: FlowStates['endedAt']): LadderStep {
  return endedAt === 'allow' || endedAt === 'risk' ? 'permit' : endedAt;
}

function edgeState(
  { from, to, kind }: FlowEdge,
  nodes: ReadonlyMap<string, FlowNodeState>,
  tool: ToolDecision,
  endedAt: FlowStates['endedAt'],
): FlowEdgeState {
  const start = nodes.get(from);
  const end = nodes.get(to);
  const state = start?.state ?? 'not-reached';
  const both = start?.isDecisive === true && end?.isDecisive === true;
  switch (kind) {
    case 'applies':
      // Into a rule goes what its scope lets through; into a scope, what it matches.
      return from === CHECK_NODE && to !== ENGINE_NODE
        ? { state: end?.state ?? 'not-reached', isDecisive: both }
        : { state: state === 'false' ? 'not-reached' : state, isDecisive: both };
    case 'says': {
      const isDecisive = both && to === ladderNodeId(settledAt(endedAt));
      if (from !== ENGINE_NODE) return { state, isDecisive };
      const standing = to === ladderNodeId('deny') ? 'denies' : 'defers';
      const says = tool.findings.some(
        (finding) => isNotice(finding) && finding.standing === standing,
      );
      return { state: says ? 'true' : 'false', isDecisive: isDecisive && says };
    }
    case 'fails':
      return state === 'error'
        ? { state: 'true', isDecisive: both }
        : { state: 'not-reached', isDecisive: false };
    case 'risk':
      return { state, isDecisive: both && endedAt === 'risk' };
    case 'next':
      return end?.state === 'not-reached' || end === undefined
        ? { state: 'not-reached', isDecisive: false }
        : { state: 'true', isDecisive: both };
    case 'decides': {
      const taken =
        to === verdictNodeId(tool.verdict) &&
        from === ladderNodeId(endedAt === 'allow' ? 'risk' : endedAt);
      return { state: taken ? 'true' : 'not-reached', isDecisive: taken };
    }
  }
}
