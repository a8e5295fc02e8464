import { canonicalJson, type CanonicalJson } from '../base/canonical-json.ts';
import { err, ok, type Result } from '../base/result.ts';
import {
  isJsonArray,
  isJsonObject,
  JsonNumber,
  parseJson,
  type Json,
} from '../cedar/json/lossless.ts';
import { fieldProblems } from '../decision/fields.ts';
import { z } from '../decision/zod.ts';
import { textOf } from './bytes.ts';

const LIMITS = { length: 4_000_000, depth: 32, count: 200_000 };

/**
 * Reads a JSON file that has one form only, RFC 8785, as `shape`. What no reader would see is refused:
 * keys named twice, spaces, other spellings of a number, members that the shape does not know.
 */
export function readCanonical<S extends z.core.$ZodType>(
  bytes: Uint8Array,
  shape: S,
): Result<z.output<S>, string> {
  const json = readJson(bytes);
  if (!json.ok) return json;
  if (canonicalJson(json.value) !== textOf(bytes)) {
    return err('It is not written in the one form of RFC 8785.');
  }
  return readShape(json.value, shape);
}

/** Reads JSON in any spelling as `shape`: what somebody else has written. */
export function readJsonAs<S extends z.core.$ZodType>(
  bytes: Uint8Array,
  shape: S,
): Result<z.output<S>, string> {
  const json = readJson(bytes);
  return json.ok ? readShape(json.value, shape) : json;
}

function readShape<S extends z.core.$ZodType>(
  value: unknown,
  shape: S,
): Result<z.output<S>, string> {
  const parsed = z.safeParse(shape, value, { reportInput: true });
  if (parsed.success) return ok(parsed.data);
  const [first] = fieldProblems(parsed.error, 'It');
  return err(first?.message ?? 'It does not have the shape that it must have.');
}

function readJson(bytes: Uint8Array): Result<CanonicalJson, string> {
  const text = textOf(bytes);
  if (text === undefined) return err('It is not UTF-8 text.');
  const json = parseJson(text, LIMITS);
  if (!json.ok) return err(json.error.message);
  const value = plain(json.value);
  return value === undefined ? err('It has a number or a key that no bundle has.') : ok(value);
}

/** Without numbers that doubles cannot hold, and without the key that is no ordinary one in JavaScript. */
function plain(json: Json): CanonicalJson | undefined {
  if (typeof json === 'bigint') return undefined;
  if (json instanceof JsonNumber) {
    const number = Number(json.text);
    return Number.isFinite(number) ? number : undefined;
  }
  if (isJsonArray(json)) {
    const list: CanonicalJson[] = [];
    for (const element of json) {
      const value = plain(element);
      if (value === undefined) return undefined;
      list.push(value);
    }
    return list;
  }
  if (!isJsonObject(json)) return json;
  const members: [string, CanonicalJson][] = [];
  for (const [name, member] of json) {
    const value = plain(member);
    if (value === undefined || name === '__proto__') return undefined;
    members.push([name, value]);
  }
  return Object.fromEntries(members);
}
