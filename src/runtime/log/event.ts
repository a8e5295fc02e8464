import { jsonString } from '../../base/canonical-json.ts';
import {
  isJsonArray,
  isJsonObject,
  parseJson,
  pointerTo,
  type Json,
} from '../../cedar/json/lossless.ts';
import type { DecisionRecord } from '../../decision/record.ts';
import type { Verdict } from '../../decision/verdict.ts';
import { printJson } from '../../simulation/json-text.ts';
import type { RunNote } from '../state/loops.ts';
import { withoutEchoes } from './echo.ts';

/** What a line of the log tells. */
export interface DecisionEvent {
  /** The check as it was decided. */
  readonly input: Json;
  readonly record: DecisionRecord;
  /** The record as JSON. */
  readonly text: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly bundle: { readonly name: string; readonly revision: string };
  /** Id of the API key. */
  readonly requestedBy: string | undefined;
  /** What was counted for it; absent when it belongs to no run. */
  readonly run: RunNote | undefined;
  readonly flip: ShadowFlip | undefined;
  /** Whether it was answered with ALLOW, whatever it is. */
  readonly dryRun: boolean;
}

/** Another verdict, of policies that only look on. */
export interface ShadowFlip {
  readonly revision: string;
  readonly verdict: Verdict;
  /** Codes. */
  readonly issues: readonly string[];
}

/** A place that must not reach the disk: RFC 6901, `*` for any member or element. */
export type Mask = readonly string[];

/** Reads a mask such as `/input/context/customer/email`; `undefined` when it is none. */
export function readMask(text: string): Mask | undefined {
  const [start, ...path] = text.split('/');
  const [root] = path;
  if (start !== '' || path.length < 2 || (root !== 'input' && root !== 'result')) return undefined;
  return path.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * The members of a line's JSON object, with OPA's names where it has them: what decides a replay is all
 * there, and what the masks cover is not, but listed in `erased`.
 */
export function eventMembers(event: DecisionEvent, masks: readonly Mask[]): string {
  const { record, text, now, bundle, requestedBy, run, flip, dryRun } = event;
  const erased: string[] = [];
  const hidden: Json[] = [];
  const input = covered('input', event.input, masks, { erased, hidden });
  const told =
    run !== undefined && hidden.length > 0 ? withoutDoubts(run, { erased, hidden }) : run;
  let result = text;
  if (hidden.length > 0 || masks.some(([first]) => first === 'result')) {
    const left = covered('result', jsonOf(text), masks, { erased, hidden: [] });
    result = printJson(withoutEchoes(left, hidden, erased), 'sorted');
  }
  let members =
    `"decision_id":${jsonString(record.request_id)}` +
    `,"timestamp":"${new Date(now).toISOString()}","path":"check"` +
    `,"bundles":{${jsonString(bundle.name)}:{"revision":${jsonString(bundle.revision)}}}`;
  if (requestedBy !== undefined) members += `,"requested_by":${jsonString(requestedBy)}`;
  members += `,"input":${printJson(input, 'sorted')},"result":${result}`;
  if (told !== undefined) members += `,"run":${JSON.stringify(told)}`;
  if (flip !== undefined) members += `,"shadow":${JSON.stringify(flip)}`;
  if (dryRun) members += ',"dry_run":true';
  if (erased.length > 0) members += `,"erased":${JSON.stringify(erased)}`;
  return members;
}

/** Why a masked counter is doubted says what it was before. */
function withoutDoubts({ filled, doubted }: RunNote, { erased, hidden }: Erased): RunNote {
  const kept = Object.entries(doubted).map(([field, why]): readonly [string, string] => {
    const places = ['/input/context', pointerTo('/input/context', field)];
    if (!places.some((at) => erased.includes(at))) return [field, why];
    hidden.push(why);
    return [field, 'masked'];
  });
  return { filled, doubted: Object.fromEntries(kept) };
}

/** What is not written. */
interface Erased {
  /** Its places. */
  readonly erased: string[];
  readonly hidden: Json[];
}

/** What of it may be written; the rest is added to `gone`. */
function covered(root: 'input' | 'result', json: Json, masks: readonly Mask[], gone: Erased): Json {
  let left = json;
  for (const [first, ...path] of masks.flatMap(withTwin)) {
    if (first === root) left = erase(left, path, `/${root}`, gone) ?? null;
  }
  return left;
}

/** A check has its environment in two places, and we fill one from the other. */
function withTwin(mask: Mask): readonly Mask[] {
  const at = mask.join('/');
  if (at === 'input/environment') return [mask, ['input', 'context', 'environment']];
  return at === 'input/context/environment' ? [mask, ['input', 'environment']] : [mask];
}

/** `undefined`: nothing of it. */
function erase(json: Json, path: Mask, at: string, gone: Erased): Json | undefined {
  const [name, ...rest] = path;
  if (name === undefined) {
    gone.erased.push(at);
    gone.hidden.push(json);
    return undefined;
  }
  if (isJsonObject(json)) {
    const kept = new Map<string, Json>();
    for (const [key, value] of json) {
      const meant = name === '*' || name === key;
      const left = meant ? within(value, name, rest, pointerTo(at, key), gone) : value;
      if (left !== undefined) kept.set(key, left);
    }
    return kept;
  }
  if (!isJsonArray(json)) return json;
  // A list where none was expected: each of it is meant.
  const ofEach = !/^(?:\*|\d+)$/.test(name);
  return json.map((value, index) => {
    const meant = ofEach || name === '*' || name === String(index);
    // The others keep their places.
    return meant
      ? (within(value, name, ofEach ? path : rest, pointerTo(at, index), gone) ?? null)
      : value;
  });
}

/** The same of a member. What was sent as a text in the place of an object has no members, and is all of it. */
function within(value: Json, name: string, path: Mask, at: string, gone: Erased): Json | undefined {
  const isText = value !== null && !isJsonObject(value) && !isJsonArray(value);
  return erase(value, isText && name !== '*' ? [] : path, at, gone);
}

/** Our own record as lossless JSON. */
function jsonOf(text: string): Json {
  const json = parseJson(text);
  return json.ok ? json.value : null;
}
