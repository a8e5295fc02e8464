import { err, ok, type Result } from '../base/result.ts';
import type { ReadTransaction, WriteTransaction } from './connection.ts';
import type { FileState, RecordName, StoreProblem } from './problem.ts';
import { fileRecord, readRecord, RECORD_FORMAT, type FileRecord } from './records.ts';
import type { Replaced } from './store.ts';

interface StoredFiles {
  /** Sorted by path; deleted ones left out. */
  readonly files: readonly FileState[];
  readonly problems: readonly StoreProblem[];
}

/** Reads the files of a pack that can be read. */
export async function filesOf(
  transaction: ReadTransaction | WriteTransaction,
  packId: string,
): Promise<StoredFiles> {
  const files: FileState[] = [];
  const problems: StoreProblem[] = [];
  for (const { record } of await recordsOf(transaction, packId)) {
    if (!record.ok) problems.push(record.error);
    else if (record.value.deletedAt === undefined) files.push(stateOf(record.value));
  }
  return { files, problems };
}

/** Writes one text on top of the revision it was made from; see `Store.writeFile`. */
export async function writeFile(
  transaction: WriteTransaction,
  wanted: {
    readonly packId: string;
    readonly path: string;
    readonly text: string;
    readonly baseRevision: number;
  },
  now: number,
): Promise<Result<FileState, StoreProblem>> {
  const { packId, path, text, baseRevision } = wanted;
  const found = await anyFile(transaction, packId, path);
  if (!found.ok) return found;
  const stored = found.value;
  const live = stored?.deletedAt === undefined ? stored : undefined;
  if (live?.text === text) return ok(stateOf(live));

  const revision = stored?.revision ?? 0;
  // A deleted file may be made anew; an edit of it, knowing nothing of the deletion, is a conflict.
  const onTop = baseRevision === revision || (baseRevision === 0 && live === undefined);
  if (!onTop) {
    return err({
      code: 'STORE_CONFLICT',
      message:
        live === undefined
          ? `${path} was deleted in another tab.`
          : `${path} was changed in another tab.`,
      packId,
      path,
      theirs: live === undefined ? undefined : stateOf(live),
      revision,
    });
  }
  return ok(
    await putFile(transaction, { packId, path, text, revision: revision + 1, updatedAt: now }),
  );
}

/** Moves a file to a free name. Both names change in the one transaction. */
export async function renameFile(
  transaction: WriteTransaction,
  packId: string,
  names: { readonly from: string; readonly to: string },
  now: number,
): Promise<Result<FileState, StoreProblem>> {
  const source = await liveFile(transaction, packId, names.from);
  if (!source.ok) return source;
  if (names.from === names.to) return ok(stateOf(source.value));
  const target = await anyFile(transaction, packId, names.to);
  if (!target.ok) return target;
  if (target.value !== undefined && target.value.deletedAt === undefined) return taken(names.to);
  await bury(transaction, source.value, now);
  const renamed = await putFile(transaction, {
    packId,
    path: names.to,
    text: source.value.text,
    revision: (target.value?.revision ?? 0) + 1,
    updatedAt: now,
  });
  return ok(renamed);
}

/** Hides a file, keeping its text. */
export async function deleteFile(
  transaction: WriteTransaction,
  packId: string,
  path: string,
  now: number,
): Promise<Result<void, StoreProblem>> {
  const file = await liveFile(transaction, packId, path);
  if (!file.ok) return file;
  await bury(transaction, file.value, now);
  return ok(undefined);
}

/** Brings a hidden file back. */
export async function restoreFile(
  transaction: WriteTransaction,
  packId: string,
  path: string,
  now: number,
): Promise<Result<void, StoreProblem>> {
  const file = await anyFile(transaction, packId, path);
  if (!file.ok) return file;
  if (file.value === undefined) return missingFile(path);
  if (file.value.deletedAt === undefined) return taken(path);
  const { text, revision } = file.value;
  await putFile(transaction, { packId, path, text, revision: revision + 1, updatedAt: now });
  return ok(undefined);
}

/** Replaces all files of a pack. A record of a newer release stops it; a damaged one is set aside. */
export async function replaceAll(
  transaction: WriteTransaction,
  packId: string,
  files: ReadonlyMap<string, string>,
  now: number,
): Promise<Result<Replaced, StoreProblem>> {
  const revisions = new Map<string, number>();
  const previous = new Map<string, string>();
  const writes: Promise<unknown>[] = [];
  const table = transaction.objectStore('files');
  for (const { key, raw, record } of await recordsOf(transaction, packId)) {
    if (!record.ok) {
      if (record.error.code === 'STORE_NEWER') return record;
      writes.push(
        transaction.objectStore('quarantine').put({ v: RECORD_FORMAT, at: now, record: raw }),
      );
      writes.push(table.delete(key));
      continue;
    }
    const file = record.value;
    revisions.set(file.path, file.revision);
    if (file.deletedAt !== undefined) continue;
    previous.set(file.path, file.text);
    if (!files.has(file.path)) writes.push(bury(transaction, file, now));
  }
  const stored: FileState[] = [];
  for (const [path, text] of files) {
    const revision = (revisions.get(path) ?? 0) + 1;
    const state = { path, text, revision, updatedAt: now };
    stored.push(state);
    writes.push(putFile(transaction, { packId, ...state }));
  }
  await Promise.all(writes);
  return ok({ files: stored, previous });
}

/** Writes a file record, live. */
export async function putFile(
  transaction: WriteTransaction,
  file: Omit<FileRecord, 'v' | 'deletedAt'>,
): Promise<FileState> {
  const record: FileRecord = { v: RECORD_FORMAT, ...file };
  await transaction.objectStore('files').put(record);
  return stateOf(record);
}

/** Every record of a pack's files, in order of path, readable or not. */
export async function recordsOf(
  transaction: ReadTransaction | WriteTransaction,
  packId: string,
): Promise<
  readonly {
    readonly key: [string, string];
    readonly raw: unknown;
    readonly record: Result<FileRecord, StoreProblem>;
  }[]
> {
  const table = transaction.objectStore('files');
  // An array sorts after every string, so this is exactly the keys that start with the pack's id.
  const range = IDBKeyRange.bound([packId], [packId, []]);
  const [keys, records] = await Promise.all([table.getAllKeys(range), table.getAll(range)]);
  return keys.map((key, index) => {
    const raw = records[index];
    return { key, raw, record: readRecord(fileRecord, nameOf(packId, key[1]), raw) };
  });
}

async function anyFile(
  transaction: WriteTransaction,
  packId: string,
  path: string,
): Promise<Result<FileRecord | undefined, StoreProblem>> {
  const raw = await transaction.objectStore('files').get([packId, path]);
  if (raw === undefined) return ok(undefined);
  return readRecord(fileRecord, nameOf(packId, path), raw);
}

async function liveFile(
  transaction: WriteTransaction,
  packId: string,
  path: string,
): Promise<Result<FileRecord, StoreProblem>> {
  const file = await anyFile(transaction, packId, path);
  if (!file.ok) return file;
  if (file.value === undefined || file.value.deletedAt !== undefined) return missingFile(path);
  return ok(file.value);
}

async function bury(transaction: WriteTransaction, file: FileRecord, now: number): Promise<void> {
  const buried: FileRecord = {
    ...file,
    revision: file.revision + 1,
    updatedAt: now,
    deletedAt: now,
  };
  await transaction.objectStore('files').put(buried);
}

function stateOf(record: FileRecord): FileState {
  const { path, text, revision, updatedAt } = record;
  return { path, text, revision, updatedAt };
}

function nameOf(packId: string, path: string): RecordName {
  return { store: 'files', key: `${packId} / ${path}` };
}

function missingFile(path: string): Result<never, StoreProblem> {
  return err({ code: 'STORE_MISSING', message: `There is no stored file ${path}.` });
}

function taken(path: string): Result<never, StoreProblem> {
  return err({ code: 'STORE_EXISTS', message: `There is a file ${path} already.` });
}
