import { hash } from 'node:crypto';
import { readSync } from 'node:fs';

/** What the first line of all follows. */
export const GENESIS = `sha256:${'0'.repeat(64)}`;

/** Digest of a line without its end. */
export function digestOf(line: Uint8Array | string): string {
  return `sha256:${hash('sha256', line)}`;
}

export interface LastLine {
  /** Without its end; absent when the file has no whole line. */
  readonly line: Uint8Array | undefined;
  /** Offset after it. */
  readonly end: number;
}

const CHUNK = 64_000;

/** The last whole line of a file of `size` bytes, read from its end. */
export function lastLine(file: number, size: number): LastLine {
  let tail: Buffer = Buffer.alloc(0);
  for (let start = size; ;) {
    const end = tail.lastIndexOf(NEWLINE);
    const before = end <= 0 ? -1 : tail.lastIndexOf(NEWLINE, end - 1);
    if (before >= 0 || start === 0) {
      if (end < 0) return { line: undefined, end: 0 };
      return { line: tail.subarray(before + 1, end), end: start + end + 1 };
    }
    const length = Math.min(start, Math.max(CHUNK, tail.length));
    const chunk = Buffer.alloc(length);
    start -= length;
    for (let at = 0; at < length;) {
      const read = readSync(file, chunk, at, length - at, start + at);
      if (read === 0) throw new Error('it became shorter while it was read');
      at += read;
    }
    tail = Buffer.concat([chunk, tail]);
  }
}

const NEWLINE = 0x0a;
