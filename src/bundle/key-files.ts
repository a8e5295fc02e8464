/**
 * Keys as files: PEM, as `openssl` writes and reads it, or JWK. A backup is a PKCS#8 key encrypted with a
 * passphrase (PBES2: PBKDF2 with SHA-256, AES-256-CBC), so that `openssl pkey` can open it without us.
 */
import { err, ok, type Result } from '../base/result.ts';
import { z } from '../decision/zod.ts';
import { base64, fromBase64 } from './base64.ts';
import { sameBytes, utf8, type Bytes } from './bytes.ts';
import { readJsonAs } from './canonical-file.ts';
import { der, readDer, type Der } from './der.ts';
import {
  ALGORITHMS,
  algorithmOf,
  IMPORT,
  publicJwkOf,
  signerOf,
  type Algorithm,
  type PublicJwk,
  type Signer,
} from './keys.ts';

/** A new key. `pkcs8` is the private half: whoever has it signs. */
export interface NewKey {
  readonly jwk: PublicJwk;
  readonly pkcs8: Bytes;
}

/** Makes a key. Keep `pkcs8` no longer than it takes to store or to back it up. */
export async function generateKey(algorithm: Algorithm): Promise<NewKey> {
  const { subtle } = globalThis.crypto;
  const pair = await subtle.generateKey(IMPORT[algorithm], true, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new TypeError('These algorithms make pairs of keys');
  const jwk = publicJwkOf(await subtle.exportKey('jwk', pair.publicKey));
  if (jwk === undefined) throw new TypeError('WebCrypto gave a public key that is none');
  return { jwk, pkcs8: new Uint8Array(await subtle.exportKey('pkcs8', pair.privateKey)) };
}

/** The WebCrypto key of a private half that no script can read again: what IndexedDB keeps. */
export async function sealKey({ jwk, pkcs8 }: NewKey): Promise<CryptoKey> {
  const algorithm = algorithmOf(jwk);
  return globalThis.crypto.subtle.importKey('pkcs8', pkcs8, IMPORT[algorithm], false, ['sign']);
}

/** A private key in PEM. */
export function privatePem(pkcs8: Uint8Array): string {
  return pem('PRIVATE KEY', pkcs8);
}

/** A public key in PEM (SubjectPublicKeyInfo), as `openssl` and `cosign` read it. */
export async function publicPem(jwk: PublicJwk): Promise<string> {
  const algorithm = algorithmOf(jwk);
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('jwk', { ...jwk }, IMPORT[algorithm], true, ['verify']);
  return pem('PUBLIC KEY', new Uint8Array(await subtle.exportKey('spki', key)));
}

/** A private key out of a PEM or JWK text; `passphrase` opens an encrypted one. */
export async function readSigner(
  text: string,
  passphrase?: string,
): Promise<Result<Signer, string>> {
  const key = await readPrivateKey(text, passphrase);
  return key.ok ? signerOf(await sealKey(key.value), key.value.jwk) : key;
}

/** Both halves out of a PEM or JWK text, to seal them into a store. */
export async function readPrivateKey(
  text: string,
  passphrase?: string,
): Promise<Result<NewKey, string>> {
  const block = readPem(text);
  switch (block?.label) {
    case undefined:
      return privateJwk(text);
    case 'PRIVATE KEY':
      return fromPkcs8(block.bytes);
    case 'ENCRYPTED PRIVATE KEY': {
      if (passphrase === undefined) return err('The key is encrypted, and no passphrase is given.');
      const pkcs8 = await decrypt(block.bytes, passphrase);
      return pkcs8.ok ? fromPkcs8(pkcs8.value) : pkcs8;
    }
    case 'EC PRIVATE KEY':
      return err(
        'The key is in an older form; "openssl pkcs8 -topk8 -nocrypt" turns it into PKCS#8.',
      );
    default:
      return err(`A private key is needed; this is a ${block?.label.toLowerCase()}.`);
  }
}

/** A public key out of a PEM or JWK text. */
export async function readPublicKey(text: string): Promise<Result<PublicJwk, string>> {
  const block = readPem(text);
  if (block === undefined) {
    const read = readJsonAs(utf8(text), z.looseObject({}));
    const jwk = read.ok ? publicJwkOf(read.value) : undefined;
    return jwk === undefined ? err(NO_KEY) : ok(jwk);
  }
  if (block.label !== 'PUBLIC KEY') {
    return err(`A public key is needed; this is a ${block.label.toLowerCase()}.`);
  }
  const { subtle } = globalThis.crypto;
  for (const algorithm of ALGORITHMS) {
    try {
      const key = await subtle.importKey('spki', block.bytes, IMPORT[algorithm], true, ['verify']);
      const jwk = publicJwkOf(await subtle.exportKey('jwk', key));
      if (jwk !== undefined) return ok(jwk);
    } catch {
      // It is no key of this algorithm; perhaps one of the next.
    }
  }
  return err(NO_KEY);
}

const NO_KEY = 'It is no Ed25519 or P-256 key in PEM or JWK.';

async function privateJwk(text: string): Promise<Result<NewKey, string>> {
  const shape = z.looseObject({ d: z.string() });
  const read = readJsonAs(utf8(text), shape);
  const jwk = read.ok ? publicJwkOf(read.value) : undefined;
  if (!read.ok || jwk === undefined) return err(NO_KEY);
  const algorithm = algorithmOf(jwk);
  const { subtle } = globalThis.crypto;
  try {
    const whole = { ...jwk, d: read.value.d };
    const key = await subtle.importKey('jwk', whole, IMPORT[algorithm], true, ['sign']);
    return ok({ jwk, pkcs8: new Uint8Array(await subtle.exportKey('pkcs8', key)) });
  } catch {
    return err(NO_KEY);
  }
}

async function fromPkcs8(pkcs8: Bytes): Promise<Result<NewKey, string>> {
  const { subtle } = globalThis.crypto;
  for (const algorithm of ALGORITHMS) {
    try {
      const key = await subtle.importKey('pkcs8', pkcs8, IMPORT[algorithm], true, ['sign']);
      const jwk = publicJwkOf(await subtle.exportKey('jwk', key));
      if (jwk !== undefined) return ok({ jwk, pkcs8 });
    } catch {
      // It is no key of this algorithm; perhaps one of the next.
    }
  }
  return err(NO_KEY);
}

// ---------------------------------------------------------------- PEM

interface Pem {
  readonly label: string;
  readonly bytes: Bytes;
}

function pem(label: string, bytes: Uint8Array): string {
  const lines = base64(bytes).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function readPem(text: string): Pem | undefined {
  const match = /-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/.exec(text);
  const bytes = fromBase64(match?.[2]?.replaceAll(/\s/g, '') ?? '-');
  return match?.[1] === undefined || bytes === undefined ? undefined : { label: match[1], bytes };
}

// ---------------------------------------------------------------- passphrase (PBES2, RFC 8018)

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTETS = 0x04;
const OID = 0x06;
const NULL = 0x05;

const PBES2 = Uint8Array.from([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d]);
const PBKDF2 = Uint8Array.from([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c]);
const HMAC_SHA256 = Uint8Array.from([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x09]);
const AES_256_CBC = Uint8Array.from([0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a]);

/** As OWASP advises for PBKDF2 with SHA-256. */
const ITERATIONS = 600_000;
const MAX_ITERATIONS = 10_000_000;

/** The private key encrypted with a passphrase, in PEM. */
export async function backupPem(pkcs8: Bytes, passphrase: string): Promise<string> {
  const { subtle } = globalThis.crypto;
  const salt = globalThis.crypto.getRandomValues(new Uint8Array(16));
  const iv = globalThis.crypto.getRandomValues(new Uint8Array(16));
  const key = await passphraseKey(passphrase, salt, ITERATIONS, 'encrypt');
  const cipher = new Uint8Array(await subtle.encrypt({ name: 'AES-CBC', iv }, key, pkcs8));
  const derivation = der(
    SEQUENCE,
    der(OID, PBKDF2),
    der(
      SEQUENCE,
      der(OCTETS, salt),
      der(INTEGER, bigEndian(ITERATIONS)),
      der(SEQUENCE, der(OID, HMAC_SHA256), der(NULL)),
    ),
  );
  const encryption = der(SEQUENCE, der(OID, AES_256_CBC), der(OCTETS, iv));
  const scheme = der(SEQUENCE, der(OID, PBES2), der(SEQUENCE, derivation, encryption));
  return pem('ENCRYPTED PRIVATE KEY', der(SEQUENCE, scheme, der(OCTETS, cipher)));
}

async function decrypt(bytes: Bytes, passphrase: string): Promise<Result<Bytes, string>> {
  const parameters = readEncryption(bytes);
  if (parameters === undefined) {
    return err(
      'The key is encrypted in a way that is not known here (PBES2 with PBKDF2-SHA256 and AES-256-CBC is).',
    );
  }
  const { salt, iterations, iv, cipher } = parameters;
  try {
    const key = await passphraseKey(passphrase, salt, iterations, 'decrypt');
    const plain = await globalThis.crypto.subtle.decrypt({ name: 'AES-CBC', iv }, key, cipher);
    return ok(new Uint8Array(plain));
  } catch {
    return err('The passphrase is not the right one.');
  }
}

function readEncryption(bytes: Bytes) {
  const [scheme, cipher] = inside(bytes);
  const [pbes2, schemes] = inside(scheme);
  const [derivation, encryption] = inside(schemes);
  const [pbkdf2, parameters] = inside(derivation);
  const [salt, iterations, ...rest] = readDer(parameters?.content ?? new Uint8Array()) ?? [];
  const [prf] = readDer(rest.at(-1)?.content ?? new Uint8Array()) ?? [];
  const [aes, iv] = readDer(encryption?.content ?? new Uint8Array()) ?? [];
  const known = [is(pbes2, PBES2), is(pbkdf2, PBKDF2), is(prf, HMAC_SHA256), is(aes, AES_256_CBC)];
  const count = (iterations?.content ?? new Uint8Array()).reduce(
    (sum, byte) => sum * 256 + byte,
    0,
  );
  if (known.includes(false) || count < 1 || count > MAX_ITERATIONS) return undefined;
  if (cipher === undefined || salt === undefined || iv?.content.length !== 16) return undefined;
  return { salt: salt.content, iterations: count, iv: iv.content, cipher: cipher.content };
}

/** The two elements of a sequence, given as an element or as the bytes of one. */
function inside(of: Der | Bytes | undefined): readonly (Der | undefined)[] {
  if (of === undefined) return [];
  if ('tag' in of) return readDer(of.content) ?? [];
  const [sequence] = readDer(of) ?? [];
  return inside(sequence);
}

function is(element: Der | undefined, oid: Bytes): boolean {
  return element?.tag === OID && sameBytes(element.content, oid);
}

async function passphraseKey(
  passphrase: string,
  salt: Bytes,
  iterations: number,
  use: 'encrypt' | 'decrypt',
): Promise<CryptoKey> {
  const { subtle } = globalThis.crypto;
  const base = await subtle.importKey('raw', utf8(passphrase), 'PBKDF2', false, ['deriveKey']);
  const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return subtle.deriveKey(derivation, base, { name: 'AES-CBC', length: 256 }, false, [use]);
}

/** A positive number as the content of a DER integer. */
function bigEndian(value: number): Bytes {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from((bytes[0] ?? 0) >= 0x80 ? [0, ...bytes] : bytes);
}
