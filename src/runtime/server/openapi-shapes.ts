/** The shapes of requests and answers that are described, beside those that clients read with. */
import { CheckRequest } from '../../decision/check.ts';
import { z } from '../../decision/zod.ts';
import { ErrorAnswer, RecordAnswer } from '../answer-shape.ts';

/** JSON Schema, as OpenAPI 3.1 has it. */
export type Schema = Readonly<Record<string, unknown>>;

const Count = z.int().min(0);
const Limit = Count.nullable();

export const Usage = z.strictObject({
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

export const Policy = z.strictObject({
  name: z.string(),
  version: z.string(),
  digest: z.string().describe("The bundle's id, or the digest of an unsigned pack."),
  pack_digest: z.string(),
  signed: z.boolean(),
  signers: z.array(z.string()),
  rules: Count,
  loaded_at: z.number().describe('Epoch seconds.'),
  expires: z.number().nullable().describe('Epoch seconds.'),
  from_copy: z
    .boolean()
    .describe('Whether it is the copy kept on disk, as its address gave nothing better.'),
});

const Reload = z.enum(['ok', 'failed']);

export const Ready = z.strictObject({
  status: z.enum(['ready', 'not ready', 'stopping']),
  policy: z.string().nullable(),
  signed: z.boolean().nullable(),
  dry_run: z.boolean().describe('Whether everything is answered with ALLOW.'),
  last_reload: Reload,
  shadow: z
    .strictObject({ policy: z.string().nullable(), last_reload: Reload })
    .optional()
    .describe('What looks on, where anything is meant to.'),
});

const Outcome = z.enum(['satisfied', 'unsatisfied', 'error']);

export const Explanation = z.strictObject({
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

export const Batch = z.strictObject({
  results: z.array(
    z.union([
      z.strictObject({ status: z.literal(200), body: RecordAnswer }),
      z.strictObject({ status: z.int().min(400), body: ErrorAnswer }),
    ]),
  ),
});

// ---------------------------------------------------------------- AuthZEN

const Properties = z.record(z.string(), z.unknown()).optional();
const Entity = z.looseObject({ type: z.string(), id: z.string(), properties: Properties });
const Action = z.looseObject({ name: z.string(), properties: Properties });
const Context = z
  .looseObject({
    stage0: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('What a check has beside its facts: goal, constraints, side_effects …'),
  })
  .describe('Facts, as the pack declares them.');

export const EvaluationRequest = z.looseObject({
  subject: Entity,
  action: Action,
  resource: Entity,
  context: Context.optional(),
});

export const EvaluationsRequest = z.looseObject({
  ...EvaluationRequest.partial().shape,
  evaluations: z.array(z.looseObject({})).max(100).optional(),
  options: z
    .looseObject({
      evaluations_semantic: z
        .enum(['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'])
        .optional(),
    })
    .optional(),
});

const Decided = z.strictObject({
  evaluation_id: z.string(),
  evaluated_at: z.iso.datetime(),
  reason: z.string(),
  access_request: z
    .looseObject({ requestable: z.boolean(), endpoint: z.string().optional() })
    .optional()
    .describe('With a DEFER: where and why a human can be asked.'),
  stage0: RecordAnswer,
});

export const Evaluation = z.strictObject({ decision: z.boolean(), context: Decided });

const Failed = z.strictObject({
  decision: z.literal(false),
  context: z.strictObject({
    error: z.strictObject({ status: z.int(), code: z.string(), message: z.string() }),
  }),
});

export const Evaluations = z.union([
  Evaluation,
  z.strictObject({ evaluations: z.array(z.union([Evaluation, Failed])) }),
]);

export const Configuration = z.strictObject({
  policy_decision_point: z.string(),
  access_evaluation_endpoint: z.string(),
  access_evaluations_endpoint: z.string(),
  access_request_endpoint: z.string().optional(),
  capabilities: z.array(z.string()).optional(),
});

// ---------------------------------------------------------------- JSON Schema

export function schemaOf(shape: z.ZodType): Schema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(shape, { io: 'input' });
  return schema;
}

/** The request: what zod cannot say of it in JSON Schema is said here. */
export function checkSchema(): Schema {
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
