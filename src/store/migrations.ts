import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';

/** The object stores. Values are unknown until `readRecord` has seen them. */
export interface Tables extends DBSchema {
  packs: { key: string; value: unknown };
  files: { key: [string, string]; value: unknown };
  ui: { key: string; value: unknown };
  /** Unreadable records that a replacement had to move out of the way; nothing is thrown away. */
  quarantine: { key: number; value: unknown };
  /** By pack and digest: small, so that a long history lists quickly. */
  versions: { key: [string, string]; value: unknown };
  /** By hash: file texts and manifests, each once, however many versions share it. */
  blobs: { key: string; value: unknown };
  /** By thumbprint: the keys that sign bundles. No script can read the private half. */
  keys: { key: string; value: unknown };
}

export type Database = IDBPDatabase<Tables>;
type Upgrade = IDBPTransaction<Tables, StoreNames<Tables>[], 'versionchange'>;

/**
 * One step from a database version to the next. It may only touch the database through what it is
 * given, and awaits nothing else: otherwise the upgrade would commit half way.
 */
export interface Migration {
  /** Says in the code what the step is for. */
  readonly name: string;
  run(database: Database, upgrade: Upgrade): Promise<void>;
}

/**
 * The steps that lead to the current database, oldest first; the database version is their number.
 * A released step is never edited: a change is a new step.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: 'packs, files, settings',
    run: async (database) => {
      database.createObjectStore('packs', { keyPath: 'id' });
      // The compound key makes "all files of a pack" one range, sorted by path.
      database.createObjectStore('files', { keyPath: ['packId', 'path'] });
      database.createObjectStore('ui', { keyPath: 'key' });
      database.createObjectStore('quarantine', { autoIncrement: true });
      await Promise.resolve();
    },
  },
  {
    name: 'versions, and the contents they share',
    run: async (database) => {
      database.createObjectStore('versions', { keyPath: ['packId', 'digest'] });
      database.createObjectStore('blobs', { keyPath: 'hash' });
      await Promise.resolve();
    },
  },
  {
    name: 'keys that sign bundles',
    run: async (database) => {
      database.createObjectStore('keys', { keyPath: 'keyid' });
      await Promise.resolve();
    },
  },
];
