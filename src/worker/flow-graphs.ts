import type { Pack } from '../pack/read.ts';
import type { Sliced } from '../simulation/sliced.ts';
import { flowInSlices } from '../simulation/flow-of.ts';
import type { FlowGraph } from '../simulation/flow.ts';

/** The flow of one compiled pack is asked for again and again while it is looked at. */
const graphs = new WeakMap<Pack, FlowGraph>();

/** The rule flow of a pack, made once. */
export function* graphOf(pack: Pack): Sliced<FlowGraph> {
  const known = graphs.get(pack) ?? (yield* flowInSlices(pack));
  graphs.set(pack, known);
  return known;
}
