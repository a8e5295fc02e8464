import { err, ok, type Result } from '../base/result.ts';
import {
  backupPem,
  generateKey,
  publicPem,
  readPrivateKey,
  readPublicKey,
  sealKey,
} from '../bundle/key-files.ts';
import { IMPORT, keyIdOf, publicJwkOf } from '../bundle/keys.ts';
import { trustEntry, trustFileFor } from '../bundle/trust.ts';
import type {
  BundleAnswer,
  BundleFailure,
  LabelledKey,
  MadeKey,
  PublicKey,
  PublicKeyForm,
  SealedKey,
} from './bundle-api.ts';

/** A new Ed25519 key. Without a backup its private half is sealed from the start. */
export async function makeKey(passphrase?: string): BundleAnswer<MadeKey> {
  if (passphrase === undefined) return madeSealed();
  const { jwk, pkcs8 } = await generateKey('Ed25519');
  const backup = await backupPem(pkcs8, passphrase);
  const privateKey = await sealKey({ jwk, pkcs8 });
  pkcs8.fill(0);
  return ok({ keyid: keyIdOf(jwk), jwk, privateKey, backup });
}

async function madeSealed(): BundleAnswer<SealedKey> {
  const { subtle } = globalThis.crypto;
  const pair = await subtle.generateKey(IMPORT.Ed25519, false, ['sign', 'verify']);
  if (!('privateKey' in pair)) return noKey('The browser made no pair of keys.');
  const jwk = publicJwkOf(await subtle.exportKey('jwk', pair.publicKey));
  if (jwk === undefined) return noKey('The browser made a key that cannot be read.');
  return ok({ keyid: keyIdOf(jwk), jwk, privateKey: pair.privateKey });
}

export async function restoreKey(text: string, passphrase?: string): BundleAnswer<SealedKey> {
  const read = await readPrivateKey(text, passphrase);
  if (!read.ok) return noKey(read.error);
  const { jwk, pkcs8 } = read.value;
  const privateKey = await sealKey(read.value);
  pkcs8.fill(0);
  return ok({ keyid: keyIdOf(jwk), jwk, privateKey });
}

export async function takePublicKey(text: string): BundleAnswer<PublicKey> {
  const read = await readPublicKey(text);
  return read.ok ? ok({ keyid: keyIdOf(read.value), jwk: read.value }) : noKey(read.error);
}

/** A public key as the text of a file. */
export async function publicKeyText(
  { jwk, label }: LabelledKey,
  form: PublicKeyForm,
): BundleAnswer<string> {
  const json = (value: unknown) => ok(`${JSON.stringify(value, undefined, 2)}\n`);
  switch (form) {
    case 'pem':
      return ok(await publicPem(jwk));
    case 'jwk':
      return json({ ...jwk, kid: keyIdOf(jwk) });
    case 'trust-entry':
      return json(trustEntry(jwk, label));
    case 'trust':
      return json(trustFileFor([{ jwk, label }]));
  }
}

function noKey(message: string): Result<never, BundleFailure> {
  return err({ code: 'KEY_REFUSED', message });
}
