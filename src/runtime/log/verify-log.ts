import { open } from 'node:fs/promises';
import { err, ok, type Result } from '../../base/result.ts';
import { isJsonObject, parseJson } from '../../cedar/json/lossless.ts';
import { digestOf, GENESIS } from './chain.ts';

/** A chain that holds. */
export interface LogChain {
  readonly lines: number;
  /** What the first line follows; all zeros when it is the first of all. */
  readonly from: string;
  /** Digest of the last line: noted elsewhere, it shows later that nothing was taken from the end. */
  readonly head: string;
  /** Whether bytes after the last whole line are not counted. */
  readonly unfinished: boolean;
}

/** Where a chain breaks. */
export interface LogBreak {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

const NEWLINE = 0x0a;
/** Far more than a check and its record can have. */
const MAX_LINE = 32_000_000;

/**
 * Follows the chain through the files of a log, the oldest first. `known`: digest of a line that must be
 * there. Rejects when a file cannot be read.
 */
export async function verifyLog(
  files: readonly string[],
  known?: string,
): Promise<Result<LogChain, LogBreak>> {
  let lines = 0;
  let from: string | undefined;
  let head: string | undefined;
  let unfinished = false;
  let seen = known === undefined;
  let last = { file: '', line: 0 };
  for (const [index, file] of files.entries()) {
    let line = 0;
    for await (const { bytes, whole } of linesOf(file)) {
      line += 1;
      const broken = (message: string): Result<LogChain, LogBreak> => err({ file, line, message });
      if (!whole) {
        // Only the end of everything can be what a crash left behind.
        if (index < files.length - 1 || bytes.length > MAX_LINE) return broken('does not end');
        unfinished = true;
        break;
      }
      const prev = prevOf(bytes);
      if (prev === undefined) return broken('is no line of a decision log');
      if (head !== undefined && prev !== head) {
        return broken('does not follow the line before it: one was changed, taken out or put in');
      }
      from ??= prev;
      head = digestOf(bytes);
      seen ||= head === known;
      last = { file, line };
      lines += 1;
    }
  }
  if (!seen) return err({ ...last, message: 'the line that must be there is not' });
  return ok({ lines, from: from ?? GENESIS, head: head ?? GENESIS, unfinished });
}

function prevOf(line: Uint8Array): string | undefined {
  const json = parseJson(Buffer.from(line).toString('utf8'), {
    length: MAX_LINE,
    depth: 127,
    count: 2_000_000,
  });
  const prev = json.ok && isJsonObject(json.value) ? json.value.get('prev') : undefined;
  return typeof prev === 'string' && /^sha256:[0-9a-f]{64}$/.test(prev) ? prev : undefined;
}

/** The lines of a file, and what is left at its end. JSON may hold what others take for the end of a line. */
export async function* linesOf(file: string) {
  const handle = await open(file);
  try {
    let rest: Buffer = Buffer.alloc(0);
    for await (const data of handle.createReadStream({ autoClose: false })) {
      const chunk = Buffer.isBuffer(data) ? data : Buffer.from(String(data));
      let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE)) {
        yield { bytes: bytes.subarray(0, end), whole: true };
        bytes = bytes.subarray(end + 1);
      }
      rest = bytes;
      if (rest.length > MAX_LINE) break;
    }
    if (rest.length > 0) yield { bytes: rest, whole: false };
  } finally {
    await handle.close();
  }
}
