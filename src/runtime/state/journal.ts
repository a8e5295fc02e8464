/**
 * The file of the embedded store: a line for each change, with its CRC-32 in front. A change is handed to
 * the system before it is answered for, so that a process that is killed forgets nothing; once a second
 * the system is told to bring it to the disk, and that is the most that a power cut takes. A file that has
 * grown is replaced, in one step, by one that says the same in fewer lines.
 */
import {
  closeSync,
  fdatasync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { err, ok, type Result } from '../../base/result.ts';
import { AppendFile, openToAppend } from '../append-file.ts';

const HEADER = 'stage0-journal/v1';
/** Bytes from which on it is looked whether the file can be made smaller. */
const LARGE = 16_000_000;
/** Milliseconds. */
const SYNC_INTERVAL = 1000;

/** A journal that is open for writing. */
export class Journal {
  readonly #path: string;
  readonly #large: number;
  readonly #timer: NodeJS.Timeout;
  #file: AppendFile;
  #next: number;
  #dirty = false;
  #lost: string | undefined;

  private constructor(path: string, file: AppendFile, large: number) {
    this.#path = path;
    this.#file = file;
    this.#large = large;
    this.#next = Math.max(large, 2 * file.size);
    this.#timer = setInterval(() => void this.#sync(), SYNC_INTERVAL);
    this.#timer.unref();
  }

  /** Opens a journal and gives every change in it to `apply`, which says whether it is one. */
  static open(
    path: string,
    apply: (change: unknown) => boolean,
    large = LARGE,
  ): Result<Journal, string> {
    try {
      const file = openToAppend(path);
      try {
        const end = replay(readFileSync(file), apply);
        const appended = new AppendFile(file, end);
        if (end === 0) appended.append(lineOf(HEADER));
        return ok(new Journal(path, appended, large));
      } catch (error) {
        closeSync(file);
        throw error;
      }
    } catch (error) {
      return err(`${path}: the state cannot be opened: ${reasonOf(error)}`);
    }
  }

  /** Writes a change down, or says why it cannot. */
  append(change: object): Result<undefined, string> {
    try {
      if (this.#lost !== undefined) throw new Error(this.#lost);
      this.#file.ready();
      this.#file.append(lineOf(JSON.stringify(change)));
      this.#dirty = true;
      return ok(undefined);
    } catch (error) {
      return err(`${this.#path}: the state cannot be written: ${reasonOf(error)}`);
    }
  }

  /** Writes the file anew when it is large. `changes`: what leads to the state as it is. */
  compact(changes: () => Iterable<object>): void {
    if (this.#file.size < this.#next) return;
    const next = `${this.#path}.next`;
    try {
      const file = openSync(next, 'w+', 0o600);
      try {
        const written = new AppendFile(file, 0);
        for (const block of blocksOf(changes())) written.append(block);
        fsyncSync(file);
        renameSync(next, this.#path);
        this.#file.close();
        this.#file = written;
      } catch (error) {
        closeSync(file);
        // Where the disk is full it would take the last of it.
        unlinkSync(next);
        throw error;
      }
      flushFolder(dirname(this.#path));
    } catch {
      // The file that there is stays good; it only goes on growing for a while.
    }
    this.#next = Math.max(this.#large, 2 * this.#file.size);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sync();
    this.#file.close();
  }

  async #sync(): Promise<void> {
    if (!this.#dirty) return;
    const { file } = this.#file;
    this.#dirty = false;
    try {
      await promisify(fdatasync)(file);
    } catch (error) {
      // What the system could not keep it may have forgotten. A file that was replaced is no loss.
      if (file === this.#file.file) this.#lost = reasonOf(error);
    }
  }
}

function lineOf(text: string): Buffer {
  return Buffer.from(lineText(text));
}

function lineText(text: string): string {
  return `${checksum(text)} ${text}\n`;
}

/** Letters of a file written anew that are handed over at once: line by line it takes half as long again. */
const BLOCK = 64_000;

/** A whole file. */
function* blocksOf(changes: Iterable<object>): Iterable<Buffer> {
  let block = lineText(HEADER);
  for (const change of changes) {
    block += lineText(JSON.stringify(change));
    if (block.length < BLOCK) continue;
    yield Buffer.from(block);
    block = '';
  }
  yield Buffer.from(block);
}

function checksum(text: string | Uint8Array): string {
  return crc32(text).toString(16).padStart(8, '0');
}

/**
 * Gives the changes of a file to `apply`, and the offset after the last good one. What a power cut leaves
 * at the end is no change; something broken that good ones follow is damage, and throws.
 */
function replay(bytes: Buffer, apply: (change: unknown) => boolean): number {
  let good = 0;
  let line = 0;
  let broken: number | undefined;
  for (let start = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf(NEWLINE, start);
    if (end < 0) break;
    const text = textOf(bytes.subarray(start, end));
    if (text === undefined) broken ??= line;
    else if (broken !== undefined) throw new Error(`line ${broken + 1} is damaged`);
    else if (line === 0 ? text !== HEADER : !apply(JSON.parse(text))) {
      throw new Error(`line ${line + 1} is none of its changes`);
    } else good = end + 1;
    start = end + 1;
  }
  if (good === 0 && bytes.length > 0 && !HEADER_LINE.subarray(0, bytes.length).equals(bytes)) {
    throw new Error('it is no state file');
  }
  return good;
}

function textOf(line: Buffer): string | undefined {
  const text = line.subarray(9);
  return line.toString('latin1', 0, 9) === `${checksum(text)} ` ? text.toString('utf8') : undefined;
}

const NEWLINE = 0x0a;
const HEADER_LINE = lineOf(HEADER);

/** Makes the renaming itself last. Not every system can open a folder. */
function flushFolder(path: string): void {
  try {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // The content is safe; only the name may still be the old one after a power cut.
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
