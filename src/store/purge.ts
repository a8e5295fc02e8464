import type { WriteTransaction } from './connection.ts';
import { recordsOf } from './files.ts';
import { fileRecord, packRecord, readRecord } from './records.ts';
import { purgeVersions } from './versions.ts';

/**
 * Removes for good what was deleted before `before` (epoch ms). Records that this release cannot
 * read stay, and a pack that has such a file stays whole.
 */
export async function purge(transaction: WriteTransaction, before: number): Promise<void> {
  const packs = transaction.objectStore('packs');
  const gone: string[] = [];
  for (const raw of await packs.getAll()) {
    const pack = readRecord(packRecord, { store: 'packs', key: '' }, raw);
    if (!pack.ok || !deletedBefore(pack.value, before)) continue;
    const files = await recordsOf(transaction, pack.value.id);
    if (files.some(({ record }) => !record.ok)) continue;
    await transaction
      .objectStore('files')
      .delete(IDBKeyRange.bound([pack.value.id], [pack.value.id, []]));
    await packs.delete(pack.value.id);
    gone.push(pack.value.id);
  }
  const files = transaction.objectStore('files');
  for (let cursor = await files.openCursor(); cursor !== null; cursor = await cursor.continue()) {
    const file = readRecord(fileRecord, { store: 'files', key: '' }, cursor.value);
    if (file.ok && deletedBefore(file.value, before)) await cursor.delete();
  }
  await purgeVersions(transaction, before, gone);
}

function deletedBefore(
  record: { readonly deletedAt?: number | undefined },
  before: number,
): boolean {
  return record.deletedAt !== undefined && record.deletedAt < before;
}
