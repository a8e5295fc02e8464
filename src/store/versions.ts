/**
 * Saved versions of a pack. A version is a small record, and its contents are blobs under their hashes:
 * the manifest, whose hash is the pack's digest, and each file's text. Versions share what they have in
 * common, nothing of a version can change without its digest telling, and a list reads no contents.
 */
import { err, ok, type Result } from '../base/result.ts';
import { contentHash, packManifest } from '../pack/digest.ts';
import type { ReadTransaction, WriteTransaction } from './connection.ts';
import { blobText, damaged, hashIn, keepBlob, manifestOf, type KnownTexts } from './contents.ts';
import type { RecordName, StoreProblem } from './problem.ts';
import {
  corrupt,
  readRecord,
  RECORD_FORMAT,
  versionRecord,
  type VersionRecord,
} from './records.ts';
import type { NewVersion, VersionInfo, VersionList, VersionState } from './store.ts';

/** Those of a pack that are not deleted, the newest first. */
export async function listVersions(
  transaction: ReadTransaction | WriteTransaction,
  packId: string,
): Promise<Result<VersionList, StoreProblem>> {
  const versions: VersionInfo[] = [];
  const problems: StoreProblem[] = [];
  for (const record of await recordsOf(transaction, packId)) {
    if (!record.ok) problems.push(record.error);
    else if (record.value.deletedAt === undefined) versions.push(infoOf(record.value));
  }
  versions.sort((a, b) => b.createdAt - a.createdAt);
  return ok({ versions, problems });
}

/**
 * One version with its files, or with those that are wanted. Refused whole when any content of them is
 * missing or is not what its hash says.
 */
export async function openVersion(
  transaction: ReadTransaction,
  packId: string,
  digest: string,
  texts: KnownTexts,
  isWanted: (path: string) => boolean = () => true,
): Promise<Result<VersionState, StoreProblem>> {
  const version = await liveVersion(transaction, packId, digest);
  if (!version.ok) return version;
  const all = await manifestOf(transaction, digest);
  if (!all.ok) return all;
  const entries = all.value.filter(([path]) => isWanted(path));
  // Taken now: what is known may be forgotten while the rest is read.
  const found = new Map(entries.map(([, hash]) => [hash, texts.get(hash)] as const));
  const unknown = [...found].flatMap(([hash, text]) => (text === undefined ? [hash] : []));
  const read = await Promise.all(unknown.map((hash) => blobText(transaction, hash)));
  for (const [index, hash] of unknown.entries()) {
    const text = read[index];
    found.set(hash, text);
    if (text !== undefined) texts.set(hash, text);
  }
  const files = new Map<string, string>();
  for (const [path, hash] of entries) {
    const text = found.get(hash) ?? damaged({ store: 'blobs', key: hash }, 'it was not read');
    if (!text.ok) return text;
    files.set(path, text.value);
  }
  return ok({ version: infoOf(version.value), files });
}

/** Saves a version. The same contents or the same version number again is STORE_EXISTS. */
export async function saveVersion(
  transaction: WriteTransaction,
  packId: string,
  wanted: NewVersion,
  now: number,
): Promise<Result<VersionInfo, StoreProblem>> {
  const { text, entries } = packManifest(wanted.files);
  const digest = `sha256:${contentHash(text)}`;
  const { files, ...said } = wanted;
  // Whoever calls may hold a value that no record can: better refused now than unreadable later.
  const parsed = versionRecord.safeParse({
    ...said,
    v: RECORD_FORMAT,
    packId,
    digest,
    createdAt: now,
  });
  if (!parsed.success) return err(corrupt(nameOf(packId, digest), parsed.error));

  const { versions } = await listed(transaction, packId);
  const taken = versions.find((one) => one.digest === digest || one.version === said.version);
  if (taken !== undefined) {
    const what = taken.digest === digest ? 'These very contents are' : 'There is a version';
    return err({ code: 'STORE_EXISTS', message: `${what} ${taken.version} already.` });
  }
  const parent = said.parent;
  if (parent !== undefined && versions.every((one) => one.digest !== parent)) {
    return missing('The version that this one was made from');
  }
  const contents = new Map([[contentHash(text), text]]);
  for (const [path, hash] of entries) contents.set(hash, files.get(path) ?? '');
  for (const stored of await Promise.all(
    [...contents].map(([hash, content]) => keepBlob(transaction, hash, content)),
  )) {
    if (!stored.ok) return stored;
  }
  await transaction.objectStore('versions').put(parsed.data);
  return ok(infoOf(parsed.data));
}

/** Gives a version other tags; nothing else of it ever changes. */
export async function tagVersion(
  transaction: WriteTransaction,
  packId: string,
  digest: string,
  tags: readonly string[],
): Promise<Result<VersionInfo, StoreProblem>> {
  const version = await liveVersion(transaction, packId, digest);
  if (!version.ok) return version;
  const parsed = versionRecord.safeParse({ ...version.value, tags });
  if (!parsed.success) return err(corrupt(nameOf(packId, digest), parsed.error));
  await transaction.objectStore('versions').put(parsed.data);
  return ok(infoOf(parsed.data));
}

/** Hides a version. One that others were made from is STORE_IN_USE: their history would break. */
export async function deleteVersion(
  transaction: WriteTransaction,
  packId: string,
  digest: string,
  now: number,
): Promise<Result<void, StoreProblem>> {
  const version = await liveVersion(transaction, packId, digest);
  if (!version.ok) return version;
  const { versions } = await listed(transaction, packId);
  const children = versions.filter(({ parent }) => parent === digest);
  if (children.length > 0) {
    const names = children.map((child) => child.version).join(', ');
    return err({
      code: 'STORE_IN_USE',
      message: `${version.value.version} cannot be deleted: ${names} was made from it.`,
      by: children.map((child) => child.digest),
    });
  }
  await transaction.objectStore('versions').put({ ...version.value, deletedAt: now });
  return ok(undefined);
}

/** Undoes a deletion. STORE_MISSING once purged; STORE_EXISTS when its number was taken meanwhile. */
export async function restoreVersion(
  transaction: WriteTransaction,
  packId: string,
  digest: string,
): Promise<Result<void, StoreProblem>> {
  const version = await anyVersion(transaction, packId, digest);
  if (!version.ok) return version;
  const { deletedAt, ...restored } = version.value;
  if (deletedAt === undefined) return ok(undefined);
  const { versions } = await listed(transaction, packId);
  if (versions.some((other) => other.version === restored.version)) {
    return err({
      code: 'STORE_EXISTS',
      message: `There is a version ${restored.version} already.`,
    });
  }
  await transaction.objectStore('versions').put(restored);
  return ok(undefined);
}

/**
 * Removes for good the versions of `packIds`, those deleted before `before` (epoch ms), and every
 * content that no version has any more. A record or manifest that cannot be read keeps all contents.
 */
export async function purgeVersions(
  transaction: WriteTransaction,
  before: number,
  packIds: readonly string[],
): Promise<void> {
  const table = transaction.objectStore('versions');
  const kept: VersionRecord[] = [];
  let certain = true;
  let removed = false;
  const [keys, records] = await Promise.all([table.getAllKeys(), table.getAll()]);
  for (const [index, raw] of records.entries()) {
    const [packId, digest] = keys[index] ?? ['', ''];
    const version = readRecord(versionRecord, nameOf(packId, digest), raw);
    if (!version.ok) {
      certain = false;
      continue;
    }
    const { deletedAt } = version.value;
    if (packIds.includes(packId) || (deletedAt !== undefined && deletedAt < before)) {
      await table.delete([packId, digest]);
      removed = true;
    } else kept.push(version.value);
  }
  if (!removed || !certain) return;
  const used = new Set<string>();
  for (const digest of new Set(kept.map((version) => version.digest))) {
    const entries = await manifestOf(transaction, digest);
    if (!entries.ok) return;
    used.add(hashIn(digest));
    for (const [, hash] of entries.value) used.add(hash);
  }
  const blobs = transaction.objectStore('blobs');
  for (const hash of await blobs.getAllKeys()) if (!used.has(hash)) await blobs.delete(hash);
}

async function recordsOf(
  transaction: ReadTransaction | WriteTransaction,
  packId: string,
): Promise<readonly Result<VersionRecord, StoreProblem>[]> {
  const table = transaction.objectStore('versions');
  // An array sorts after every string, so this is exactly the keys that start with the pack's id.
  const range = IDBKeyRange.bound([packId], [packId, []]);
  const [keys, records] = await Promise.all([table.getAllKeys(range), table.getAll(range)]);
  return keys.map(([, digest], index) =>
    readRecord(versionRecord, nameOf(packId, digest), records[index]),
  );
}

async function listed(transaction: WriteTransaction, packId: string): Promise<VersionList> {
  const list = await listVersions(transaction, packId);
  return list.ok ? list.value : { versions: [], problems: [] };
}

async function anyVersion(
  transaction: ReadTransaction | WriteTransaction,
  packId: string,
  digest: string,
): Promise<Result<VersionRecord, StoreProblem>> {
  const raw = await transaction.objectStore('versions').get([packId, digest]);
  if (raw === undefined) return missing('This version');
  return readRecord(versionRecord, nameOf(packId, digest), raw);
}

async function liveVersion(
  transaction: ReadTransaction | WriteTransaction,
  packId: string,
  digest: string,
): Promise<Result<VersionRecord, StoreProblem>> {
  const version = await anyVersion(transaction, packId, digest);
  return version.ok && version.value.deletedAt !== undefined ? missing('This version') : version;
}

function missing(what: string): Result<never, StoreProblem> {
  return err({ code: 'STORE_MISSING', message: `${what} is not stored here.` });
}

function nameOf(packId: string, digest: string): RecordName {
  return { store: 'versions', key: `${packId} / ${digest}` };
}

function infoOf(record: VersionRecord): VersionInfo {
  const { digest, version, author, message, createdAt, parent, tags, scenarios } = record;
  return {
    digest,
    version,
    author,
    message,
    createdAt,
    ...(parent === undefined ? {} : { parent }),
    tags,
    scenarios,
  };
}
