import type { Span } from '../../base/span.ts';

/**
 * Turns offsets of UTF-8 bytes, which official Cedar counts in, into offsets of UTF-16 code units, which
 * JavaScript and editors count in. Built in one pass over the text; each lookup is O(log n) in the number
 * of characters that are not ASCII. A lone surrogate, which UTF-8 cannot hold, counts as the three bytes of
 * the replacement character that stands for it in the encoded text.
 */
export class Utf8Index {
  /** Of each character of more than one byte: where it ends in bytes, where it starts and ends in units. */
  readonly #bytes: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #length: number;

  constructor(text: string) {
    let bytes = 0;
    for (let at = 0; at < text.length;) {
      const code = text.codePointAt(at) ?? 0;
      const units = code > 0xffff ? 2 : 1;
      const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code > 0xffff ? 4 : 3;
      bytes += size;
      at += units;
      if (size === 1) continue;
      this.#bytes.push(bytes);
      this.#starts.push(at - units);
      this.#ends.push(at);
    }
    this.#length = text.length;
  }

  /** The UTF-16 offset of a byte offset, clamped into the text; inside of a character, its start. */
  offset(byte: number): number {
    let low = 0;
    let high = this.#bytes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#bytes[middle] ?? 0) <= byte) low = middle + 1;
      else high = middle;
    }
    // Between two such characters a byte is a unit; inside of the next one it is its start.
    const bytes = this.#bytes[low - 1] ?? 0;
    const units = this.#ends[low - 1] ?? 0;
    return Math.min(units + Math.max(byte - bytes, 0), this.#starts[low] ?? this.#length);
  }

  /** The span of a range of bytes. */
  span(start: number, end: number): Span {
    const from = this.offset(start);
    return { start: from, end: Math.max(from, this.offset(end)) };
  }
}
