import { jsonFromUnknown } from '../cedar/json/from-unknown.ts';
import { printJson } from '../simulation/json-text.ts';
import { ErrorAnswer, RecordAnswer } from './answer-shape.ts';
import { undecided, type CheckInput, type CheckResult, type Decider } from './check-result.ts';

export interface ClientOptions {
  /** Of the server, such as `https://decisions.example`. */
  readonly url: string;
  /** The API key; absent for a server that asks for none. */
  readonly key?: string;
  /** Milliseconds that a check may take with all attempts; 5000 when absent. */
  readonly timeout?: number;
  /** How often it is asked again after a 429 or 503; 2 when absent. */
  readonly retries?: number;
}

/**
 * A client of `POST /check`. It asks again after a 429 or 503, within the time that a check may take;
 * everything else that is no decision it can read is a DENY.
 */
export function createClient(options: ClientOptions): Decider {
  return {
    check: async (input) => {
      try {
        return await ask(options, input);
      } catch (error) {
        const late = error instanceof Error && error.name === 'TimeoutError';
        return late
          ? undecided('TIMEOUT', 'The server did not answer in time.')
          : undecided('UNREACHABLE', 'The server could not be asked.');
      }
    },
  };
}

const TIMEOUT = 5000;
const RETRIES = 2;
/** Milliseconds before the first retry; each one more waits twice as long. */
const PAUSE = 100;
/** Bytes of an answer. A decision has some thousands, and more than a request may have only where it repeats it. */
const LARGEST = 16_000_000;

async function ask(options: ClientOptions, input: CheckInput): Promise<CheckResult> {
  const deadline = performance.now() + (options.timeout ?? TIMEOUT);
  // As in this process: `JSON.stringify` would send NaN as null, and what is null is no fact at all.
  const json = jsonFromUnknown(input);
  if (!json.ok) return undecided('INVALID_REQUEST', json.error.message);
  const body = printJson(json.value, 'sorted');
  for (let attempt = 0; ; attempt += 1) {
    const answer = await send(options, body, deadline - performance.now());
    const pause = Math.max(answer.retryAfter ?? 0, PAUSE * 2 ** attempt);
    // Clients that were turned away together must not come back together.
    const wait = pause * (1 + Math.random() / 2);
    const again = answer.busy && attempt < (options.retries ?? RETRIES);
    if (!again || performance.now() + wait >= deadline) return answer.result;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

interface Attempt {
  readonly result: CheckResult;
  readonly busy: boolean;
  /** Milliseconds. */
  readonly retryAfter?: number;
}

async function send(
  { url, key }: ClientOptions,
  body: string,
  remaining: number,
): Promise<Attempt> {
  const requestId = crypto.randomUUID();
  const answer = await fetch(`${url.replace(/\/+$/, '')}/check`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-request-id': requestId,
      ...(key === undefined ? {} : { 'x-api-key': key }),
    },
    body,
    // Whoever sends us elsewhere must not get the key.
    redirect: 'error',
    signal: AbortSignal.timeout(Math.max(0, Math.trunc(remaining))),
  });
  const text = await textOf(answer);
  if (text === undefined) {
    return { result: undecided('INVALID_ANSWER', 'The answer is too large.'), busy: false };
  }
  const json = readJson(text);
  if (answer.status === 200) return { result: decisionIn(json, requestId), busy: false };
  const busy = answer.status === 429 || answer.status === 503;
  const failure = ErrorAnswer.safeParse(json);
  // What stands in front of the server may be what is busy: it has the header alone.
  const seconds = failure.data?.retry_after_seconds ?? secondsIn(answer.headers.get('retry-after'));
  const wait = seconds === undefined ? {} : { retryAfter: seconds * 1000 };
  if (!failure.success) {
    const message = `The server answered ${answer.status}, and not as it should.`;
    return { result: undecided('INVALID_ANSWER', message), busy, ...wait };
  }
  const { error, message } = failure.data;
  return { result: undecided(error, message), busy, ...wait };
}

/** A header `Retry-After`: seconds, or a moment in HTTP's form. */
function secondsIn(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** The body of an answer; `undefined` when it is larger than any should be. */
async function textOf({ body }: Response): Promise<string | undefined> {
  if (body === null) return '';
  const parts: AsyncIterable<Uint8Array> = body;
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop lets go of the connection.
  for await (const chunk of parts) {
    size += chunk.length;
    if (size > LARGEST) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function decisionIn(json: unknown, requestId: string): CheckResult {
  const record = RecordAnswer.safeParse(json);
  if (!record.success) return undecided('INVALID_ANSWER', 'The answer is no decision.');
  if (record.data.request_id !== requestId) {
    return undecided('INVALID_ANSWER', 'The answer is to another request.');
  }
  return { decided: true, verdict: record.data.verdict, record: record.data };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
