import { pointerTo } from '../cedar/json/lossless.ts';
import type { z } from './zod.ts';

/** One field that does not have the shape it should have. */
export interface FieldProblem {
  /** JSON pointer (RFC 6901) of the field; `''` is the whole document. */
  readonly path: string;
  readonly code: FieldProblemCode;
  /** One sentence that starts with the field's name as people write it: `tools[3] must be text, …`. */
  readonly message: string;
}

export type FieldProblemCode =
  | 'FIELD_MISSING'
  | 'FIELD_TOO_LONG'
  | 'FIELD_TOO_MANY'
  | 'FIELD_TYPE'
  | 'FIELD_UNKNOWN'
  | 'FIELD_VALUE';

/** What zod found wrong, one problem a field, in zod's order. Parse with `reportInput: true`. */
export function fieldProblems(
  error: z.core.$ZodError,
  whole = 'The document',
): readonly FieldProblem[] {
  return error.issues.flatMap((issue) => describe(issue, whole));
}

function describe(issue: z.core.$ZodIssue, whole: string): readonly FieldProblem[] {
  const name = fieldName(issue.path) || whole;
  const at = (code: FieldProblemCode, message: string): FieldProblem[] => [
    { path: issue.path.reduce<string>(step, ''), code, message: `${name} ${message}.` },
  ];
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? at('FIELD_MISSING', 'is missing')
        : at('FIELD_TYPE', `must be ${kindName(issue.expected)}, not ${valueName(issue.input)}`);
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: pointerTo(issue.path.reduce<string>(step, ''), key),
        code: 'FIELD_UNKNOWN',
        message: `${fieldName([...issue.path, key])} is not a field that is known here.`,
      }));
    case 'too_big':
      return issue.origin === 'array'
        ? at('FIELD_TOO_MANY', `has more than ${issue.maximum} entries`)
        : issue.origin === 'string'
          ? at('FIELD_TOO_LONG', `is longer than ${issue.maximum} characters`)
          : at('FIELD_VALUE', `must be at most ${issue.maximum}`);
    case 'too_small':
      return issue.origin === 'string'
        ? at('FIELD_VALUE', 'must not be empty')
        : at('FIELD_VALUE', `must be at least ${issue.minimum}`);
    case 'invalid_value':
      return at('FIELD_VALUE', `must be one of ${issue.values.map(String).join(', ')}`);
    case 'custom':
    case 'invalid_format':
    case 'invalid_element':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
      // Every such rule in our schemas brings its own words, which continue the field's name.
      return at('FIELD_VALUE', issue.message);
  }
}

function step(pointer: string, key: PropertyKey): string {
  return pointerTo(pointer, typeof key === 'number' ? key : String(key));
}

/** `context.recent_tools[2]`, as a reader would write it. */
function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, key) => {
    if (typeof key === 'number') return `${name}[${key}]`;
    return name === '' ? String(key) : `${name}.${String(key)}`;
  }, '');
}

function kindName(expected: string): string {
  switch (expected) {
    case 'string':
      return 'text';
    case 'array':
    case 'tuple':
      return 'an array';
    case 'object':
    case 'record':
      return 'an object';
    case 'boolean':
      return 'true or false';
    case 'int':
      return 'a whole number';
    default:
      return `a ${expected}`;
  }
}

function valueName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return `${value}`;
  return typeof value === 'number' || typeof value === 'bigint'
    ? `the number ${value}`
    : 'an object';
}
