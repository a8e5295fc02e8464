/**
 * The decision log: one JSON line a decision, each with the SHA-256 of the line before it in `prev`, so
 * that a line that is changed, taken out or put in shows. A line is written whole before its decision is
 * answered; a process that is killed can lose only a line whose decision nobody got. When a file is full
 * the next one goes on with the same chain.
 *
 * Writing is synchronous: lines have an order, and the chain needs it. Handing a line to the system takes
 * longer than deciding did, so the lines of all decisions that are made in one turn of the event loop are
 * handed over together, and only then is any of them answered.
 */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { err, ok, type Result } from '../../base/result.ts';
import { AppendFile, openToAppend } from '../append-file.ts';
import { digestOf, GENESIS, lastLine } from './chain.ts';

export interface LogOptions {
  readonly path: string;
  /** A file is not made larger than so many bytes, if it has more than one line. */
  readonly maxBytes: number;
}

/** A log that is open for writing. Only one may be, for each path. */
export class DecisionLog {
  readonly #options: LogOptions;
  #file: AppendFile;
  #prev: string;
  #waiting: Waiting[] = [];

  private constructor(options: LogOptions, file: AppendFile, prev: string) {
    this.#options = options;
    this.#file = file;
    this.#prev = prev;
  }

  /** Opens a log and goes on where it ended. A line that was not finished is cut off. */
  static open(options: LogOptions): Result<DecisionLog, string> {
    try {
      const file = openToAppend(options.path);
      try {
        const last = lastLine(file, fstatSync(file).size);
        const prev = last.line === undefined ? endOfRotated(options.path) : digestOf(last.line);
        return ok(new DecisionLog(options, new AppendFile(file, last.end), prev));
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
    const [written] = this.#write([members]);
    return written ?? ok(undefined);
  }

  /** The same, together with every other line that is to be written in this turn of the event loop. */
  appendSoon(members: string): Promise<Result<undefined, string>> {
    return new Promise((resolve) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush());
      this.#waiting.push({ members, resolve });
    });
  }

  close(): void {
    this.#flush();
    this.#file.close();
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const written = this.#write(waiting.map(({ members }) => members));
    for (const [index, { resolve }] of waiting.entries()) resolve(written[index] ?? ok(undefined));
  }

  /** What came of each line. Those that share a write are written all or not at all. */
  #write(lines: readonly string[]): readonly Result<undefined, string>[] {
    const outcomes: Result<undefined, string>[] = [];
    while (outcomes.length < lines.length) {
      const { bytes, prev, count } = this.#block(lines, outcomes.length);
      const outcome = this.#hand(bytes, prev);
      for (let index = 0; index < count; index += 1) outcomes.push(outcome);
    }
    return outcomes;
  }

  /** As many lines from one on as fit into the file, and one at least; `prev` is the digest of the last. */
  #block(lines: readonly string[], from: number): Block {
    const written: Buffer[] = [];
    let prev = this.#prev;
    let size = 0;
    for (let index = from; index < lines.length; index += 1) {
      const line = Buffer.from(`{${lines[index]},"prev":"${prev}"}\n`);
      const fits = this.#file.size + size + line.length <= this.#options.maxBytes;
      if (written.length > 0 && !fits) break;
      written.push(line);
      size += line.length;
      prev = digestOf(line.subarray(0, -1));
    }
    return { bytes: Buffer.concat(written, size), prev, count: written.length };
  }

  #hand(bytes: Buffer, prev: string): Result<undefined, string> {
    try {
      this.#file.ready();
      const { size } = this.#file;
      if (size > 0 && size + bytes.length > this.#options.maxBytes) this.#rotate();
      this.#file.append(bytes);
      this.#prev = prev;
      return ok(undefined);
    } catch (error) {
      return err(`${this.#options.path}: the log cannot be written: ${reasonOf(error)}`);
    }
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
    this.#file.close();
    this.#file = new AppendFile(next, 0);
  }
}

interface Waiting {
  readonly members: string;
  readonly resolve: (written: Result<undefined, string>) => void;
}

/** Lines that are written at once. */
interface Block {
  readonly bytes: Buffer;
  readonly prev: string;
  readonly count: number;
}

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

/** All files of a log, the oldest first; none when there is no such log. */
export function filesOfLog(path: string): readonly string[] {
  return [...rotatedFiles(path), ...(existsSync(path) ? [path] : [])];
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
