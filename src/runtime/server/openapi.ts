/** What the server answers, as OpenAPI 3.1: the shapes are those that requests and clients are read with. */
import { CheckRequest } from '../../decision/check.ts';
import { z } from '../../decision/zod.ts';
import { ErrorAnswer, RecordAnswer } from '../answer-shape.ts';

const Count = z.int().min(0);
const Limit = Count.nullable();

const Usage = z.strictObject({
  request_id: z.string(),
  api_key_id: z.string(),
  plan: z.string(),
  month_key: z.string(),
  monthly_quota: Limit,
  monthly_used: Count,
  monthly_remaining: Limit,
  day_key: z.string(),
  daily_quota: Limit,
  daily_used: Count,
  daily_remaining: Limit,
  per_minute_limit: Limit,
  minute_used: Count,
  minute_remaining: Limit,
  environment: z.string().describe('The only ones that the key is for, with commas; empty: any.'),
  source: z.enum(['local', 'redis']).describe('Where it is counted.'),
  evaluated_at: z.number().describe('Epoch seconds.'),
});

const Policy = z.strictObject({
  name: z.string(),
  version: z.string(),
  digest: z.string().describe("The bundle's id, or the digest of an unsigned pack."),
  pack_digest: z.string(),
  signed: z.boolean(),
  signers: z.array(z.string()),
  rules: Count,
  loaded_at: z.number().describe('Epoch seconds.'),
  expires: z.number().nullable().describe('Epoch seconds.'),
});

const Ready = z.strictObject({
  status: z.enum(['ready', 'not ready', 'stopping']),
  policy: z.string().nullable(),
  signed: z.boolean().nullable(),
  dry_run: z.boolean().describe('Whether everything is answered with ALLOW.'),
  last_reload: z.enum(['ok', 'failed']),
});

const Outcome = z.enum(['satisfied', 'unsatisfied', 'error']);

const Explanation = z.strictObject({
  record: RecordAnswer,
  tools: z.array(
    z.strictObject({
      tool: z.string(),
      verdict: z.string(),
      satisfied: z.array(z.string()),
      policies: z.array(
        z.strictObject({
          policy: z.string(),
          effect: z.enum(['permit', 'forbid']),
          path: z.string(),
          line: Count,
          outcome: Outcome,
          error: z.string().optional(),
          scope: z.strictObject({
            principal: z.boolean(),
            action: z.boolean(),
            resource: z.boolean(),
          }),
          conditions: z
            .array(z.looseObject({ kind: z.enum(['when', 'unless']) }))
            .describe('Each with its outcome and the expressions that it is made of.'),
        }),
      ),
    }),
  ),
});

const Batch = z.strictObject({
  results: z.array(
    z.union([
      z.strictObject({ status: z.literal(200), body: RecordAnswer }),
      z.strictObject({ status: z.int().min(400), body: ErrorAnswer }),
    ]),
  ),
});

type Schema = Readonly<Record<string, unknown>>;

/** The document, as plain JSON. */
export function openApi(version: string): Schema {
  const check = ref('Check');
  const post = (summary: string, body: Schema, answers: Readonly<Record<string, Schema>>) => ({
    post: {
      summary,
      security: KEY,
      requestBody: { required: true, content: json(body) },
      responses: { ...responses(answers), ...refusals(CHECK_REFUSALS) },
    },
  });
  const get = (
    summary: string,
    answers: Readonly<Record<string, Schema>>,
    keyed: boolean,
    more: readonly string[] = [],
  ) => ({
    get: {
      summary,
      ...(keyed ? { security: KEY } : {}),
      responses: {
        ...responses(answers),
        ...(keyed ? refusals(['401', '404', '503', ...more]) : {}),
      },
    },
  });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Stage0: may the agent act?',
      version,
      description: 'A check that was not decided is never answered with 200.',
    },
    paths: {
      '/check': post('Decide a check', check, { 200: ref('Record') }),
      '/check/explain': post('Decide a check, and say why', check, { 200: ref('Explanation') }),
      '/check/batch': post('Decide up to 100 checks; 207 unless all were decided', BATCH, {
        200: ref('Batch'),
        207: ref('Batch'),
      }),
      '/usage': get("What is used of the key's quotas", { 200: ref('Usage') }, true),
      '/policy': {
        ...get('What decides for this key', { 200: ref('Policy') }, true, ['403', '422']),
        parameters: [VERSION],
      },
      '/readyz': get(
        'Whether checks can be decided',
        { 200: ref('Ready'), 503: ref('Ready') },
        false,
      ),
      '/healthz': get('Whether the server is alive', { 200: ALIVE }, false),
      '/metrics': {
        get: {
          summary: 'Counters for Prometheus',
          responses: {
            200: { description: 'OK', content: { 'text/plain': { schema: { type: 'string' } } } },
          },
        },
      },
      '/openapi.json': get('This document', { 200: { type: 'object' } }, false),
    },
    components: {
      securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-api-key' } },
      schemas: {
        Check: checkSchema(),
        Record: schemaOf(RecordAnswer),
        Explanation: schemaOf(Explanation),
        Batch: schemaOf(Batch),
        Usage: schemaOf(Usage),
        Policy: schemaOf(Policy),
        Ready: schemaOf(Ready),
        Error: schemaOf(ErrorAnswer),
      },
    },
  };
}

const KEY = [{ key: [] }, {}];
const CHECK_REFUSALS = ['400', '401', '402', '403', '413', '415', '422', '429', '500', '503'];
const BATCH: Schema = {
  type: 'object',
  required: ['checks'],
  additionalProperties: false,
  properties: { checks: { type: 'array', minItems: 1, maxItems: 100, items: ref('Check') } },
};
const ALIVE: Schema = {
  type: 'object',
  required: ['status'],
  properties: { status: { const: 'alive' } },
};

const VERSION = {
  name: 'version',
  in: 'query',
  description: 'Which one, such as payments@1.4.0: needed by keys for several.',
  schema: { type: 'string' },
};

function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

function json(schema: Schema) {
  return { 'application/json': { schema } };
}

function responses(answers: Readonly<Record<string, Schema>>) {
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => [
      status,
      { description: DESCRIPTIONS[status] ?? 'Refused', content: json(schema) },
    ]),
  );
}

function refusals(statuses: readonly string[]) {
  return responses(Object.fromEntries(statuses.map((status) => [status, ref('Error')])));
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  200: 'OK',
  207: 'Some were not decided',
  400: 'The body is no JSON, or did not arrive whole',
  401: 'No key, or one that is not known',
  402: 'The plan does not include this',
  403: 'The key is not for this bundle, environment or tenant',
  404: 'Nothing here',
  413: 'The body is larger than 1,000,000 bytes',
  415: 'The body must be application/json, not compressed',
  422: 'Fields are wrong, another pack version is loaded, or several and none is named',
  429: 'The quota is used up',
  500: 'It could not be decided',
  503: 'No trusted policy is loaded, or the decision could not be counted or written down',
};

function schemaOf(shape: z.ZodType): Schema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(shape, { io: 'input' });
  return schema;
}

/** The request: what zod cannot say of it in JSON Schema is said here. */
function checkSchema(): Schema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(CheckRequest, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // Our types' word for what is not changed in place; OpenAPI's for what is never sent.
      delete jsonSchema.readOnly;
    },
  });
  return {
    ...schema,
    properties: {
      ...schema.properties,
      goal: { type: 'string', maxLength: 8000 },
      context: { type: ['object', 'null'], description: 'Facts, as the pack declares them.' },
    },
  };
}
