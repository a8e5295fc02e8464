/** The keys that sign bundles. They belong to the browser, not to a pack, and are never changed. */
import { err, ok, type Result } from '../base/result.ts';
import type { ReadTransaction, WriteTransaction } from './connection.ts';
import type { RecordName, StoreProblem } from './problem.ts';
import { corrupt, keyRecord, readRecord, RECORD_FORMAT } from './records.ts';
import type { KeyList, SigningKey } from './store.ts';

export async function listKeys(
  transaction: ReadTransaction,
): Promise<Result<KeyList, StoreProblem>> {
  const table = transaction.objectStore('keys');
  const [ids, records] = await Promise.all([table.getAllKeys(), table.getAll()]);
  const keys: SigningKey[] = [];
  const problems: StoreProblem[] = [];
  for (const [index, keyid] of ids.entries()) {
    const record = readRecord(keyRecord, nameOf(keyid), records[index]);
    if (!record.ok) {
      problems.push(record.error);
      continue;
    }
    const { v: _format, ...key } = record.value;
    keys.push(key);
  }
  keys.sort((a, b) => a.createdAt - b.createdAt);
  return ok({ keys, problems });
}

export async function saveKey(
  transaction: WriteTransaction,
  key: SigningKey,
): Promise<Result<void, StoreProblem>> {
  const parsed = keyRecord.safeParse({ ...key, v: RECORD_FORMAT });
  if (!parsed.success) return err(corrupt(nameOf(key.keyid), parsed.error));
  const table = transaction.objectStore('keys');
  if ((await table.getKey(key.keyid)) !== undefined) {
    return err({ code: 'STORE_EXISTS', message: 'This browser has that key already.' });
  }
  await table.put(parsed.data);
  return ok(undefined);
}

export async function deleteKey(
  transaction: WriteTransaction,
  keyid: string,
): Promise<Result<void, StoreProblem>> {
  await transaction.objectStore('keys').delete(keyid);
  return ok(undefined);
}

function nameOf(keyid: string): RecordName {
  return { store: 'keys', key: keyid };
}
