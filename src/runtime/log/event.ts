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
  const input = covered('input', event.input, masks, erased);
  const result = masks.some(([first]) => first === 'result')
    ? printJson(covered('result', jsonOf(text), masks, erased), 'sorted')
    : text;
  let members =
    `"decision_id":${jsonString(record.request_id)}` +
    `,"timestamp":"${new Date(now).toISOString()}","path":"check"` +
    `,"bundles":{${jsonString(bundle.name)}:{"revision":${jsonString(bundle.revision)}}}`;
  if (requestedBy !== undefined) members += `,"requested_by":${jsonString(requestedBy)}`;
  members += `,"input":${printJson(input, 'sorted')},"result":${result}`;
  if (run !== undefined) members += `,"run":${JSON.stringify(run)}`;
  if (flip !== undefined) members += `,"shadow":${JSON.stringify(flip)}`;
  if (dryRun) members += ',"dry_run":true';
  if (erased.length > 0) members += `,"erased":${JSON.stringify(erased)}`;
  return members;
}

/** What of it may be written; the places of the rest are added to `erased`. */
function covered(
  root: 'input' | 'result',
  json: Json,
  masks: readonly Mask[],
  erased: string[],
): Json {
  let left = json;
  for (const [first, ...path] of masks) {
    if (first === root) left = erase(left, path, `/${root}`, erased);
  }
  return left;
}

function erase(json: Json, path: Mask, at: string, erased: string[]): Json {
  const [name, ...rest] = path;
  if (name === undefined) return json;
  if (isJsonObject(json)) {
    const kept = new Map<string, Json>();
    for (const [key, value] of json) {
      if (name !== '*' && name !== key) kept.set(key, value);
      else if (rest.length === 0) erased.push(pointerTo(at, key));
      else kept.set(key, erase(value, rest, pointerTo(at, key), erased));
    }
    return kept;
  }
  if (!isJsonArray(json)) return json;
  return json.map((value, index) => {
    if (name !== '*' && name !== String(index)) return value;
    const here = pointerTo(at, index);
    if (rest.length > 0) return erase(value, rest, here, erased);
    erased.push(here);
    // The others keep their places.
    return null;
  });
}

/** Our own record as lossless JSON. */
function jsonOf(text: string): Json {
  const json = parseJson(text);
  return json.ok ? json.value : null;
}
