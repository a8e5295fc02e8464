/** What the server answers, as OpenAPI 3.1: the shapes are those that requests and clients are read with. */
import { ErrorAnswer, RecordAnswer } from '../answer-shape.ts';
import {
  Batch,
  checkSchema,
  Configuration,
  Evaluation,
  EvaluationRequest,
  Evaluations,
  EvaluationsRequest,
  Explanation,
  Policy,
  Ready,
  schemaOf,
  Usage,
  type Schema,
} from './openapi-shapes.ts';

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
  const evaluate = (summary: string, name: string) => ({
    post: {
      summary,
      security: KEY,
      requestBody: { required: true, content: json(ref(`${name}Request`)) },
      responses: { ...responses({ 200: ref(name) }), ...refusals(AUTHZEN_REFUSALS) },
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
      '/access/v1/evaluation': evaluate('Decide an AuthZEN evaluation', 'Evaluation'),
      '/access/v1/evaluations': evaluate('Decide up to 100 AuthZEN evaluations', 'Evaluations'),
      '/.well-known/authzen-configuration': get(
        'Where AuthZEN is answered',
        { 200: ref('Configuration') },
        false,
      ),
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
      '/openapi': {
        get: {
          summary: 'This document, to be read',
          responses: {
            200: { description: 'OK', content: { 'text/html': { schema: { type: 'string' } } } },
          },
        },
      },
      '/openapi.json': get('This document', { 200: { type: 'object' } }, false),
    },
    components: {
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
      schemas: {
        Check: checkSchema(),
        Record: schemaOf(RecordAnswer),
        Explanation: schemaOf(Explanation),
        Batch: schemaOf(Batch),
        EvaluationRequest: schemaOf(EvaluationRequest),
        EvaluationsRequest: schemaOf(EvaluationsRequest),
        Evaluation: schemaOf(Evaluation),
        Evaluations: schemaOf(Evaluations),
        Configuration: schemaOf(Configuration),
        Usage: schemaOf(Usage),
        Policy: schemaOf(Policy),
        Ready: schemaOf(Ready),
        Error: schemaOf(ErrorAnswer),
      },
    },
  };
}

const KEY = [{ key: [] }, { bearer: [] }, {}];
const CHECK_REFUSALS = ['400', '401', '402', '403', '413', '415', '422', '429', '500', '503'];
const AUTHZEN_REFUSALS = ['400', '401', '403', '413', '429', '500', '503'];
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
  429: 'The quota is used up, or too much of the key is under way',
  500: 'It could not be decided',
  503: 'No trusted policy is loaded, or the decision could not be counted or written down',
};
