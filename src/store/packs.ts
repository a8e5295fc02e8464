import { err, ok, type Result } from '../base/result.ts';
import type { ReadTransaction, WriteTransaction } from './connection.ts';
import { filesOf, putFile } from './files.ts';
import type { StoreProblem } from './problem.ts';
import { packRecord, readRecord, RECORD_FORMAT, type PackRecord } from './records.ts';
import type { NewPack, PackInfo, PackList, PackState } from './store.ts';

/** Reads the packs that are not deleted, sorted by name. */
export async function listPacks(
  transaction: ReadTransaction,
): Promise<Result<PackList, StoreProblem>> {
  const table = transaction.objectStore('packs');
  const [keys, records] = await Promise.all([table.getAllKeys(), table.getAll()]);
  const packs: PackInfo[] = [];
  const problems: StoreProblem[] = [];
  for (const [index, raw] of records.entries()) {
    const pack = readRecord(packRecord, { store: 'packs', key: String(keys[index]) }, raw);
    if (!pack.ok) problems.push(pack.error);
    else if (pack.value.deletedAt === undefined) packs.push(infoOf(pack.value));
  }
  packs.sort((a, b) => a.name.localeCompare(b.name) || a.createdAt - b.createdAt);
  return ok({ packs, problems });
}

/** Reads a pack and those of its files that can be read. */
export async function readPack(
  transaction: ReadTransaction,
  packId: string,
): Promise<Result<PackState, StoreProblem>> {
  const pack = await livePack(transaction, packId);
  if (!pack.ok) return pack;
  const { files, problems } = await filesOf(transaction, packId);
  return ok({ pack: infoOf(pack.value), files, problems });
}

/** The pack's record, or STORE_MISSING when it was never there or is deleted. */
export async function livePack(
  transaction: ReadTransaction | WriteTransaction,
  packId: string,
): Promise<Result<PackRecord, StoreProblem>> {
  const pack = await anyPack(transaction, packId);
  if (!pack.ok) return pack;
  if (pack.value === undefined || pack.value.deletedAt !== undefined) return missingPack(packId);
  return ok(pack.value);
}

async function anyPack(
  transaction: ReadTransaction | WriteTransaction,
  packId: string,
): Promise<Result<PackRecord | undefined, StoreProblem>> {
  const raw = await transaction.objectStore('packs').get(packId);
  if (raw === undefined) return ok(undefined);
  return readRecord(packRecord, { store: 'packs', key: packId }, raw);
}

/** Writes a new pack with its files. An id in use, even by a deleted pack, is STORE_EXISTS. */
export async function createPack(
  transaction: WriteTransaction,
  pack: NewPack,
  now: number,
): Promise<Result<PackInfo, StoreProblem>> {
  const id = pack.id ?? crypto.randomUUID();
  const taken = await transaction.objectStore('packs').getKey(id);
  if (taken !== undefined) {
    return err({ code: 'STORE_EXISTS', message: `There is a pack with the id “${id}” already.` });
  }
  const record: PackRecord = {
    v: RECORD_FORMAT,
    id,
    name: pack.name,
    createdAt: now,
    ...(pack.exampleName === undefined ? {} : { exampleName: pack.exampleName }),
  };
  const writes: Promise<unknown>[] = [transaction.objectStore('packs').put(record)];
  for (const [path, text] of pack.files) {
    writes.push(putFile(transaction, { packId: id, path, text, revision: 1, updatedAt: now }));
  }
  await Promise.all(writes);
  return ok(infoOf(record));
}

/** Gives a pack another name. */
export async function renamePack(
  transaction: WriteTransaction,
  packId: string,
  name: string,
): Promise<Result<PackInfo, StoreProblem>> {
  const pack = await livePack(transaction, packId);
  if (!pack.ok) return pack;
  const renamed = { ...pack.value, name };
  await transaction.objectStore('packs').put(renamed);
  return ok(infoOf(renamed));
}

/** Hides a pack. */
export async function deletePack(
  transaction: WriteTransaction,
  packId: string,
  now: number,
): Promise<Result<void, StoreProblem>> {
  const pack = await livePack(transaction, packId);
  if (!pack.ok) return pack;
  await transaction.objectStore('packs').put({ ...pack.value, deletedAt: now });
  return ok(undefined);
}

/** Brings a hidden pack back; one that is not hidden stays as it is. */
export async function restorePack(
  transaction: WriteTransaction,
  packId: string,
): Promise<Result<void, StoreProblem>> {
  const pack = await anyPack(transaction, packId);
  if (!pack.ok) return pack;
  if (pack.value === undefined) return missingPack(packId);
  const { deletedAt: _, ...restored } = pack.value;
  await transaction.objectStore('packs').put(restored);
  return ok(undefined);
}

function missingPack(packId: string): Result<never, StoreProblem> {
  return err({ code: 'STORE_MISSING', message: `The pack “${packId}” is not stored here.` });
}

function infoOf(record: PackRecord): PackInfo {
  return {
    id: record.id,
    name: record.name,
    createdAt: record.createdAt,
    ...(record.exampleName === undefined ? {} : { exampleName: record.exampleName }),
  };
}
