/** A bundle from elsewhere: verified step by step, and taken in as a pack. */
import type { ShownBundle, TrustSource } from '../../worker/bundle-api.ts';
import { readAccepted } from '../state/remembered.ts';
import { freeStem, slug } from '../state/scenario-text.ts';
import { followVersions } from '../state/versions.ts';
import type { ChosenFile, DeskState, TrustChoice } from './desk-state.ts';
import type { Desk } from './desk.ts';

/** Larger files are not even read: no bundle may be so large. */
const LARGEST_FILE = 64_000_000;
const LARGEST_TEXT = 4_000_000;

/** Takes dropped or chosen files for what they are: a bundle, a trust.json, or a public key. */
export async function takeFiles(desk: Desk, files: Iterable<File>): Promise<void> {
  for (const file of files) {
    if (/\.(?:cjar|zip)$/i.test(file.name)) await takeBundle(desk, file);
    else await takeTrust(desk, file);
  }
  await verify(desk);
}

async function takeBundle({ store }: Desk, file: File): Promise<void> {
  const chosen = await readFile(file, LARGEST_FILE);
  if (chosen === undefined) fail(store, `${file.name} is too large to be a bundle.`);
  else store.setState({ file: chosen, verifyProblem: undefined });
}

/** A trust.json, or a public key in PEM or JWK. */
async function takeTrust({ bundles, store }: Desk, file: File): Promise<void> {
  if (file.size > LARGEST_TEXT) {
    fail(store, `${file.name} is too large to be a trust.json or a key.`);
    return;
  }
  const text = await file.text();
  const key = await bundles.readPublicKey(text);
  const trust: TrustChoice = key.ok
    ? { kind: 'key', name: file.name, key: key.value }
    : { kind: 'file', name: file.name, text };
  store.setState({ trust, verifyProblem: undefined });
}

/** Reads a file's bytes; undefined when there are too many. */
export async function readFile(
  file: File,
  largest = LARGEST_FILE,
): Promise<ChosenFile | undefined> {
  if (file.size > largest) return undefined;
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

function fail(store: Desk['store'], verifyProblem: string): void {
  store.setState({ verifyProblem, verdict: undefined });
}

/** Verifies the chosen bundle as things are chosen now. */
export async function verify({ studio, bundles, store }: Desk): Promise<void> {
  const { file, trust, audience, keys } = store.getState();
  store.setState({ verdict: undefined });
  if (file === undefined) return;
  store.setState({ checking: true, verifyProblem: undefined });
  const history = await readAccepted(studio.parts.store);
  const place = {
    ...(audience.trim() !== '' && { audience: audience.trim() }),
    ...(history.ok && history.value !== undefined && { history: history.value }),
  };
  // Without knowing what was accepted before, nothing is verified at all.
  const answer = history.ok
    ? await bundles.verify(file.bytes, sourceOf(trust, keys), Date.now(), place)
    : history;
  const now = store.getState();
  if (now.file !== file || now.trust !== trust || now.audience !== audience) return;
  store.setState({ checking: false });
  if (answer.ok) store.setState({ verdict: answer.value });
  else store.setState({ verifyProblem: answer.error.message });
}

function sourceOf(trust: TrustChoice, keys: DeskState['keys']): TrustSource {
  switch (trust.kind) {
    case 'own': {
      const own = keys?.keys ?? [];
      return { kind: 'keys', keys: own.map(({ jwk, label }) => ({ jwk, label })) };
    }
    case 'file':
      return { kind: 'file', text: trust.text };
    case 'key':
      return { kind: 'keys', keys: [{ jwk: trust.key.jwk, label: trust.name }] };
  }
}

export function trustIn(desk: Desk, trust: TrustChoice): void {
  desk.store.setState({ trust });
  void verify(desk);
}

/** Starts a pack from the files of a bundle, and opens it. */
export async function importBundle(
  { studio }: Desk,
  { name, version, files }: ShownBundle,
  isVerified: boolean,
): Promise<void> {
  const { store, notify } = studio.parts;
  if (store === undefined) {
    notify('error', 'A new pack needs storage, which this browser refuses.');
    return;
  }
  const label = `${name} ${version}${isVerified ? '' : ' (unverified)'}`;
  const { packs } = studio.state;
  const id = freeStem(slug(label), (stem) => packs.some((pack) => pack.id === stem));
  const created = await store.createPack({ id, name: label, files });
  if (!created.ok) {
    studio.refuse(created.error);
    return;
  }
  await studio.listPacks();
  await studio.openPack(id);
  notify('info', `Imported “${label}” as a pack of its own.`);
}

/** Keeps the pack of a verified bundle among the saved versions of the open pack, to compare with and to go back to. */
export async function importAsVersion(
  { studio }: Desk,
  { name, version, files, test, issuedAt }: ShownBundle,
): Promise<void> {
  const { packId } = studio.state;
  const { store, notify } = studio.parts;
  if (packId === undefined || store === undefined) {
    notify('error', 'A version needs storage, which this browser refuses.');
    return;
  }
  const saved = await store.saveVersion(packId, {
    version,
    author: test?.by ?? 'unknown',
    message: `Verified bundle of ${issuedAt.slice(0, 10)}`,
    tags: ['bundle'],
    scenarios: { passed: test?.passed ?? 0, failed: test?.failed ?? 0 },
    files,
  });
  if (!saved.ok) {
    studio.refuse(saved.error);
    return;
  }
  await followVersions(studio);
  notify('info', `${name} ${version} is among the versions now.`);
}
