/**
 * One check from its JSON to its answer, without HTTP. Nothing here answers with a decision that was not
 * made: whatever is missing or fails is a refusal.
 */
import { err, ok, type Result } from '../../base/result.ts';
import type { Json } from '../../cedar/json/lossless.ts';
import { readCheck, type Check } from '../../decision/check.ts';
import { decide, explainDecision, type ExplainedDecision } from '../../decision/decide.ts';
import type { DecisionRecord } from '../../decision/record.ts';
import { bindCheck } from '../keys/binding.ts';
import type { Caller } from '../keys/key-ring.ts';
import type { Metrics } from './metrics.ts';
import type { PolicySource, Served } from './policy-source.ts';
import type { Refusal } from './refusal.ts';

/** What answers are made from. */
export interface Service {
  readonly source: PolicySource;
  readonly metrics: Metrics;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface Answer {
  readonly record: DecisionRecord;
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
export function answerCheck(service: Service, asked: Asked): Result<Answer, Refusal> {
  return answer(service, asked, decide);
}

export interface ExplainedAnswer extends Answer {
  readonly decision: ExplainedDecision;
}

/** A check's decision with every rule's way to it, or why there is none. */
export function answerExplained(service: Service, asked: Asked): Result<ExplainedAnswer, Refusal> {
  return answer(service, asked, explainDecision);
}

function answer<D extends { readonly record: DecisionRecord }>(
  { source, metrics, now }: Service,
  { body, requestId, caller }: Asked,
  deciding: (
    ...given: Parameters<typeof decide>
  ) => Result<D, { readonly code: 'PACK_VERSION_MISMATCH'; readonly message: string }>,
): Result<Answer & { readonly decision: D }, Refusal> {
  const served = source.current();
  if (served === undefined) return err(NO_POLICY);
  const check = readFor(caller, body);
  if (!check.ok) return check;
  const decision = deciding(served.pack.policies, check.value, { now: now(), requestId });
  if (!decision.ok) {
    const { code, message } = decision.error;
    return err({ status: 422, code, message });
  }
  const { record } = decision.value;
  // The record of a failure denies, but a client that reads the status alone must not take it for a decision.
  if (record.decision === 'ERROR') return err(ENGINE_FAILED);
  metrics.decided(record);
  return ok({ record, served, decision: decision.value });
}

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

export const NO_POLICY: Refusal = {
  status: 503,
  code: 'NO_TRUSTED_POLICY',
  message: 'No trusted policy is loaded.',
};

const ENGINE_FAILED: Refusal = {
  status: 500,
  code: 'INTERNAL_ERROR',
  message: 'The check could not be decided.',
};
