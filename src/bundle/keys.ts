/**
 * Keys: Ed25519 by default, ES256 (ECDSA with P-256 and SHA-256) for those whose key service has no other.
 * A key's id is its RFC 7638 thumbprint, so that an id cannot name another key than it is.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { canonicalJson } from '../base/canonical-json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { z } from '../decision/zod.ts';
import { base64Url, fromBase64Url } from './base64.ts';
import { utf8, type Bytes } from './bytes.ts';
import { ecdsaFromDer, ecdsaToDer } from './der.ts';

export const ALGORITHMS = ['Ed25519', 'ES256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

const Coordinate = z
  .string()
  .refine(
    (text) => fromBase64Url(text)?.length === 32,
    'must be 32 bytes in base64url without padding',
  );

/** A public key as JWK, with the members that make it one and no others. */
export const PublicJwk = z.union([
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: Coordinate }),
  z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: Coordinate, y: Coordinate }),
]);

export type PublicJwk = Readonly<z.output<typeof PublicJwk>>;

/** Signs, whatever holds the private key. */
export interface Signer {
  readonly keyid: string;
  readonly jwk: PublicJwk;
  /** The signature as a bundle holds it: 64 bytes for Ed25519, DER for ES256. Rejects when the key does. */
  readonly sign: (bytes: Bytes) => Promise<Bytes>;
}

/** The RFC 7638 thumbprint (SHA-256, base64url) of a public key. */
export function keyIdOf(jwk: PublicJwk): string {
  const { kty, crv, x } = jwk;
  const members = jwk.kty === 'EC' ? { crv, kty, x, y: jwk.y } : { crv, kty, x };
  return base64Url(sha256(utf8(canonicalJson(members))));
}

/** The algorithm follows from the key, never from what is signed. */
export function algorithmOf({ kty }: PublicJwk): Algorithm {
  return kty === 'OKP' ? 'Ed25519' : 'ES256';
}

/** Whether `signature` is the key's over `bytes`. A key or signature that cannot be read verifies nothing. */
export async function verifySignature(
  jwk: PublicJwk,
  signature: Bytes,
  bytes: Bytes,
): Promise<boolean> {
  const algorithm = algorithmOf(jwk);
  const raw = algorithm === 'ES256' ? ecdsaFromDer(signature) : signature;
  if (raw?.length !== 64) return false;
  try {
    const { subtle } = globalThis.crypto;
    const key = await subtle.importKey('jwk', { ...jwk }, IMPORT[algorithm], true, ['verify']);
    return await subtle.verify(USE[algorithm], key, raw, bytes);
  } catch {
    return false;
  }
}

/** A signer around a WebCrypto key, which need not be extractable. Rejects when the two keys differ. */
export async function signerOf(
  privateKey: CryptoKey,
  jwk: PublicJwk,
): Promise<Result<Signer, string>> {
  const algorithm = algorithmOf(jwk);
  const sign = async (bytes: Bytes): Promise<Bytes> => {
    const raw = await globalThis.crypto.subtle.sign(USE[algorithm], privateKey, bytes);
    const signature = new Uint8Array(raw);
    return algorithm === 'ES256' ? ecdsaToDer(signature) : signature;
  };
  const probe = utf8('stage0: do both halves belong together?');
  try {
    if (await verifySignature(jwk, await sign(probe), probe)) {
      return ok({ keyid: keyIdOf(jwk), jwk, sign });
    }
    return err('The private key does not belong to the public key.');
  } catch {
    return err('The key cannot sign.');
  }
}

/** Reads a public JWK, leaving out members that do not make the key (`kid`, `use`, `key_ops`, …). */
export function publicJwkOf(value: unknown): PublicJwk | undefined {
  const bare = BareJwk.safeParse(value);
  if (!bare.success) return undefined;
  const parsed = PublicJwk.safeParse(
    bare.data.kty === 'EC' ? bare.data : { kty: bare.data.kty, crv: bare.data.crv, x: bare.data.x },
  );
  return parsed.success ? parsed.data : undefined;
}

const BareJwk = z.object({
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  y: z.string().optional(),
});

/** How WebCrypto calls the algorithms when it takes a key in. */
export const IMPORT: Readonly<Record<Algorithm, Algorithm | EcKeyImportParams>> = {
  Ed25519: 'Ed25519',
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
};

const USE: Readonly<Record<Algorithm, Algorithm | EcdsaParams>> = {
  Ed25519: 'Ed25519',
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
};
