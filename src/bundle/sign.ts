/** Signatures on bundles: made here with a key, or made elsewhere (a key service, `cosign`) and attached. */
import { err, ok, type Result } from '../base/result.ts';
import { readArchive, writeArchive, type ArchiveFiles } from './archive.ts';
import { base64, fromBase64 } from './base64.ts';
import type { UnsignedBundle } from './build.ts';
import { sameBytes, type Bytes } from './bytes.ts';
import { ecdsaToDer } from './der.ts';
import {
  envelopeBytes,
  payloadOf,
  preAuthEncoding,
  readEnvelope,
  readForeignEnvelope,
  type Envelope,
  type EnvelopeSignature,
} from './dsse.ts';
import { algorithmOf, keyIdOf, verifySignature, type PublicJwk, type Signer } from './keys.ts';
import { attestationPath, PAYLOAD_TYPE, roleOf } from './statement.ts';

/**
 * The archive of a bundle, signed by each of the signers: with none, one whose envelopes wait for
 * signatures. The error is one sentence.
 */
export async function signBundle(
  bundle: UnsignedBundle,
  signers: readonly Signer[],
): Promise<Result<Bytes, string>> {
  const files = new Map(bundle.files);
  for (const [role, payload] of bundle.statements) {
    const signed = preAuthEncoding(PAYLOAD_TYPE, payload);
    const signatures: EnvelopeSignature[] = [];
    for (const signer of signers) {
      const signature = await tryToSign(signer, signed);
      if (!signature.ok) return signature;
      signatures.push({ keyid: signer.keyid, sig: base64(signature.value) });
    }
    files.set(attestationPath(role), envelopeBytes(PAYLOAD_TYPE, payload, signatures));
  }
  return writeArchive(files);
}

/** What there is to sign in an archive, by role: the bytes that a key service or `openssl` signs. */
export function bytesToSign(archive: Uint8Array): Result<ReadonlyMap<string, Bytes>, string> {
  const files = readArchive(new Uint8Array(archive));
  if (!files.ok) return files;
  const bytes = new Map<string, Bytes>();
  for (const path of files.value.keys()) {
    const role = roleOf(path);
    const envelope = role === undefined ? undefined : envelopeIn(files.value, role);
    if (role === undefined || envelope?.ok !== true) continue;
    bytes.set(role, preAuthEncoding(envelope.value.payloadType, payloadOf(envelope.value)));
  }
  return ok(bytes);
}

/** Adds a signer's signature to every attestation of an archive: the second of two people, for one. */
export async function addSignatures(
  archive: Uint8Array,
  signer: Signer,
): Promise<Result<Bytes, string>> {
  const roles = bytesToSign(archive);
  if (!roles.ok) return roles;
  let signed: Bytes = new Uint8Array(archive);
  for (const [role, bytes] of roles.value) {
    const signature = await tryToSign(signer, bytes);
    if (!signature.ok) return signature;
    const attached = await attachSignature(signed, role, signer.jwk, signature.value);
    if (!attached.ok) return attached;
    signed = attached.value;
  }
  return ok(signed);
}

/**
 * Attaches a signature that was made elsewhere over `bytesToSign`. It must be the key's; for ES256 both
 * DER and r ‖ s are taken.
 */
export async function attachSignature(
  archive: Uint8Array,
  role: string,
  jwk: PublicJwk,
  signature: Uint8Array,
): Promise<Result<Bytes, string>> {
  const files = readArchive(new Uint8Array(archive));
  if (!files.ok) return files;
  const envelope = envelopeIn(files.value, role);
  if (!envelope.ok) return envelope;
  const { payloadType, signatures } = envelope.value;
  const payload = payloadOf(envelope.value);
  const signed = preAuthEncoding(payloadType, payload);
  const found = await signatureOf(jwk, new Uint8Array(signature), signed);
  if (found === undefined)
    return err(`The signature is not this key's over the ${role} attestation.`);
  const others = signatures.filter(({ keyid }) => keyid !== found.keyid);
  const bytes = envelopeBytes(payloadType, payload, [...others, found]);
  return writeArchive(new Map([...files.value, [attestationPath(role), bytes]]));
}

/**
 * Puts in a whole envelope that another tool made. Its signatures must be by the keys given; those of an
 * envelope already there stay when it says the same.
 */
export async function attachEnvelope(
  archive: Uint8Array,
  role: string,
  envelope: Uint8Array,
  keys: readonly PublicJwk[],
): Promise<Result<Bytes, string>> {
  const files = readArchive(new Uint8Array(archive));
  if (!files.ok) return files;
  const path = attestationPath(role);
  if (roleOf(path) === undefined)
    return err('A role is written in lower case: release, test-result.');
  const foreign = readForeignEnvelope(envelope);
  if (!foreign.ok) return foreign;
  const { payloadType, signatures } = foreign.value;
  const payload = payloadOf(foreign.value);
  const signed = preAuthEncoding(payloadType, payload);
  const known = new Map<string, EnvelopeSignature>();
  const before = envelopeIn(files.value, role);
  if (before.ok && before.value.payloadType === payloadType) {
    if (sameBytes(payloadOf(before.value), payload)) {
      for (const one of before.value.signatures) known.set(one.keyid, one);
    }
  }
  for (const { sig } of signatures) {
    const raw = fromBase64(sig) ?? new Uint8Array();
    const candidates = await Promise.all(keys.map((jwk) => signatureOf(jwk, raw, signed)));
    const found = candidates.find((one) => one !== undefined);
    if (found === undefined)
      return err('A signature of the envelope is by none of the keys given.');
    known.set(found.keyid, found);
  }
  const bytes = envelopeBytes(payloadType, payload, [...known.values()]);
  return writeArchive(new Map([...files.value, [path, bytes]]));
}

function envelopeIn(files: ArchiveFiles, role: string): Result<Envelope, string> {
  const bytes = files.get(attestationPath(role));
  return bytes === undefined
    ? err(`The bundle has no ${role} attestation to sign.`)
    : readEnvelope(bytes);
}

/** The signature as an envelope holds it, when it is the key's. */
async function signatureOf(
  jwk: PublicJwk,
  signature: Bytes,
  signed: Bytes,
): Promise<EnvelopeSignature | undefined> {
  const forms =
    algorithmOf(jwk) === 'ES256' && signature.length === 64
      ? [ecdsaToDer(signature), signature]
      : [signature];
  for (const form of forms) {
    if (await verifySignature(jwk, form, signed)) return { keyid: keyIdOf(jwk), sig: base64(form) };
  }
  return undefined;
}

async function tryToSign(signer: Signer, bytes: Bytes): Promise<Result<Bytes, string>> {
  try {
    return ok(await signer.sign(bytes));
  } catch {
    return err(`The key ${signer.keyid} did not sign.`);
  }
}
