/** Requests with fields changed, and JSON values told apart. */
import { isJsonArray, isJsonObject, JsonNumber, type Json } from '../cedar/json/lossless.ts';
import type { Check } from '../decision/check.ts';
import { pointerKeys, withMember } from './flow-fields.ts';

/** What is changed, by JSON pointer; `undefined` takes the field away. */
export type Edits = ReadonlyMap<string, Json | undefined>;

/** A check with fields changed. */
export function changedCheck(check: Check, edits: Edits): Check {
  let context = check.context;
  const rest: { -readonly [K in 'goal' | 'environment']?: string } = {};
  const lists: Partial<Record<ListField, readonly string[]>> = {};
  for (const [pointer, value] of edits) {
    const [field = '', ...path] = pointerKeys(pointer);
    if (field === 'context') context = withDeep(context, path, value);
    else if (field === 'goal' && typeof value === 'string') rest.goal = value;
    else if (isListField(field)) lists[field] = texts(value);
    else if (field === 'environment' && typeof value === 'string') {
      rest.environment = value;
      // `readCheck` has copied the top-level environment to where the rules look.
      context = withMember(context, 'environment', value);
    }
  }
  return { ...check, ...rest, ...lists, context };
}

type ListField = 'constraints' | 'side_effects' | 'success_criteria' | 'tools';

function isListField(field: string): field is ListField {
  return ['constraints', 'side_effects', 'success_criteria', 'tools'].includes(field);
}

function texts(value: Json | undefined): readonly string[] {
  return value !== undefined && isJsonArray(value)
    ? value.filter((text) => typeof text === 'string')
    : [];
}

function withDeep(
  json: Check['context'],
  [key, ...path]: readonly string[],
  value: Json | undefined,
): Check['context'] {
  if (key === undefined) return json;
  if (path.length === 0) return withMember(json, key, value);
  const inner = json.get(key);
  const base: Check['context'] =
    inner !== undefined && isJsonObject(inner) ? inner : new Map<string, Json>();
  return withMember(json, key, withDeep(base, path, value));
}

/** The request body as it was written, with fields changed: everything else keeps its form and place. */
export function changedRequest(request: Json, edits: Edits): Json {
  let body: Check['context'] = isJsonObject(request) ? request : new Map<string, Json>();
  for (const [pointer, value] of edits) body = withDeep(body, pointerKeys(pointer), value);
  return body;
}

/** Each value once, where it first stands. */
export function distinctJson<T extends Json | undefined>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map((value) => [jsonKey(value), value])).values()];
}

/** A text that two JSON values share exactly when they are the same. */
export function jsonKey(json: Json | undefined): string {
  if (json === undefined) return 'absent';
  if (isJsonArray(json)) return `[${json.map(jsonKey).join(',')}]`;
  if (isJsonObject(json)) {
    return `{${[...json].map(([name, member]) => `${JSON.stringify(name)}:${jsonKey(member)}`).join(',')}}`;
  }
  if (json instanceof JsonNumber) return json.text;
  return typeof json === 'string' ? JSON.stringify(json) : String(json);
}

/** A text that two changes share exactly when they change the same to the same. */
export function editsKey(edits: Edits): string {
  return [...edits]
    .map(([pointer, value]) => `${pointer} ${jsonKey(value)}`)
    .toSorted()
    .join('\n');
}
