/**
 * One evaluation as a sequence, for stepping forward and back: the check, what the engine reads, each rule
 * with the conditions that were evaluated in their order, then the ladder, then the verdict.
 */
import {
  CHECK_NODE,
  ENGINE_NODE,
  LADDER,
  ladderNodeId,
  verdictNodeId,
  type FlowCondition,
  type FlowGraph,
  type FlowRule,
} from './flow.ts';
import type { FlowNodeState, FlowState, FlowStates } from './flow-states.ts';

export interface FlowStep {
  /** The node, clause or condition that this step settles. */
  readonly id: string;
  /** The rule that it belongs to; absent outside rules. */
  readonly ruleNode?: string;
  readonly state: FlowState;
  /** "payout-needs-approval: approved by is not given". */
  readonly text: string;
}

/** All steps, in the order in which the engine goes. Rules that are not about the request are one step. */
export function flowSteps(graph: FlowGraph, states: FlowStates): readonly FlowStep[] {
  const at = (id: string): FlowNodeState => states.nodes.get(id) ?? NOT_REACHED;
  const fixed = (id: string, text: string): FlowStep => ({ id, state: at(id).state, text });
  const ladder = LADDER.flatMap((step) => {
    const id = ladderNodeId(step);
    const { state, why = '' } = at(id);
    return state === 'not-reached' ? [] : [fixed(id, why)];
  });
  return [
    fixed(CHECK_NODE, `A check comes in: ${states.tool}.`),
    fixed(ENGINE_NODE, at(ENGINE_NODE).why ?? 'The engine reads its facts.'),
    ...graph.rules.flatMap((rule) => ruleSteps(rule, at)),
    ...ladder,
    fixed(verdictNodeId(states.verdict), `The verdict is ${states.verdict}.`),
  ];
}

/**
 * The states as they are once `count` of the steps are done: what comes later is not reached yet. A node
 * around settled conditions, such as their rule, shows nothing before its own step.
 */
export function statesAfter(
  steps: readonly FlowStep[],
  states: FlowStates,
  count: number,
): ReadonlyMap<string, FlowState> {
  const done = new Map<string, FlowState>();
  for (const { id, state } of steps.slice(0, Math.max(0, count))) done.set(id, state);
  return new Map([...states.nodes.keys()].map((id) => [id, done.get(id) ?? 'not-reached']));
}

const NOT_REACHED: FlowNodeState = { state: 'not-reached', isDecisive: false };

function ruleSteps(rule: FlowRule, at: (id: string) => FlowNodeState): readonly FlowStep[] {
  const { state, why = '' } = at(rule.id);
  const step = (id: string, text: string, own: FlowState): FlowStep => ({
    id,
    ruleNode: rule.id,
    state: own,
    text: `${rule.ruleId}: ${text}`,
  });
  const scope = step(
    rule.scopeId,
    `Is it about ${at(rule.scopeId).state === 'true' ? 'this? Yes' : 'this? No'}: ${rule.scopeId.replace(/^scope:/, '')}.`,
    at(rule.scopeId).state,
  );
  const conditions = rule.clauses.flatMap((clause) => {
    const own = at(clause.id).state;
    if (own === 'not-reached') return [];
    return [
      ...conditionSteps(clause.condition, at).map(({ condition, state: its }) =>
        step(condition.id, said(condition, its), its),
      ),
      step(clause.id, `${clause.kind}: ${said(clause.condition, own)}`, own),
    ];
  });
  return [scope, ...conditions, step(rule.id, why, state)];
}

interface Settled {
  readonly condition: FlowCondition;
  readonly state: FlowState;
}

/** Conditions that were evaluated, each after its parts. */
function conditionSteps(
  condition: FlowCondition,
  at: (id: string) => FlowNodeState,
): readonly Settled[] {
  const { state } = at(condition.id);
  if (state === 'not-reached') return [];
  return [...condition.parts.flatMap((part) => conditionSteps(part, at)), { condition, state }];
}

function said(condition: FlowCondition, state: FlowState): string {
  switch (state) {
    case 'true':
      return condition.text;
    case 'false':
      return condition.negation;
    case 'error':
      return `cannot be evaluated: ${condition.text}`;
    case 'not-reached':
      return `not reached: ${condition.text}`;
  }
}
