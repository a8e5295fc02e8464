import { err, ok, type Result } from '../base/result.ts';
import {
  isJsonArray,
  isJsonObject,
  JsonNumber,
  parseJson,
  type Json,
} from '../cedar/json/lossless.ts';
import { fieldProblems, type FieldProblem } from '../decision/fields.ts';
import { z } from '../decision/zod-mini.ts';
import { FILE_LIMITS } from './files.ts';
import { placeInJson } from './json-place.ts';
import { problem, type PackProblem } from './problem.ts';

/** Problems reported for one file: each has to be looked up in the text, and nobody reads more. */
const MAX_PROBLEMS = 50;

/** Reads a JSON file's text. */
export function readJsonFile(path: string, text: string): Result<Json, readonly PackProblem[]> {
  const json = parseJson(text, { length: FILE_LIMITS.file, depth: 100, count: 500_000 });
  if (json.ok) return json;
  const { code, message, span, path: pointer } = json.error;
  return err([problem(path, code, message, { span, pointer })]);
}

/** What `shape` finds in the file's JSON, or every wrong field with its place in the text. */
export function shapeOf<S extends z.core.$ZodType>(
  shape: S,
  value: unknown,
  path: string,
  text: string,
): Result<z.output<S>, readonly PackProblem[]> {
  const parsed = z.safeParse(shape, value, { reportInput: true });
  if (parsed.success) return ok(parsed.data);
  return err(placedProblems(fieldProblems(parsed.error, 'The file'), path, text));
}

/** Field problems with their place in the text. `under`: pointer of what the fields are relative to. */
export function placedProblems(
  fields: readonly FieldProblem[],
  path: string,
  text: string,
  under = '',
): readonly PackProblem[] {
  return fields.slice(0, MAX_PROBLEMS).map(({ code, message, path: field }) => {
    const pointer = under + field;
    const span = placeInJson(text, pointer, code === 'FIELD_UNKNOWN' ? 'name' : 'value');
    return problem(path, code, message, { span, pointer });
  });
}

/** Lossless JSON as plain data. Keys such as `__proto__` stay ordinary own keys. */
export function plainJson(json: Json): unknown {
  if (json instanceof JsonNumber) return Number(json.text);
  if (isJsonArray(json)) return json.map(plainJson);
  if (isJsonObject(json)) {
    return Object.fromEntries([...json].map(([name, value]) => [name, plainJson(value)]));
  }
  return json;
}
