import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { createGraphState, type GraphState, type GraphStore } from './graph-state.ts';

export const GraphContext = createContext<GraphStore>(createGraphState());

/** The graph's own state. */
export function useGraphStore(): GraphStore {
  return useContext(GraphContext);
}

/** One piece of the graph's state. `select` must give equal values for equal pieces. */
export function useGraph<T>(select: (state: GraphState) => T): T {
  return useStore(useGraphStore(), select);
}
