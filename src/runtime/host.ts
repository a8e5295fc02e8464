import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { err, ok, type Result } from '../base/result.ts';
import type { Problem, Source } from './problem.ts';

/** What a command may do to the world. Tests give one of their own. */
export interface Host {
  /** Reads a text file whole; `-` is the standard input. */
  readonly read: (path: string) => Promise<Result<Source, Problem>>;
  /** The standard input while other things go on, such as a timer that gives it up; `read('-')` if absent. */
  readonly readMeanwhile?: () => Promise<Result<Source, Problem>>;
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
export function processHost(known: Pick<Host, 'verifier' | 'version'>): Host {
  const errors = errorStream();
  return {
    ...known,
    read: (path) => (path === '-' ? readInputNow() : readFile(path)),
    readMeanwhile: () => readInput([]),
    out: writer(),
    error: (text) => void errors().write(text),
    get watched() {
      return errors().isTTY;
    },
  };
}

/** The error output, once it is asked for: most runs have nothing to say there. */
function errorStream(): () => NodeJS.WriteStream {
  let stream: NodeJS.WriteStream | undefined;
  // That nobody reads any longer what it says must not end a server.
  return () => (stream ??= process.stderr.on('error', () => undefined));
}

/** Reads a file whole. Its bytes must be UTF-8. */
export async function readFile(path: string): Promise<Result<Source, Problem>> {
  try {
    const found = statSync(path);
    // Whoever opens a pipe waits for who writes to it: a server that reads its keys anew must answer meanwhile.
    return found.isFIFO() ? await readPipe(path) : readNow(path, found.size);
  } catch (error) {
    return err({ file: path, message: `cannot be read: ${reasonOf(error)}` });
  }
}

async function readPipe(path: string): Promise<Result<Source, Problem>> {
  const pipe = await open(path, 'r');
  return collect(path, pipe.createReadStream(), []);
}

/**
 * At once: a pack has hundreds of small files, and a turn through the thread pool for each of the four
 * calls that one takes costs ten times what the reading does.
 */
function readNow(path: string, size: number): Result<Source, Problem> {
  if (size > MAX_FILE) {
    return err({ file: path, message: `has ${size} bytes; the limit is ${MAX_FILE}` });
  }
  const file = openSync(path, 'r');
  try {
    const bytes = readWhole(file, size);
    return bytes === undefined ? tooLong(path) : decode(path, bytes);
  } finally {
    closeSync(file);
  }
}

/** Bytes that are read at once. */
const CHUNK = 65_536;
const INPUT = 0;
const OUTPUT = 1;

/** What was read of a file so far, at the beginning of a buffer with room for more. */
interface Taken {
  bytes: Buffer;
  length: number;
}

/** Reads on to the end. Whether that came before there was too much. */
function readOn(file: number, taken: Taken): boolean {
  for (;;) {
    const { bytes, length } = taken;
    const read = readSync(file, bytes, length, bytes.length - length, null);
    if (read === 0) return true;
    taken.length += read;
    if (taken.length > MAX_FILE) return false;
    if (taken.length === bytes.length) {
      taken.bytes = Buffer.concat([bytes], Math.max(CHUNK, 2 * bytes.length));
    }
  }
}

function bytesOf({ bytes, length }: Taken): Uint8Array {
  return bytes.subarray(0, length);
}

/** The bytes of a file of this size; one that grows has more. Too many are `undefined`. */
function readWhole(file: number, size: number): Uint8Array | undefined {
  // One byte more: that it stays empty says that there is no more to read.
  const taken = { bytes: Buffer.allocUnsafe(size + 1), length: 0 };
  return readOn(file, taken) ? bytesOf(taken) : undefined;
}

/** Without streams: those for input and output are 7 ms of a cold start. */
function readInputNow(): Promise<Result<Source, Problem>> {
  const taken = { bytes: Buffer.allocUnsafe(CHUNK), length: 0 };
  try {
    const isWhole = readOn(INPUT, taken);
    return Promise.resolve(isWhole ? decode('<stdin>', bytesOf(taken)) : tooLong('<stdin>'));
  } catch (error) {
    // Nothing is there yet, and somebody made the input one that says so instead of waiting.
    if (codeOf(error) === 'EAGAIN') return readInput([bytesOf(taken)]);
    return Promise.resolve(
      // How Windows says that a pipe has ended.
      codeOf(error) === 'EOF' ? decode('<stdin>', bytesOf(taken)) : unreadable(error),
    );
  }
}

/** `chunks`: what has been read of it. */
async function readInput(chunks: Uint8Array[]): Promise<Result<Source, Problem>> {
  try {
    return await collect('<stdin>', process.stdin, chunks);
  } catch (error) {
    return unreadable(error);
  }
}

/** The rest of a stream, behind `chunks`. Rejects when it cannot be read. */
async function collect(
  name: string,
  stream: AsyncIterable<Uint8Array>,
  chunks: Uint8Array[],
): Promise<Result<Source, Problem>> {
  let size = lengthOf(chunks);
  for await (const bytes of stream) {
    size += bytes.length;
    if (size > MAX_FILE) return tooLong(name);
    chunks.push(bytes);
  }
  return decode(name, Buffer.concat(chunks));
}

function tooLong(file: string): Result<never, Problem> {
  return err({ file, message: `has more than ${MAX_FILE} bytes` });
}

function unreadable(error: unknown): Result<never, Problem> {
  return err({ file: '<stdin>', message: `cannot be read: ${reasonOf(error)}` });
}

function lengthOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0);
}

/** Writes to the standard output, and waits until it is written. */
function writer(): (text: string) => void {
  let stream: NodeJS.WriteStream | undefined;
  return (text) => {
    const left = stream === undefined ? writeNow(Buffer.from(text)) : Buffer.from(text);
    if (left.length === 0) return;
    // Whoever reads is slow, and somebody made the pipe one that does not wait. The stream does, from here on.
    stream = process.stdout;
    stream.write(left);
  };
}

/** What is left when the output takes no more for now. */
function writeNow(bytes: Uint8Array): Uint8Array {
  let at = 0;
  try {
    while (at < bytes.length) at += writeSync(OUTPUT, bytes, at);
  } catch (error) {
    if (codeOf(error) !== 'EAGAIN') throw error;
  }
  return bytes.subarray(at);
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
  const code = codeOf(error);
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES') return 'permission denied';
  return error.message;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
