import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Span } from '../../base/span.ts';
import type { CompareSide, PackComparison } from '../../worker/compare-api.ts';
import { everything, type FlipFilter } from './flip-filter.ts';

/** One side as it is compared: what it is called, what the engine is given, and its texts. */
export interface NamedSide {
  readonly label: string;
  readonly side: CompareSide;
  readonly files: ReadonlyMap<string, string>;
}

/** What of a comparison is looked at. */
export type CompareTab = 'flips' | 'quiet' | 'changes' | 'graph' | 'text';

/** A place in one side's text that the text view is asked to show. */
export interface TextPlace {
  readonly path: string;
  readonly on: 'before' | 'after';
  readonly span: Span;
}

/** Everything the comparison is drawn from. */
export interface CompareState {
  readonly before: NamedSide | undefined;
  readonly after: NamedSide | undefined;
  /** Of these sides or, while they are compared anew, of those before. */
  readonly comparison: PackComparison | undefined;
  /** Why there is none, in a sentence. */
  readonly failure: string | undefined;
  /** How far a comparison is that takes long. */
  readonly progress: { readonly done: number; readonly total: number } | undefined;
  readonly cancelled: boolean;
  /** What is being compared, as text; empty when nobody looks any more. */
  readonly asked: string;
  /** Counts how often somebody asked to run it again. */
  readonly attempt: number;
  readonly tab: CompareTab;
  readonly filter: FlipFilter;
  /** Key of the row that stands open. */
  readonly selected: string | undefined;
  /** Why a file that was chosen for a side was not taken. */
  readonly importProblem: string | undefined;
  /** What is said of the scenario that was asked for, when it is not among the rows. */
  readonly note: string | undefined;
  /** The file shown in the text view, and where in it. */
  readonly path: string | undefined;
  readonly place: TextPlace | undefined;
}

export type CompareStore = StoreApi<CompareState>;

/** The comparison before anything is known. */
export function createCompareState(): CompareStore {
  return createStore<CompareState>(() => ({
    before: undefined,
    after: undefined,
    comparison: undefined,
    failure: undefined,
    progress: undefined,
    cancelled: false,
    asked: '',
    attempt: 0,
    tab: 'flips',
    filter: everything,
    selected: undefined,
    note: undefined,
    importProblem: undefined,
    path: undefined,
    place: undefined,
  }));
}

export const CompareContext = createContext<CompareStore | undefined>(undefined);

/** The store of this comparison. */
export function useCompareStore(): CompareStore {
  const store = useContext(CompareContext);
  if (store === undefined) throw new Error('useCompareStore outside of CompareContext');
  return store;
}

/** One piece of the comparison. */
export function useCompare<T>(select: (state: CompareState) => T): T {
  return useStore(useCompareStore(), select);
}
