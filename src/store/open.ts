import { err, ok, type Result } from '../base/result.ts';
import { connect, type Connection } from './connection.ts';
import { KnownTexts } from './contents.ts';
import * as files from './files.ts';
import * as keys from './keys.ts';
import type { Migration } from './migrations.ts';
import * as packs from './packs.ts';
import type { StoreProblem } from './problem.ts';
import { purge } from './purge.ts';
import { corrupt, readRecord, RECORD_FORMAT, uiRecord } from './records.ts';
import type { DeletedThing, Store, StoreEvent } from './store.ts';
import { joinTabs, type TabChange } from './tabs.ts';
import * as versions from './versions.ts';

export interface OpenOptions {
  /** Default `stage0-studio`. */
  readonly name?: string;
  /** The steps to the current database version; tests pass other releases' lists. */
  readonly migrations?: readonly Migration[];
}

/** Opens the store, migrating an older database. Nothing throws; a newer database is left untouched. */
export async function openStore(options: OpenOptions = {}): Promise<Result<Store, StoreProblem>> {
  const { name = 'stage0-studio', migrations } = options;
  const listeners = new Set<(event: StoreEvent) => void>();
  const emit = (event: StoreEvent) => {
    for (const listener of listeners) listener(event);
  };
  const connected = await connect({
    name,
    ...(migrations === undefined ? {} : { migrations }),
    onSuperseded: (problem) => {
      emit({ kind: 'closed', problem });
    },
  });
  if (!connected.ok) return connected;
  return ok(storeOver(connected.value, name, listeners, emit));
}

function storeOver(
  connection: Connection,
  name: string,
  listeners: Set<(event: StoreEvent) => void>,
  emit: (event: StoreEvent) => void,
): Store {
  const tabs = joinTabs(name, emit);
  const texts = new KnownTexts();

  /** Tells the other tabs, but only of what was committed. */
  async function announced<T>(
    work: Promise<Result<T, StoreProblem>>,
    change: (value: T) => TabChange,
  ): Promise<Result<T, StoreProblem>> {
    const result = await work;
    if (result.ok) tabs.tell(change(result.value));
    return result;
  }

  const packChanged = (packId: string): TabChange => ({ kind: 'pack', packId, paths: [] });
  const versionsChanged = (packId: string): TabChange => ({ kind: 'versions', packId, paths: [] });
  const filesChanged = (packId: string, ...paths: string[]): TabChange => ({
    kind: 'files',
    packId,
    paths,
  });

  /** A write to the files of a pack that is there. */
  function writeIn<T>(
    packId: string,
    work: Parameters<typeof connection.write<T>>[1],
    durability?: 'strict',
  ): Promise<Result<T, StoreProblem>> {
    return connection.write<T>(
      ['packs', 'files', 'quarantine'],
      async (transaction) => {
        const pack = await packs.livePack(transaction, packId);
        return pack.ok ? await work(transaction) : pack;
      },
      durability,
    );
  }

  /** A write to the versions of a pack that is there. Strict: a version is meant to last. */
  function writeVersion<T>(
    packId: string,
    work: Parameters<typeof connection.write<T>>[1],
  ): Promise<Result<T, StoreProblem>> {
    return connection.write<T>(
      ['packs', 'versions', 'blobs'],
      async (transaction) => {
        const pack = await packs.livePack(transaction, packId);
        return pack.ok ? await work(transaction) : pack;
      },
      'strict',
    );
  }

  return {
    listPacks: () => connection.read(['packs'], packs.listPacks),
    readPack: (packId) => connection.read(['packs', 'files'], (t) => packs.readPack(t, packId)),
    createPack: (pack) =>
      announced(
        connection.write(
          ['packs', 'files'],
          (t) => packs.createPack(t, pack, Date.now()),
          'strict',
        ),
        ({ id }) => packChanged(id),
      ),
    renamePack: (packId, newName) =>
      announced(
        connection.write(['packs'], (t) => packs.renamePack(t, packId, newName)),
        () => packChanged(packId),
      ),
    deletePack: (packId) =>
      announced(
        connection.write<DeletedThing>(['packs'], async (t) => {
          const done = await packs.deletePack(t, packId, Date.now());
          return done.ok ? ok({ kind: 'pack', packId }) : done;
        }),
        () => packChanged(packId),
      ),

    writeFile: (packId, path, text, baseRevision) =>
      announced(
        writeIn(packId, (t) =>
          files.writeFile(t, { packId, path, text, baseRevision }, Date.now()),
        ),
        () => filesChanged(packId, path),
      ),
    renameFile: (packId, from, to) =>
      announced(
        writeIn(packId, (t) => files.renameFile(t, packId, { from, to }, Date.now())),
        () => filesChanged(packId, from, to),
      ),
    deleteFile: (packId, path) =>
      announced(
        writeIn<DeletedThing>(packId, async (t) => {
          const done = await files.deleteFile(t, packId, path, Date.now());
          return done.ok ? ok({ kind: 'file', packId, path }) : done;
        }),
        () => filesChanged(packId, path),
      ),
    restore: (deleted) => {
      const { packId } = deleted;
      switch (deleted.kind) {
        case 'pack':
          return announced(
            connection.write(['packs'], (t) => packs.restorePack(t, packId)),
            () => packChanged(packId),
          );
        case 'file':
          return announced(
            writeIn(packId, (t) => files.restoreFile(t, packId, deleted.path, Date.now())),
            () => filesChanged(packId, deleted.path),
          );
        case 'version':
          return announced(
            writeVersion(packId, (t) => versions.restoreVersion(t, packId, deleted.digest)),
            () => versionsChanged(packId),
          );
      }
    },
    replaceAll: (packId, newFiles) =>
      announced(
        writeIn(packId, (t) => files.replaceAll(t, packId, newFiles, Date.now()), 'strict'),
        () => ({ kind: 'replaced', packId, paths: [...newFiles.keys()] }),
      ),
    purge: (before) =>
      connection.write(['packs', 'files', 'versions', 'blobs'], async (t) => {
        await purge(t, before);
        return ok(undefined);
      }),

    listVersions: (packId) =>
      connection.read(['versions'], (t) => versions.listVersions(t, packId)),
    openVersion: (packId, digest) =>
      connection.read(['versions', 'blobs'], (t) => versions.openVersion(t, packId, digest, texts)),
    openRules: (packId, digest) =>
      connection.read(['versions', 'blobs'], (t) =>
        versions.openVersion(t, packId, digest, texts, (path) => !path.startsWith('scenarios/')),
      ),
    saveVersion: (packId, version) =>
      announced(
        writeVersion(packId, (t) => versions.saveVersion(t, packId, version, Date.now())),
        () => versionsChanged(packId),
      ),
    tagVersion: (packId, digest, tags) =>
      announced(
        writeVersion(packId, (t) => versions.tagVersion(t, packId, digest, tags)),
        () => versionsChanged(packId),
      ),
    deleteVersion: (packId, digest) =>
      announced(
        writeVersion<DeletedThing>(packId, async (t) => {
          const done = await versions.deleteVersion(t, packId, digest, Date.now());
          return done.ok ? ok({ kind: 'version', packId, digest }) : done;
        }),
        () => versionsChanged(packId),
      ),

    listKeys: () => connection.read(['keys'], keys.listKeys),
    // Strict: whoever trusts the key by now must not find it gone.
    saveKey: (key) => connection.write(['keys'], (t) => keys.saveKey(t, key), 'strict'),
    deleteKey: (keyid) => connection.write(['keys'], (t) => keys.deleteKey(t, keyid), 'strict'),

    readUi: (key, schema) =>
      connection.read(['ui'], async (t) => {
        const raw = await t.objectStore('ui').get(key);
        if (raw === undefined) return ok(undefined);
        const record = readRecord(uiRecord, { store: 'ui', key }, raw);
        if (!record.ok) return record;
        const value = schema.safeParse(record.value.value);
        return value.success ? ok(value.data) : err(corrupt({ store: 'ui', key }, value.error));
      }),
    writeUi: (key, value) =>
      connection.write(['ui'], async (t) => {
        const raw = await t.objectStore('ui').get(key);
        if (raw !== undefined) {
          const record = readRecord(uiRecord, { store: 'ui', key }, raw);
          if (!record.ok && record.error.code === 'STORE_NEWER') return record;
        }
        await t.objectStore('ui').put({ v: RECORD_FORMAT, key, value, updatedAt: Date.now() });
        return ok(undefined);
      }),

    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    close: () => {
      tabs.close();
      connection.close();
    },
  };
}
