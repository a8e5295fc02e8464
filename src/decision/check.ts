import { err, ok, type Result } from '../base/result.ts';
import { jsonFromUnknown } from '../cedar/json/from-unknown.ts';
import { describeJson, isJsonObject, type Json, type JsonObject } from '../cedar/json/lossless.ts';
import { fieldProblems, type FieldProblem } from './fields.ts';
import { z } from './zod.ts';

const MAX_GOAL = 8000;
const MAX_ENTRIES = 200;

/** What one request body may hold, whoever parsed it: the body limit, and room for its structure. */
const CHECK_LIMITS = { length: 1_000_000, depth: 100, count: 500_000 };

const Words = z.array(z.string()).max(MAX_ENTRIES).readonly().default([]);

/** Kept as lossless JSON: the pack's schema decides later how each fact is read. */
const Facts = z
  .custom<JsonObject | null>(
    (value) => value === null || value instanceof Map,
    'must be an object of runtime facts',
  )
  .default(null)
  .transform((facts): JsonObject => facts ?? new Map<string, Json>());

/** The body of `POST /check`. Unknown fields are refused: a misspelt `constraints` must not pass as none. */
export const CheckRequest = z.strictObject({
  goal: z
    .string()
    .refine((goal) => codePoints(goal) <= MAX_GOAL, `is longer than ${MAX_GOAL} characters`),
  success_criteria: Words,
  constraints: Words,
  tools: Words,
  side_effects: Words,
  context: Facts,
  pro: z.boolean().default(false),
  debug_store_input: z.boolean().default(false),
  policy_pack_version: z.string().default(''),
  environment: z.string().optional(),
});

/** A request that keeps the contract, with every default filled in. */
export type Check = Readonly<z.output<typeof CheckRequest>>;

/**
 * Reads a request body: plain data as `JSON.parse` gives it, or lossless JSON (`parseJson`), which alone
 * keeps integers past 2^53. Never throws; the error names every wrong field.
 */
export function readCheck(body: unknown): Result<Check, readonly FieldProblem[]> {
  const json = jsonFromUnknown(body, CHECK_LIMITS);
  if (!json.ok) {
    const { path, message } = json.error;
    return err([{ path, code: 'FIELD_VALUE', message }]);
  }
  if (!isJsonObject(json.value)) {
    const message = `The request must be an object, not ${describeJson(json.value)}.`;
    return err([{ path: '', code: 'FIELD_TYPE', message }]);
  }
  const parsed = CheckRequest.safeParse(Object.fromEntries(json.value), { reportInput: true });
  if (!parsed.success) return err(fieldProblems(parsed.error, 'The request'));
  return ok(withEnvironment(parsed.data));
}

/** A top-level `environment` is the context's when that names none; a fact in the context wins. */
function withEnvironment(check: Check): Check {
  const own = check.context.get('environment') ?? null;
  if (check.environment === undefined || own !== null) return check;
  return { ...check, context: new Map([...check.context, ['environment', check.environment]]) };
}

/** Length as people count it, which is how the contract limits and `session.goal_length` measures. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
