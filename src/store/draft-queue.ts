import type { FileState, StoreProblem } from './problem.ts';
import type { Store } from './store.ts';

/** One text that is not in the store yet, and why if writing it failed. */
export interface Draft {
  readonly packId: string;
  readonly path: string;
  readonly text: string;
  readonly problem?: StoreProblem;
}

/** Whether everything typed is stored. */
export type DraftState =
  | { readonly status: 'saved' }
  | { readonly status: 'saving'; readonly drafts: readonly Draft[] }
  /** At least one write failed; its text is kept and, conflicts aside, tried again by itself. */
  | {
      readonly status: 'failed';
      readonly drafts: readonly Draft[];
      readonly problem: StoreProblem;
    };

/**
 * Between the editor and the store: keeps the newest text of each file in memory until it is stored.
 * A conflict with another tab waits for `rebase` (keep mine) or `discard` (take theirs).
 */
export interface DraftQueue {
  /** Tells on which stored revision the editor's text rests: after loading, and to settle a conflict for one's own text. */
  rebase(packId: string, path: string, revision: number): void;
  /** Takes the newest text; written after a short while, together with what follows in it. */
  enqueue(packId: string, path: string, text: string): void;
  /** Writes everything now, failed drafts included. Resolves when all writes have been answered. */
  flush(): Promise<DraftState>;
  /** Forgets an unsaved text. */
  discard(packId: string, path: string): void;
  /** The text not stored yet, if any. */
  draft(packId: string, path: string): Draft | undefined;
  state(): DraftState;
  /** Hears every change of state. Returns the way to stop. */
  subscribe(listener: (state: DraftState) => void): () => void;
  /** Hears each file once it is stored. */
  onStored(listener: (packId: string, file: FileState) => void): () => void;
  /** Stops the timers; unsaved drafts are not written. */
  close(): void;
}

export interface DraftQueueOptions {
  /** Milliseconds between the first unsaved keystroke and the write. Default 150. */
  readonly delayMs?: number;
  /** Milliseconds before the first retry; doubles up to 30 s. Default 1000. */
  readonly retryMs?: number;
}

/** A queue that writes into `store`. */
export function createDraftQueue(
  _store: Pick<Store, 'writeFile'>,
  _options: DraftQueueOptions = {},
): DraftQueue {
  const saved: DraftState = { status: 'saved' };
  return {
    rebase: () => undefined,
    enqueue: () => undefined,
    flush: () => Promise.resolve(saved),
    discard: () => undefined,
    draft: () => undefined,
    state: () => saved,
    subscribe: () => () => undefined,
    onStored: () => () => undefined,
    close: () => undefined,
  };
}
