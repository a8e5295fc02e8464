import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecordType, Type } from '../schema/model.ts';
import { readSchema } from '../schema/resolve.ts';
import { printValue, type Value } from '../value.ts';
import { readEntities } from './entities.ts';
import { jsonFromUnknown } from './from-unknown.ts';
import type { ValueIssue } from './issue.ts';
import { type Json, parseJson } from './lossless.ts';
import { readContext, readEntityUid, readValue } from './value.ts';

function json(text: string): Json {
  const result = parseJson(text);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function shown(
  result: { ok: true; value: Value } | { ok: false; error: readonly ValueIssue[] },
): string {
  if (result.ok) return printValue(result.value);
  return result.error.map(({ code, path }) => `${code} ${path}`).join(', ');
}

const record = (attributes: Record<string, [Type, boolean]>): RecordType => ({
  kind: 'record',
  attributes: new Map(
    Object.entries(attributes).map(([name, [type, required]]) => [
      name,
      { type, required, span: { start: 0, end: 0 } },
    ]),
  ),
});
const extension = (name: 'decimal' | 'datetime' | 'duration' | 'ipaddr'): Type => ({
  kind: 'extension',
  name,
});
const LONG: Type = { kind: 'long' };
const USER: Type = { kind: 'entity', name: 'User' };
const FULL = record({ a: [LONG, true], u: [USER, false], d: [extension('decimal'), false] });

describe('without a type', () => {
  test.each([
    ['true', 'true'],
    ['"x"', '"x"'],
    ['9223372036854775807', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['9223372036854775808', 'LONG_RANGE '],
    ['1.0', 'TYPE_MISMATCH '],
    ['null', 'NULL_VALUE '],
    ['[1, "a", [true], 1]', '["a", 1, [true]]'],
    ['[null, 1.5]', 'NULL_VALUE /0, TYPE_MISMATCH /1'],
    ['{"a": {"b/c": null}}', 'NULL_VALUE /a/b~1c'],
    ['{"a": {"__proto__": 1}}', '{"a": {"__proto__": 1}}'],
    ['{"__entity": {"type": "A::B", "id": "\\"", "x": 1}, "y": 1}', 'A::B::"\\""'],
    ['{"__entity": {"type": "A B", "id": "x"}}', 'BAD_ENTITY_UID '],
    ['{"__entity": {"type": "if", "id": "x"}}', 'BAD_ENTITY_UID '],
    ['{"__entity": {"type": "A::__cedar", "id": "x"}}', 'BAD_ENTITY_UID '],
    ['{"__entity": {"type": "A"}}', '{"__entity": {"type": "A"}}'],
    ['{"__entity": 5}', '{"__entity": 5}'],
    ['{"__extn": {"fn": "decimal", "arg": "1.5"}}', 'decimal("1.5")'],
    ['{"__extn": {"fn": "ip", "args": ["::1/8"]}}', 'ip("0:0:0:0:0:0:0:1/8")'],
    ['{"__extn": {"fn": "decimal", "arg": "x"}}', 'BAD_EXTENSION_VALUE /__extn'],
    ['{"__extn": {"fn": "decimal", "args": []}}', 'BAD_EXTENSION_VALUE /__extn'],
    ['{"__extn": {"fn": "decimal", "args": ["1.0", "2.0"]}}', 'BAD_EXTENSION_VALUE /__extn'],
    ['{"__extn": {"fn": "nope", "arg": "x"}}', 'BAD_EXTENSION_VALUE /__extn'],
    ['{"__extn": {"fn": "ip", "args": [null]}}', 'NULL_VALUE /__extn/0'],
    ['{"__extn": {"fn": "ip", "args": 5}}', '{"__extn": {"args": 5, "fn": "ip"}}'],
    ['{"__extn": {"fn": 1, "arg": "x"}}', '{"__extn": {"arg": "x", "fn": 1}}'],
    ['{"__extn": {"fn": "offset", "args": ["2024-01-01", "1h"]}}', 'BAD_EXTENSION_VALUE /__extn'],
    ['{"__expr": "1 + 1"}', 'EXPR_ESCAPE '],
    ['{"__expr": 1}', '{"__expr": 1}'],
  ])('%s', (text, expected) => {
    expect(shown(readValue(json(text), undefined))).toBe(expected);
  });
});

describe('with a type', () => {
  const cases: readonly [text: string, type: Type, expected: string][] = [
    ['1', LONG, '1'],
    ['"1"', LONG, 'TYPE_MISMATCH '],
    ['null', LONG, 'NULL_VALUE '],
    ['1.5', LONG, 'TYPE_MISMATCH '],
    ['true', { kind: 'bool' }, 'true'],
    ['true', { kind: 'string' }, 'TYPE_MISMATCH '],
    ['{"type": "User", "id": "a"}', USER, 'User::"a"'],
    ['{"__entity": {"type": "User", "id": "a"}, "type": "G", "id": "b"}', USER, 'User::"a"'],
    ['{"type": "Team", "id": "a"}', USER, 'TYPE_MISMATCH '],
    ['{"type": "User"}', USER, 'BAD_ENTITY_UID '],
    ['{"__expr": "x"}', USER, 'EXPR_ESCAPE '],
    ['"User::\\"a\\""', USER, 'BAD_ENTITY_UID '],
    ['"1.5"', extension('decimal'), 'decimal("1.5")'],
    ['{"fn": "decimal", "arg": "1.5"}', extension('decimal'), 'decimal("1.5")'],
    ['{"__extn": {"fn": "decimal", "arg": "1.5"}}', extension('decimal'), 'decimal("1.5")'],
    ['"1.55555"', extension('decimal'), 'BAD_EXTENSION_VALUE '],
    ['1', extension('decimal'), 'BAD_EXTENSION_VALUE '],
    ['1.5', extension('decimal'), 'TYPE_MISMATCH '],
    ['{"x": 1}', extension('decimal'), 'BAD_EXTENSION_VALUE '],
    ['{"__expr": "x"}', extension('decimal'), 'EXPR_ESCAPE '],
    ['{"fn": "ip", "arg": "::1"}', extension('decimal'), 'TYPE_MISMATCH '],
    ['"10.0.0.1"', extension('ipaddr'), 'ip("10.0.0.1")'],
    ['"1h"', extension('duration'), 'duration("3600000ms")'],
    [
      '{"fn": "offset", "args": ["2024-01-01", {"fn": "duration", "arg": "1h"}]}',
      extension('datetime'),
      'datetime("2024-01-01T01:00:00.000Z")',
    ],
    [
      '{"__extn": {"fn": "offset", "args": ["2024-01-01", 1]}}',
      extension('datetime'),
      'BAD_EXTENSION_VALUE /__extn/1',
    ],
    [
      '["1.0", {"fn": "decimal", "arg": "2.0"}]',
      { kind: 'set', element: extension('decimal') },
      '[decimal("1.0"), decimal("2.0")]',
    ],
    ['[1, "a", null]', { kind: 'set', element: LONG }, 'TYPE_MISMATCH /1, NULL_VALUE /2'],
    ['1', { kind: 'set', element: LONG }, 'TYPE_MISMATCH '],
    [
      '{"a": 1, "d": "1.0", "u": {"type": "User", "id": "x"}}',
      FULL,
      '{"a": 1, "d": decimal("1.0"), "u": User::"x"}',
    ],
    [
      '{"d": 1, "zz": 1}',
      FULL,
      'MISSING_ATTRIBUTE , BAD_EXTENSION_VALUE /d, UNEXPECTED_ATTRIBUTE /zz',
    ],
    ['[]', FULL, 'TYPE_MISMATCH '],
  ];
  test.each(cases)('%s', (text, type, expected) => {
    expect(shown(readValue(json(text), type))).toBe(expected);
  });
});

test('the path given is where issues begin', () => {
  expect(shown(readValue(json('{"a": null}'), FULL, '/context'))).toBe('NULL_VALUE /context/a');
});

test('uids and contexts', () => {
  expect(shown(readEntityUid(json('{"type": "A", "id": ""}')))).toBe('A::""');
  expect(shown(readEntityUid(json('[]'), '/principal'))).toBe('BAD_ENTITY_UID /principal');
  expect(shown(readContext(json('{"a": 1}'), undefined))).toBe('{"a": 1}');
  expect(shown(readContext(json('{"a": "1"}'), FULL))).toBe('TYPE_MISMATCH /context/a');
  expect(shown(readContext(json('[]'), undefined))).toBe('TYPE_MISMATCH /context');
  expect(shown(readContext(json('{"__entity": {"type": "A", "id": ""}}'), undefined))).toBe(
    'TYPE_MISMATCH /context',
  );
});

test('integers that were rounded on the way are told from fractions', () => {
  const rounded = jsonFromUnknown(2 ** 60);
  const result = readValue(
    [...(json('[1.5, 1e3]') as Json[]), rounded.ok ? rounded.value : null],
    undefined,
  );
  expect(result.ok ? [] : result.error.map((issue) => issue.message)).toEqual([
    'Cedar has no number 1.5; a decimal is written as text.',
    'Cedar has no number 1e3; a decimal is written as text.',
    '1152921504606847000 has been rounded: it is past what a JavaScript number can hold.',
  ]);
});

test('no JSON and no type make it throw', () => {
  const types: readonly (Type | undefined)[] = [
    undefined,
    LONG,
    USER,
    extension('datetime'),
    FULL,
    { kind: 'set', element: FULL },
  ];
  const keys = fc.constantFrom(
    '__entity',
    '__extn',
    '__expr',
    'fn',
    'arg',
    'args',
    'type',
    'id',
    'a',
    'd',
    'uid',
    'attrs',
    'parents',
    'tags',
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('decimal', 'offset', 'User', 'a', '', 1, null, true, 1.5),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(keys, tie('tree'), { maxKeys: 3 }),
    ),
  }));
  const schema = readSchema(
    'entity User in [User] = { a?: decimal, d?: Set<User> } tags datetime;',
  );
  fc.assert(
    fc.property(tree, fc.constantFrom(...types), (value, type) => {
      const read = json(JSON.stringify(value));
      expect(typeof readValue(read, type).ok).toBe('boolean');
      expect(typeof readEntities(read, schema.ok ? schema.value : undefined).ok).toBe('boolean');
      expect(typeof readEntities([read, read], undefined).ok).toBe('boolean');
    }),
    { numRuns: 2000 },
  );
});
