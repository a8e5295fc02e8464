/**
 * OpenTelemetry: one span for each request that decides something, sent where the usual variables say.
 * The packages for it are large and few need them, so they are optional: they are loaded when a variable
 * asks for them, and when they are not installed that is said and nothing is traced.
 *
 *     OTEL_EXPORTER_OTLP_ENDPOINT  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT  OTEL_TRACES_EXPORTER=otlp   turn it on
 *     OTEL_SDK_DISABLED=true  OTEL_TRACES_EXPORTER=none                                            turn it off
 *     OTEL_SERVICE_NAME  OTEL_RESOURCE_ATTRIBUTES  OTEL_TRACES_SAMPLER  OTEL_EXPORTER_OTLP_HEADERS …  as everywhere
 */
import type { IncomingMessage } from 'node:http';
import type { Context } from '@opentelemetry/api';
import { err, ok, type Result } from '../../base/result.ts';
import type { DecisionRecord } from '../../decision/record.ts';

/** Traces requests. */
export interface Tracing {
  readonly begin: (incoming: IncomingMessage, path: string, requestId: string) => RequestSpan;
  /** Sends what is left, or gives up after a few seconds. */
  readonly close: () => Promise<void>;
}

export interface RequestSpan {
  /** Something was decided: of several decisions each. */
  readonly decided: (record: DecisionRecord) => void;
  readonly end: (status: number) => void;
}

type Environment = Readonly<Record<string, string | undefined>>;

const INSTALL =
  'npm install @opentelemetry/api @opentelemetry/sdk-trace-base @opentelemetry/resources @opentelemetry/exporter-trace-otlp-http';

/** Whether the variables ask for traces. */
export function tracesWanted(env: Environment): boolean {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return false;
  const exporter = env['OTEL_TRACES_EXPORTER'];
  if (exporter !== undefined && exporter !== '') return exporter === 'otlp';
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = env;
  return (all ?? '') !== '' || (traces ?? '') !== '';
}

/**
 * Starts to trace where the variables ask for it; `undefined` where they do not.
 * @param failed told what goes wrong later, such as a collector that is not there
 */
export async function openTracing(
  env: Environment,
  failed: (message: string) => void,
): Promise<Result<Tracing | undefined, string>> {
  if (!tracesWanted(env)) return ok(undefined);
  const protocol = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? env['OTEL_EXPORTER_OTLP_PROTOCOL'];
  if (protocol === 'grpc')
    return err('Traces are sent over HTTP alone, and OTEL_EXPORTER_OTLP_PROTOCOL asks for grpc.');
  const packages = await loadPackages();
  if (packages === undefined) {
    return err(
      `OTEL_ variables ask for traces, but the packages for them are not installed: ${INSTALL}`,
    );
  }
  return ok(startTracing(packages, failed));
}

type Packages = NonNullable<Awaited<ReturnType<typeof loadPackages>>>;

async function loadPackages() {
  try {
    const [api, sdk, resources, exporter] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ]);
    return { api, sdk, resources, exporter };
  } catch {
    return undefined;
  }
}

const PATIENCE = 3000;

function startTracing(packages: Packages, failed: (message: string) => void): Tracing {
  const { api, sdk, resources, exporter } = packages;
  const say = (message: string): void => failed(`OpenTelemetry: ${message}`);
  const silent = (): void => undefined;
  api.diag.setLogger(
    { error: say, warn: say, info: silent, debug: silent, verbose: silent },
    { logLevel: api.DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const named = resources.resourceFromAttributes({ 'service.name': 'stage0' });
  const told = resources.detectResources({ detectors: [resources.envDetector] });
  const provider = new sdk.BasicTracerProvider({
    resource: resources.defaultResource().merge(named).merge(told),
    spanProcessors: [new sdk.BatchSpanProcessor(new exporter.OTLPTraceExporter())],
  });
  const tracer = provider.getTracer('stage0');
  return {
    begin: (incoming, path, requestId) => {
      const method = incoming.method ?? '';
      const attributes = {
        'http.request.method': method,
        'url.path': path,
        'stage0.request_id': requestId,
      };
      const kind = api.SpanKind.SERVER;
      const span = tracer.startSpan(
        `${method} ${path}`,
        { kind, attributes },
        parentOf(api, incoming),
      );
      return {
        decided: ({ verdict, policy_version, issues, request_id }) => {
          span.addEvent('stage0.decision', {
            'stage0.verdict': verdict,
            'stage0.policy_version': policy_version,
            'stage0.issues': issues.map(({ code }) => code),
            'stage0.request_id': request_id,
          });
          span.setAttribute('stage0.verdict', verdict);
        },
        end: (status) => {
          span.setAttribute('http.response.status_code', status);
          if (status >= 500) span.setStatus({ code: api.SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    close: async () => {
      const given = new Promise((resolve) => setTimeout(resolve, PATIENCE).unref());
      await Promise.race([provider.shutdown().catch(silent), given]);
    },
  };
}

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The span that asks, by the header `traceparent` of W3C Trace Context. */
function parentOf({ ROOT_CONTEXT, trace }: Packages['api'], { headers }: IncomingMessage): Context {
  const { traceparent } = headers;
  const [, traceId, spanId, flags] =
    typeof traceparent === 'string' ? (TRACEPARENT.exec(traceparent) ?? []) : [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags, 16) & 1;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
