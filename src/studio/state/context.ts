import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { StudioState } from './state.ts';
import type { Studio } from './studio.ts';

export const StudioContext = createContext<Studio | undefined>(undefined);

/** The studio of this window. */
export function useStudio(): Studio {
  const studio = useContext(StudioContext);
  if (studio === undefined) throw new Error('useStudio outside of StudioContext');
  return studio;
}

/** One piece of the state; the component is drawn again when that piece changes. */
export function useStudioState<T>(select: (state: StudioState) => T): T {
  return useStore(useStudio().parts.state, select);
}
