/**
 * AuthZEN's Authorization API 1.0 over the same decisions: who asks (subject) is the agent, what it wants to
 * do (action) is the tool, and what it is about (resource) is a fact among others.
 *
 *     subject.id → agent_name    subject.properties.role → actor_role    action.name → the tool
 *     context → facts, under their own names    subject, action, resource → facts of those names, whole
 *     context.stage0 → what a check has beside its facts: goal, constraints, side_effects …
 *
 * ALLOW is `true`; DENY and DEFER are `false`. A DEFER says what would change it in the member that
 * "AuthZEN Access Request and Approval" (a draft) has for that. The whole record is under `stage0`.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { err, ok, type Result } from '../../base/result.ts';
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
} from '../../cedar/json/lossless.ts';
import { CHECK_LIMITS } from '../../decision/check.ts';
import type { DecisionRecord } from '../../decision/record.ts';
import type { Route } from './check-routes.ts';
import type { Ask, Desk, Reply } from './desk.ts';
import { NO_POLICY, type Refusal } from './refusal.ts';
import { answerCheck } from './service.ts';

/** Where approvals are asked for, and under which address all this is known to others. */
export interface AuthZenOptions {
  /** Of the server as its clients reach it, such as `https://pdp.example.com`. */
  readonly publicUrl: string;
  /** HTTPS address of the service that takes access requests; absent: a DEFER cannot be requested there. */
  readonly accessRequests?: string | undefined;
}

/** What an AuthZEN response has for one evaluation. */
interface Evaluated {
  readonly decision: boolean;
  readonly context: Readonly<Record<string, unknown>>;
}

const MAX_EVALUATIONS = 100;
/** What a request names stands one level deeper in its check. */
const DEPTH = CHECK_LIMITS.depth - 1;

/** `GET /.well-known/authzen-configuration` */
export function authZenMetadata({ publicUrl, accessRequests }: AuthZenOptions): object {
  const base = publicUrl.replace(/\/+$/, '');
  return {
    policy_decision_point: base,
    access_evaluation_endpoint: `${base}/access/v1/evaluation`,
    access_evaluations_endpoint: `${base}/access/v1/evaluations`,
    ...(accessRequests === undefined
      ? {}
      : {
          access_request_endpoint: accessRequests,
          capabilities: ['urn:openid:authzen:capability:access-request'],
        }),
  };
}

/** `POST /access/v1/evaluation` */
async function evaluation(desk: Desk, ask: Ask, body: Json): Promise<Reply> {
  const { requestId } = ask;
  if (!isJsonObject(body)) return desk.refuse(requestId, badRequest('The body must be an object.'));
  const check = checkOf(body, NOTHING);
  if (!check.ok) return desk.refuse(requestId, badRequest(check.error));
  const answer = await evaluate(desk, ask, check.value);
  return answer.ok
    ? desk.reply(requestId, 200, answer.value)
    : desk.refuse(requestId, answer.error);
}

/** `POST /access/v1/evaluations` */
async function evaluations(desk: Desk, ask: Ask, body: Json): Promise<Reply> {
  const { requestId, caller } = ask;
  const list = isJsonObject(body) ? (body.get('evaluations') ?? null) : null;
  // Without a list, or with an empty one, it is the request of the other address.
  if (!isJsonObject(body) || list === null || (isJsonArray(list) && list.length === 0)) {
    return evaluation(desk, ask, body);
  }
  const semantic = semanticOf(body);
  if (!semantic.ok) return desk.refuse(requestId, badRequest(semantic.error));
  if (!isJsonArray(list) || list.length > MAX_EVALUATIONS) {
    const message = `evaluations must be a list of at most ${MAX_EVALUATIONS}.`;
    return desk.refuse(requestId, badRequest(message));
  }
  if (desk.service.policies.within(caller).length === 0) return desk.refuse(requestId, NO_POLICY);
  const taken = await desk.take(caller, list.length - 1, list.length);
  if (taken !== undefined) return desk.refuse(requestId, taken);
  const results: Evaluated[] = [];
  // One after the other: a first denial or permit may end it.
  for (const item of list) {
    const result = await evaluateItem(desk, ask, item, body);
    results.push(result);
    if (result.decision === ENDS[semantic.value]) break;
  }
  return desk.reply(requestId, 200, { evaluations: results });
}

/** By address. */
export const AUTHZEN_ROUTES: Readonly<Record<string, Route>> = {
  '/access/v1/evaluation': { answer: evaluation, depth: DEPTH },
  '/access/v1/evaluations': { answer: evaluations, depth: DEPTH },
};

/**
 * What an answer to AuthZEN has of its own: 400 for whatever is wrong with a request, the client's id as
 * it was sent.
 */
export function asAuthZen(incoming: IncomingMessage, reply: Reply): Reply {
  const own = incoming.headers['x-request-id'];
  const headers: Record<string, string> = { ...reply.headers };
  if (typeof own === 'string' && SAFE_TO_ECHO.test(own)) headers['x-request-id'] = own;
  if (reply.status === 401) headers['www-authenticate'] = 'Bearer';
  return { ...reply, headers, status: STATUSES.get(reply.status) ?? reply.status };
}

const SAFE_TO_ECHO = /^[!-~](?:[ -~]{0,254}[!-~])?$/;
/** The standard knows 400, 401, 403 and 500; what is left as it is tells a client when to come again. */
const STATUSES: ReadonlyMap<number, number> = new Map([
  [402, 403],
  [415, 400],
  [422, 400],
]);

// ---------------------------------------------------------------- what is asked

type Semantic = 'execute_all' | 'deny_on_first_deny' | 'permit_on_first_permit';

/** The decision after which nothing more is evaluated. */
const ENDS: Readonly<Record<Semantic, boolean | undefined>> = {
  execute_all: undefined,
  deny_on_first_deny: false,
  permit_on_first_permit: true,
};

function semanticOf(body: JsonObject): Result<Semantic, string> {
  const options = body.get('options') ?? null;
  if (options === null) return ok('execute_all');
  if (!isJsonObject(options)) return err('options must be an object.');
  const asked = options.get('evaluations_semantic') ?? 'execute_all';
  if (
    asked === 'execute_all' ||
    asked === 'deny_on_first_deny' ||
    asked === 'permit_on_first_permit'
  )
    return ok(asked);
  return err(
    'options.evaluations_semantic must be execute_all, deny_on_first_deny or permit_on_first_permit.',
  );
}

const NOTHING: JsonObject = new Map<string, Json>();

/** The parts of a request that are entities, each with the members that it must have. */
const ENTITIES = [
  ['subject', ['type', 'id']],
  ['action', ['name']],
  ['resource', ['type', 'id']],
] as const;

/** The check that an evaluation asks for. `defaults`: what it takes where it says nothing itself. */
function checkOf(item: JsonObject, defaults: JsonObject): Result<JsonObject, string> {
  const context = item.get('context') ?? defaults.get('context') ?? NOTHING;
  if (!isJsonObject(context)) return err('context must be an object.');
  const own = context.get('stage0') ?? NOTHING;
  if (!isJsonObject(own)) return err('context.stage0 must be an object.');
  const reserved = ['tools', 'context'].find((field) => own.has(field));
  if (reserved !== undefined) return err(`context.stage0 must not have ${reserved}.`);
  const facts = new Map<string, Json>(context);
  facts.delete('stage0');
  for (const [name, required] of ENTITIES) {
    const entity = entityOf(name, required, item, defaults);
    if (!entity.ok) return entity;
    facts.set(name, entity.value);
  }
  const subject = memberOf(facts, 'subject');
  facts.set('agent_name', subject?.get('id') ?? null);
  const role = memberOf(subject, 'properties')?.get('role');
  if (role !== undefined) facts.set('actor_role', role);
  const tool = memberOf(facts, 'action')?.get('name') ?? null;
  return ok(new Map<string, Json>([['goal', ''], ...own, ['tools', [tool]], ['context', facts]]));
}

/** An entity takes the place of the default as a whole; what it must have and has not is the default's. */
function entityOf(
  name: string,
  required: readonly string[],
  item: JsonObject,
  defaults: JsonObject,
): Result<JsonObject, string> {
  const fallback = defaults.get(name) ?? NOTHING;
  const entity = item.get(name) ?? (defaults.has(name) ? NOTHING : undefined);
  if (entity === undefined) return err(`${name} is missing.`);
  if (!isJsonObject(entity) || !isJsonObject(fallback)) return err(`${name} must be an object.`);
  const whole = new Map<string, Json>(item.has(name) ? entity : fallback);
  for (const member of required) {
    const value = whole.get(member) ?? fallback.get(member);
    if (value === undefined) return err(`${name}.${member} is missing.`);
    if (typeof value !== 'string') return err(`${name}.${member} must be text.`);
    whole.set(member, value);
  }
  const properties = whole.get('properties');
  if (properties !== undefined && !isJsonObject(properties)) {
    return err(`${name}.properties must be an object.`);
  }
  return ok(whole);
}

function memberOf(object: JsonObject | undefined, name: string): JsonObject | undefined {
  const member = object?.get(name);
  return member !== undefined && isJsonObject(member) ? member : undefined;
}

function badRequest(message: string): Refusal {
  return { status: 422, code: 'INVALID_REQUEST', message };
}

// ---------------------------------------------------------------- what is answered

/** Not the client's id: an approval is bound to this one evaluation, and clients may use theirs twice. */
async function evaluate(
  desk: Desk,
  { caller, span }: Ask,
  body: JsonObject,
): Promise<Result<Evaluated, Refusal>> {
  const answer = await answerCheck(desk.service, { body, requestId: randomUUID(), caller });
  if (!answer.ok) return answer;
  span?.decided(answer.value.record);
  return ok(evaluated(desk, answer.value.record));
}

/** An evaluation among others: what is wrong with it is its own business, and denies. */
async function evaluateItem(
  desk: Desk,
  ask: Ask,
  item: Json,
  defaults: JsonObject,
): Promise<Evaluated> {
  const check = isJsonObject(item)
    ? checkOf(item, defaults)
    : err('An evaluation must be an object.');
  const answer = check.ok ? await evaluate(desk, ask, check.value) : err(badRequest(check.error));
  if (answer.ok) return answer.value;
  const { status, code, message } = answer.error;
  desk.service.metrics.refused(code);
  const error = { status: STATUSES.get(status) ?? status, message, code };
  return { decision: false, context: { error } };
}

function evaluated({ authZen }: Desk, record: DecisionRecord): Evaluated {
  const context = {
    evaluation_id: record.request_id,
    evaluated_at: new Date(record.evaluated_at * 1000).toISOString(),
    reason: record.reason,
    ...(record.verdict === 'DEFER' ? { access_request: accessRequest(record, authZen()) } : {}),
    stage0: record,
  };
  return { decision: record.verdict === 'ALLOW', context };
}

/** How a human can be asked. Without a service that takes requests, only what to ask them. */
function accessRequest(record: DecisionRecord, { accessRequests }: AuthZenOptions): object {
  const [issue] = record.issues;
  return {
    requestable: accessRequests !== undefined,
    ...(accessRequests === undefined ? {} : { endpoint: accessRequests }),
    ...(issue === undefined ? {} : { reason: issue.code }),
    display: { title: 'An approval is needed', description: record.defer_questions.join(' ') },
  };
}
