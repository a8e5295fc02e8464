/**
 * One check from its JSON to its answer, without HTTP. Nothing here answers with a decision that was not
 * made: whatever is missing or fails is a refusal.
 */
import { hash } from 'node:crypto';
import { err, ok, type Result } from '../../base/result.ts';
import { isJsonObject, type Json, type JsonObject } from '../../cedar/json/lossless.ts';
import { checkOf, type Check } from '../../decision/check.ts';
import { decide, explainDecision, type ExplainedDecision } from '../../decision/decide.ts';
import type { At, DecisionRecord } from '../../decision/record.ts';
import { recordText } from '../../decision/record-text.ts';
import { bindCheck } from '../keys/binding.ts';
import type { Caller } from '../keys/key-ring.ts';
import type { DecisionLog } from '../log/decision-log.ts';
import { countCheck, uncounted, type CountedCheck, type ServiceState } from '../state/loops.ts';
import { eventMembers, type DecisionEvent, type Mask, type ShadowFlip } from '../log/event.ts';
import { asDryRun } from './dry-run.ts';
import type { Metrics } from './metrics.ts';
import type { PolicySet } from './policy-set.ts';
import type { PolicySource, Served } from './policy-source.ts';
import { NO_POLICY, NO_STATE, type Refusal } from './refusal.ts';

/** What answers are made from. */
export interface Service {
  readonly policies: PolicySet;
  /** Policies that decide beside the others and change nothing. */
  readonly shadow?: PolicySource | undefined;
  readonly metrics: Metrics;
  readonly log?: ServiceLog | undefined;
  /** Where runs are counted; absent: nowhere. */
  readonly state?: ServiceState | undefined;
  /** Whether everything is allowed, and what was decided only said. */
  readonly dryRun?: boolean | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Where decisions are written down. */
export interface ServiceLog {
  readonly log: DecisionLog;
  readonly masks: readonly Mask[];
  /** What a decision that cannot be written down is: refused, or answered and counted. */
  readonly onFailure: 'refuse' | 'count';
}

export interface Answer {
  readonly record: DecisionRecord;
  /** The record as JSON. */
  readonly text: string;
  /** What decided. */
  readonly served: Served;
}

/** One who asks something. */
export interface Asked {
  /** Read within `CHECK_LIMITS`. */
  readonly body: Json;
  readonly requestId: string;
  /** Absent where no keys are needed. */
  readonly caller: Caller | undefined;
}

/** A check's decision, or why there is none. */
export function answerCheck(service: Service, asked: Asked): Promise<Result<Answer, Refusal>> {
  return answer(service, asked, decide);
}

export interface ExplainedAnswer extends Answer {
  readonly decision: ExplainedDecision;
}

/** A check's decision with every rule's way to it, or why there is none. */
export function answerExplained(
  service: Service,
  asked: Asked,
): Promise<Result<ExplainedAnswer, Refusal>> {
  return answer(service, asked, explainDecision);
}

type Deciding<D> = (
  ...given: Parameters<typeof decide>
) => Result<D, { readonly code: 'PACK_VERSION_MISMATCH'; readonly message: string }>;

async function answer<D extends { readonly record: DecisionRecord }>(
  service: Service,
  asked: Asked,
  deciding: Deciding<D>,
): Promise<Result<Answer & { readonly decision: D }, Refusal>> {
  const { policies, state, log, now } = service;
  if (policies.within(asked.caller).length === 0) return err(NO_POLICY);
  const check = readFor(asked.caller, asked.body);
  if (!check.ok) return check;
  const picked = policies.pick(asked.caller, check.value);
  if (!picked.ok) return picked;
  const served = picked.value;
  const at = { now: now(), requestId: asked.requestId };
  // What is not there is not waited for: each wait costs a loaded server as much as a rule.
  const counted =
    state === undefined
      ? ok(uncounted(check.value))
      : await countFor(service, state, { served, caller: asked.caller, at }, check.value);
  if (!counted.ok) return counted;
  const basis = { served, at, counted: counted.value };
  const made = decideCounted(service, basis, deciding);
  const unlogged =
    made.ok && log !== undefined
      ? await writeDown(service, log, asked, basis, made.value)
      : undefined;
  const answered = !made.ok
    ? made
    : unlogged === undefined
      ? told(service, made.value)
      : err(unlogged);
  // A dry run's ALLOW is one as well: what was asked for happens.
  const allowed = answered.ok && answered.value.record.verdict === 'ALLOW';
  if (!allowed && state !== undefined) await counted.value.giveBack();
  return answered;
}

/** A check with the counters of its run. */
async function countFor(
  { metrics }: Service,
  state: ServiceState,
  {
    served,
    caller,
    at,
  }: { readonly served: Served; readonly caller: Caller | undefined; readonly at: At },
  check: Check,
): Promise<Result<CountedCheck, Refusal>> {
  const { settings } = served.pack.policies;
  const counted = await countCheck(state.store, check, caller?.key.id ?? '', settings, at.now);
  if (counted.ok) return counted;
  metrics.stateless();
  return state.onFailure === 'count' ? ok(uncounted(check)) : err(NO_STATE);
}

/** What a check is decided with, beside the policies' own text. */
interface Basis {
  readonly served: Served;
  readonly at: At;
  readonly counted: CountedCheck;
}

/** What was decided, before anybody was told. */
interface Made<D> extends Answer {
  readonly decision: D;
  readonly flip: ShadowFlip | undefined;
}

function decideCounted<D extends { readonly record: DecisionRecord }>(
  service: Service,
  { served, at: { now, requestId }, counted }: Basis,
  deciding: Deciding<D>,
): Result<Made<D>, Refusal> {
  const { check, note } = counted;
  const doubted = note === undefined ? undefined : new Map(Object.entries(note.doubted));
  const at = { now, requestId, doubted, sha256 };
  const decision = deciding(served.pack.policies, check, at);
  if (!decision.ok) {
    const { code, message } = decision.error;
    return err({ status: 422, code, message });
  }
  const { record } = decision.value;
  const flip = flipOf(shadowOf(service, served), check, record, at);
  return ok({ record, text: recordText(record), served, decision: decision.value, flip });
}

/** Writes a decision to the log. Where that fails and matters, why there is none. */
async function writeDown(
  { metrics, dryRun = false }: Service,
  { log, masks, onFailure }: ServiceLog,
  { body, caller }: Asked,
  { served, at, counted: { check, note } }: Basis,
  { record, text, flip }: Made<unknown>,
): Promise<Refusal | undefined> {
  const event: DecisionEvent = {
    input: asDecided(body, check),
    record,
    text,
    now: at.now,
    bundle: { name: served.pack.name, revision: served.id },
    requestedBy: caller?.key.id,
    run: note,
    flip,
    dryRun,
  };
  const written = await log.appendSoon(eventMembers(event, masks));
  if (written.ok) return undefined;
  metrics.unlogged();
  return onFailure === 'count' ? undefined : NOT_LOGGED;
}

/** What is told of a decision, which counts from now on. */
function told<D>({ metrics, dryRun }: Service, made: Made<D>): Result<Made<D>, Refusal> {
  const { record, flip } = made;
  // The record of a failure denies, but a client that reads the status alone must not take it for a decision.
  if (record.decision === 'ERROR') return err(ENGINE_FAILED);
  metrics.decided(record);
  if (flip !== undefined) metrics.flipped(record.verdict, flip.verdict);
  if (dryRun !== true) return ok(made);
  const allowed = asDryRun(record);
  return ok({ ...made, record: allowed, text: JSON.stringify(allowed) });
}

/** What looks on where these policies decide: of several packs, the same one's. */
function shadowOf({ policies, shadow }: Service, { pack }: Served): Served | undefined {
  const other = shadow?.current();
  return policies.sources.length === 1 || other?.pack.name === pack.name ? other : undefined;
}

/** What other policies would have said, when that is another verdict. */
function flipOf(
  shadow: Served | undefined,
  check: Check,
  { verdict }: DecisionRecord,
  at: At,
): ShadowFlip | undefined {
  if (shadow === undefined) return undefined;
  // Whoever asks for the version that decides would never be compared.
  const other = decide(shadow.pack.policies, { ...check, policy_pack_version: '' }, at);
  if (!other.ok || other.value.record.verdict === verdict) return undefined;
  const { verdict: instead, issues } = other.value.record;
  return { revision: shadow.id, verdict: instead, issues: issues.map(({ code }) => code) };
}

/** The request with the facts that its key and its run gave it: deciding it again gives the same record. */
function asDecided(body: Json, { context }: Check): JsonObject {
  return new Map<string, Json>([...(isJsonObject(body) ? body : []), ['context', context]]);
}

const NOT_LOGGED: Refusal = {
  status: 503,
  code: 'LOG_UNAVAILABLE',
  message: 'The decision could not be written down, and so is none.',
};

/** The check that a body is, if its key is for it. */
function readFor(caller: Caller | undefined, body: Json): Result<Check, Refusal> {
  const check = checkOf(body);
  if (!check.ok) {
    const message = check.error.map((problem) => problem.message).join(' ');
    return err({ status: 422, code: 'INVALID_REQUEST', message });
  }
  if (caller === undefined) return check;
  const { key, plan } = caller;
  if (check.value.pro && !plan.pro) {
    const message = `The plan ${key.plan} does not include pro checks.`;
    return err({ status: 402, code: 'PLAN_LACKS_FEATURE', message });
  }
  const bound = bindCheck(check.value, key);
  return bound.ok ? bound : err({ status: 403, code: 'OUTSIDE_KEY', message: bound.error });
}

const ENGINE_FAILED: Refusal = {
  status: 500,
  code: 'INTERNAL_ERROR',
  message: 'The check could not be decided.',
};

function sha256(text: string): string {
  return hash('sha256', text);
}
