import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { err, ok, type Result } from '../base/result.ts';
import type { Problem, Source } from './problem.ts';

/** What a command may do to the world. Tests give one of their own. */
export interface Host {
  /** Reads a text file whole; `-` is the standard input. */
  readonly read: (path: string) => Promise<Result<Source, Problem>>;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Whether a person is watching what goes to `error`. */
  readonly watched: boolean;
  /** Of this program. */
  readonly version?: string;
  /** Where the code of the thread that verifies bundles stands; absent: they are verified in this one. */
  readonly verifier?: URL;
}

/** Bytes of one file. What is larger is no policy, and would only fill memory. */
const MAX_FILE = 64_000_000;

/** The process that we are. */
export function processHost(verifier: URL): Host {
  // That nobody reads any longer what it says must not end a server.
  process.stderr.on('error', () => undefined);
  return {
    verifier,
    read: (path) => (path === '-' ? readInput() : readFile(path)),
    out: (line) => void process.stdout.write(line),
    error: (line) => void process.stderr.write(line),
    watched: process.stderr.isTTY,
  };
}

/** Reads a file whole. Its bytes must be UTF-8. */
export function readFile(path: string): Promise<Result<Source, Problem>> {
  return Promise.resolve(readNow(path));
}

/**
 * At once: a pack has hundreds of small files, and a turn through the thread pool for each of the four
 * calls that one takes costs ten times what the reading does.
 */
function readNow(path: string): Result<Source, Problem> {
  try {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      if (size > MAX_FILE) {
        return err({ file: path, message: `has ${size} bytes; the limit is ${MAX_FILE}` });
      }
      return decode(path, readFileSync(file));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return err({ file: path, message: `cannot be read: ${reasonOf(error)}` });
  }
}

async function readInput(): Promise<Result<Source, Problem>> {
  try {
    const input: AsyncIterable<Uint8Array> = process.stdin;
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const bytes of input) {
      size += bytes.length;
      if (size > MAX_FILE) {
        return err({ file: '<stdin>', message: `has more than ${MAX_FILE} bytes` });
      }
      chunks.push(bytes);
    }
    return decode('<stdin>', Buffer.concat(chunks));
  } catch (error) {
    return err({ file: '<stdin>', message: `cannot be read: ${reasonOf(error)}` });
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function decode(name: string, bytes: Uint8Array): Result<Source, Problem> {
  try {
    return ok({ name, text: UTF8.decode(bytes) });
  } catch {
    return err({ file: name, message: 'is not UTF-8 text' });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES') return 'permission denied';
  return error.message;
}
