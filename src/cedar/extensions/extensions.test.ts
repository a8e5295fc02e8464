import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_LONG, MIN_LONG, normalLong } from '../long.ts';
import { printValue } from '../value.ts';
import { datetimeFromMillis, parseDatetime } from './datetime.ts';
import { decimalFromScaled, parseDecimal } from './decimal.ts';
import { parseDuration } from './duration.ts';
import { parseIpAddr } from './ipaddr.ts';

/** Whether official Cedar can evaluate this expression to a value that equals itself. */
function official(expr: string): 'ok' | 'error' {
  const answer = cedar.isAuthorized({
    principal: { type: 'U', id: 'u' },
    action: { type: 'Action', id: 'a' },
    resource: { type: 'U', id: 'u' },
    context: {},
    entities: [],
    policies: { staticPolicies: `permit (principal, action, resource) when { ${expr} };` },
  });
  if (answer.type === 'failure') throw new Error(answer.errors[0]?.message);
  return answer.response.decision === 'allow' ? 'ok' : 'error';
}

/** What official Cedar makes of this text as the argument of this constructor. */
function officially(fn: string, text: string): boolean {
  const literal = `${fn}(${JSON.stringify(text)})`;
  return official(`${literal} == ${literal}`) === 'ok';
}

const long = fc.oneof(
  fc.bigInt({ min: MIN_LONG, max: MAX_LONG }),
  fc.constantFrom(MIN_LONG, MAX_LONG, 0n, -1n),
  fc.bigInt({ min: -100_000n, max: 100_000n }),
);

describe('decimal', () => {
  test.each([
    '0.0',
    '-0.0',
    '1.2345',
    '-1.5',
    '00.10',
    '1.',
    '.5',
    '1',
    '1.23456',
    '+1.0',
    '1.0 ',
    '',
    '-',
    'a.b',
    '922337203685477.5807',
    '922337203685477.5808',
    '-922337203685477.5808',
    '-922337203685477.5809',
    '0000000000000000000000000001.0',
    '99999999999999999999999999.0',
    '1.2.3',
    '1,5',
    '١.٥',
  ])('%j reads as in official Cedar', (text) => {
    expect(parseDecimal(text).ok).toBe(officially('decimal', text));
  });

  test('what is printed reads back', () => {
    fc.assert(
      fc.property(long, (scaled) => {
        const decimal = decimalFromScaled(normalLong(scaled));
        expect(parseDecimal(decimal.toString())).toEqual({ ok: true, value: decimal });
      }),
    );
    expect(decimalFromScaled(15_000).toString()).toBe('1.5');
    expect(decimalFromScaled(-1).toString()).toBe('-0.0001');
    expect(decimalFromScaled(0).toString()).toBe('0.0');
  });
});

describe('duration', () => {
  test.each([
    '1d',
    '1h',
    '1m',
    '1s',
    '1ms',
    '-1d2h3m4s5ms',
    '1d1ms',
    '0ms',
    '007s',
    '',
    '-',
    '1',
    'd',
    '1h1d',
    '1d1d',
    '1 d',
    '+1d',
    '1.5s',
    '9223372036854775807ms',
    '9223372036854775808ms',
    '-9223372036854775808ms',
    '-9223372036854775809ms',
    '106751991167d',
    '106751991168d',
    '99999999999999999999999ms',
    '1D',
    '1ms1s',
    '0000000000000000000000001d',
  ])('%j reads as in official Cedar', (text) => {
    expect(parseDuration(text).ok).toBe(officially('duration', text));
  });

  test('counts milliseconds', () => {
    const parsed = parseDuration('-1d2h3m4s5ms');
    expect(parsed.ok && parsed.value.millis).toBe(-93_784_005);
  });
});

test('days are counted as Date counts them, and those that do not exist are refused', () => {
  const two = (n: number): string => String(n).padStart(2, '0');
  for (const year of [0, 1, 4, 99, 100, 400, 1600, 1899, 1900, 1970, 2000, 2024, 2100, 9999]) {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
        const date = new Date(0);
        date.setUTCFullYear(year, month - 1, day);
        const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
        const read = parseDatetime(text);
        expect([text, read.ok ? read.value.millis : undefined]).toEqual([
          text,
          exists ? date.getTime() : undefined,
        ]);
      }
    }
  }
});

describe('datetime', () => {
  test.each([
    '2024-02-29',
    '2023-02-29',
    '2024-13-01',
    '2024-00-01',
    '2024-01-00',
    '2024-04-31',
    '0000-01-01',
    '0001-01-01',
    '9999-12-31T23:59:59.999Z',
    '2024-01-01T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T23:60:00Z',
    '2024-01-01T23:59:60Z',
    '2024-01-01T00:00:00.000Z',
    '2024-01-01T00:00:00.1Z',
    '2024-01-01T00:00:00.1234Z',
    '2024-01-01T00:00:00',
    '2024-01-01T00:00:00+0000',
    '2024-01-01T00:00:00-2359',
    '2024-01-01T00:00:00+2400',
    '2024-01-01T00:00:00+0060',
    '2024-01-01T00:00:00+01:00',
    '2024-01-01t00:00:00Z',
    '2024-01-01 00:00:00Z',
    '2024-1-1',
    '24-01-01',
    '',
    '2024-01-01T',
    '2024-01-01T00:00Z',
    '2024-01-01T00:00:00z',
    '-2024-01-01',
    '2024-01-01T00:00:00.999+0130',
    '1900-02-29',
    '2000-02-29',
    '10000-01-01',
  ])('%j reads as in official Cedar', (text) => {
    expect(parseDatetime(text).ok).toBe(officially('datetime', text));
  });

  test('is the same moment as in official Cedar', () => {
    fc.assert(
      fc.property(
        fc.date({
          min: new Date('0000-01-01T00:00:00Z'),
          max: new Date('9999-12-31T00:00:00Z'),
          noInvalidDate: true,
        }),
        fc.integer({ min: -1439, max: 1439 }),
        (date, offset) => {
          const sign = offset < 0 ? '-' : '+';
          const clock = `${String(Math.trunc(Math.abs(offset) / 60)).padStart(2, '0')}${String(Math.abs(offset) % 60).padStart(2, '0')}`;
          const text = date.toISOString().replace('Z', `${sign}${clock}`);
          const parsed = parseDatetime(text);
          expect(parsed.ok && parsed.value.millis).toBe(date.getTime() - offset * 60_000);
          const printed = parsed.ok ? printValue(parsed.value) : '';
          expect(official(`${printed} == datetime("${text}")`)).toBe('ok');
        },
      ),
      { numRuns: 50 },
    );
  });

  test('has a day and a time of day, before 1970 and at the ends too', () => {
    fc.assert(
      fc.property(long, (millis) => {
        const moment = datetimeFromMillis(millis);
        const date = moment.toDate();
        const time = moment.toTime();
        expect(time).toBeGreaterThanOrEqual(0);
        expect(time).toBeLessThan(86_400_000);
        const midnight = date === undefined ? undefined : BigInt(date.millis);
        const first = millis - BigInt(time);
        expect(midnight).toBe(first < MIN_LONG ? undefined : first);
        expect((midnight ?? 0n) % 86_400_000n).toBe(0n);
      }),
    );
    expect(datetimeFromMillis(MIN_LONG).toDate()).toBeUndefined();
    expect(datetimeFromMillis(-1).toIso()).toBe('1969-12-31T23:59:59.999Z');
    expect(datetimeFromMillis(MAX_LONG).toIso()).toBeUndefined();
    expect(datetimeFromMillis(-62_167_219_200_001).toIso()).toBeUndefined();
  });
});

describe('ip', () => {
  test.each([
    '127.0.0.1',
    '127.0.0.1/32',
    '127.0.0.1/33',
    '127.0.0.1/',
    '127.0.0.1/08',
    '127.0.0.1/0',
    '0.0.0.0/0',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4a',
    '',
    '/8',
    '::',
    '::1',
    '::1/128',
    '::1/129',
    '::1/0',
    '1::',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '1::3:4:5:6:7:8',
    '1:2:3:4::5:6:7:8',
    '1::2::3',
    ':::',
    ':1',
    '1:',
    '12345::',
    'g::',
    'FFFF::abcd',
    '::ffff:1.2.3.4',
    '1.2.3.4/-1',
    '1.2.3.4/+1',
    '::1/ 8',
    '::1%eth0',
    '::/000',
    '1111:2222:3333:4444:5555:6666:7777:8888/128',
    '01111:2222:3333:4444:5555:6666:7777:8888/128',
    ' ::1',
  ])('%j reads as in official Cedar', (text) => {
    expect(parseIpAddr(text).ok).toBe(officially('ip', text));
  });

  test('ranges, loopback and multicast are as in official Cedar', () => {
    const samples = [
      '127.0.0.1',
      '127.0.0.0/8',
      '127.0.0.0/7',
      '128.0.0.1',
      '224.0.0.0/4',
      '224.0.0.0/3',
      '239.255.255.255',
      '0.0.0.0/0',
      '10.1.2.3',
      '10.0.0.0/8',
      '10.1.0.0/16',
      '10.1.2.3/16',
      '::1',
      '::1/127',
      '::',
      '::/0',
      'ff00::/8',
      'ff00::/7',
      'ffff::1',
      '2001:db8::1',
      '2001:db8::/32',
      '::ffff:0:0',
    ];
    for (const a of samples) {
      const left = parseIpAddr(a);
      if (!left.ok) throw new Error(a);
      const ip = `ip("${a}")`;
      expect(
        printValue(left.value) === ip || official(`${printValue(left.value)} == ${ip}`) === 'ok',
      ).toBe(true);
      expect([a, left.value.isLoopback()]).toEqual([a, official(`${ip}.isLoopback()`) === 'ok']);
      expect([a, left.value.isMulticast()]).toEqual([a, official(`${ip}.isMulticast()`) === 'ok']);
      for (const b of samples) {
        const right = parseIpAddr(b);
        if (!right.ok) throw new Error(b);
        const within = official(`${ip}.isInRange(ip("${b}"))`) === 'ok';
        expect([a, b, left.value.isInRange(right.value)]).toEqual([a, b, within]);
        const same = official(`${ip} == ip("${b}")`) === 'ok';
        expect([a, b, left.value.equals(right.value)]).toEqual([a, b, same]);
      }
    }
  });
});
