/** Two flows drawn as one: the later one, with the rules that are gone where they were, as ghosts. */
import { CHECK_NODE, edgeId, type FlowEdge, type FlowGraph, type FlowRule } from './flow.ts';

/** The later graph, and the rules of the earlier one that it has no more, each beside its old neighbours. */
export function mergeFlows(before: FlowGraph, after: FlowGraph): FlowGraph {
  const there = new Set(after.rules.map(({ id }) => id));
  const ghosts = before.rules.filter(({ id }) => !there.has(id));
  if (ghosts.length === 0) return after;
  const rules = withGhosts(before.rules, after.rules);
  const ghostIds = new Set(ghosts.map(({ id }) => id));
  const known = new Set(after.nodes.map(({ id }) => id));
  const wanted = new Set(ghosts.map(({ scopeId }) => scopeId));
  const scopes = before.nodes.filter(
    ({ kind, id }) => kind === 'scope' && wanted.has(id) && !known.has(id),
  );
  const first = after.nodes.findIndex(({ kind }) => kind === 'rule' || kind === 'ladder');
  const others = after.nodes.filter(({ kind }) => kind !== 'rule');
  const edges: readonly FlowEdge[] = [
    ...after.edges,
    ...scopes.map(({ id }): FlowEdge => {
      return { id: edgeId(CHECK_NODE, id, 'applies'), from: CHECK_NODE, to: id, kind: 'applies' };
    }),
    ...before.edges.filter(({ from, to }) => ghostIds.has(from) || ghostIds.has(to)),
  ];
  return {
    ...after,
    nodes: [...others.slice(0, first), ...scopes, ...rules, ...others.slice(first)],
    edges,
    rules,
  };
}

/** Each ghost after the rule that it came after, or after the ghosts of that. */
function withGhosts(before: readonly FlowRule[], after: readonly FlowRule[]): readonly FlowRule[] {
  const merged = [...after];
  let last = -1;
  for (const rule of before) {
    const at = merged.findIndex(({ id }) => id === rule.id);
    if (at < 0) merged.splice(last + 1, 0, rule);
    last = at < 0 ? last + 1 : at;
  }
  return merged;
}
