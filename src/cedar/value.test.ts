import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { authorize } from './authorize.ts';
import { compilePolicies } from './compile.ts';
import { NO_ENTITIES } from './entities.ts';
import { datetimeFromMillis } from './extensions/datetime.ts';
import { decimalFromScaled } from './extensions/decimal.ts';
import { Duration } from './extensions/duration.ts';
import { IpAddr } from './extensions/ipaddr.ts';
import {
  addLongs,
  checkedLong,
  MAX_LONG,
  MIN_LONG,
  multiplyLongs,
  negateLong,
  normalLong,
  subtractLongs,
  truncatedQuotient,
} from './long.ts';
import { parsePolicies } from './parse.ts';
import {
  EMPTY_RECORD,
  EMPTY_SET,
  entityUid,
  longValue,
  printValue,
  recordOf,
  setOf,
  typeName,
  valuesEqual,
  type Value,
} from './value.ts';

const long = fc.oneof(
  fc.bigInt({ min: MIN_LONG, max: MAX_LONG }),
  fc.bigInt({ min: -10n, max: 10n }),
  fc.constantFrom(
    MIN_LONG,
    MAX_LONG,
    2n ** 53n,
    2n ** 53n - 1n,
    -(2n ** 53n),
    2n ** 32n,
    -(2n ** 31n),
  ),
);

describe('longs', () => {
  test('are exact over the whole range, and overflow is noticed', () => {
    fc.assert(
      fc.property(long, long, (a, b) => {
        const [x, y] = [normalLong(a), normalLong(b)];
        expect(addLongs(x, y)).toBe(checkedLong(a + b));
        expect(subtractLongs(x, y)).toBe(checkedLong(a - b));
        expect(multiplyLongs(x, y)).toBe(checkedLong(a * b));
        expect(negateLong(x)).toBe(checkedLong(-a));
        expect(truncatedQuotient(x, 1000)).toBe(normalLong(a / 1000n));
        expect(x < y).toBe(a < b);
        expect(x === y).toBe(a === b);
      }),
      { numRuns: 1000 },
    );
  });

  test('there is no minus zero', () => {
    expect(Object.is(multiplyLongs(-1, 0), 0)).toBe(true);
    expect(Object.is(negateLong(0), 0)).toBe(true);
    expect(Object.is(truncatedQuotient(-1, 1000), 0)).toBe(true);
    expect(Object.is(longValue(-0), 0)).toBe(true);
    expect(longValue(2 ** 53)).toBe(2n ** 53n);
    expect(longValue(5n)).toBe(5);
  });
});

const simple: fc.Arbitrary<Value> = fc.oneof(
  fc.boolean(),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
  long.map(normalLong),
  fc
    .tuple(fc.constantFrom('A', 'A::B'), fc.string({ maxLength: 2 }))
    .map(([type, id]) => entityUid(type, id)),
  long.map((n) => decimalFromScaled(normalLong(n))),
  long.map((n) => datetimeFromMillis(n)),
  fc
    .date({ noInvalidDate: true, min: new Date(0) })
    .map((date) => datetimeFromMillis(date.getTime())),
  long.map((n) => new Duration(normalLong(n))),
  fc.constantFrom(new IpAddr(4, 1n, 32), new IpAddr(4, 1n, 31), new IpAddr(6, 1n, 128)),
);
const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    simple,
    fc.array(tie('value'), { maxLength: 3 }).map(setOf),
    fc.array(fc.tuple(fc.string({ maxLength: 2 }), tie('value')), { maxLength: 3 }).map(recordOf),
  ),
})).value;

/** What our own engine says of `a == b`. */
function evaluatesEqual(a: Value, b: Value): boolean {
  const text = `permit (principal, action, resource) when { ${printValue(a)} == ${printValue(b)} };`;
  const { policies, errors } = parsePolicies(text);
  expect(errors).toEqual([]);
  const set = compilePolicies(policies.map((policy) => ({ id: 'p', policy })));
  if (!set.ok) throw new Error(set.error[0]?.message);
  const uid = entityUid('A', 'a');
  const request = { principal: uid, action: uid, resource: uid, context: EMPTY_RECORD };
  const answer = authorize(set.value, request, NO_ENTITIES);
  expect(answer.errors).toEqual([]);
  return answer.decision === 'allow';
}

describe('values', () => {
  test('print as expressions that evaluate to them', () => {
    fc.assert(
      fc.property(value, (a) => {
        expect(evaluatesEqual(a, a)).toBe(true);
      }),
    );
  });

  test('are equal exactly when they print alike', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(valuesEqual(a, a)).toBe(true);
        expect(valuesEqual(a, b)).toBe(printValue(a) === printValue(b));
        expect(valuesEqual(a, b)).toBe(valuesEqual(b, a));
        expect(valuesEqual(setOf([a, b]), setOf([b, a, b]))).toBe(true);
        expect(setOf([a]).has(b)).toBe(valuesEqual(a, b));
        expect(setOf([a, b, a]).size).toBe(valuesEqual(a, b) ? 1 : 2);
        const record = recordOf([['x', a]]);
        expect(valuesEqual(record, recordOf([['x', b]]))).toBe(valuesEqual(a, b));
        expect(valuesEqual(record, recordOf([['y', a]]))).toBe(false);
        expect(valuesEqual(record, EMPTY_RECORD)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('sets contain and share by value', () => {
    const nested = setOf([setOf([1, 2]), recordOf([['a', setOf([entityUid('A', 'a')])]])]);
    expect(nested.has(setOf([2, 1, 1]))).toBe(true);
    expect(nested.has(recordOf([['a', setOf([entityUid('A', 'a')])]]))).toBe(true);
    expect(nested.has(setOf([1]))).toBe(false);
    expect(setOf([1, 'a', true]).hasAll(setOf([true, 1]))).toBe(true);
    expect(setOf([1]).hasAll(setOf([1, 2]))).toBe(false);
    expect(setOf([1, 2]).hasAll(setOf([3]))).toBe(false);
    expect(setOf([1, 2, 3]).hasAny(setOf([3]))).toBe(true);
    expect(setOf([1]).hasAny(setOf([3, 4]))).toBe(false);
    expect(EMPTY_SET.hasAny(setOf([1]))).toBe(false);
    expect([...setOf([2, 1, 2])]).toEqual([2, 1]);
    expect(setOf([entityUid('A', 'a'), entityUid('A', 'a')]).size).toBe(1);
    expect(setOf(['1', 1]).size).toBe(2);
  });

  test('entities of the same text are told apart', () => {
    expect(entityUid('A', 'b').toString()).toBe('A::"b"');
    expect(entityUid('A', 'say "\\\u202e').toString()).toBe('A::"say \\"\\\\\\u{202e}"');
    const tricky = setOf([entityUid('A', 'x"::B::"y'), entityUid('A::"x"::B', 'y')]);
    expect(tricky.size).toBe(2);
  });

  test('of one kind never equal one of another', () => {
    const kinds: readonly Value[] = [
      true,
      'a',
      1,
      2n ** 60n,
      entityUid('A', 'a'),
      entityUid('A', 'b'),
      setOf([1]),
      recordOf([['a', 1]]),
      decimalFromScaled(1),
      datetimeFromMillis(1),
      new Duration(1),
      new IpAddr(4, 1n, 32),
    ];
    for (const [at, one] of kinds.entries()) {
      expect(kinds.map((other) => valuesEqual(one, other))).toEqual(
        kinds.map((_other, index) => index === at),
      );
    }
  });

  test('have names for their types', () => {
    const names = [true, 'a', 1, 2n ** 60n, entityUid('A', 'a'), EMPTY_SET, EMPTY_RECORD].map(
      typeName,
    );
    expect(names).toEqual([
      'bool',
      'string',
      'long',
      'long',
      '(entity of type `A`)',
      'set',
      'record',
    ]);
    const extensions = [
      decimalFromScaled(1),
      datetimeFromMillis(1),
      new Duration(1),
      new IpAddr(4, 1n, 32),
    ];
    expect(extensions.map(typeName)).toEqual(['decimal', 'datetime', 'duration', 'ipaddr']);
  });

  test('text that does not print is escaped', () => {
    expect(printValue('a\n\r\t\0\u0007\u{1F600}é"\\')).toBe('"a\\n\\r\\t\\0\\u{7}😀é\\"\\\\"');
    expect(printValue('\ud800')).toBe('"\\u{fffd}"');
  });
});
