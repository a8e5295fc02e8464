/**
 * The envelope around a signed statement: DSSE (github.com/secure-systems-lab/dsse). A signature covers
 * type and payload together, in a form in which neither can be mistaken for a part of the other.
 */
import { canonicalJson } from '../base/canonical-json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { z } from '../decision/zod.ts';
import { base64, fromBase64 } from './base64.ts';
import { concat, utf8, type Bytes } from './bytes.ts';
import { readCanonical, readJsonAs } from './canonical-file.ts';

const Base64 = z
  .string()
  .refine((text) => fromBase64(text) !== undefined, 'must be canonical base64');

const Signature = z.strictObject({ keyid: z.string().max(200), sig: Base64 }).readonly();

/** `attestations/<role>.dsse.json`. Its bytes are RFC 8785. */
export const Envelope = z
  .strictObject({
    payload: Base64,
    payloadType: z.string().min(1).max(200),
    signatures: z.array(Signature).max(20).readonly(),
  })
  .readonly();

export type Envelope = z.output<typeof Envelope>;
export type EnvelopeSignature = z.output<typeof Signature>;

/** What is signed: the pre-authentication encoding of type and payload. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Bytes {
  const type = utf8(payloadType);
  return concat([utf8(`DSSEv1 ${type.length} `), type, utf8(` ${payload.length} `), payload]);
}

/** The payload's bytes. The shape has checked that they can be read. */
export function payloadOf(envelope: Envelope): Bytes {
  return fromBase64(envelope.payload) ?? new Uint8Array();
}

/** An envelope's file; signatures in the order of their key ids, so that who signed first leaves no trace. */
export function envelopeBytes(
  payloadType: string,
  payload: Uint8Array,
  signatures: readonly EnvelopeSignature[],
): Bytes {
  const sorted = signatures.toSorted((a, b) =>
    a.keyid < b.keyid ? -1 : a.keyid > b.keyid ? 1 : 0,
  );
  return utf8(canonicalJson({ payload: base64(payload), payloadType, signatures: sorted }));
}

/** Reads an attestation of a bundle. */
export function readEnvelope(bytes: Uint8Array): Result<Envelope, string> {
  return readCanonical(bytes, Envelope);
}

/** An envelope that somebody else wrote: spelled anyhow, with members that are not signed. */
const ForeignEnvelope = z.object({
  payload: z.string().max(8_000_000),
  payloadType: z.string().min(1).max(200),
  signatures: z
    .array(z.object({ keyid: z.string().max(200).nullish(), sig: z.string().max(10_000) }))
    .min(1)
    .max(20),
});

/** Reads an envelope of another tool, `cosign` for one, into the form that bundles hold. */
export function readForeignEnvelope(bytes: Uint8Array): Result<Envelope, string> {
  const read = readJsonAs(bytes, ForeignEnvelope);
  if (!read.ok) return read;
  const { payloadType, signatures } = read.value;
  const payload = standard(read.value.payload);
  const list: EnvelopeSignature[] = [];
  for (const { keyid, sig } of signatures) {
    const text = standard(sig);
    if (text === undefined) return err('A signature is not base64.');
    list.push({ keyid: keyid ?? '', sig: text });
  }
  return payload === undefined
    ? err('The payload is not base64.')
    : ok({ payload, payloadType, signatures: list });
}

/** DSSE lets writers choose between the alphabets. */
function standard(text: string): string | undefined {
  const letters = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  const bytes = fromBase64(letters + '='.repeat((4 - (letters.length % 4)) % 4));
  return bytes === undefined ? undefined : base64(bytes);
}
