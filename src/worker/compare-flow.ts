import { decidesOtherwise, type PackDiff } from '../simulation/diff.ts';
import { mergeFlows } from '../simulation/flow-merge.ts';
import type { Sliced } from '../simulation/sliced.ts';
import type { BothSides } from './compare-run.ts';
import type { ComparedFlow, FlowChange, FlowQuery } from './flow-api.ts';
import { drawn } from './flow-answers.ts';
import { graphOf } from './flow-graphs.ts';

/** Draws both flows of a comparison as one; see `Compare.comparedFlow`. Counts rules. */
export function* comparedFlow(
  { before, after }: BothSides,
  { rules }: PackDiff,
  query: FlowQuery,
): Sliced<ComparedFlow> {
  const graph = mergeFlows(yield* graphOf(before.pack), yield* graphOf(after.pack));
  const changes = new Map<string, FlowChange>();
  for (const rule of graph.rules) {
    const { ruleId, id } = rule;
    const updated = rules.updated.get(ruleId);
    if (rules.added.has(ruleId)) changes.set(id, 'added');
    else if (rules.removed.has(ruleId)) changes.set(id, 'removed');
    else if (updated !== undefined) {
      changes.set(id, decidesOtherwise(updated) ? 'changed' : 'reworded');
    }
  }
  const picture = { ...drawn(graph, query), stale: false, broken: new Map<string, string>() };
  return { picture, changes };
}
