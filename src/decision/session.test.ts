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

  test('in UTC it agrees with arithmetic at every moment', () => {
    const clock = clockOf('UTC');
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        const time = date.getTime();
        const minute = Math.floor(time / 60_000);
        expect(clock(time)).toEqual({
          hour: date.getUTCHours(),
          minuteOfDay: ((minute % 1440) + 1440) % 1440,
          weekday: date.getUTCDay() === 0 ? 7 : date.getUTCDay(),
        });
      }),
    );
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
