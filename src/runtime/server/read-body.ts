import { isAscii, isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { err, ok, type Result } from '../../base/result.ts';
import { parseJson, type Json } from '../../cedar/json/lossless.ts';
import { CHECK_LIMITS } from '../../decision/check.ts';
import type { Refusal } from './refusal.ts';

/** Bytes of a request body. */
const BODY_LIMIT = CHECK_LIMITS.length;

/** Takes in the body of a request that says it is JSON, and no more of it than a body may have. */
export async function readBody(
  incoming: IncomingMessage,
  limit = BODY_LIMIT,
): Promise<Result<Buffer, Refusal>> {
  const unsupported = contentProblem(incoming);
  if (unsupported === undefined) return readBytes(incoming, limit);
  return err({ status: 415, code: 'CONTENT_TYPE_UNSUPPORTED', message: unsupported });
}

/** Reads a body as JSON of at most that depth. */
export function parseBody(bytes: Buffer, depth: number): Result<Json, Refusal> {
  const text = decode(bytes);
  if (text === undefined) {
    return err({ status: 400, code: 'INVALID_JSON', message: 'The body is not UTF-8 text.' });
  }
  const json = parseJson(text, { ...CHECK_LIMITS, depth });
  if (json.ok) return json;
  const { path, message } = json.error;
  const place = path === '' ? '' : ` (at ${path.slice(0, 200)})`;
  return err({ status: 400, code: 'INVALID_JSON', message: `${message}${place}` });
}

function contentProblem({ headers }: IncomingMessage): string | undefined {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== 'application/json') return 'Content-Type must be application/json.';
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  return encoding === 'identity' ? undefined : 'The body must not be compressed.';
}

function tooLarge(limit: number): Refusal {
  const message = `The body is larger than ${limit} bytes.`;
  return { status: 413, code: 'BODY_TOO_LARGE', message };
}

const INCOMPLETE: Refusal = {
  status: 400,
  code: 'REQUEST_INCOMPLETE',
  message: 'The body did not arrive whole.',
};

function readBytes(incoming: IncomingMessage, limit: number): Promise<Result<Buffer, Refusal>> {
  // Believed only when it is too much: what comes is counted.
  if (Number(incoming.headers['content-length'] ?? 0) > limit) {
    return Promise.resolve(err(tooLarge(limit)));
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (outcome: Result<Buffer, Refusal>): void => {
      incoming.off('data', onData).off('end', onEnd).off('error', onLost).off('close', onLost);
      resolve(outcome);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > limit) settle(err(tooLarge(limit)));
    };
    const onEnd = (): void => {
      const [only] = chunks;
      settle(ok(only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, size)));
    };
    const onLost = (): void => settle(err(INCOMPLETE));
    // Its sender may have gone while others were asked: then nothing more is heard of it.
    if (incoming.destroyed) return resolve(err(INCOMPLETE));
    incoming.on('data', onData).on('end', onEnd).on('error', onLost).on('close', onLost);
  });
}

/** Looked at before it is decoded: that is several times as fast as a decoder that stops at a fault. */
function decode(bytes: Buffer): string | undefined {
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  // A mark of the byte order is none of the text.
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
