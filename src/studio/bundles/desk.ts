import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { BundleClient } from '../../worker/bundle-api.ts';
import type { Studio } from '../state/studio.ts';
import type { DeskState, DeskStore } from './desk-state.ts';

/** What the actions of the screen work with. */
export interface Desk {
  readonly studio: Studio;
  readonly bundles: BundleClient;
  readonly store: DeskStore;
}

export const DeskContext = createContext<Desk | undefined>(undefined);

/** The desk of this screen. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === undefined) throw new Error('useDesk outside of DeskContext');
  return desk;
}

/** One piece of the desk's state. `select` must give equal values for equal pieces. */
export function useDeskState<T>(select: (state: DeskState) => T): T {
  return useStore(useDesk().store, select);
}
