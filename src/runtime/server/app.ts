import { randomUUID } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { isJsonArray, isJsonObject, type Json } from '../../cedar/json/lossless.ts';
import { traceOf } from '../trace.ts';
import { openApi } from './openapi.ts';
import { readJsonBody } from './read-body.ts';
import { refusalBody, type Refusal } from './refusal.ts';
import type { Caller } from '../keys/key-ring.ts';
import type { Gate } from './gate.ts';
import { answerCheck, answerExplained, NO_POLICY, type Service } from './service.ts';

interface Env {
  readonly Bindings: HttpBindings;
  readonly Variables: { requestId: string; caller: Caller | undefined };
}

type Ask = Context<Env>;

/** Of what is answered, not of the program. */
const API_VERSION = '1.0.0';
/** Checks in one batch. */
const MAX_BATCH = 100;

/** What answers over HTTP. */
export interface AppParts {
  readonly service: Service;
  /** Absent: everybody may ask. */
  readonly gate: Gate | undefined;
  /** Whether the server is about to stop. */
  readonly draining: () => boolean;
}

/** What the server answers. */
export function createApp({ service, gate, draining }: AppParts): Hono<Env> {
  const app = new Hono<Env>();

  app.use(async (c, next) => {
    const started = performance.now();
    c.set('requestId', requestIdOf(c.env.incoming.headers['x-request-id']));
    await next();
    if (c.req.path.startsWith('/check')) {
      service.metrics.took((performance.now() - started) / 1000);
    }
  });

  // `/check/*` is `/check` too.
  for (const path of ['/check/*', '/policy', '/usage']) {
    app.use(path, async (c, next) => {
      const found = gate?.who(c.req.header('x-api-key'));
      if (found?.ok === false) return refuse(c, found.error);
      c.set('caller', found?.value);
      return next();
    });
  }

  // Counted before it is read: nonsense costs as much as sense.
  app.on('POST', '/check/*', async (c, next) => {
    const taken = await takeFor(c, 1);
    if (taken !== undefined) return refuse(c, taken);
    return next();
  });

  app.post('/check', async (c) => {
    const body = await readJsonBody(c.env.incoming);
    if (!body.ok) return refuse(c, body.error);
    const answer = await answerCheck(service, asked(c, body.value));
    return answer.ok ? reply(c, 200, answer.value.record) : refuse(c, answer.error);
  });

  app.post('/check/explain', async (c) => {
    const body = await readJsonBody(c.env.incoming);
    if (!body.ok) return refuse(c, body.error);
    const answer = await answerExplained(service, asked(c, body.value));
    if (!answer.ok) return refuse(c, answer.error);
    const { record, served, decision } = answer.value;
    return reply(c, 200, { record, tools: traceOf(decision, served.pack, served.files) });
  });

  app.post('/check/batch', async (c) => {
    const body = await readJsonBody(c.env.incoming);
    if (!body.ok) return refuse(c, body.error);
    const checks = checksOf(body.value);
    if (checks === undefined) return refuse(c, NO_BATCH);
    const taken = await takeFor(c, checks.length - 1);
    if (taken !== undefined) return refuse(c, taken);
    const results: { readonly status: number; readonly body: object }[] = [];
    // One after the other: they may belong to one run.
    for (const [index, check] of checks.entries()) {
      const requestId = `${c.var.requestId}-${index}`;
      const answer = await answerCheck(service, { ...asked(c, check), requestId });
      if (!answer.ok) service.metrics.refused(answer.error.code);
      results.push(
        answer.ok
          ? { status: 200, body: answer.value.record }
          : { status: answer.error.status, body: refusalBody(answer.error, requestId) },
      );
    }
    // 200 says that all were decided.
    return reply(c, results.every(({ status }) => status === 200) ? 200 : 207, { results });
  });

  app.get('/healthz', (c) => reply(c, 200, { status: 'alive' }));

  app.get('/readyz', (c) => {
    const { served, ready, problem } = service.source.state();
    const able = ready && !draining();
    return reply(c, able ? 200 : 503, {
      status: able ? 'ready' : draining() ? 'stopping' : 'not ready',
      policy: served === undefined ? null : `${served.pack.name}@${served.pack.version}`,
      signed: served?.signed ?? null,
      // What the bundle's own path or a key is called is the operator's business: it is in the log.
      last_reload: problem === undefined ? 'ok' : 'failed',
    });
  });

  app.get('/policy', (c) => {
    const served = service.source.current();
    if (served === undefined) return refuse(c, NO_POLICY);
    const { pack, id, signed, signers, loadedAt, expires } = served;
    return reply(c, 200, {
      name: pack.name,
      version: pack.version,
      digest: id,
      pack_digest: pack.policies.digest,
      signed,
      signers,
      rules: pack.rules.length,
      loaded_at: loadedAt / 1000,
      expires: expires === undefined ? null : expires / 1000,
    });
  });

  app.get('/usage', async (c) => {
    const { caller, requestId } = c.var;
    if (gate === undefined || caller === undefined) return refuse(c, NOT_FOUND);
    const now = service.now();
    const { key } = caller;
    const usage = await gate.usage(caller, now);
    if (!usage.ok) return refuse(c, usage.error);
    return reply(c, 200, {
      request_id: requestId,
      api_key_id: key.id,
      plan: key.plan,
      ...usage.value,
      environment: key.environments?.join(',') ?? '',
      source: gate.source,
      evaluated_at: now / 1000,
    });
  });

  app.get('/openapi.json', (c) => reply(c, 200, openApi(API_VERSION)));

  app.get('/metrics', (c) => {
    const text = service.metrics.text(service.source.state());
    return c.body(text, 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  });

  for (const path of ['/check', '/check/explain', '/check/batch']) {
    app.all(path, (c) => refuse(c, NOT_ALLOWED, { allow: 'POST' }));
  }
  for (const path of ['/healthz', '/readyz', '/policy', '/usage', '/metrics', '/openapi.json']) {
    app.all(path, (c) => refuse(c, NOT_ALLOWED, { allow: 'GET, HEAD' }));
  }
  app.notFound((c) => refuse(c, NOT_FOUND));
  app.onError((_error, c) => refuse(c, FAILED));
  return app;

  async function takeFor(c: Ask, n: number): Promise<Refusal | undefined> {
    if (gate === undefined || c.var.caller === undefined || n === 0) return undefined;
    const taken = await gate.take(c.var.caller, n, service.now());
    return taken.ok ? undefined : taken.error;
  }

  function reply(c: Ask, status: number, body: object, more: Headers = {}): Response {
    const unsigned = service.source.state().served?.signed === false;
    return new Response(JSON.stringify(body), {
      status,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-request-id': c.var.requestId,
        ...(unsigned ? { 'x-stage0-unsigned': 'true' } : {}),
        ...(draining() || status === 413 ? { connection: 'close' } : {}),
        ...more,
      },
    });
  }

  function refuse(c: Ask, refusal: Refusal, more: Headers = {}): Response {
    service.metrics.refused(refusal.code);
    const { status, retryAfter } = refusal;
    const wait = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
    return reply(c, status, refusalBody(refusal, c.var.requestId), { ...wait, ...more });
  }
}

type Headers = Readonly<Record<string, string>>;

const NO_BATCH: Refusal = {
  status: 422,
  code: 'INVALID_REQUEST',
  message: `A batch is {"checks": […]} with 1 to ${MAX_BATCH} checks and nothing else.`,
};
const NOT_ALLOWED: Refusal = {
  status: 405,
  code: 'METHOD_NOT_ALLOWED',
  message: 'This address does not answer that method.',
};
const NOT_FOUND: Refusal = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'There is nothing at this address.',
};
const FAILED: Refusal = {
  status: 500,
  code: 'INTERNAL_ERROR',
  message: 'The request could not be answered.',
};

function asked(c: Ask, body: Json) {
  return { body, requestId: c.var.requestId, caller: c.var.caller };
}

function checksOf(body: Json): readonly Json[] | undefined {
  const checks = isJsonObject(body) && body.size === 1 ? body.get('checks') : undefined;
  if (checks === undefined || !isJsonArray(checks)) return undefined;
  return checks.length > 0 && checks.length <= MAX_BATCH ? checks : undefined;
}

const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The client's own id when it is one that is safe in headers and logs, else a new one. */
function requestIdOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : randomUUID();
}
