/** `POST /check` and what stands beside it: from a request to its answer, whoever carries them. */
import type { IncomingMessage } from 'node:http';
import { isJsonArray, isJsonObject, type Json } from '../../cedar/json/lossless.ts';
import { CHECK_LIMITS } from '../../decision/check.ts';
import { traceOf } from '../trace.ts';
import { requestIdOf, type Ask, type Desk, type Reply } from './desk.ts';
import { parseBody, readBody } from './read-body.ts';
import { refusalBody, type Refusal } from './refusal.ts';
import { answerCheck, answerExplained } from './service.ts';

/** What is asked at one address. */
export interface Route {
  /** Answers one request. Never rejects. */
  readonly answer: (desk: Desk, ask: Ask, body: Json) => Promise<Reply>;
  /** How deep the body's JSON may be. */
  readonly depth: number;
}

/** Checks in one batch. */
const MAX_BATCH = 100;

/**
 * Answers a `POST` of one check or more: who asks, whether there may be another one, what is asked. It is
 * counted before it is read, because nonsense costs as much as sense.
 */
export async function answerPost(
  desk: Desk,
  route: Route,
  incoming: IncomingMessage,
): Promise<Reply> {
  const started = performance.now();
  const requestId = requestIdOf(incoming);
  const span = desk.tracing?.begin(incoming, pathOf(incoming), requestId);
  let reply: Reply;
  try {
    reply = await answerUnder(desk, route, incoming, requestId, span);
  } catch {
    reply = desk.refuse(requestId, FAILED);
  }
  span?.end(reply.status);
  desk.service.metrics.took((performance.now() - started) / 1000);
  return reply;
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

async function answerUnder(
  desk: Desk,
  route: Route,
  incoming: IncomingMessage,
  requestId: string,
  span: Ask['span'],
): Promise<Reply> {
  const who = desk.who(incoming);
  if (!who.ok) return desk.refuse(requestId, who.error);
  const caller = who.value;
  const busy = desk.enter(caller);
  if (busy !== undefined) return desk.refuse(requestId, busy);
  try {
    // What is not there is not waited for: each wait costs a loaded server as much as a rule.
    const taken = caller === undefined ? undefined : await desk.take(caller, 1);
    if (taken !== undefined) return desk.refuse(requestId, taken);
    const bytes = await readBody(incoming, caller?.plan.max_bytes);
    if (!bytes.ok) return desk.refuse(requestId, bytes.error);
    await desk.lots.turn();
    const body = parseBody(bytes.value, route.depth);
    if (!body.ok) return desk.refuse(requestId, body.error);
    return await route.answer(desk, { incoming, requestId, caller, span }, body.value);
  } finally {
    desk.leave(caller);
  }
}

/** `POST /check` */
async function check(desk: Desk, ask: Ask, body: Json): Promise<Reply> {
  const { requestId, caller, span } = ask;
  const answer = await answerCheck(desk.service, { body, requestId, caller });
  if (!answer.ok) return desk.refuse(requestId, answer.error);
  span?.decided(answer.value.record);
  return desk.replyText(requestId, 200, answer.value.text);
}

/** `POST /check/explain` */
async function explain(desk: Desk, ask: Ask, body: Json): Promise<Reply> {
  const { requestId, caller, span } = ask;
  const answer = await answerExplained(desk.service, { body, requestId, caller });
  if (!answer.ok) return desk.refuse(requestId, answer.error);
  const { record, served, decision } = answer.value;
  span?.decided(record);
  const tools = traceOf(decision, served.pack, served.files);
  return desk.reply(requestId, 200, { record, tools });
}

/** `POST /check/batch` */
async function batch(desk: Desk, ask: Ask, body: Json): Promise<Reply> {
  const { requestId, caller, span } = ask;
  const checks = checksOf(body);
  if (checks === undefined) return desk.refuse(requestId, NO_BATCH);
  const taken = await desk.take(caller, checks.length - 1, checks.length);
  if (taken !== undefined) return desk.refuse(requestId, taken);
  const results: { readonly status: number; readonly body: object }[] = [];
  // One after the other: they may belong to one run.
  for (const [index, one] of checks.entries()) {
    const id = `${requestId}-${index}`;
    const answer = await answerCheck(desk.service, { body: one, requestId: id, caller });
    if (answer.ok) span?.decided(answer.value.record);
    else desk.service.metrics.refused(answer.error.code);
    results.push(
      answer.ok
        ? { status: 200, body: answer.value.record }
        : { status: answer.error.status, body: refusalBody(answer.error, id) },
    );
  }
  // 200 says that all were decided.
  const status = results.every((result) => result.status === 200) ? 200 : 207;
  return desk.reply(requestId, status, { results });
}

/** By address. A batch holds its checks two levels down. */
export const CHECK_ROUTES: Readonly<Record<string, Route>> = {
  '/check': { answer: check, depth: CHECK_LIMITS.depth },
  '/check/explain': { answer: explain, depth: CHECK_LIMITS.depth },
  '/check/batch': { answer: batch, depth: CHECK_LIMITS.depth + 2 },
};

function checksOf(body: Json): readonly Json[] | undefined {
  const checks = isJsonObject(body) && body.size === 1 ? body.get('checks') : undefined;
  if (checks === undefined || !isJsonArray(checks)) return undefined;
  return checks.length > 0 && checks.length <= MAX_BATCH ? checks : undefined;
}

const NO_BATCH: Refusal = {
  status: 422,
  code: 'INVALID_REQUEST',
  message: `A batch is {"checks": […]} with 1 to ${MAX_BATCH} checks and nothing else.`,
};

export const FAILED: Refusal = {
  status: 500,
  code: 'INTERNAL_ERROR',
  message: 'The request could not be answered.',
};
