import { err, ok, type Result } from '../base/result.ts';
import { jsonFromUnknown } from '../cedar/json/from-unknown.ts';
import {
  describeJson,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
} from '../cedar/json/lossless.ts';
import { fieldProblems, type FieldProblem } from './fields.ts';
import { z } from './zod-mini.ts';

const MAX_GOAL = 8000;
const MAX_ENTRIES = 200;

/** What one request body may hold, whoever parsed it: the body limit, and room for its structure. */
export const CHECK_LIMITS = { length: 1_000_000, depth: 100, count: 500_000 };

const Words = z._default(z.readonly(z.array(z.string()).check(z.maxLength(MAX_ENTRIES))), []);

/** Kept as lossless JSON: the pack's schema decides later how each fact is read. */
const Facts = z.pipe(
  z._default(
    z.custom<JsonObject | null>(
      (value) => value === null || value instanceof Map,
      'must be an object of runtime facts',
    ),
    null,
  ),
  z.transform((facts): JsonObject => facts ?? new Map<string, Json>()),
);

/** The body of `POST /check`. Unknown fields are refused: a misspelt `constraints` must not pass as none. */
export const CheckRequest = z.strictObject({
  goal: z
    .string()
    .check(
      z.refine((goal) => codePoints(goal) <= MAX_GOAL, `is longer than ${MAX_GOAL} characters`),
    ),
  success_criteria: Words,
  constraints: Words,
  tools: Words,
  side_effects: Words,
  context: Facts,
  pro: z._default(z.boolean(), false),
  debug_store_input: z._default(z.boolean(), false),
  policy_pack_version: z._default(z.string(), ''),
  environment: z.optional(z.string()),
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
  return checkOf(json.value);
}

/** The same of JSON that was parsed within `CHECK_LIMITS`: it is not looked through again. */
export function checkOf(body: Json): Result<Check, readonly FieldProblem[]> {
  if (!isJsonObject(body)) {
    const message = `The request must be an object, not ${describeJson(body)}.`;
    return err([{ path: '', code: 'FIELD_TYPE', message }]);
  }
  const plain = plainCheck(body);
  if (plain !== undefined) return ok(withEnvironment(plain));
  const parsed = CheckRequest.safeParse(Object.fromEntries(body), { reportInput: true });
  if (!parsed.success) return err(fieldProblems(parsed.error, 'The request'));
  return ok(withEnvironment(parsed.data));
}

// ---------------------------------------------------------------- the usual body

const FIELDS: ReadonlySet<string> = new Set(Object.keys(CheckRequest.shape));

/**
 * The check of a body that is plainly right, without zod, which took as long as all policies together.
 * It refuses nothing: `undefined` says that the schema above has to look. What it accepts the schema
 * accepts as well and reads alike; a property over bodies right and wrong holds it to that.
 */
function plainCheck(body: JsonObject): Check | undefined {
  for (const name of body.keys()) if (!FIELDS.has(name)) return undefined;
  const goal = body.get('goal');
  const success_criteria = plainWords(body.get('success_criteria'));
  const constraints = plainWords(body.get('constraints'));
  const tools = plainWords(body.get('tools'));
  const side_effects = plainWords(body.get('side_effects'));
  const context = body.get('context') ?? null;
  const pro = plainFlag(body.get('pro'));
  const debug_store_input = plainFlag(body.get('debug_store_input'));
  const policy_pack_version = plainText(body.get('policy_pack_version'));
  const environment = plainText(body.get('environment'));
  if (typeof goal !== 'string' || goal.length > MAX_GOAL) return undefined;
  if (success_criteria === undefined || constraints === undefined) return undefined;
  if (tools === undefined || side_effects === undefined) return undefined;
  if (context !== null && !isJsonObject(context)) return undefined;
  if (pro === undefined || debug_store_input === undefined) return undefined;
  if (policy_pack_version === undefined || environment === undefined) return undefined;
  const check = {
    goal,
    success_criteria,
    constraints,
    tools,
    side_effects,
    context: context ?? new Map<string, Json>(),
    pro,
    debug_store_input,
    policy_pack_version,
  };
  return body.has('environment') ? { ...check, environment } : check;
}

function plainWords(value: Json | undefined): readonly string[] | undefined {
  if (value === undefined) return [];
  if (!isJsonArray(value) || value.length > MAX_ENTRIES) return undefined;
  return value.every(isString) ? value : undefined;
}

function plainFlag(value: Json | undefined): boolean | undefined {
  if (value === undefined) return false;
  return typeof value === 'boolean' ? value : undefined;
}

function plainText(value: Json | undefined): string | undefined {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : undefined;
}

function isString(value: Json): value is string {
  return typeof value === 'string';
}

// ---------------------------------------------------------------- environment, length

/** A top-level `environment` is the context's when that names none; a fact in the context wins. */
function withEnvironment(check: Check): Check {
  const own = check.context.get('environment') ?? null;
  if (check.environment === undefined || own !== null) return check;
  return { ...check, context: new Map([...check.context, ['environment', check.environment]]) };
}

/** Length as people count it, which is how the contract limits and `session.goal_length` measures. */
export function codePoints(text: string): number {
  let count = text.length;
  for (let at = 1; at < text.length; at += 1) {
    // The second half of a pair is no character of its own.
    if (isTrail(text.charCodeAt(at)) && isLead(text.charCodeAt(at - 1))) count -= 1;
  }
  return count;
}

function isLead(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

function isTrail(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}
