/**
 * The decision log: one JSON line a decision, each with the SHA-256 of the line before it in `prev`, so
 * that a line that is changed, taken out or put in shows. A line is written whole before its decision is
 * answered; a process that is killed can lose only a line whose decision nobody got. When a file is full
 * the next one goes on with the same chain.
 *
 * Writing is synchronous: lines have an order, the chain needs it, and handing a line to the system takes
 * less than deciding did.
 */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { err, ok, type Result } from '../../base/result.ts';
import { digestOf, GENESIS, lastLine } from './chain.ts';

export interface LogOptions {
  readonly path: string;
  /** A file is not made larger than so many bytes, if it has more than one line. */
  readonly maxBytes: number;
}

/** A log that is open for writing. Only one may be, for each path. */
export class DecisionLog {
  readonly #options: LogOptions;
  #file: number;
  #size: number;
  #prev: string;
  /** Whether the file may end with a part of a line. */
  #torn = false;

  private constructor(options: LogOptions, file: number, size: number, prev: string) {
    this.#options = options;
    this.#file = file;
    this.#size = size;
    this.#prev = prev;
  }

  /** Opens a log and goes on where it ended. A line that was not finished is cut off. */
  static open(options: LogOptions): Result<DecisionLog, string> {
    try {
      const file = openSync(options.path, 'a+', 0o600);
      try {
        const { size } = fstatSync(file);
        const last = lastLine(file, size);
        if (last.end < size) ftruncateSync(file, last.end);
        const prev = last.line === undefined ? endOfRotated(options.path) : digestOf(last.line);
        return ok(new DecisionLog(options, file, last.end, prev));
      } catch (error) {
        closeSync(file);
        throw error;
      }
    } catch (error) {
      return err(`${options.path}: the log cannot be opened: ${reasonOf(error)}`);
    }
  }

  /** Writes one line whole or not at all. `members`: what stands in its JSON object, in JSON, not empty. */
  append(members: string): Result<undefined, string> {
    const line = Buffer.from(`{${members},"prev":"${this.#prev}"}`);
    const bytes = Buffer.concat([line, NEWLINE]);
    try {
      this.#ready(bytes.length);
      this.#torn = true;
      for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
      this.#torn = false;
      this.#size += bytes.length;
      this.#prev = digestOf(line);
      return ok(undefined);
    } catch (error) {
      this.#repair();
      return err(`${this.#options.path}: the log cannot be written: ${reasonOf(error)}`);
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Throws when the file is not as it was left: nothing may be written behind what others wrote. */
  #ready(length: number): void {
    if (this.#torn) this.#cut();
    const { size, nlink } = fstatSync(this.#file);
    if (nlink === 0) throw new Error('it was removed');
    if (size !== this.#size) throw new Error('something else has written to it');
    if (size > 0 && size + length > this.#options.maxBytes) this.#rotate();
  }

  #rotate(): void {
    const { path } = this.#options;
    const full = `${path}.${String(lastNumber(path) + 1).padStart(DIGITS, '0')}`;
    renameSync(path, full);
    let next: number;
    try {
      next = openSync(path, 'ax+', 0o600);
    } catch (error) {
      renameSync(full, path);
      throw error;
    }
    closeSync(this.#file);
    this.#file = next;
    this.#size = 0;
  }

  #repair(): void {
    try {
      if (this.#torn) this.#cut();
    } catch {
      // Tried again before the next line, which is not written until it succeeds.
    }
  }

  #cut(): void {
    ftruncateSync(this.#file, this.#size);
    this.#torn = false;
  }
}

const NEWLINE = Buffer.from('\n');
const DIGITS = 6;

/** The full files of a log, the oldest first. */
export function rotatedFiles(path: string): readonly string[] {
  const name = basename(path);
  const numbered = readdirSync(dirname(path)).filter(
    (other) => other.startsWith(`${name}.`) && /^\d{6,}$/.test(other.slice(name.length + 1)),
  );
  const number = (other: string): number => Number(other.slice(name.length + 1));
  return numbered
    .toSorted((a, b) => number(a) - number(b))
    .map((other) => join(dirname(path), other));
}

function lastNumber(path: string): number {
  const last = rotatedFiles(path).at(-1);
  return last === undefined ? 0 : Number(last.slice(last.lastIndexOf('.') + 1));
}

function endOfRotated(path: string): string {
  const last = rotatedFiles(path).at(-1);
  if (last === undefined) return GENESIS;
  const file = openSync(last, 'r');
  try {
    const { line } = lastLine(file, fstatSync(file).size);
    if (line === undefined) throw new Error(`${last} is empty`);
    return digestOf(line);
  } finally {
    closeSync(file);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
