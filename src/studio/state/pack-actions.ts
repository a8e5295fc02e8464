/**
 * What can be done with the files, scenarios and packs of the working copy. Everything destructive
 * offers an undo, and a refusal by the store changes nothing on the screen.
 */
import { fileName, scenarioIdOf, scenarioPath } from './paths.ts';
import {
  freeStem,
  newScenario,
  requestText,
  scenarioTime,
  slug,
  withExpectation,
  withName,
  withRequestText,
} from './scenario-text.ts';
import type { StudioState } from './state.ts';
import type { Studio } from './studio.ts';

/** Creates a file. Returns whether it is there, in the pack that is still open. */
async function createFile(studio: Studio, path: string, text: string): Promise<boolean> {
  const { packId } = studio.state;
  const { store, queue } = studio.parts;
  if (packId === undefined) return false;
  if (store !== undefined) {
    const written = await store.writeFile(packId, path, text, 0);
    if (!written.ok) {
      studio.refuse(written.error);
      return false;
    }
    queue?.loaded(packId, path, written.value.revision);
  }
  if (studio.state.packId !== packId) return false;
  studio.applyChanges([{ path, text }]);
  return true;
}

/** Creates an empty policy file with the shape of a rule in it. */
export async function createPolicyFile(studio: Studio, path: string): Promise<void> {
  const stem = fileName(path).replace(/\.cedar$/, '');
  const text = `// ${stem}: say here what these rules are for.\n`;
  // With the cursor where the first rule goes: whoever makes a file wants to write in it.
  const end = text.length;
  if (await createFile(studio, path, text)) studio.reveal(path, { start: end, end });
}

/** Renames a file; its tab, and the selection when it is a scenario, follow. */
export async function renameFile(studio: Studio, from: string, to: string): Promise<void> {
  const { packId } = studio.state;
  const { store, queue } = studio.parts;
  if (packId === undefined || from === to) return;
  await studio.flush();
  if (store !== undefined) {
    const renamed = await store.renameFile(packId, from, to);
    if (!renamed.ok) {
      studio.refuse(renamed.error);
      return;
    }
    queue?.loaded(packId, to, renamed.value.revision);
  }
  if (studio.state.packId !== packId) return;
  const { files, tabs, activePath, scenarioId, requestDrafts } = studio.state;
  const text = files.get(from);
  if (text === undefined) return;
  const moved = scenarioIdOf(from);
  const follows = moved !== undefined && scenarioId === moved;
  const drafts = new Map(requestDrafts);
  const draft = moved === undefined ? undefined : drafts.get(moved);
  const target = scenarioIdOf(to);
  if (moved !== undefined && target !== undefined && draft !== undefined) {
    drafts.delete(moved);
    drafts.set(target, draft);
  }
  studio.set({
    tabs: tabs.map((tab) => (tab === from ? to : tab)),
    activePath: activePath === from ? to : activePath,
    scenarioId: follows ? target : scenarioId,
    requestDrafts: drafts,
  });
  studio.applyChanges([
    { path: from, text: undefined },
    { path: to, text },
  ]);
  studio.viewChanged();
}

/** Deletes a file; the toast brings it back. */
export async function deleteFile(studio: Studio, path: string): Promise<void> {
  const { packId, files, scenarioId } = studio.state;
  const { store } = studio.parts;
  const text = files.get(path);
  if (packId === undefined || text === undefined) return;
  await studio.flush();
  const deleted = await store?.deleteFile(packId, path);
  if (deleted?.ok === false) {
    studio.refuse(deleted.error);
    return;
  }
  if (studio.state.packId === packId) {
    studio.closeFile(path);
    if (scenarioIdOf(path) === scenarioId) studio.set({ scenarioId: neighbour(studio, path) });
    studio.applyChanges([{ path, text: undefined }]);
  }
  studio.parts.notify('info', `Deleted ${fileName(path)}.`, () => {
    void restoreFile(studio, packId, path, text, deleted?.value);
  });
}

type Deleted = Parameters<NonNullable<Studio['parts']['store']>['restore']>[0];

async function restoreFile(
  studio: Studio,
  packId: string,
  path: string,
  text: string,
  deleted: Deleted | undefined,
): Promise<void> {
  const { store, queue } = studio.parts;
  if (store !== undefined && deleted !== undefined) {
    const restored = await store.restore(deleted);
    if (!restored.ok) {
      studio.refuse(restored.error);
      return;
    }
    const read = await store.readPack(packId);
    const file = read.ok ? read.value.files.find((each) => each.path === path) : undefined;
    if (file !== undefined) queue?.loaded(packId, path, file.revision);
  }
  if (studio.state.packId !== packId) return;
  studio.applyChanges([{ path, text }]);
  const id = scenarioIdOf(path);
  if (id === undefined) studio.openFile(path);
  else studio.selectScenario(id);
}

/** The scenario that takes the selection when the one at `path` goes. */
function neighbour(studio: Studio, path: string): string | undefined {
  const ids = studio.state.snapshot?.scenarios.map((row) => row.id) ?? [];
  const at = ids.indexOf(scenarioIdOf(path) ?? '');
  return ids[at + 1] ?? ids[at - 1];
}

function takenStem(studio: Studio): (stem: string) => boolean {
  return (stem) => studio.state.files.has(scenarioPath(stem));
}

/**
 * Makes a scenario under `name` and selects it. Made `from` another one, it takes over the request
 * shown for that one and the moment it is decided at: the same facts at another time are another case.
 */
export async function createScenario(studio: Studio, name: string, from?: string): Promise<void> {
  const id = freeStem(slug(name), takenStem(studio));
  const source = from === undefined ? '' : (studio.state.files.get(scenarioPath(from)) ?? '');
  const at = scenarioTime(source) ?? Date.now();
  const text = newScenario(name, at, from === undefined ? undefined : shownRequest(studio, from));
  if (await createFile(studio, scenarioPath(id), text)) studio.selectScenario(id);
}

/** Copies a scenario, with its edited request if it has one. */
export async function duplicateScenario(studio: Studio, id: string): Promise<void> {
  const text = studio.state.files.get(scenarioPath(id));
  if (text === undefined) return;
  const row = studio.state.snapshot?.scenarios.find((each) => each.id === id);
  const copy = freeStem(`${id}-copy`, takenStem(studio));
  const draft = studio.state.requestDrafts.get(id);
  const named = withName(text, `${row?.name ?? id} (copy)`);
  const whole = draft === undefined ? named : withRequestText(named, draft);
  if (await createFile(studio, scenarioPath(copy), whole)) studio.selectScenario(copy);
}

/** Gives a scenario another name; its file follows. */
export async function renameScenario(studio: Studio, id: string, name: string): Promise<void> {
  const path = scenarioPath(id);
  const text = studio.state.files.get(path);
  if (text === undefined) return;
  studio.editFile(path, withName(text, name));
  const wanted = slug(name);
  if (wanted === id) return;
  await renameFile(studio, path, scenarioPath(freeStem(wanted, takenStem(studio))));
}

/** Puts the edited request into the scenario's file. */
export function saveRequest(studio: Studio, id: string): void {
  const path = scenarioPath(id);
  const text = studio.state.files.get(path);
  const draft = studio.state.requestDrafts.get(id);
  if (text === undefined || draft === undefined) return;
  studio.editFile(path, withRequestText(text, draft));
  studio.editRequest(id, undefined);
}

/** Takes the verdict and issues that came out as those expected; can be undone. */
export function expectActual(studio: Studio, id: string): void {
  const path = scenarioPath(id);
  const before = studio.state.files.get(path);
  const { decision, packId } = studio.state;
  if (
    packId === undefined ||
    before === undefined ||
    decision?.scenarioId !== id ||
    !decision.result.ok
  )
    return;
  const { record } = decision.result.value;
  const codes = record.issues.map((issue) => issue.code);
  studio.editFile(path, withExpectation(before, record.verdict, [...new Set(codes)]));
  studio.parts.notify('info', `This scenario now expects ${record.verdict}.`, () => {
    void (async () => {
      if (await studio.backIn(packId)) studio.editFile(path, before);
    })();
  });
}

/** The request shown for a scenario: the edited one, else the saved one. */
export function shownRequest(studio: Studio, id: string): string {
  const { requestDrafts, files } = studio.state;
  return requestDrafts.get(id) ?? requestText(files.get(scenarioPath(id)) ?? '') ?? '';
}

/** Takes the request as it was edited; one that reads as the saved one does is no edit. */
export function editShownRequest(studio: Studio, id: string, text: string): void {
  const saved = requestText(studio.state.files.get(scenarioPath(id)) ?? '');
  studio.editRequest(id, text === saved ? undefined : text);
}

/** Goes back to the saved request; can be undone. */
export function revertRequest(studio: Studio, id: string): void {
  const { packId, requestDrafts } = studio.state;
  const before = requestDrafts.get(id);
  if (packId === undefined || before === undefined) return;
  studio.editRequest(id, undefined);
  studio.parts.notify('info', 'The request is as it was saved.', () => {
    void (async () => {
      if (await studio.backIn(packId)) studio.editRequest(id, before);
    })();
  });
}

/** Brings an example pack back to how it was shipped; can be undone. */
export async function resetToExample(studio: Studio): Promise<void> {
  const { packId, packs, files: before, requestDrafts } = studio.state;
  const exampleName = packs.find((pack) => pack.id === packId)?.exampleName;
  if (packId === undefined || exampleName === undefined) return;
  await studio.flush();
  const example = await studio.parts.examples.read(exampleName);
  if (!(await replaceAll(studio, packId, example))) return;
  putDrafts(studio, packId, new Map());
  studio.parts.notify('info', `“${exampleName}” is as it was shipped.`, () => {
    void (async () => {
      if (!(await studio.backIn(packId))) return;
      if (await replaceAll(studio, packId, before)) putDrafts(studio, packId, requestDrafts);
    })();
  });
}

/** Puts other edited requests in place of all that a pack has, while it is the open one. */
function putDrafts(
  studio: Studio,
  packId: string,
  requestDrafts: StudioState['requestDrafts'],
): void {
  if (studio.state.packId !== packId) return;
  studio.set({ requestDrafts });
  studio.viewChanged();
  // The snapshot of the files may have come before: then the selected one was decided with the edits before.
  void studio.decide();
}

/** Puts other files in place of all that the open pack has. Returns whether they are there. */
export async function replaceAll(
  studio: Studio,
  packId: string,
  files: ReadonlyMap<string, string>,
): Promise<boolean> {
  const { store, queue } = studio.parts;
  const before = studio.state.files;
  if (store !== undefined) {
    const replaced = await store.replaceAll(packId, files);
    if (!replaced.ok) {
      studio.refuse(replaced.error);
      return false;
    }
    const { files: shown } = studio.state.packId === packId ? studio.state : { files: before };
    for (const path of shown.keys()) queue?.discard(packId, path);
    for (const file of replaced.value.files) queue?.loaded(packId, file.path, file.revision);
  }
  if (studio.state.packId === packId) await studio.replaceFiles(files);
  return true;
}

/** Starts a pack from the files of the one that is open. */
export async function duplicatePack(studio: Studio, name: string): Promise<void> {
  await studio.flush();
  await createPack(studio, name, studio.state.files);
}

/** Starts a pack with these files and opens it. Returns whether it is there. */
export async function createPack(
  studio: Studio,
  name: string,
  files: ReadonlyMap<string, string>,
): Promise<boolean> {
  const { store } = studio.parts;
  if (store === undefined) {
    studio.parts.notify('error', 'A new pack needs storage, which this browser refuses.');
    return false;
  }
  const id = freeStem(slug(name), (stem) => studio.state.packs.some((pack) => pack.id === stem));
  const created = await store.createPack({ id, name, files });
  if (!created.ok) {
    studio.refuse(created.error);
    return false;
  }
  await studio.listPacks();
  await studio.openPack(created.value.id);
  return true;
}

/** Deletes the pack that is open; the toast brings it back. */
export async function deletePack(studio: Studio): Promise<void> {
  const { packId, packs } = studio.state;
  const { store } = studio.parts;
  const next = packs.find((pack) => pack.id !== packId);
  if (packId === undefined || store === undefined || next === undefined) return;
  await studio.flush();
  const name = packs.find((pack) => pack.id === packId)?.name ?? packId;
  const deleted = await store.deletePack(packId);
  if (!deleted.ok) {
    studio.refuse(deleted.error);
    return;
  }
  for (const path of studio.state.files.keys()) studio.parts.queue?.discard(packId, path);
  await studio.listPacks();
  await studio.openPack(next.id);
  studio.parts.notify('info', `Deleted the pack “${name}”.`, () => {
    void (async () => {
      const restored = await store.restore(deleted.value);
      if (!restored.ok) {
        studio.refuse(restored.error);
        return;
      }
      await studio.listPacks();
      await studio.openPack(packId);
    })();
  });
}
