/** The keys of this browser: made, restored, handed on in their public halves, and deleted. */
import type { SigningKey } from '../../store/store.ts';
import type { PublicKeyForm, SealedKey } from '../../worker/bundle-api.ts';
import { slug } from '../state/scenario-text.ts';
import type { Desk } from './desk.ts';
import { download } from './download.ts';

/** Reads the keys and what the browser has promised. */
export async function readKeys({ studio, store }: Desk): Promise<void> {
  const listed = await studio.parts.store?.listKeys();
  if (listed === undefined) {
    store.setState({ keys: { keys: [], problems: [] } });
  } else if (listed.ok) {
    store.setState({ keys: listed.value });
  } else {
    store.setState({ keys: { keys: [], problems: [listed.error] } });
  }
  store.setState({ persistent: await promised('persisted') });
}

/** Undefined where the browser knows no such promise. */
async function promised(ask: 'persist' | 'persisted'): Promise<boolean | undefined> {
  try {
    return await navigator.storage[ask]();
  } catch {
    return undefined;
  }
}

/** Makes a key and keeps it; with a passphrase its backup is downloaded first. Returns why not, in a sentence. */
export async function makeKey(
  desk: Desk,
  label: string,
  passphrase: string | undefined,
): Promise<string | undefined> {
  const made = await desk.bundles.makeKey(passphrase);
  if (!made.ok) return made.error.message;
  const { backup, ...key } = made.value;
  if (backup !== undefined) download(`${fileStem(label)}-backup.pem`, backup);
  return keep(desk, key, label, backup !== undefined);
}

/** Takes a key back out of its backup. Returns why not, in a sentence. */
export async function restoreKey(
  desk: Desk,
  label: string,
  text: string,
  passphrase: string,
): Promise<string | undefined> {
  const read = await desk.bundles.restoreKey(text, passphrase === '' ? undefined : passphrase);
  return read.ok ? keep(desk, read.value, label, true) : read.error.message;
}

async function keep(
  desk: Desk,
  key: SealedKey,
  label: string,
  backedUp: boolean,
): Promise<string | undefined> {
  const { store } = desk.studio.parts;
  if (store === undefined) return 'This browser keeps nothing, so it can keep no key.';
  // Asked only now: a browser may ask the user, who should see what for.
  desk.store.setState({ persistent: await promised('persist') });
  const saved = await store.saveKey({ ...key, label, createdAt: Date.now(), backedUp });
  if (!saved.ok) return saved.error.message;
  desk.store.setState({ keyid: key.keyid, problem: undefined });
  await readKeys(desk);
  return undefined;
}

export async function deleteKey(desk: Desk, { keyid, label }: SigningKey): Promise<void> {
  const deleted = await desk.studio.parts.store?.deleteKey(keyid);
  if (deleted?.ok === false) desk.studio.refuse(deleted.error);
  else desk.studio.parts.notify('info', `Deleted the key “${label}”.`);
  await readKeys(desk);
}

const ENDINGS: Readonly<Record<PublicKeyForm, string>> = {
  pem: '.pub.pem',
  jwk: '.pub.jwk.json',
  'trust-entry': '.trust-entry.json',
  trust: '.trust.json',
};

/** Downloads the public half. */
export async function exportPublic(
  { studio, bundles }: Desk,
  { jwk, label }: SigningKey,
  form: PublicKeyForm,
): Promise<void> {
  const text = await bundles.publicKeyText({ jwk, label }, form);
  if (text.ok) download(`${fileStem(label)}${ENDINGS[form]}`, text.value);
  else studio.parts.notify('error', text.error.message);
}

export async function copyFingerprint({ studio }: Desk, { keyid }: SigningKey): Promise<void> {
  try {
    await navigator.clipboard.writeText(keyid);
    studio.parts.notify('info', 'The fingerprint is copied.');
  } catch {
    studio.parts.notify('error', 'The browser does not let the fingerprint be copied.');
  }
}

function fileStem(label: string): string {
  return `stage0-key-${slug(label)}`;
}
