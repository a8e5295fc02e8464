/**
 * Decides again what a log has, with other policies: a line holds its request, the facts that were filled
 * in, and the clock. Most lines come out as they did, so that is found out first, without reading what the
 * line says of its result and without writing a record; only a flip is looked at in full.
 */
import { isJsonObject, parseJson, type Json } from '../../cedar/json/lossless.ts';
import { readCheck, type Check } from '../../decision/check.ts';
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
  const event = readQuickly(line, name) ?? readFully(line, name);
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

// ---------------------------------------------------------------- quickly

const INPUT = ',"input":';
/** As records are written; behind the input, whatever stands in that. */
const RESULT = ',"result":{"decision":"';
const HEAD =
  /^\{"decision_id":"([\w.:-]+)","timestamp":"([^"]+)","path":"check","bundles":\{"([^"\\]+)":/;
const VERDICT = /^[A-Z_]+","verdict":"(ALLOW|DENY|DEFER)"/;

/**
 * Numbers that `JSON.parse` reads as others than the ones that were sent: past 2^53, with an exponent, or
 * with places that it leaves out.
 */
const INEXACT = /\d{16}|\d[eE]|\.\d*0(?!\d)|\.\d{5}/;

/** A line as we write most of them; `undefined` when it has to be looked at closely. */
function readQuickly(line: string, name: string): LoggedCheck | Replayed | undefined {
  const [head = '', id, time = '', pack] = HEAD.exec(line) ?? [];
  const start = line.indexOf(INPUT, head.length);
  const end = line.lastIndexOf(RESULT);
  if (id === undefined || start < 0 || end < start) return undefined;
  if (pack !== name) return OTHER;
  const result = line.slice(end + RESULT.length);
  // A fact that is doubted, or masked: rare, and for the whole to say.
  if (/,"(?:run|erased)":/.test(result) && !result.includes(',"doubted":{}')) return undefined;
  const verdict = verdictIn(VERDICT.exec(result)?.[1]);
  const input = line.slice(start + INPUT.length, end);
  if (verdict === undefined || result.includes(',"erased":') || INEXACT.test(input)) {
    return undefined;
  }
  const now = Date.parse(time);
  const check = readCheck(parsed(input));
  if (!check.ok || Number.isNaN(now)) return undefined;
  return { check: check.value, at: { now, requestId: id }, verdict };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function verdictIn(text: unknown): Verdict | undefined {
  return text === 'ALLOW' || text === 'DENY' || text === 'DEFER' ? text : undefined;
}

// ---------------------------------------------------------------- in full

const LIMITS = { length: 32_000_000, depth: 127, count: 2_000_000 };

function readFully(line: string, name: string): LoggedCheck | Replayed {
  const json = parseJson(line, LIMITS);
  if (!json.ok) return undecided(json.error.message);
  const member = (of: Json | undefined, field: string): Json | undefined =>
    of !== undefined && isJsonObject(of) ? of.get(field) : undefined;
  const event = json.value;
  if (member(member(event, 'bundles'), name) === undefined) return OTHER;
  const erased = JSON.stringify(member(event, 'erased') ?? []);
  if (erased.includes('"/input/') || erased.includes('"/result/verdict"')) return MASKED;
  const [id, time] = [member(event, 'decision_id'), member(event, 'timestamp')];
  const now = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  const verdict = verdictIn(member(member(event, 'result'), 'verdict'));
  const check = readCheck(member(event, 'input'));
  if (!check.ok) return undecided(check.error.map(({ message }) => message).join(' '));
  if (typeof id !== 'string' || Number.isNaN(now) || verdict === undefined) {
    return undecided('It has no id, no time or no verdict.');
  }
  const doubted = doubtedIn(member(member(event, 'run'), 'doubted'));
  return { check: check.value, at: { now, requestId: id, doubted }, verdict };
}

function doubtedIn(json: Json | undefined): At['doubted'] {
  if (json === undefined || !isJsonObject(json)) return undefined;
  return new Map([...json].map(([field, why]) => [field, typeof why === 'string' ? why : '']));
}
