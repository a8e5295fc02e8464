import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printValue } from '../cedar/value.ts';
import { clockOf, isTimeZone, sessionFields } from './session.ts';

const read = (timeZone: string, moment: string): string => {
  const { hour, minuteOfDay, weekday } = clockOf(timeZone)(Date.parse(moment));
  return `${weekday} ${hour} ${minuteOfDay}`;
};

describe('the wall clock of a time zone', () => {
  test.each([
    ['UTC', '2026-03-16T00:00:00Z', '1 0 0'],
    ['UTC', '2026-03-15T23:59:59.999Z', '7 23 1439'],
    ['UTC', '2026-03-16T08:59:59Z', '1 8 539'],
    ['UTC', '2026-03-16T09:00:00Z', '1 9 540'],
    // The same moment is another day elsewhere.
    ['America/New_York', '2026-03-16T03:30:00Z', '7 23 1410'],
    ['Asia/Kolkata', '2026-03-15T19:00:00Z', '1 0 30'],
    ['Pacific/Kiritimati', '2026-03-15T10:00:00Z', '1 0 0'],
    ['Asia/Kathmandu', '2026-03-16T00:00:00Z', '1 5 345'],
  ])('%s at %s', (timeZone, moment, expected) => {
    expect(read(timeZone, moment)).toBe(expected);
  });

  test('the hour that spring leaves out is never read', () => {
    expect(read('Europe/Berlin', '2026-03-29T00:59:59Z')).toBe('7 1 119');
    expect(read('Europe/Berlin', '2026-03-29T01:00:00Z')).toBe('7 3 180');
    expect(read('America/New_York', '2026-03-08T06:59:00Z')).toBe('7 1 119');
    expect(read('America/New_York', '2026-03-08T07:00:00Z')).toBe('7 3 180');
  });

  test('the hour that autumn repeats is read twice', () => {
    expect(read('Europe/Berlin', '2026-10-25T00:30:00Z')).toBe('7 2 150');
    expect(read('Europe/Berlin', '2026-10-25T01:30:00Z')).toBe('7 2 150');
    expect(read('Europe/Berlin', '2026-10-25T02:00:00Z')).toBe('7 3 180');
  });

  test('business hours move with daylight saving time', () => {
    expect(read('Europe/Berlin', '2026-03-27T08:00:00Z')).toBe('5 9 540');
    expect(read('Europe/Berlin', '2026-03-30T07:00:00Z')).toBe('1 9 540');
  });

  test('in UTC it is the same with and without Intl, at every moment', () => {
    // Only one of the zone's names has a way of its own.
    const [own, intl] = [clockOf('UTC'), clockOf('Etc/UTC')];
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(own(date.getTime())).toEqual(intl(date.getTime()));
      }),
    );
  });
});

describe('the minute that a clock remembers', () => {
  const MINUTE = 60_000;
  const ZONES = Intl.supportedValuesOf('timeZone');
  /** What the zone's clock says to one who asks it for the first time. */
  const fresh = (timeZone: string, moment: number) => clockOf(timeZone)(moment);

  /** Both borders of a minute and its middle, and the same of the minute before. */
  const around = (moment: number): readonly number[] => {
    const start = Math.floor(moment / MINUTE) * MINUTE;
    return [start, start + 30_500, start + 59_999, start - 1, start - 59_999, start];
  };

  test.each([
    ['Europe/Berlin', '2026-03-29T01:00:00Z'],
    ['Europe/Berlin', '2026-10-25T01:00:00Z'],
    ['America/New_York', '2026-03-08T07:00:00Z'],
    ['America/New_York', '2026-11-01T06:00:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
    ['Asia/Kathmandu', '2026-03-15T18:15:00Z'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z'],
    // Fractions of a minute from UTC, until 1972 and 1893.
    ['Africa/Monrovia', '1972-01-01T00:00:00Z'],
    ['Africa/Monrovia', '1972-01-07T00:44:30Z'],
    ['Europe/Berlin', '1890-01-01T00:06:32Z'],
  ])('is never read for another one: %s at %s', (timeZone, moment) => {
    const clock = clockOf(timeZone);
    const moments = around(Date.parse(moment)).flatMap((near) => [near, near + 6_000]);
    for (const near of [...moments, ...moments.toReversed()]) {
      expect([near, clock(near)]).toEqual([near, fresh(timeZone, near)]);
    }
  });

  test('in any zone and order of moments', () => {
    const moment = fc.oneof(
      fc.integer({ min: Date.UTC(1880, 0), max: Date.UTC(2040, 0) }),
      fc.integer({ min: Date.UTC(1972, 11, 31, 23, 50), max: Date.UTC(1973, 0, 1, 0, 10) }),
      fc.constantFrom(Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 9, 25, 1)),
    );
    const moments = fc.array(moment, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), moments, (timeZone, some) => {
        const clock = clockOf(timeZone);
        for (const near of some.flatMap(around)) {
          expect(clock(near)).toEqual(fresh(timeZone, near));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('does not answer for a moment that is none', () => {
    const clock = clockOf('UTC');
    clock(Date.parse('2026-03-16T09:00:00Z'));
    for (const none of [Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1]) {
      expect(() => clock(none)).toThrow(RangeError);
    }
  });
});

test('time zones are checked before they are used', () => {
  expect(isTimeZone('Europe/Berlin')).toBe(true);
  expect(isTimeZone('UTC')).toBe(true);
  expect(isTimeZone('Mars/Olympus')).toBe(false);
  expect(isTimeZone('')).toBe(false);
});

test('the session counts the goal without the spaces around it, in characters', () => {
  const fields = sessionFields(clockOf('UTC'), Date.parse('2026-03-16T09:00:00Z'), '  né 🙂\n');
  expect([...fields].map(([name, value]) => `${name}: ${printValue(value)}`)).toEqual([
    'now: datetime("2026-03-16T09:00:00.000Z")',
    'hour: 9',
    'minute_of_day: 540',
    'weekday: 1',
    'goal_length: 4',
  ]);
});
