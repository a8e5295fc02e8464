import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/**
 * A file that only grows, and that nobody else may write to. What is written to it is there whole or not
 * at all for whoever reads it later, unless the process dies in between: then its end is unfinished.
 */
export class AppendFile {
  readonly file: number;
  #size: number;
  /** Whether it may end with a part of what was to be written. */
  #torn = false;
  #closed = false;

  /** `size`: of what is good in it. The rest is cut off. */
  constructor(file: number, size: number) {
    this.file = file;
    this.#size = size;
    if (fstatSync(file).size > size) ftruncateSync(file, size);
  }

  get size(): number {
    return this.#size;
  }

  /** Throws when the file is not as it was left: nothing may be written behind what others wrote. */
  ready(): void {
    if (this.#torn) this.#cut();
    const { size, nlink } = fstatSync(this.file);
    if (nlink === 0) throw new Error('it was removed');
    if (size !== this.#size) throw new Error('something else has written to it');
  }

  /** Writes all of it or nothing; throws when it cannot. To be called when it is `ready`. */
  append(bytes: Uint8Array): void {
    this.#torn = true;
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.file, bytes, at);
    } catch (error) {
      this.#repair();
      throw error;
    }
    this.#torn = false;
    this.#size += bytes.length;
  }

  close(): void {
    // Twice would close whatever has its number by then.
    if (!this.#closed) closeSync(this.file);
    this.#closed = true;
  }

  #repair(): void {
    try {
      this.#cut();
    } catch {
      // Tried again before anything else is written.
    }
  }

  #cut(): void {
    ftruncateSync(this.file, this.#size);
    this.#torn = false;
  }
}

/** Opens a file to read all of it and write at its end. One that is made is its owner's alone. */
export function openToAppend(path: string): number {
  return openSync(path, 'a+', 0o600);
}
