import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FlowCounts } from '../../simulation/flow-counts.ts';
import type { FlowState, FlowNodeState } from '../../simulation/flow-states.ts';
import type { FlowPicture, FlowQuery, FlowTrace } from '../../worker/flow-api.ts';

/** What colours the graph: nothing, the selected scenario, or all scenarios together. */
export type GraphMode = 'plain' | 'scenario' | 'run';

/** Everything the graph is drawn from. */
export interface GraphState {
  readonly query: FlowQuery;
  readonly picture: FlowPicture | undefined;
  /** Why there is no picture, in a sentence. */
  readonly failure: string | undefined;
  readonly mode: GraphMode;
  readonly trace: FlowTrace | undefined;
  /** Which tool of which scenario is shown; undefined: the one that decided. */
  readonly tool: { readonly scenarioId: string; readonly index: number } | undefined;
  readonly counts: FlowCounts | undefined;
  /** How many steps of the evaluation are shown; undefined: all of them. */
  readonly step: number | undefined;
  /** What the first `step` steps settled, when stepping; the rest is not reached yet. */
  readonly stepped: ReadonlyMap<string, FlowState> | undefined;
  /** The flow as nested lists instead of a drawing. */
  readonly asList: boolean;
}

export type GraphStore = StoreApi<GraphState>;

/** The graph before anything is known. */
export function createGraphState(): GraphStore {
  return createStore<GraphState>(() => ({
    query: {},
    picture: undefined,
    failure: undefined,
    mode: 'scenario',
    trace: undefined,
    tool: undefined,
    counts: undefined,
    step: undefined,
    stepped: undefined,
    asList: false,
  }));
}

/** How a node, clause or condition is drawn. */
export interface Mark {
  readonly state: FlowState | 'never' | undefined;
  readonly decisive: boolean;
  readonly detail: FlowNodeState | undefined;
  /** For a whole run: how many checks came here and were true. */
  readonly count: string | undefined;
}

const unmarked: Mark = { state: undefined, decisive: false, detail: undefined, count: undefined };

/** The mark of a node, clause or condition in the state that is shown. */
export function markOf(state: GraphState, id: string): Mark {
  switch (state.mode) {
    case 'plain':
      return unmarked;
    case 'scenario': {
      const detail = state.trace?.states?.nodes.get(id);
      if (detail === undefined) return unmarked;
      if (state.stepped !== undefined) {
        const reached = state.stepped.get(id) ?? 'not-reached';
        return { state: reached, decisive: false, detail, count: undefined };
      }
      return { state: detail.state, decisive: detail.isDecisive, detail, count: undefined };
    }
    case 'run': {
      const tally = state.counts?.nodes.get(id);
      if (tally === undefined) return { ...unmarked, state: 'never' };
      return {
        state: tally.true === 0 ? 'never' : undefined,
        decisive: false,
        detail: undefined,
        count: `${tally.true} of ${state.counts?.checks ?? 0}`,
      };
    }
  }
}

/** The words for a mark, for people who do not see colours. */
export function markText(mark: Mark): string {
  if (mark.count !== undefined) return mark.count;
  switch (mark.state) {
    case 'true':
      return 'true';
    case 'false':
      return 'false';
    case 'error':
      return mark.detail?.error ?? 'error';
    case 'not-reached':
      return 'not reached';
    case 'never':
      return 'never';
    case undefined:
      return '';
  }
}
