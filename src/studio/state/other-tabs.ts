import type { StoreProblem } from '../../store/problem.ts';
import type { StoreEvent } from '../../store/store.ts';
import type { FileChange } from '../../worker/engine-api.ts';
import type { Studio } from './studio.ts';
import { followVersions } from './versions.ts';

/** Brings this tab up to what another one stored. */
export async function followOtherTab(studio: Studio, event: StoreEvent): Promise<void> {
  switch (event.kind) {
    case 'closed':
      studio.set({ storeProblem: event.problem });
      return;
    case 'pack':
      await followPacks(studio);
      return;
    case 'files':
    case 'replaced':
      await followFiles(studio, event);
      return;
    case 'versions':
      if (event.packId === studio.state.packId) await followVersions(studio);
      return;
  }
}

async function followPacks(studio: Studio): Promise<void> {
  await studio.listPacks();
  const { packs, packId } = studio.state;
  const [first] = packs;
  if (first !== undefined && packs.every((pack) => pack.id !== packId)) {
    await studio.openPack(first.id);
  }
}

async function followFiles(
  studio: Studio,
  event: Extract<StoreEvent, { kind: 'files' | 'replaced' }>,
): Promise<void> {
  const { packId } = studio.state;
  const { queue, store } = studio.parts;
  if (event.packId !== packId || store === undefined) return;
  const read = await store.readPack(packId);
  // Another pack may have been opened meanwhile: these texts are none of its own.
  if (studio.state.packId !== packId) return;
  if (!read.ok) {
    studio.refuse(read.error);
    return;
  }
  const stored = new Map(read.value.files.map((file) => [file.path, file]));
  const paths =
    event.kind === 'replaced' ? [...studio.state.files.keys(), ...stored.keys()] : event.paths;
  const changes: FileChange[] = [];
  for (const path of new Set(paths)) {
    // A file with an unsaved text of ours stays as it is: the queue will report the conflict.
    if (queue?.draft(packId, path) !== undefined) continue;
    const file = stored.get(path);
    if (file !== undefined) queue?.loaded(packId, path, file.revision);
    if (file?.text !== studio.state.files.get(path)) changes.push({ path, text: file?.text });
  }
  if (changes.length > 0) studio.applyChanges(changes);
  for (const { path, text } of changes) if (text === undefined) studio.closeFile(path);
}

/** Another tab wrote the file that is being edited here: one of the two texts wins, by choice. */
export async function settleConflict(
  studio: Studio,
  problem: Extract<StoreProblem, { code: 'STORE_CONFLICT' }>,
  keep: 'mine' | 'theirs',
): Promise<void> {
  const { queue } = studio.parts;
  const { packId, path, theirs, revision } = problem;
  if (keep === 'theirs') {
    queue?.discard(packId, path);
    queue?.rebase(packId, path, revision);
    if (packId === studio.state.packId) studio.applyChanges([{ path, text: theirs?.text }]);
  } else {
    queue?.rebase(packId, path, revision);
    await queue?.flush();
  }
}
