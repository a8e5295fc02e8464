/** From a pack to the graph of its rules; see `flow.ts` for what that is. */
import type { Pack } from '../pack/read.ts';
import { ruleEdges, ruleNode } from './flow-rules.ts';
import {
  CHECK_NODE,
  edge,
  ENGINE_NODE,
  ladder,
  LADDER_EDGES,
  ladderNodeId,
  notesOn,
  VERDICTS,
  type FlowGraph,
  type FlowNode,
} from './flow.ts';
import { finish } from '../base/slices.ts';
import type { Sliced } from './sliced.ts';

/** Rules worded between two slices. */
const SLICE = 8;

/** The graph of a pack. A pack that does not compile has none: see `brokenFlow`. */
export function flowOf(pack: Pack): FlowGraph {
  return finish(flowInSlices(pack));
}

/** The same in slices: wording the rules is what takes long. Counts rules. */
export function* flowInSlices(pack: Pack): Sliced<FlowGraph> {
  const { policySet, rules: readings, settings } = pack.policies;
  const rules: ReturnType<typeof ruleNode>[] = [];
  for (const [index, rule] of pack.rules.entries()) {
    const policy = policySet.policies[index]?.policy;
    const reading = readings[index];
    if (policy !== undefined && reading !== undefined) rules.push(ruleNode(rule, policy, reading));
    if (index % SLICE === SLICE - 1) yield { done: index + 1, total: pack.rules.length };
  }
  const scopes = new Map(
    rules.map(({ scope }) => [scope.id, { kind: 'scope' as const, ...scope }]),
  );
  const nodes: readonly FlowNode[] = [
    { kind: 'check', id: CHECK_NODE, text: 'A check comes in' },
    { kind: 'engine', id: ENGINE_NODE, text: 'Something in it cannot be read' },
    ...scopes.values(),
    ...rules.map(({ node }) => node),
    ...ladder(settings.risk.threshold),
    ...VERDICTS,
  ];
  const edges = [
    ...[...scopes.keys()].map((id) => edge(CHECK_NODE, id, 'applies')),
    edge(CHECK_NODE, ENGINE_NODE, 'applies'),
    edge(ENGINE_NODE, ladderNodeId('deny'), 'says'),
    edge(ENGINE_NODE, ladderNodeId('defer'), 'says'),
    ...rules.flatMap(({ node }) => ruleEdges(node)),
    ...LADDER_EDGES,
  ];
  const list = rules.map(({ node }) => node);
  return { nodes, edges, rules: list, threshold: settings.risk.threshold, notes: notesOn(list) };
}
