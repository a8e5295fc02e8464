import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecordType, Type } from '../schema/model.ts';
import { printValue } from '../value.ts';
import { parseIsoDatetime, readFact } from './fact.ts';
import { jsonFromUnknown } from './from-unknown.ts';
import { parseJson } from './lossless.ts';

const extension = (name: 'decimal' | 'datetime' | 'duration' | 'ipaddr'): Type => ({
  kind: 'extension',
  name,
});
const LONG: Type = { kind: 'long' };
const DECIMAL = extension('decimal');
const span = { start: 0, end: 0 };
const RECORD: RecordType = {
  kind: 'record',
  attributes: new Map([
    ['a', { type: LONG, required: true, span }],
    ['b', { type: DECIMAL, required: false, span }],
  ]),
};

function shown(text: string, type: Type): string {
  const json = parseJson(text);
  if (!json.ok) throw new Error(json.error.message);
  const result = readFact(json.value, type);
  if (!result.ok) return result.error.map(({ code, path }) => `${code} ${path}`).join(', ');
  return result.value === undefined ? 'absent' : printValue(result.value);
}

describe('facts', () => {
  const cases: readonly [text: string, type: Type, expected: string][] = [
    ['null', LONG, 'absent'],
    ['null', RECORD, 'absent'],
    ['true', { kind: 'bool' }, 'true'],
    ['"true"', { kind: 'bool' }, 'TYPE_MISMATCH '],
    ['"x"', { kind: 'string' }, '"x"'],
    ['5', { kind: 'string' }, 'TYPE_MISMATCH '],
    ['5', LONG, '5'],
    ['5.0', LONG, '5'],
    ['-2.5e1', LONG, '-25'],
    ['5.5', LONG, 'TYPE_MISMATCH '],
    ['"5"', LONG, 'TYPE_MISMATCH '],
    ['9223372036854775807', LONG, '9223372036854775807'],
    ['-9223372036854775808', LONG, '-9223372036854775808'],
    ['9223372036854775808', LONG, 'LONG_RANGE '],
    ['1e18', LONG, 'TYPE_MISMATCH '],
    ['0.42', DECIMAL, 'decimal("0.42")'],
    ['-0.42', DECIMAL, 'decimal("-0.42")'],
    ['-0.0', DECIMAL, 'decimal("0.0")'],
    ['1.23450000', DECIMAL, 'decimal("1.2345")'],
    ['1.23456', DECIMAL, 'BAD_EXTENSION_VALUE '],
    ['1e-4', DECIMAL, 'decimal("0.0001")'],
    ['0e5', DECIMAL, 'decimal("0.0")'],
    ['-1e-4', DECIMAL, 'decimal("-0.0001")'],
    ['9999999999.9999', DECIMAL, 'decimal("9999999999.9999")'],
    ['-9999999999.9999', DECIMAL, 'decimal("-9999999999.9999")'],
    ['1e-5', DECIMAL, 'BAD_EXTENSION_VALUE '],
    ['1e999999999', DECIMAL, 'BAD_EXTENSION_VALUE '],
    ['3', DECIMAL, 'decimal("3.0")'],
    ['922337203685477', DECIMAL, 'decimal("922337203685477.0")'],
    ['922337203685478', DECIMAL, 'BAD_EXTENSION_VALUE '],
    ['99999999999999999999', DECIMAL, 'BAD_EXTENSION_VALUE '],
    ['"0.42"', DECIMAL, 'decimal("0.42")'],
    ['"x"', DECIMAL, 'BAD_EXTENSION_VALUE '],
    ['true', DECIMAL, 'TYPE_MISMATCH '],
    ['"2026-03-14T09:00:00Z"', extension('datetime'), 'datetime("2026-03-14T09:00:00.000Z")'],
    ['"soon"', extension('datetime'), 'BAD_EXTENSION_VALUE '],
    ['1742031000', extension('datetime'), 'TYPE_MISMATCH '],
    ['"1h"', extension('duration'), 'duration("3600000ms")'],
    ['"10.0.0.0/8"', extension('ipaddr'), 'ip("10.0.0.0/8")'],
    ['{"type": "User", "id": "u"}', { kind: 'entity', name: 'User' }, 'User::"u"'],
    ['{"type": "Team", "id": "u"}', { kind: 'entity', name: 'User' }, 'TYPE_MISMATCH '],
    [
      '{"__entity": {"type": "User", "id": "u"}}',
      { kind: 'entity', name: 'User' },
      'TYPE_MISMATCH ',
    ],
    ['"u"', { kind: 'entity', name: 'User' }, 'TYPE_MISMATCH '],
    ['[1, 2.0, 1]', { kind: 'set', element: LONG }, '[1, 2]'],
    ['[1, null, "x"]', { kind: 'set', element: LONG }, 'NULL_VALUE /1, TYPE_MISMATCH /2'],
    ['1', { kind: 'set', element: LONG }, 'TYPE_MISMATCH '],
    ['{"a": 1, "b": 0.5, "more": [null]}', RECORD, '{"a": 1, "b": decimal("0.5")}'],
    ['{"a": 1, "b": null}', RECORD, '{"a": 1}'],
    ['{"a": null, "b": "x"}', RECORD, 'MISSING_ATTRIBUTE , BAD_EXTENSION_VALUE /b'],
    ['[]', RECORD, 'TYPE_MISMATCH '],
  ];
  test.each(cases)('%s', (text, type, expected) => {
    expect(shown(text, type)).toBe(expected);
  });

  test('what JSON.parse rounded is no Long', () => {
    const json = jsonFromUnknown(2 ** 53);
    expect(json.ok && readFact(json.value, LONG).ok).toBe(false);
    expect(shown('9007199254740992', LONG)).toBe('9007199254740992');
  });

  test('a decimal is exactly the number that was written, or refused', () => {
    const literal = fc.tuple(
      fc.integer({ min: -999_999_999, max: 999_999_999 }),
      fc.nat({ max: 9 }),
    );
    fc.assert(
      fc.property(literal, ([digits, places]) => {
        const text = digits === 0 ? '0' : `${digits}e-${places}`;
        const scaled = digits * 10 ** (4 - places);
        const exact = places <= 4 || digits % 10 ** (places - 4) === 0;
        const result = shown(text, DECIMAL);
        const read = Math.round(Number(result.slice(9, -2)) * 10_000);
        const expected = exact ? Math.round(scaled) + 0 : 'BAD_EXTENSION_VALUE ';
        expect(exact ? read : result).toBe(expected);
      }),
    );
  });
});

describe('moments', () => {
  test.each([
    ['2026-03-14', '2026-03-14T00:00:00.000Z'],
    ['2026-03-14T09:00Z', '2026-03-14T09:00:00.000Z'],
    ['2026-03-14T09:00:01+02:00', '2026-03-14T07:00:01.000Z'],
    ['2026-03-14 09:00:01.5-0530', '2026-03-14T14:30:01.500Z'],
    ['2026-03-14t09:00:01,123456789z', '2026-03-14T09:00:01.123Z'],
  ])('%s', (text, iso) => {
    const result = parseIsoDatetime(text);
    expect(result.ok && result.value.toIso()).toBe(iso);
  });

  test.each([
    '2026-03-14T09:00:00',
    '2026-02-30',
    '2026-03-14T24:00:00Z',
    '2026-03-14T09:00:60Z',
    '20260314',
    '2026-3-14',
    'now',
    '',
  ])('%s is none', (text) => {
    expect(parseIsoDatetime(text).ok).toBe(false);
  });

  test('agrees with Date on what Date writes', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          const result = parseIsoDatetime(date.toISOString());
          expect(result.ok && Number(result.value.millis)).toBe(date.getTime());
        },
      ),
    );
  });
});
