import type { Bytes } from './bytes.ts';

/**
 * Base64 (RFC 4648), both alphabets. Decoding takes the one canonical spelling only: no spaces, the exact
 * padding, and no bits that decode to nothing, so that no character of a bundle can change unnoticed.
 */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const STANDARD = alphabet(`${LETTERS}+/`);
const URL_SAFE = alphabet(`${LETTERS}-_`);

interface Alphabet {
  readonly letters: string;
  readonly values: ReadonlyMap<string, number>;
}

function alphabet(letters: string): Alphabet {
  return { letters, values: new Map(Array.from(letters, (letter, value) => [letter, value])) };
}

/** With padding, as DSSE and PEM have it. */
export function base64(bytes: Uint8Array): string {
  const text = encode(bytes, STANDARD);
  return text + '='.repeat((4 - (text.length % 4)) % 4);
}

/** Without padding, as JWK has it. */
export function base64Url(bytes: Uint8Array): string {
  return encode(bytes, URL_SAFE);
}

/** Bytes of canonical base64; `undefined` for any other text. */
export function fromBase64(text: string): Bytes | undefined {
  if (text.length % 4 !== 0) return undefined;
  return decode(text.replace(/={1,2}$/, ''), STANDARD, (bytes) => base64(bytes) === text);
}

/** Bytes of canonical, unpadded base64url; `undefined` for any other text. */
export function fromBase64Url(text: string): Bytes | undefined {
  return decode(text, URL_SAFE, (bytes) => base64Url(bytes) === text);
}

function encode(bytes: Uint8Array, { letters }: Alphabet): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const bits = (a << 16) | (b << 8) | c;
    const count = Math.min(3, bytes.length - at) + 1;
    for (let digit = 0; digit < count; digit += 1) {
      text += letters.charAt((bits >> (18 - 6 * digit)) & 63);
    }
  }
  return text;
}

function decode(
  text: string,
  { values }: Alphabet,
  canonical: (bytes: Bytes) => boolean,
): Bytes | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let [bits, held, at] = [0, 0, 0];
  for (const letter of text) {
    const value = values.get(letter);
    if (value === undefined) return undefined;
    bits = ((bits << 6) | value) & 0xfff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[at] = (bits >> held) & 0xff;
    at += 1;
  }
  return canonical(bytes) ? bytes : undefined;
}
