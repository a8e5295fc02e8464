import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Serving } from './server/serve.ts';
import { openTracing, tracesWanted } from './server/tracing.ts';
import { ask, bundleFolder, OWNER, remove, serveFolder } from './testing/serving.ts';

// Many tests share the machine: what is slow there is not wrong.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

interface Value {
  readonly stringValue?: string;
  readonly intValue?: number;
  readonly arrayValue?: { readonly values: readonly Value[] };
}
interface Attributed {
  readonly attributes: readonly { readonly key: string; readonly value: Value }[];
}
interface Span extends Attributed {
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly events: readonly Attributed[];
}
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: Attributed;
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

let folder = '';
let receiver: Server;
let endpoint = '';
let exports: Export[] = [];
const servers: (Serving & { said: () => string })[] = [];

/** As much of a collector as takes traces in OTLP's JSON. */
beforeEach(async () => {
  exports = [];
  folder = await bundleFolder();
  receiver = createServer((incoming, outgoing) => {
    void text(incoming).then((body) => {
      if (incoming.url === '/v1/traces') exports.push(JSON.parse(body) as Export);
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  endpoint = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(servers.splice(0).map((server) => server.stop(0)));
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  await remove(folder);
});

/** The packages read the variables of the process themselves. */
async function serve(variables: Readonly<Record<string, string>>) {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const server = await serveFolder(folder, { env: variables });
  servers.push(server);
  return server;
}

function plain({ attributes }: Attributed): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.arrayValue?.values.map((one) => one.stringValue) ?? value.stringValue ?? value.intValue,
    ]),
  );
}

const spans = (): readonly Span[] =>
  exports.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );

test('each request that decides is a span of the trace that it belongs to', async () => {
  const server = await serve({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_SERVICE_NAME: 'doors',
    OTEL_BSP_SCHEDULE_DELAY: '10',
  });
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const guest = { ...OWNER, context: { actor_role: 'guest' } };
  await ask(`${server.url}/check`, guest, {
    traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
    'x-request-id': 'run-7',
  });
  await ask(`${server.url}/check/batch`, { checks: [OWNER, guest] }, { traceparent: 'nonsense' });
  await ask(`${server.url}/check`, {});
  await server.stop();
  expect(spans().map(({ name }) => name)).toEqual([
    'POST /check',
    'POST /check/batch',
    'POST /check',
  ]);
  const [one, many, wrong] = spans();
  if (one === undefined || many === undefined || wrong === undefined) throw new Error('no spans');
  expect(one).toMatchObject({ traceId, parentSpanId: '00f067aa0ba902b7' });
  expect(plain(one)).toMatchObject({
    'http.request.method': 'POST',
    'url.path': '/check',
    'http.response.status_code': 200,
    'stage0.verdict': 'DEFER',
    'stage0.request_id': 'run-7',
  });
  expect(one.events.map(plain)).toMatchObject([
    {
      'stage0.verdict': 'DEFER',
      'stage0.policy_version': 'door@1.0.0',
      'stage0.issues': ['GUEST'],
    },
  ]);
  expect(many.parentSpanId).toBeUndefined();
  expect(many.events.map((event) => plain(event)['stage0.verdict'])).toEqual(['ALLOW', 'DEFER']);
  expect(plain(wrong)).toMatchObject({ 'http.response.status_code': 422 });
  expect(wrong.events).toEqual([]);
  const resource = exports[0]?.resourceSpans[0]?.resource;
  expect(resource === undefined ? {} : plain(resource)).toMatchObject({ 'service.name': 'doors' });
});

test('a collector that is not there is said, and stops nothing', async () => {
  const server = await serve({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    OTEL_BSP_SCHEDULE_DELAY: '10',
    OTEL_EXPORTER_OTLP_TIMEOUT: '200',
  });
  expect((await ask(`${server.url}/check`, OWNER)).status).toBe(200);
  await vi.waitFor(() => expect(server.said()).toContain('OpenTelemetry: '), { timeout: 30_000 });
  expect((await ask(`${server.url}/check`, OWNER)).status).toBe(200);
});

test('traces are for those who ask for them', async () => {
  const wanted = (env: Readonly<Record<string, string>>) => tracesWanted(env);
  expect(wanted({})).toBe(false);
  expect(wanted({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toBe(true);
  expect(wanted({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint })).toBe(true);
  expect(wanted({ OTEL_TRACES_EXPORTER: 'otlp' })).toBe(true);
  expect(wanted({ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toBe(
    false,
  );
  expect(wanted({ OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toBe(false);
  const grpc = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
  expect(await openTracing(grpc, () => undefined)).toMatchObject({ ok: false });
});

test('without the packages it says which, and serves', async () => {
  vi.doMock('@opentelemetry/sdk-trace-base', () => {
    throw new Error('Cannot find package');
  });
  const server = await serve({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
  vi.doUnmock('@opentelemetry/sdk-trace-base');
  expect(server.said()).toMatch(
    /are not installed: npm install @opentelemetry[^]*Nothing is traced/,
  );
  expect((await ask(`${server.url}/check`, OWNER)).status).toBe(200);
});
