import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ok } from '../../base/result.ts';
import { jsonFromUnknown } from './from-unknown.ts';
import type { Json, JsonIssueCode } from './lossless.ts';
import {
  describeJson,
  jsonPlaces,
  isJsonArray,
  isJsonObject,
  JsonNumber,
  parseJson,
  pickJson,
  pointerTo,
} from './lossless.ts';

/** Back to what `JSON.parse` makes of the same text. */
function toPlain(json: Json): unknown {
  if (isJsonArray(json)) return json.map(toPlain);
  if (json instanceof JsonNumber) return Number(json.text);
  if (typeof json === 'bigint') return Number(json);
  if (isJsonObject(json)) {
    return Object.fromEntries([...json].map(([key, value]) => [key, toPlain(value)]));
  }
  return json;
}

function parsed(text: string): Json {
  const result = parseJson(text);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe('parseJson', () => {
  test('reads what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(toPlain(parsed(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  test('keeps integers and decimals exactly', () => {
    expect(parsed('9007199254740991')).toBe(9007199254740991);
    expect(parsed('9007199254740993')).toBe(9007199254740993n);
    expect(parsed('-9223372036854775808')).toBe(-9223372036854775808n);
    expect(Object.is(parsed('-0'), 0)).toBe(true);
    expect(parsed('[0.42, 1E+2, -1.50]')).toEqual([
      new JsonNumber('0.42'),
      new JsonNumber('1E+2'),
      new JsonNumber('-1.50'),
    ]);
  });

  test('holds no key for special', () => {
    const json = parsed('{"__proto__": {"polluted": true}, "constructor": 1}');
    expect(isJsonObject(json) && [...json.keys()]).toEqual(['__proto__', 'constructor']);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('reads every escape', () => {
    expect(parsed(String.raw`"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"`)).toBe('"\\/\b\f\n\r\té😀');
  });

  const refused: readonly [text: string, code: JsonIssueCode, start: number, path: string][] = [
    ['', 'JSON_SYNTAX', 0, ''],
    ['nul', 'JSON_SYNTAX', 0, ''],
    ['tru e', 'JSON_SYNTAX', 0, ''],
    ['falze', 'JSON_SYNTAX', 0, ''],
    ['01', 'JSON_SYNTAX', 1, ''],
    ['+1', 'JSON_SYNTAX', 0, ''],
    ['1 2', 'JSON_SYNTAX', 2, ''],
    ['[1,]', 'JSON_SYNTAX', 3, '/1'],
    ['[1 2]', 'JSON_SYNTAX', 3, ''],
    ['[', 'JSON_SYNTAX', 1, '/0'],
    ['{"a":1,}', 'JSON_SYNTAX', 7, ''],
    ['{"a" 1}', 'JSON_SYNTAX', 5, ''],
    ['{"a":[true,{"b/~":x}]}', 'JSON_SYNTAX', 18, '/a/1/b~1~0'],
    ['{a:1}', 'JSON_SYNTAX', 1, ''],
    ['{"a":1 "b":2}', 'JSON_SYNTAX', 7, ''],
    ['{"a":{"b":1,"b":2}}', 'JSON_DUPLICATE_KEY', 12, '/a'],
    ['"open', 'JSON_SYNTAX', 0, ''],
    ['"a\nb"', 'JSON_SYNTAX', 2, ''],
    [String.raw`"\x"`, 'JSON_SYNTAX', 1, ''],
    [String.raw`"\u12g4"`, 'JSON_SYNTAX', 1, ''],
    ['"\\', 'JSON_SYNTAX', 1, ''],
    [String.raw`["\ud800"]`, 'JSON_UNPAIRED_SURROGATE', 1, '/0'],
    ['['.repeat(128), 'JSON_TOO_DEEP', 127, '/0'.repeat(127)],
    ['{"a":'.repeat(128), 'JSON_TOO_DEEP', 635, '/a'.repeat(127)],
    ['9'.repeat(401), 'JSON_TOO_LARGE', 0, ''],
  ];
  test.each(refused)('refuses %s with %s', (text, code, start, path) => {
    const result = parseJson(text);
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect([result.error.code, result.error.span.start, result.error.path]).toEqual([
      code,
      start,
      path,
    ]);
  });

  test('keeps to its limits', () => {
    const limits = { length: 12, depth: 2, count: 3 };
    expect(parseJson('[[1]]', limits).ok).toBe(true);
    expect(parseJson('[1, 2, 3]', limits)).toMatchObject({ error: { code: 'JSON_TOO_MANY' } });
    expect(parseJson('[[[]]]', limits)).toMatchObject({ error: { code: 'JSON_TOO_DEEP' } });
    expect(parseJson('"0123456789ab"', limits)).toMatchObject({
      error: { code: 'JSON_TOO_LARGE' },
    });
  });

  test('agrees with JSON.parse on which texts are JSON, and never throws', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '1',
      '-',
      '.5',
      'e3',
      'true',
      'null',
      ' ',
      '\\',
      '\\u0041',
      'x',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const result = parseJson(text);
        if (!result.ok && result.error.code === 'JSON_DUPLICATE_KEY') return;
        expect(result.ok).toBe(accepts(text));
      }),
      { numRuns: 3000 },
    );
  });
});

function accepts(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('jsonFromUnknown', () => {
  test('is the same as reading the text, but for integers that JSON.parse rounds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        const result = jsonFromUnknown(JSON.parse(text));
        expect(result.ok && toPlain(result.value)).toEqual(toPlain(parsed(text)));
      }),
    );
    expect(jsonFromUnknown(2 ** 53)).toEqual({
      ok: true,
      value: new JsonNumber('9007199254740992'),
    });
    expect(jsonFromUnknown(5n)).toEqual({ ok: true, value: 5n });
  });

  test('takes Json itself, and leaves undefined members out', () => {
    const json = parsed('{"a": [0.5, {"b": null}]}');
    expect(jsonFromUnknown(json)).toEqual({ ok: true, value: json });
    expect(jsonFromUnknown({ a: undefined, b: 1 })).toEqual({
      ok: true,
      value: new Map([['b', 1]]),
    });
    expect(jsonFromUnknown(Object.create(null))).toEqual({ ok: true, value: new Map() });
  });

  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  const refused: readonly [name: string, value: unknown, code: JsonIssueCode, path: string][] = [
    ['a function', { a: [() => 1] }, 'JSON_NOT_DATA', '/a/0'],
    ['a symbol', Symbol('x'), 'JSON_NOT_DATA', ''],
    ['undefined', [undefined], 'JSON_NOT_DATA', '/0'],
    ['a hole after a fault', [undefined, undefined], 'JSON_NOT_DATA', '/0'],
    ['NaN', { 'a/b': Number.NaN }, 'JSON_NOT_DATA', '/a~1b'],
    ['a date', new Date(0), 'JSON_NOT_DATA', ''],
    ['a map keyed by numbers', new Map([[1, 1]]), 'JSON_NOT_DATA', ''],
    ['half a surrogate pair', ['\ud800'], 'JSON_UNPAIRED_SURROGATE', '/0'],
    ['half a surrogate pair as name', { '\ud800': 1 }, 'JSON_UNPAIRED_SURROGATE', ''],
    ['a cycle', circular, 'JSON_TOO_DEEP', '/self'.repeat(127)],
  ];
  test.each(refused)('refuses %s', (_name, value, code, path) => {
    const result = jsonFromUnknown(value);
    expect(result.ok ? undefined : [result.error.code, result.error.path]).toEqual([code, path]);
  });

  test('keeps to its limits', () => {
    const limits = { length: 4, depth: 2, count: 3 };
    expect(jsonFromUnknown(['ab', 'cd'], limits).ok).toBe(true);
    expect(jsonFromUnknown(['ab', 'cde'], limits)).toMatchObject({
      error: { code: 'JSON_TOO_LARGE' },
    });
    expect(jsonFromUnknown([1, 2, 3], limits)).toMatchObject({ error: { code: 'JSON_TOO_MANY' } });
    expect(jsonFromUnknown([[[]]], limits)).toMatchObject({ error: { code: 'JSON_TOO_DEEP' } });
  });
});

test('names what it found', () => {
  const texts = ['null', 'true', '1', '2.50', '"x"', '[]', '{}'].map((text) =>
    describeJson(parsed(text)),
  );
  expect(texts).toEqual([
    'null',
    'true',
    'the number 1',
    'the number 2.50',
    'text',
    'an array',
    'an object',
  ]);
  expect(pointerTo('/a', '~/')).toBe('/a/~0~1');
});

test('jsonPlaces says where every value stands, up to the first fault', () => {
  const text = '{"a": [1, {"b/c": null}], "d": x}';
  const { values, names } = jsonPlaces(text);
  const shown = (spans: ReadonlyMap<string, { start: number; end: number }>) =>
    Object.fromEntries([...spans].map(([path, { start, end }]) => [path, text.slice(start, end)]));
  expect(shown(values)).toMatchObject({
    '/a': '[1, {"b/c": null}]',
    '/a/0': '1',
    '/a/1': '{"b/c": null}',
    '/a/1/b~1c': 'null',
  });
  expect(shown(names)).toEqual({ '/a': '"a"', '/a/1/b~1c': '"b/c"', '/d': '"d"' });
  expect(jsonPlaces('[1]', { length: 2, depth: 1, count: 9 }).values.size).toBe(0);
});

describe('pickJson', () => {
  const WANTED = new Map([
    ['id', undefined],
    ['result', new Map([['verdict', undefined]])],
  ]);

  test('reads the members that are wanted, and passes over the others whatever they hold', () => {
    const text = String.raw`{"noise": [{"}": "]\\\"}"}, -1e9], "n": 1, "id": 9007199254740993,
      "result": {"before": null, "verdict": "ALLOW", "behind": {"verdict": "x"}}, "last": "\\"}`;
    const picked = pickJson(text, WANTED);
    expect(picked.ok && picked.value).toEqual(
      new Map<string, unknown>([
        ['id', 9007199254740993n],
        ['result', new Map([['verdict', 'ALLOW']])],
      ]),
    );
  });

  test.each([
    ['{"n": 1, "m": {"a": [2]}}', {}],
    ['{"result": {"other": 1}}', { result: {} }],
    ['{"result": 5}', { result: 5 }],
    ['{}', {}],
  ])('%s has what it has', (text, expected) => {
    const picked = pickJson(text, WANTED);
    expect(picked.ok && toPlain(picked.value)).toEqual(expected);
  });

  test.each([
    ['{"n": [1', 'JSON_SYNTAX'],
    ['{"n": "never closed', 'JSON_SYNTAX'],
    ['{"id": 1, "result": {"verdict": "x", "more": "never closed', 'JSON_SYNTAX'],
    ['{"n": 1 "id": 2', 'JSON_SYNTAX'],
    ['{"n": 1} {', 'JSON_SYNTAX'],
    ['{"id": 1, "id": 2}', 'JSON_DUPLICATE_KEY'],
  ])('%s is refused', (text, code) => {
    expect(pickJson(text, WANTED)).toMatchObject({ ok: false, error: { code } });
  });

  test('of any JSON it gives what parsing all of it and leaving out the rest gives', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (json) => {
        const text = JSON.stringify(json);
        const whole = parsed(text);
        if (!isJsonObject(whole)) throw new Error('A dictionary is an object');
        const [name = ''] = whole.keys();
        const picked = pickJson(text, new Map([[name, undefined]]));
        const value = whole.get(name);
        expect(picked).toEqual(ok(new Map(value === undefined ? [] : [[name, value]])));
      }),
      { numRuns: 300 },
    );
  });
});
