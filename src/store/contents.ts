/** The contents of versions: texts under their own hashes, so that nothing of them can change unnoticed. */
import { err, ok, type Result } from '../base/result.ts';
import { contentHash } from '../pack/digest.ts';
import { FILE_LIMITS } from '../pack/files.ts';
import type { ReadTransaction, WriteTransaction } from './connection.ts';
import type { RecordName, StoreProblem } from './problem.ts';
import { blobRecord, corrupt, manifest, readRecord, RECORD_FORMAT } from './records.ts';
import type { z } from './zod.ts';

/**
 * Texts that were read and are what their hashes say, so that versions of thousands of files that have
 * most of them in common are not read whole each time. A text is never another under the same hash.
 */
export class KnownTexts {
  readonly #texts = new Map<string, Result<string, StoreProblem>>();
  #size = 0;

  get(hash: string): Result<string, StoreProblem> | undefined {
    return this.#texts.get(hash);
  }

  set(hash: string, text: Result<string, StoreProblem>): void {
    if (!text.ok || this.#texts.has(hash)) return;
    this.#size += text.value.length;
    if (this.#size > KNOWN_CHARACTERS) {
      this.#texts.clear();
      this.#size = text.value.length;
    }
    this.#texts.set(hash, text);
  }
}

/** The texts of the largest pack that there can be. */
const KNOWN_CHARACTERS = FILE_LIMITS.total;

/** Keeps a content under its hash; what is there already stays. */
export async function keepBlob(
  transaction: WriteTransaction,
  hash: string,
  text: string,
): Promise<Result<void, StoreProblem>> {
  const table = transaction.objectStore('blobs');
  const raw: unknown = await table.get(hash);
  const known =
    raw === undefined ? undefined : readRecord(blobRecord, { store: 'blobs', key: hash }, raw);
  if (known?.ok === false && known.error.code === 'STORE_NEWER') return known;
  // A damaged content is mended here, and with it every version that has it.
  if (known?.ok !== true || known.value.text !== text) {
    await table.put({ v: RECORD_FORMAT, hash, text });
  }
  return ok(undefined);
}

/** The content under a hash; STORE_CORRUPT when it is missing or is another. */
export async function blobText(
  transaction: ReadTransaction | WriteTransaction,
  hash: string,
): Promise<Result<string, StoreProblem>> {
  const record: RecordName = { store: 'blobs', key: hash };
  const raw: unknown = await transaction.objectStore('blobs').get(hash);
  if (raw === undefined) return damaged(record, 'it is not there');
  const blob = readRecord(blobRecord, record, raw);
  if (!blob.ok) return blob;
  const { text } = blob.value;
  return contentHash(text) === hash ? ok(text) : damaged(record, 'it is not what its hash says');
}

/** A version's files by path, with the hash of each one's content. */
export async function manifestOf(
  transaction: ReadTransaction | WriteTransaction,
  digest: string,
): Promise<Result<z.output<typeof manifest>, StoreProblem>> {
  const record: RecordName = { store: 'blobs', key: hashIn(digest) };
  const text = await blobText(transaction, record.key);
  if (!text.ok) return text;
  try {
    const entries = manifest.safeParse(JSON.parse(text.value));
    return entries.success ? ok(entries.data) : err(corrupt(record, entries.error));
  } catch {
    return damaged(record, 'it is no manifest');
  }
}

/** A content that cannot be trusted. */
export function damaged(record: RecordName, why: string): Result<never, StoreProblem> {
  return err({
    code: 'STORE_CORRUPT',
    message: `The stored content “${record.key}” is damaged: ${why}. The version was not opened.`,
    record,
    field: 'text',
  });
}

/** The hash that a digest is made of. */
export function hashIn(digest: string): string {
  return digest.replace(/^sha256:/, '');
}
