import type { HttpBindings } from '@hono/node-server';
import { packVersion } from '../../decision/record.ts';
import { Hono, type Context } from 'hono';
import { asAuthZen, authZenMetadata, AUTHZEN_ROUTES } from './authzen.ts';
import { answerPost, CHECK_ROUTES, FAILED } from './check-routes.ts';
import { requestIdOf, type Desk, type Reply } from './desk.ts';
import { openApi } from './openapi.ts';
import type { PolicyState } from './policy-source.ts';
import type { Refusal } from './refusal.ts';

interface Env {
  readonly Bindings: HttpBindings;
  readonly Variables: { requestId: string | undefined };
}

type Asked = Context<Env>;

/** Of what is answered, not of the program. */
const API_VERSION = '1.0.0';

const GETS = [
  '/.well-known/authzen-configuration',
  '/healthz',
  '/readyz',
  '/policy',
  '/usage',
  '/metrics',
  '/openapi',
  '/openapi.json',
];

/** What the server answers. */
export function createApp(desk: Desk): Hono<Env> {
  const { service, gate, draining } = desk;
  const app = new Hono<Env>();

  for (const [path, route] of Object.entries(CHECK_ROUTES)) {
    app.post(path, async (c) => respond(await answerPost(desk, route, c.env.incoming)));
    app.all(path, (c) => refuse(c, NOT_ALLOWED, { allow: 'POST' }));
  }

  for (const [path, route] of Object.entries(AUTHZEN_ROUTES)) {
    app.post(path, async (c) => {
      const { incoming } = c.env;
      return respond(asAuthZen(incoming, await answerPost(desk, route, incoming)));
    });
    app.all(path, (c) => refuse(c, NOT_ALLOWED, { allow: 'POST' }));
  }
  app.get('/.well-known/authzen-configuration', (c) =>
    reply(c, 200, authZenMetadata(desk.authZen())),
  );

  app.get('/healthz', (c) => reply(c, 200, { status: 'alive' }));

  app.get('/readyz', (c) => {
    const { policies, shadow } = service;
    const able = policies.ready() && !draining();
    const loaded = policies.sources.flatMap((source) => source.loaded() ?? []);
    return reply(c, able ? 200 : 503, {
      status: able ? 'ready' : draining() ? 'stopping' : 'not ready',
      policy: loaded.length === 0 ? null : loaded.map(({ pack }) => packVersion(pack)).join(', '),
      signed: loaded.length === 0 ? null : !policies.unsigned(),
      dry_run: service.dryRun === true,
      // What the bundle's own path or a key is called is the operator's business: it is in the log.
      last_reload: policies.problem() === undefined ? 'ok' : 'failed',
      // It decides nothing, and so keeps nobody from being ready.
      ...(shadow === undefined ? {} : { shadow: shadowState(shadow.state()) }),
    });
  });

  app.get('/policy', (c) => {
    const who = desk.who(c.env.incoming);
    if (!who.ok) return refuse(c, who.error);
    const asked = c.req.query('version') ?? '';
    const served = service.policies.pick(who.value, { policy_pack_version: asked });
    if (!served.ok) return refuse(c, served.error);
    const { pack, id, signed, signers, loadedAt, expires, copy } = served.value;
    if (asked !== '' && asked !== packVersion(pack)) return refuse(c, NOT_THAT_VERSION);
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
      from_copy: copy !== undefined,
    });
  });

  app.get('/usage', async (c) => {
    const who = desk.who(c.env.incoming);
    if (!who.ok) return refuse(c, who.error);
    const caller = who.value;
    if (gate === undefined || caller === undefined) return refuse(c, NOT_FOUND);
    const now = service.now();
    const { key } = caller;
    const usage = await gate.usage(caller, now);
    if (!usage.ok) return refuse(c, usage.error);
    return reply(c, 200, {
      request_id: idOf(c),
      api_key_id: key.id,
      plan: key.plan,
      ...usage.value,
      environment: key.environments?.join(',') ?? '',
      source: gate.source,
      evaluated_at: now / 1000,
    });
  });

  // Made once: nobody needs a key to ask for them.
  let description: object | undefined;
  let page: string | undefined;
  const described = (): object => (description ??= openApi(API_VERSION));

  app.get('/openapi', async (c) => {
    // Late: who asks for decisions does not need it.
    const { openApiPage, PAGE_POLICY } = await import('./openapi-page.ts');
    page ??= await openApiPage(described());
    return c.html(page, 200, {
      'content-security-policy': PAGE_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });

  app.get('/openapi.json', (c) => reply(c, 200, described()));

  app.get('/metrics', (c) => {
    const text = service.metrics.text(service.policies, service.dryRun === true, service.shadow);
    return c.body(text, 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  });

  for (const path of GETS) {
    app.all(path, (c) => refuse(c, NOT_ALLOWED, { allow: 'GET, HEAD' }));
  }
  app.notFound((c) => refuse(c, NOT_FOUND));
  app.onError((_error, c) => refuse(c, FAILED));
  return app;

  function reply(c: Asked, status: number, body: object): Response {
    return respond(desk.reply(idOf(c), status, body));
  }

  function refuse(c: Asked, refusal: Refusal, more?: Readonly<Record<string, string>>): Response {
    return respond(desk.refuse(idOf(c), refusal, more));
  }
}

function shadowState({ served, problem }: PolicyState) {
  return {
    policy: served === undefined ? null : packVersion(served.pack),
    last_reload: problem === undefined ? 'ok' : 'failed',
  };
}

function respond({ status, headers, body }: Reply): Response {
  return new Response(body, { status, headers });
}

function idOf(c: Asked): string {
  const id = c.get('requestId') ?? requestIdOf(c.env.incoming);
  c.set('requestId', id);
  return id;
}

const NOT_ALLOWED: Refusal = {
  status: 405,
  code: 'METHOD_NOT_ALLOWED',
  message: 'This address does not answer that method.',
};
const NOT_THAT_VERSION: Refusal = {
  status: 422,
  code: 'PACK_VERSION_MISMATCH',
  message: 'No such version is loaded.',
};
const NOT_FOUND: Refusal = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'There is nothing at this address.',
};
