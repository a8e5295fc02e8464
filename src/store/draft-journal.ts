/**
 * The last resort for drafts. A page that goes away has no time left for IndexedDB, whose answers it
 * would not live to see; `localStorage` is written before the page's last event handler returns. The
 * next start puts what it finds there into the store.
 */
import { z } from './zod.ts';

export interface JournalEntry {
  readonly packId: string;
  readonly path: string;
  readonly text: string;
  /** The stored revision that the text was made from. */
  readonly base: number;
  /** The text that was being written when the page went away: it may have been stored, unheard. */
  readonly sent?: string | undefined;
}

export interface DraftJournal {
  /** What tabs that are gone have left behind. It stays until `forget`. */
  left(): readonly JournalEntry[];
  /** Removes what `left` answered. */
  forget(): void;
  /** Keeps these drafts of this tab, and only these. Returns before anything else happens. */
  keep(drafts: readonly JournalEntry[]): void;
}

const PREFIX = 'stage0-studio:drafts:';

const ENTRIES = z.array(
  z.object({
    packId: z.string(),
    path: z.string(),
    text: z.string(),
    base: z.number().int().nonnegative(),
    sent: z.string().optional(),
  }),
);

/** A journal in `localStorage`. Where there is none, or it is full, drafts last as long as the page. */
export function localJournal(): DraftJournal {
  const own = PREFIX + crypto.randomUUID();
  let found: readonly string[] = [];
  return {
    left: () =>
      withStorage<readonly JournalEntry[]>([], (storage) => {
        const others = Object.keys(storage).filter((key) => key.startsWith(PREFIX) && key !== own);
        const read = others.map((key) => ({
          key,
          entries: readEntries(storage.getItem(key) ?? ''),
        }));
        // What cannot be read is nothing that may be forgotten.
        found = read.flatMap(({ key, entries }) => (entries === undefined ? [] : [key]));
        return read.flatMap(({ entries }) => entries ?? []);
      }),
    forget: () => {
      withStorage(undefined, (storage) => {
        for (const key of found) storage.removeItem(key);
      });
      found = [];
    },
    keep: (drafts) => {
      withStorage(undefined, (storage) => {
        if (drafts.length === 0) storage.removeItem(own);
        else storage.setItem(own, JSON.stringify(drafts));
      });
    },
  };
}

function readEntries(text: string): readonly JournalEntry[] | undefined {
  try {
    const entries = ENTRIES.safeParse(JSON.parse(text));
    return entries.success ? entries.data : undefined;
  } catch {
    return undefined;
  }
}

/** Even looking at `localStorage` throws where the browser keeps nothing. */
function withStorage<T>(otherwise: T, work: (storage: Storage) => T): T {
  try {
    return typeof localStorage === 'undefined' ? otherwise : work(localStorage);
  } catch {
    return otherwise;
  }
}
