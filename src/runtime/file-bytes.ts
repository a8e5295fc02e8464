import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import type { Host } from './host.ts';
import type { Problem } from './problem.ts';

/** Larger than any bundle may be. */
const MAX_BYTES = 64_000_001;

/** Reads a file's bytes. What is too large for a bundle is not read. */
export async function readBytes(path: string): Promise<Result<Uint8Array, Problem>> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > MAX_BYTES) return err({ file: path, message: `has ${size} bytes: too many` });
      return ok(new Uint8Array(await file.readFile()));
    } finally {
      await file.close();
    }
  } catch (error) {
    return err({ file: path, message: `cannot be read: ${reasonOf(error)}` });
  }
}

/** Whether there is nothing at the path. Any other trouble is for the reading to report: it must not pass for a first start. */
export async function isAbsent(path: string): Promise<boolean> {
  try {
    await stat(path);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}

/**
 * Writes a file so that it is either wholly the new one or wholly the old one, whatever happens while it
 * is written, and still is after a power cut: a new file, flushed, is renamed over it.
 */
export async function replaceFile(
  path: string,
  content: Uint8Array | string,
  mode = 0o644,
): Promise<Result<undefined, Problem>> {
  const folder = dirname(path);
  const other = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    await writeFlushed(await open(other, 'wx', mode), content);
    await rename(other, path);
    await flushFolder(folder);
    return ok(undefined);
  } catch (error) {
    await rm(other, { force: true });
    return err({ file: path, message: `cannot be written: ${reasonOf(error)}` });
  }
}

/** Milliseconds for which one waits for others that change a file, and between two looks. */
const PATIENCE = 5000;
const LOOK = 20;

/**
 * Reads and replaces a file while nobody else does: of two that begin with the same content, the one that
 * ends last would undo what the other did. The error says that somebody else still does, or died of it.
 */
export async function changeAlone<T>(
  path: string,
  change: () => Promise<T>,
  patience = PATIENCE,
): Promise<Result<T, Problem>> {
  const lock = `${path}.lock`;
  const deadline = performance.now() + patience;
  for (;;) {
    try {
      await (await open(lock, 'wx', 0o600)).close();
      break;
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!taken) return err({ file: path, message: `cannot be written: ${reasonOf(error)}` });
      if (performance.now() >= deadline) {
        const message = 'is there: something else is changing the file. If nothing is, remove it.';
        return err({ file: lock, message });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
  try {
    return ok(await change());
  } finally {
    await rm(lock, { force: true });
  }
}

/** Makes a folder, and those around it; one that is there already is as good. */
export async function makeFolder(path: string): Promise<Result<undefined, Problem>> {
  try {
    await mkdir(path, { recursive: true });
    return ok(undefined);
  } catch (error) {
    return err({ file: path, message: `cannot be made: ${reasonOf(error)}` });
  }
}

/** Writes a file that only its owner can read. One that is there already is left alone: it may be a key. */
export async function writeSecretFile(
  path: string,
  content: string,
): Promise<Result<undefined, Problem>> {
  try {
    await writeFlushed(await open(path, 'wx', 0o600), content);
    return ok(undefined);
  } catch (error) {
    return err({ file: path, message: `cannot be written: ${reasonOf(error)}` });
  }
}

/** Reads a secret from a file, from the standard input (`-`) or from a variable (`env:NAME`). */
export async function readSecret(host: Host, from: string): Promise<Result<string, Problem>> {
  if (from.startsWith('-----BEGIN') || from.trimStart().startsWith('{')) {
    const message = 'error: a key does not belong on the command line, where others can read it';
    return err({ message });
  }
  if (from.startsWith('env:')) {
    const value = process.env[from.slice('env:'.length)];
    if (value !== undefined && value !== '') return ok(value);
    return err({ message: `error: the variable ${from.slice('env:'.length)} is not set` });
  }
  const source = await host.read(from);
  return source.ok ? ok(source.value.text) : source;
}

async function writeFlushed(file: FileHandle, content: Uint8Array | string): Promise<void> {
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the renaming itself last. Not every system can open a folder. */
async function flushFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The content is safe; only the name may still be the old one after a power cut.
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EEXIST') return 'it is there already';
  return error.message;
}
