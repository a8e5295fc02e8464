import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { VersionInfo } from '../../store/store.ts';
import type { FlipMatrix } from '../../worker/compare-api.ts';

/** A cell, by its place among the rows that are shown. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** Everything the matrix is drawn from. */
export interface MatrixState {
  readonly matrix: FlipMatrix | undefined;
  /** The versions of its columns, the oldest first; the working copy, which is last, is not among them. */
  readonly versions: readonly VersionInfo[];
  /** How many versions are asked for. */
  readonly count: number;
  /** Why there is no matrix, or why versions are missing from it. */
  readonly failure: string | undefined;
  readonly progress: { readonly done: number; readonly total: number } | undefined;
  readonly cancelled: boolean;
  /** What is being run, as text; empty when nobody looks any more. */
  readonly asked: string;
  /** Counts how often somebody asked to run it again. */
  readonly attempt: number;
  readonly text: string;
  /** Only the rows whose verdict ever changes. */
  readonly changing: boolean;
  readonly cursor: Cell;
}

export type MatrixStore = StoreApi<MatrixState>;

export function createMatrixState(): MatrixStore {
  return createStore<MatrixState>(() => ({
    matrix: undefined,
    versions: [],
    count: 20,
    failure: undefined,
    progress: undefined,
    cancelled: false,
    asked: '',
    attempt: 0,
    text: '',
    changing: false,
    cursor: { row: 0, column: -1 },
  }));
}

export const MatrixContext = createContext<MatrixStore | undefined>(undefined);

/** The store of this matrix. */
export function useMatrixStore(): MatrixStore {
  const store = useContext(MatrixContext);
  if (store === undefined) throw new Error('useMatrixStore outside of MatrixContext');
  return store;
}

/** One piece of the matrix's state. */
export function useMatrix<T>(select: (state: MatrixState) => T): T {
  return useStore(useMatrixStore(), select);
}
