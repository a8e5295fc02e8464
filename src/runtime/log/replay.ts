/**
 * Decides again what a log has, with other policies: a line holds its request, the facts that were filled
 * in, and the clock. Most lines come out as they did, so that is found out first, without reading what the
 * line says of its result and without writing a record; only a flip is looked at in full.
 *
 * `npm run bench` sets it beside `JSON.parse` of the same lines, which is native code and takes 5 µs for
 * 2,100 bytes. Four times of that is what it takes: two fifths to read the line, as much to give the check
 * the types of the schema, the rest for the rules.
 */
import { isJsonObject, pickJson, type Json, type Wanted } from '../../cedar/json/lossless.ts';
import { CHECK_LIMITS, checkOf, type Check } from '../../decision/check.ts';
import { decide, verdictOf } from '../../decision/decide.ts';
import type { DecisionPolicies } from '../../decision/policies.ts';
import type { At } from '../../decision/record.ts';
import type { Verdict } from '../../decision/verdict.ts';

/** What became of one line. */
export type Replayed =
  | { readonly kind: 'same' }
  | { readonly kind: 'flip'; readonly flip: LogFlip }
  /** Facts that decide may have been masked: what came out would say nothing. */
  | { readonly kind: 'masked' }
  /** Another pack's decision. */
  | { readonly kind: 'other' }
  /** No line of a decision log, or one that these policies cannot decide; and why. */
  | { readonly kind: 'undecided'; readonly why: string };

/** A logged decision that comes out otherwise. */
export interface LogFlip {
  readonly decision_id: string;
  /** ISO 8601: when it was decided, and for when it was decided again. */
  readonly timestamp: string;
  readonly from: Verdict;
  readonly to: Verdict;
  /** Codes of its issues now. */
  readonly issues: readonly string[];
}

/** Decides one line again. `name`: only decisions of the pack that is called so count. */
export function replayLine(policies: DecisionPolicies, name: string, line: string): Replayed {
  const event = readLine(line, name);
  if ('kind' in event) return event;
  const { check, at, verdict } = event;
  const to = verdictOf(policies, check, at);
  if (to === verdict) return SAME;
  const decision = decide(policies, { ...check, policy_pack_version: '' }, at);
  if (!decision.ok) return undecided(decision.error.message);
  const { record } = decision.value;
  if (record.decision === 'ERROR') return undecided(record.reason);
  const flip = {
    decision_id: at.requestId,
    timestamp: new Date(at.now).toISOString(),
    from: verdict,
    to: record.verdict,
    issues: record.issues.map(({ code }) => code),
  };
  return { kind: 'flip', flip };
}

/** What a replay needs of a line. */
interface LoggedCheck {
  readonly check: Check;
  readonly at: At;
  readonly verdict: Verdict;
}

const SAME: Replayed = { kind: 'same' };
const MASKED: Replayed = { kind: 'masked' };
const OTHER: Replayed = { kind: 'other' };

function undecided(why: string): Replayed {
  return { kind: 'undecided', why };
}

/** Of a result only the verdict is read: all of it is two thirds of a line. */
const WANTED: Wanted = new Map<string, Wanted | undefined>([
  ['decision_id', undefined],
  ['timestamp', undefined],
  ['bundles', undefined],
  ['input', undefined],
  ['result', new Map([['verdict', undefined]])],
  ['run', new Map([['doubted', undefined]])],
  ['erased', undefined],
]);
const LIMITS = { ...CHECK_LIMITS, length: 32_000_000 };

function readLine(line: string, name: string): LoggedCheck | Replayed {
  const json = pickJson(line, WANTED, LIMITS);
  if (!json.ok) return undecided(json.error.message);
  const event = json.value;
  if (member(member(event, 'bundles'), name) === undefined) return OTHER;
  const erased = member(event, 'erased');
  if (erased !== undefined && hidesWhatDecides(erased)) return MASKED;
  const [id, time] = [member(event, 'decision_id'), member(event, 'timestamp')];
  const now = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  const verdict = verdictIn(member(member(event, 'result'), 'verdict'));
  const check = checkOf(member(event, 'input') ?? null);
  if (!check.ok) return undecided(check.error.map(({ message }) => message).join(' '));
  if (typeof id !== 'string' || Number.isNaN(now) || verdict === undefined) {
    return undecided('It has no id, no time or no verdict.');
  }
  const doubted = doubtedIn(member(member(event, 'run'), 'doubted'));
  return { check: check.value, at: { now, requestId: id, doubted }, verdict };
}

function member(of: Json | undefined, field: string): Json | undefined {
  return of !== undefined && isJsonObject(of) ? of.get(field) : undefined;
}

function hidesWhatDecides(erased: Json): boolean {
  const places = JSON.stringify(erased);
  return places.includes('"/input/') || places.includes('"/result/verdict"');
}

function verdictIn(text: unknown): Verdict | undefined {
  return text === 'ALLOW' || text === 'DENY' || text === 'DEFER' ? text : undefined;
}

function doubtedIn(json: Json | undefined): At['doubted'] {
  if (json === undefined || !isJsonObject(json)) return undefined;
  return new Map([...json].map(([field, why]) => [field, typeof why === 'string' ? why : '']));
}
