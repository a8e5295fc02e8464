import { openDB, type IDBPTransaction, type StoreNames } from 'idb';
import { err, ok, type Result } from '../base/result.ts';
import { MIGRATIONS, type Database, type Migration, type Tables } from './migrations.ts';
import type { StoreProblem } from './problem.ts';

export type ReadTransaction = IDBPTransaction<Tables, StoreNames<Tables>[]>;
export type WriteTransaction = IDBPTransaction<Tables, StoreNames<Tables>[], 'readwrite'>;

/** One database connection that maps every failure to a StoreProblem, and reopens when the browser drops it. */
export interface Connection {
  read<T>(
    stores: StoreNames<Tables>[],
    work: (transaction: ReadTransaction) => Promise<Result<T, StoreProblem>>,
  ): Promise<Result<T, StoreProblem>>;
  /** Commits when `work` succeeds, and leaves everything as it was when it does not. */
  write<T>(
    stores: StoreNames<Tables>[],
    work: (transaction: WriteTransaction) => Promise<Result<T, StoreProblem>>,
    durability?: 'relaxed' | 'strict',
  ): Promise<Result<T, StoreProblem>>;
  close(): void;
}

export interface ConnectionOptions {
  readonly name: string;
  readonly migrations?: readonly Migration[];
  /** The connection was given up, and will not come back, because another tab needs to upgrade or delete the database. */
  readonly onSuperseded: (problem: StoreProblem) => void;
}

/** Opens the database, creating or migrating it. */
export async function connect(
  options: ConnectionOptions,
): Promise<Result<Connection, StoreProblem>> {
  const { name, migrations = MIGRATIONS } = options;
  let database: Database | undefined;
  let ended: StoreProblem | undefined;

  function end(problem: StoreProblem): void {
    ended ??= problem;
    database?.close();
    database = undefined;
  }

  async function current(): Promise<Result<Database, StoreProblem>> {
    if (ended !== undefined) return err(ended);
    if (database !== undefined) return ok(database);
    const opened = await open(name, migrations, {
      blocking: (newVersion) => {
        const problem = superseded(newVersion);
        end(problem);
        options.onSuperseded(problem);
      },
      terminated: () => {
        database = undefined;
      },
    });
    if (!opened.ok) return opened;
    // close() may have been called, or another call may have opened, while this one waited.
    if (ended !== undefined) {
      opened.value.close();
      return err(ended);
    }
    if (database !== undefined) {
      opened.value.close();
      return ok(database);
    }
    database = opened.value;
    return opened;
  }

  const first = await current();
  if (!first.ok) return first;

  return ok({
    read: async (stores, work) => {
      const connected = await current();
      if (!connected.ok) return connected;
      try {
        const transaction = connected.value.transaction(stores, 'readonly');
        ignoreRejection(transaction.done);
        return await work(transaction);
      } catch (error) {
        return err(problemOf(error));
      }
    },
    write: async (stores, work, durability = 'relaxed') => {
      const connected = await current();
      if (!connected.ok) return connected;
      let transaction: WriteTransaction | undefined;
      try {
        transaction = connected.value.transaction(stores, 'readwrite', { durability });
        ignoreRejection(transaction.done);
        const result = await work(transaction);
        if (result.ok) await transaction.done;
        else abort(transaction);
        return result;
      } catch (error) {
        if (transaction === undefined) return err(problemOf(error));
        abort(transaction);
        // A full disk aborts the transaction; the request itself then only says "aborted".
        return err(problemOf(transaction.error ?? error));
      }
    },
    close: () => {
      end({ code: 'STORE_UNAVAILABLE', message: 'The store was closed.' });
    },
  });
}

interface OpenEvents {
  readonly blocking: (newVersion: number | null) => void;
  readonly terminated: () => void;
}

function open(
  name: string,
  migrations: readonly Migration[],
  events: OpenEvents,
): Promise<Result<Database, StoreProblem>> {
  return new Promise((resolve) => {
    let gaveUp = false;
    const giveUp = () => {
      gaveUp = true;
      resolve(err(BLOCKED));
    };
    const settle = async () => {
      const opened = await openNow(name, migrations, { ...events, blocked: giveUp });
      // The tab in the way was closed after all; this answer comes too late.
      if (gaveUp && opened.ok) opened.value.close();
      else resolve(opened);
    };
    void settle();
  });
}

const BLOCKED: StoreProblem = {
  code: 'STORE_BLOCKED',
  message:
    'Another tab has the studio open in an older version. Close or reload that tab, then reload this one.',
};

async function openNow(
  name: string,
  migrations: readonly Migration[],
  events: OpenEvents & { readonly blocked: () => void },
): Promise<Result<Database, StoreProblem>> {
  let migrationError: unknown;
  try {
    // Merely reaching for `indexedDB` can throw, in a sandboxed frame for one.
    if (typeof indexedDB === 'undefined') throw new ReferenceError('There is no IndexedDB.');
    const database = await openDB<Tables>(name, migrations.length, {
      upgrade: (newer, from, _to, upgrade) => {
        ignoreRejection(upgrade.done);
        runMigrations(migrations.slice(from), newer, upgrade).catch((error: unknown) => {
          migrationError = error;
          abort(upgrade);
        });
      },
      blocked: events.blocked,
      blocking: (_current, newVersion) => {
        events.blocking(newVersion);
      },
      terminated: events.terminated,
    });
    return ok(database);
  } catch (error) {
    return err(openingProblem(migrationError ?? error));
  }
}

async function runMigrations(
  steps: readonly Migration[],
  ...target: Parameters<Migration['run']>
): Promise<void> {
  for (const step of steps) await step.run(...target);
}

function openingProblem(error: unknown): StoreProblem {
  switch (errorName(error)) {
    case 'VersionError':
      return {
        code: 'STORE_NEWER',
        message:
          'The saved packs belong to a newer release of the studio. Nothing was changed; reload to get that release.',
      };
    case 'ReferenceError':
    case 'SecurityError':
    case 'InvalidStateError':
    case 'NotSupportedError':
      return {
        code: 'STORE_UNAVAILABLE',
        message:
          'This browser does not let the studio store anything here, as in some private windows. Edits last until the tab is closed.',
      };
    default:
      return problemOf(error);
  }
}

function superseded(newVersion: number | null): StoreProblem {
  if (newVersion === null) {
    return { code: 'STORE_UNAVAILABLE', message: 'The saved packs were deleted in another tab.' };
  }
  return {
    code: 'STORE_NEWER',
    message: 'A newer release of the studio was opened in another tab. Reload to go on here.',
  };
}

/** What an exception of IndexedDB means to the user. */
function problemOf(error: unknown): StoreProblem {
  if (errorName(error) === 'QuotaExceededError') {
    return {
      code: 'STORE_FULL',
      message: 'The browser has no room left to save this. Delete packs, or free disk space.',
    };
  }
  const detail = error instanceof Error && error.message !== '' ? error.message : String(error);
  return { code: 'STORE_FAILED', message: `Saving or reading failed: ${detail}` };
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already; there is nothing left to undo.
  }
}

/** The outcome is awaited, or found out from the request, elsewhere. */
function ignoreRejection(promise: Promise<unknown>): void {
  promise.catch(() => undefined);
}
