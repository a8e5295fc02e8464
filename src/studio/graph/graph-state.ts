import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FlowCounts } from '../../simulation/flow-counts.ts';
import type { FlowState } from '../../simulation/flow-states.ts';
import type { FlowChange, FlowPicture, FlowQuery, FlowTrace } from '../../worker/flow-api.ts';

/** What colours the graph: nothing, the selected scenario, or all scenarios together. */
export type GraphMode = 'plain' | 'scenario' | 'run';

/** How far long work is. */
export interface FlowProgress {
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

/** Everything the graph is drawn from. */
export interface GraphState {
  readonly query: FlowQuery;
  readonly picture: FlowPicture | undefined;
  /** Why there is no picture, in a sentence. */
  readonly failure: string | undefined;
  readonly mode: GraphMode;
  readonly trace: FlowTrace | undefined;
  /** Names the check that `trace` is of: pack, scenario and tool. */
  readonly traced: string | undefined;
  /** Which tool of which scenario is shown; undefined: the one that decided. */
  readonly tool: { readonly scenarioId: string; readonly index: number } | undefined;
  readonly counts: FlowCounts | undefined;
  /** How many steps of the evaluation are shown; undefined: all of them. */
  readonly step: number | undefined;
  /** What the first `step` steps settled, when stepping; the rest is not reached yet. */
  readonly stepped: ReadonlyMap<string, FlowState> | undefined;
  /** The rule that stands open because one of its conditions is selected, by node id. */
  readonly selectedRule: string | undefined;
  /** Only the rules that decided the check that is shown. */
  readonly onlyWay: boolean;
  /** A run is being counted, or a large picture drawn. */
  readonly progress: FlowProgress | undefined;
  /** The flow as nested lists instead of a drawing. */
  readonly asList: boolean;
  /** In a comparison, what became of rules, by node id. */
  readonly changes: ReadonlyMap<string, FlowChange> | undefined;
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
    traced: undefined,
    tool: undefined,
    counts: undefined,
    step: undefined,
    stepped: undefined,
    selectedRule: undefined,
    onlyWay: false,
    progress: undefined,
    asList: false,
    changes: undefined,
  }));
}

/** Whether a rule's card shows its conditions. */
export function isRuleOpen({ query, selectedRule }: GraphState, id: string): boolean {
  return id === selectedRule || (query.openRules?.includes(id) ?? false);
}
