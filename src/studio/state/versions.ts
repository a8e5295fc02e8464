/**
 * Saved versions of the open pack. A version never changes; going back to one is an edit of the working
 * copy, and everything destructive offers an undo.
 */
import type { VersionInfo, VersionState } from '../../store/store.ts';
import type { CompareSide } from '../../worker/compare-api.ts';
import { replaceAll } from './pack-actions.ts';
import { freeStem, slug } from './scenario-text.ts';
import { readBase } from './remembered.ts';
import { scenarioRows, tally } from './selectors.ts';
import type { Studio } from './studio.ts';

/** What the author says of a version. */
export interface VersionWords {
  readonly version: string;
  readonly author: string;
  readonly message: string;
}

/** Lists the versions of the open pack and finds the one that the working copy was made from. */
export async function followVersions(studio: Studio): Promise<void> {
  const { packId } = studio.state;
  const { store } = studio.parts;
  if (packId === undefined) return;
  if (store === undefined) {
    studio.set({ versions: [] });
    return;
  }
  const listed = await store.listVersions(packId);
  const remembered = await readBase(store, packId);
  if (studio.state.packId !== packId) return;
  if (!listed.ok) {
    studio.refuse(listed.error);
    studio.set({ versions: [] });
    return;
  }
  const { versions, problems } = listed.value;
  studio.set({ versions, versionProblems: problems });
  const base = versions.find(({ digest }) => digest === remembered) ?? versions[0];
  if (base?.digest === studio.state.base?.version.digest) return;
  await restOn(studio, base?.digest);
}

/** Makes a version the one that the working copy is compared with. */
async function restOn(studio: Studio, digest: string | undefined): Promise<void> {
  const { packId } = studio.state;
  const { store } = studio.parts;
  if (packId === undefined || store === undefined) return;
  if (digest === undefined) {
    studio.set({ base: undefined, sinceBase: undefined });
    return;
  }
  const opened = await store.openVersion(packId, digest);
  if (studio.state.packId !== packId) return;
  if (!opened.ok) studio.refuse(opened.error);
  studio.set({ base: opened.ok ? opened.value : undefined, sinceBase: undefined });
}

async function rememberBase(studio: Studio, digest: string): Promise<void> {
  const { packId } = studio.state;
  if (packId !== undefined) await studio.parts.store?.writeUi(`base:${packId}`, digest);
}

/** A saved version as a side to compare: its digest names it for good. */
export function sideOf({ version, files }: VersionState): CompareSide {
  return { kind: 'files', key: version.digest, files };
}

/** Saves the working copy as a version. Returns why it could not be, in a sentence. */
export async function saveVersion(
  studio: Studio,
  { version, author, message }: VersionWords,
): Promise<string | undefined> {
  const { packId, base } = studio.state;
  const { store, engine } = studio.parts;
  if (packId === undefined || store === undefined) {
    return 'A version needs storage, which this browser refuses.';
  }
  const change = await engine.versionChange(packId, version);
  if (!change.ok) return change.error.message;
  const { path, text } = change.value;
  // From here to the store nothing waits: what is saved is what was on the screen.
  const { files: current } = studio.state;
  const files = text === undefined ? current : new Map([...current, [path, text] as const]);
  const { pass: passed, fail, error } = tally(scenarioRows(studio.state));
  const saved = await store.saveVersion(packId, {
    version,
    author,
    message,
    tags: [],
    scenarios: { passed, failed: fail + error },
    files,
    ...(base !== undefined && { parent: base.version.digest }),
  });
  if (!saved.ok) return saved.error.message;
  await rememberBase(studio, saved.value.digest);
  await store.writeUi('author', author);
  if (studio.state.packId !== packId) return undefined;
  studio.set({ base: { version: saved.value, files }, sinceBase: undefined });
  if (text !== undefined) studio.editFile(path, text);
  await followVersions(studio);
  studio.parts.notify('info', `Saved version ${version}.`);
  return undefined;
}

/** Puts a version's files in place of the working copy's; can be undone. */
export async function restoreVersion(studio: Studio, info: VersionInfo): Promise<void> {
  const { packId, files: before, base } = studio.state;
  const { store } = studio.parts;
  if (packId === undefined || store === undefined) return;
  const opened = await store.openVersion(packId, info.digest);
  if (!opened.ok) {
    studio.refuse(opened.error);
    return;
  }
  await studio.flush();
  if (!(await replaceAll(studio, packId, opened.value.files))) return;
  if (studio.state.packId !== packId) return;
  await rememberBase(studio, info.digest);
  studio.set({ base: opened.value, sinceBase: undefined });
  studio.parts.notify('info', `The working copy is version ${info.version} again.`, () => {
    void (async () => {
      if (!(await studio.backIn(packId))) return;
      if (!(await replaceAll(studio, packId, before))) return;
      if (base !== undefined) await rememberBase(studio, base.version.digest);
      studio.set({ base, sinceBase: undefined });
    })();
  });
}

/** Starts a pack of its own from a version, to be edited beside this one. */
export async function branchOff(studio: Studio, info: VersionInfo): Promise<void> {
  const { packId, packs } = studio.state;
  const { store } = studio.parts;
  if (packId === undefined || store === undefined) return;
  const opened = await store.openVersion(packId, info.digest);
  if (!opened.ok) {
    studio.refuse(opened.error);
    return;
  }
  const name = `${packs.find(({ id }) => id === packId)?.name ?? packId} from ${info.version}`;
  const id = freeStem(slug(name), (stem) => packs.some((pack) => pack.id === stem));
  const created = await store.createPack({ id, name, files: opened.value.files });
  if (!created.ok) {
    studio.refuse(created.error);
    return;
  }
  await studio.flush();
  await studio.listPacks();
  await studio.openPack(id);
  studio.parts.notify('info', `“${name}” is a pack of its own.`);
}

/** Deletes a version; the toast brings it back. One that others were made from stays, and it is said why. */
export async function deleteVersion(studio: Studio, info: VersionInfo): Promise<void> {
  const { packId } = studio.state;
  const { store } = studio.parts;
  if (packId === undefined || store === undefined) return;
  const deleted = await store.deleteVersion(packId, info.digest);
  if (!deleted.ok) {
    studio.refuse(deleted.error);
    return;
  }
  await followVersions(studio);
  studio.parts.notify('info', `Deleted version ${info.version}.`, () => {
    void (async () => {
      const restored = await store.restore(deleted.value);
      if (!restored.ok) studio.refuse(restored.error);
      if (studio.state.packId === packId) await followVersions(studio);
    })();
  });
}

/** Gives a version other tags. */
export async function tagVersion(
  studio: Studio,
  info: VersionInfo,
  tags: readonly string[],
): Promise<void> {
  const { packId } = studio.state;
  if (packId === undefined) return;
  const tagged = await studio.parts.store?.tagVersion(packId, info.digest, tags);
  if (tagged?.ok === false) studio.refuse(tagged.error);
  await followVersions(studio);
}

/** The suggested version, or the next one of its kind that is not taken. */
export function freeVersion(suggested: string, taken: readonly string[]): string {
  const parts = /^(\d+)\.(\d+)\.(\d+)$/.exec(suggested)?.slice(1).map(Number);
  if (parts === undefined) return suggested;
  const [major = 0, minor = 0, patch = 0] = parts;
  const raised = (by: number): string => {
    if (patch > 0) return `${major}.${minor}.${patch + by}`;
    return minor > 0 ? `${major}.${minor + by}.0` : `${major + by}.0.0`;
  };
  let by = 0;
  while (taken.includes(raised(by))) by += 1;
  return raised(by);
}
