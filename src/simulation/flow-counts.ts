/** A whole run on the graph: how many checks went where, and what never came to pass. */
import { flowStates, type FlowDecision, type FlowState } from './flow-states.ts';
import type { FlowGraph } from './flow.ts';

export interface FlowTally {
  /** Checks that came this far. */
  readonly reached: number;
  readonly true: number;
  readonly false: number;
  readonly error: number;
}

export interface FlowCounts {
  /** Checks counted; one with several tools is one, and counts at a node once for each state. */
  readonly checks: number;
  /** By id: nodes, clauses and conditions. */
  readonly nodes: ReadonlyMap<string, FlowTally>;
  /** By id: how many checks passed. */
  readonly edges: ReadonlyMap<string, number>;
  /** Ids of rules that were never satisfied, and of those whose scope never matched either. */
  readonly neverTrue: readonly string[];
  readonly neverReached: readonly string[];
}

/** Counts decisions one by one, so that a worker can count a run in slices. */
export class FlowCounter {
  readonly #graph: FlowGraph;
  readonly #nodes = new Map<
    string,
    { reached: number; true: number; false: number; error: number }
  >();
  readonly #edges = new Map<string, number>();
  #checks = 0;

  constructor(graph: FlowGraph) {
    this.#graph = graph;
  }

  add(decision: FlowDecision): void {
    const nodes = new Map<string, Set<FlowState>>();
    const edges = new Set<string>();
    for (const index of decision.explained.tools.keys()) {
      const states = flowStates(this.#graph, decision, index, { isBare: true });
      if (states === undefined) continue;
      for (const [id, { state }] of states.nodes) {
        if (state === 'not-reached') continue;
        const seen = nodes.get(id);
        if (seen === undefined) nodes.set(id, new Set([state]));
        else seen.add(state);
      }
      for (const [id, { state }] of states.edges) if (state === 'true') edges.add(id);
    }
    this.#checks += 1;
    for (const [id, seen] of nodes) {
      const tally = this.#nodes.get(id) ?? { reached: 0, true: 0, false: 0, error: 0 };
      tally.reached += 1;
      for (const state of seen) if (state !== 'not-reached') tally[state] += 1;
      this.#nodes.set(id, tally);
    }
    for (const id of edges) this.#edges.set(id, (this.#edges.get(id) ?? 0) + 1);
  }

  counts(): FlowCounts {
    const { rules, edges } = this.#graph;
    const of = (id: string): FlowTally => this.#nodes.get(id) ?? NONE;
    return {
      checks: this.#checks,
      nodes: new Map(this.#nodes),
      edges: new Map(edges.map(({ id }) => [id, this.#edges.get(id) ?? 0])),
      neverTrue: rules.filter(({ id }) => of(id).true === 0).map(({ id }) => id),
      neverReached: rules.filter(({ id }) => of(id).reached === 0).map(({ id }) => id),
    };
  }
}

const NONE: FlowTally = { reached: 0, true: 0, false: 0, error: 0 };
