/**
 * Between the editor and the store. Typing never waits for IndexedDB: the newest text of each file
 * stands here until it is stored, so at most `delayMs` of typing is lost in a crash, and nothing
 * when a write fails. Each file's writes go one after the other, each on top of the revision that the
 * one before made; when another tab came in between, the draft waits for the user's decision. What is
 * not stored when the page goes away stands in the journal, and is stored by the next page's queue.
 */
import { assertNever } from '../base/assert.ts';
import { localJournal, type DraftJournal } from './draft-journal.ts';
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

/** A conflict with another tab waits for `rebase` (keep mine) or `discard` (take theirs). */
export interface DraftQueue {
  /** Tells on which stored revision a text that was just loaded rests. An unsaved draft keeps its own. */
  loaded(packId: string, path: string, revision: number): void;
  /** The same, over the head of a draft: settles a conflict for one's own text. */
  rebase(packId: string, path: string, revision: number): void;
  /** Takes the newest text; written after a short while, together with what follows in it. */
  enqueue(packId: string, path: string, text: string): void;
  /**
   * Writes everything now, failed drafts included. Resolves when all writes have been answered; when the
   * page does not live to see that, nothing is lost either.
   */
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
  /** Default: one in `localStorage`. */
  readonly journal?: DraftJournal;
}

const LONGEST_RETRY_MS = 30_000;

interface Entry {
  readonly packId: string;
  readonly path: string;
  text: string;
  problem: StoreProblem | undefined;
  /** The text of the last write, whether or not its answer was heard. */
  sent: string | undefined;
  /** Left behind by an earlier page. */
  readonly recovered: boolean;
}

/** A queue that writes into `store`. */
export function createDraftQueue(
  store: Pick<Store, 'writeFile'>,
  options: DraftQueueOptions = {},
): DraftQueue {
  const { delayMs = 150, retryMs = 1000, journal = localJournal() } = options;
  const entries = new Map<string, Entry>();
  const writing = new Map<string, Promise<void>>();
  const bases = new Map<string, number>();
  const stateListeners = new Set<(state: DraftState) => void>();
  const storedListeners = new Set<(packId: string, file: FileState) => void>();
  let writeTimer: ReturnType<typeof setTimeout> | undefined;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let journaled = false;
  let closed = false;

  function state(): DraftState {
    const drafts = [...entries.values()].map(draftOf);
    const problem = drafts.find((draft) => draft.problem !== undefined)?.problem;
    if (problem !== undefined) return { status: 'failed', drafts, problem };
    return drafts.length === 0 ? { status: 'saved' } : { status: 'saving', drafts };
  }

  function tell(): void {
    const now = state();
    for (const listener of stateListeners) listener(now);
  }

  /** Counts from the first unsaved keystroke, not from the last: steady typing is saved too. */
  function schedule(): void {
    if (closed) return;
    writeTimer ??= setTimeout(() => {
      writeTimer = undefined;
      writeAll();
    }, delayMs);
  }

  function scheduleRetry(): void {
    if (closed || retryTimer !== undefined) return;
    const wait = Math.min(retryMs * 2 ** failures, LONGEST_RETRY_MS);
    failures += 1;
    retryTimer = setTimeout(() => {
      retryTimer = undefined;
      writeAll();
    }, wait);
  }

  /** One write a file at a time; what was typed meanwhile goes when it has been answered. */
  function write(key: string, entry: Entry): Promise<void> {
    const running = writing.get(key) ?? writeOnce(key, entry);
    writing.set(key, running);
    return running;
  }

  async function writeOnce(key: string, entry: Entry): Promise<void> {
    const { packId, path, text, sent } = entry;
    entry.sent = text;
    const result = await store.writeFile(packId, path, text, bases.get(key) ?? 0);
    writing.delete(key);
    if (result.ok) bases.set(key, result.value.revision);

    // A discarded draft is not told of; one begun anew since then still has to be written.
    if (entries.get(key) !== entry) {
      if (entries.has(key)) schedule();
      return;
    }
    if (result.ok) {
      failures = 0;
      entry.problem = undefined;
      if (entry.text === text) entries.delete(key);
      else schedule();
      for (const listener of storedListeners) listener(packId, result.value);
    } else if (isOwnWrite(result.error, sent)) {
      bases.set(key, result.error.revision);
      entry.problem = undefined;
      schedule();
    } else if (result.error.code === 'STORE_MISSING' && entry.recovered) {
      // Its pack was deleted since: there is nothing left that it could be an edit of.
      entries.delete(key);
    } else {
      entry.problem = result.error;
      if (canRetry(result.error)) scheduleRetry();
    }
    if (journaled) writeJournal();
    tell();
  }

  function writeJournal(): void {
    journaled = entries.size > 0;
    journal.keep(
      [...entries].map(([key, { packId, path, text, sent }]) => ({
        packId,
        path,
        text,
        base: bases.get(key) ?? 0,
        sent,
      })),
    );
  }

  /** Takes over what an earlier page could not store. */
  function recover(): void {
    for (const { packId, path, text, base, sent } of journal.left()) {
      const key = keyOf(packId, path);
      bases.set(key, base);
      entries.set(key, { packId, path, text, problem: undefined, sent, recovered: true });
    }
    if (entries.size === 0) return;
    writeJournal();
    journal.forget();
    schedule();
  }

  function writeAll(): void {
    for (const [key, entry] of entries) if (canRetry(entry.problem)) void write(key, entry);
  }

  async function flush(): Promise<DraftState> {
    clearTimeout(writeTimer);
    writeTimer = undefined;
    if (entries.size > 0) writeJournal();
    for (;;) {
      const tried = [...entries].filter(([, { problem }]) => problem?.code !== 'STORE_CONFLICT');
      await Promise.all(tried.map(([key, entry]) => write(key, entry)));
      // What was typed while an older text was being written still has to go.
      const fresh = [...entries.values()].some(({ problem }) => problem === undefined);
      if (!fresh) return state();
    }
  }

  recover();

  return {
    flush,
    state,
    loaded: (packId, path, revision) => {
      const key = keyOf(packId, path);
      if (!entries.has(key)) bases.set(key, revision);
    },
    rebase: (packId, path, revision) => {
      const key = keyOf(packId, path);
      bases.set(key, revision);
      const entry = entries.get(key);
      if (entry?.problem === undefined) return;
      entry.problem = undefined;
      schedule();
      tell();
    },
    enqueue: (packId, path, text) => {
      const key = keyOf(packId, path);
      const entry = entries.get(key);
      if (entry === undefined) {
        entries.set(key, {
          packId,
          path,
          text,
          problem: undefined,
          sent: undefined,
          recovered: false,
        });
      } else {
        entry.text = text;
      }
      schedule();
      tell();
    },
    discard: (packId, path) => {
      if (!entries.delete(keyOf(packId, path))) return;
      if (journaled) writeJournal();
      tell();
    },
    draft: (packId, path) => {
      const entry = entries.get(keyOf(packId, path));
      return entry === undefined ? undefined : draftOf(entry);
    },
    subscribe: (listener) => {
      stateListeners.add(listener);
      return () => {
        stateListeners.delete(listener);
      };
    },
    onStored: (listener) => {
      storedListeners.add(listener);
      return () => {
        storedListeners.delete(listener);
      };
    },
    close: () => {
      closed = true;
      clearTimeout(writeTimer);
      clearTimeout(retryTimer);
    },
  };
}

/** No other tab: a write of ours was stored, and the page went away before it heard so. */
function isOwnWrite(
  problem: StoreProblem,
  sent: string | undefined,
): problem is Extract<StoreProblem, { code: 'STORE_CONFLICT' }> {
  return problem.code === 'STORE_CONFLICT' && sent !== undefined && problem.theirs?.text === sent;
}

/** Whether waiting can help: a conflict needs a decision, and a newer or damaged record is not overwritten. */
function canRetry(problem: StoreProblem | undefined): boolean {
  if (problem === undefined) return true;
  switch (problem.code) {
    case 'STORE_FULL':
    case 'STORE_FAILED':
    case 'STORE_UNAVAILABLE':
    case 'STORE_BLOCKED':
    case 'STORE_MISSING':
      return true;
    case 'STORE_CONFLICT':
    case 'STORE_NEWER':
    case 'STORE_CORRUPT':
    case 'STORE_EXISTS':
    case 'STORE_IN_USE':
      return false;
    default:
      return assertNever(problem);
  }
}

function draftOf(entry: Entry): Draft {
  const { packId, path, text, problem } = entry;
  return { packId, path, text, ...(problem === undefined ? {} : { problem }) };
}

function keyOf(packId: string, path: string): string {
  return JSON.stringify([packId, path]);
}
