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

async function ask(options: ClientOptions, input: CheckInput): Promise<CheckResult> {
  const deadline = performance.now() + (options.timeout ?? TIMEOUT);
  const body = JSON.stringify(input);
  for (let attempt = 0; ; attempt += 1) {
    const answer = await send(options, body, deadline - performance.now());
    const pause = answer.retryAfter ?? PAUSE * 2 ** attempt;
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
  const json = readJson(await answer.text());
  if (answer.status === 200) return { result: decisionIn(json, requestId), busy: false };
  const busy = answer.status === 429 || answer.status === 503;
  const failure = ErrorAnswer.safeParse(json);
  if (!failure.success) {
    const message = `The server answered ${answer.status}, and not as it should.`;
    return { result: undecided('INVALID_ANSWER', message), busy };
  }
  const { error, message, retry_after_seconds: seconds } = failure.data;
  const wait = seconds === undefined ? {} : { retryAfter: seconds * 1000 };
  return { result: undecided(error, message), busy, ...wait };
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
