/**
 * A half-open range `[start, end)` of UTF-16 code units in one source text, the unit of JavaScript
 * strings and of Monaco. (Official Cedar counts UTF-8 bytes; conversion happens at its border.)
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A position as editors count: line and column from 1, the column in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Finds line and column of an offset in one text. Building it costs one pass, each lookup O(log lines). */
export class LineIndex {
  readonly #starts: readonly number[];
  readonly #length: number;

  constructor(text: string) {
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#starts = starts;
    this.#length = text.length;
  }

  /** The position of `offset`, clamped into the text. */
  position(offset: number): Position {
    const at = Math.min(Math.max(offset, 0), this.#length);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (this.#starts[low] ?? 0) + 1 };
  }
}
