/**
 * The little of ASN.1 DER that signatures and keys need. ECDSA signatures are two integers: WebCrypto
 * writes them side by side (r ‖ s, 64 bytes), everybody else, `cosign` and `openssl` among them, as a DER
 * sequence. Bundles hold DER, in its one canonical spelling.
 */
import { concat, sameBytes, type Bytes } from './bytes.ts';

const INTEGER = 0x02;
const SEQUENCE = 0x30;

/** One element: its tag, and what is in it. */
export interface Der {
  readonly tag: number;
  readonly content: Bytes;
}

/** Writes one element. */
export function der(tag: number, ...content: readonly Uint8Array[]): Bytes {
  const body = concat(content);
  const size: number[] = [];
  for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256);
  const length = body.length < 128 ? [body.length] : [0x80 | size.length, ...size];
  return concat([Uint8Array.from([tag, ...length]), body]);
}

/** The elements of which `bytes` consist; `undefined` unless they are DER to the last byte. */
export function readDer(bytes: Bytes): readonly Der[] | undefined {
  const elements: Der[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1];
    if (first === undefined || first === 0x80 || first > 0x83) return undefined;
    const lengthSize = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + lengthSize;
    const length =
      first < 0x80
        ? first
        : bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
    const end = start + length;
    if (end > bytes.length) return undefined;
    const content = bytes.subarray(start, end);
    if (!sameBytes(bytes.subarray(at, end), der(tag, content))) return undefined;
    elements.push({ tag, content });
    at = end;
  }
  return elements;
}

/** r ‖ s as DER. */
export function ecdsaToDer(raw: Uint8Array): Bytes {
  const half = raw.length / 2;
  return der(SEQUENCE, integer(raw.subarray(0, half)), integer(raw.subarray(half)));
}

/** DER as r ‖ s of 32 bytes each; `undefined` for any spelling but the canonical one. */
export function ecdsaFromDer(bytes: Bytes): Bytes | undefined {
  const [sequence, ...more] = readDer(bytes) ?? [];
  if (sequence?.tag !== SEQUENCE || more.length > 0) return undefined;
  const numbers = readDer(sequence.content) ?? [];
  if (numbers.length !== 2) return undefined;
  const raw = new Uint8Array(64);
  for (const [index, { tag, content }] of numbers.entries()) {
    const digits = content[0] === 0 ? content.subarray(1) : content;
    if (tag !== INTEGER || digits.length > 32) return undefined;
    raw.set(digits, index * 32 + 32 - digits.length);
  }
  return sameBytes(ecdsaToDer(raw), bytes) ? raw : undefined;
}

/** A positive integer: no zero in front but the one that keeps it positive. */
function integer(digits: Uint8Array): Bytes {
  const first = digits.findIndex((byte) => byte !== 0);
  const bare = first === -1 ? Uint8Array.from([0]) : digits.subarray(first);
  return der(INTEGER, ...((bare[0] ?? 0) >= 0x80 ? [Uint8Array.from([0]), bare] : [bare]));
}
