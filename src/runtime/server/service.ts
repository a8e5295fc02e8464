/**
 * One check from its JSON to its answer, without HTTP. Nothing here answers with a decision that was not
 * made: whatever is missing or fails is a refusal.
 */
import { hash } from 'node:crypto';
import { err, ok, type Result } from '../../base/result.ts';
import { isJsonObject, type Json, type JsonObject } from '../../cedar/json/lossless.ts';
import { readCheck, type Check } from '../../decision/check.ts';
import { decide, explainDecision, type ExplainedDecision } from '../../decision/decide.ts';
import type { At, DecisionRecord } from '../../decision/record.ts';
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
  const { policies, now } = service;
  if (policies.within(asked.caller).length === 0) return err(NO_POLICY);
  const check = readFor(asked.caller, asked.body);
  if (!check.ok) return check;
  const picked = policies.pick(asked.caller, check.value);
  if (!picked.ok) return picked;
  const served = picked.value;
  const at = { now: now(), requestId: asked.requestId };
  const counted = await countFor(service, served, asked.caller, check.value, at.now);
  if (!counted.ok) return counted;
  const answered = await decideCounted(
    service,
    asked,
    { served, at, counted: counted.value },
    deciding,
  );
  // A dry run's ALLOW is one as well: what was asked for happens.
  const allowed = answered.ok && answered.value.record.verdict === 'ALLOW';
  if (!allowed) await counted.value.giveBack();
  return answered;
}

/** A check with the counters of its run, where runs are counted. */
async function countFor(
  { state, metrics }: Service,
  { pack }: Served,
  caller: Caller | undefined,
  check: Check,
  now: number,
): Promise<Result<CountedCheck, Refusal>> {
  if (state === undefined) return ok(uncounted(check));
  const key = caller?.key.id ?? '';
  const counted = await countCheck(state.store, check, key, pack.policies.settings, now);
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

async function decideCounted<D extends { readonly record: DecisionRecord }>(
  service: Service,
  { body, caller }: Asked,
  { served, at: { now, requestId }, counted }: Basis,
  deciding: Deciding<D>,
): Promise<Result<Answer & { readonly decision: D }, Refusal>> {
  const { metrics, log, dryRun = false } = service;
  const { check, note } = counted;
  const doubted = note === undefined ? undefined : new Map(Object.entries(note.doubted));
  const at = { now, requestId, doubted, sha256 };
  const decision = deciding(served.pack.policies, check, at);
  if (!decision.ok) {
    const { code, message } = decision.error;
    return err({ status: 422, code, message });
  }
  const { record } = decision.value;
  const text = JSON.stringify(record);
  const flip = flipOf(shadowOf(service, served), check, record, at);
  if (log !== undefined) {
    const event: DecisionEvent = {
      input: asDecided(body, check),
      record,
      text,
      now,
      bundle: { name: served.pack.name, revision: served.id },
      requestedBy: caller?.key.id,
      run: note,
      flip,
      dryRun,
    };
    const written = await log.log.appendSoon(eventMembers(event, log.masks));
    if (!written.ok) metrics.unlogged();
    if (!written.ok && log.onFailure !== 'count') return err(NOT_LOGGED);
  }
  // The record of a failure denies, but a client that reads the status alone must not take it for a decision.
  if (record.decision === 'ERROR') return err(ENGINE_FAILED);
  metrics.decided(record);
  if (flip !== undefined) metrics.flipped(record.verdict, flip.verdict);
  if (!dryRun) return ok({ record, text, served, decision: decision.value });
  const allowed = asDryRun(record);
  return ok({ record: allowed, text: JSON.stringify(allowed), served, decision: decision.value });
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
  const check = readCheck(body);
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
