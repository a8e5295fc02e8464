import { datetimeFromMillis } from '../cedar/extensions/datetime.ts';
import type { Value } from '../cedar/value.ts';
import { codePoints } from './check.ts';

/** The wall clock of one time zone. Building one is slow, reading it is not: a pack keeps its own. */
export type Clock = (epochMillis: number) => WallTime;

export interface WallTime {
  /** 0 to 23. */
  readonly hour: number;
  /** 0 to 1439. */
  readonly minuteOfDay: number;
  /** 1 Monday to 7 Sunday. */
  readonly weekday: number;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Whether `Intl` knows this IANA time zone. */
export function isTimeZone(timeZone: string): boolean {
  if (timeZone === 'UTC') return true;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** From 1973 on every zone is whole minutes away from UTC and changes at whole minutes; not before. */
const WHOLE_MINUTES_SINCE = Date.UTC(1973, 0);
const MINUTE = 60_000;

/**
 * The clock of an IANA time zone, daylight saving time included: in the hour that a zone repeats, both
 * passes read the same wall time, which is what "business hours" means there. An unknown zone throws;
 * a pack's settings are checked with `isTimeZone` before.
 *
 * `Intl` takes 3 µs for a moment, and most checks come within the same minute: the last minute's
 * answer is kept. Within a minute it cannot change, so no check learns anything of the one before it.
 */
export function clockOf(timeZone: string): Clock {
  const read = wallTimeReader(timeZone);
  let minute = Number.NaN;
  let known: WallTime | undefined;
  return (epochMillis) => {
    const asked = Math.floor(epochMillis / MINUTE);
    if (known !== undefined && asked === minute) return known;
    const time = read(epochMillis);
    if (epochMillis >= WHOLE_MINUTES_SINCE) {
      minute = asked;
      known = time;
    }
    return time;
  };
}

/** Without `Intl`, whose first use takes 10 ms of a cold start. */
function utcTime(epochMillis: number): WallTime {
  const at = new Date(epochMillis);
  if (Number.isNaN(at.getTime())) throw new RangeError('Invalid time value');
  const hour = at.getUTCHours();
  const minuteOfDay = hour * 60 + at.getUTCMinutes();
  return { hour, minuteOfDay, weekday: at.getUTCDay() === 0 ? 7 : at.getUTCDay() };
}

function wallTimeReader(timeZone: string): Clock {
  if (timeZone === 'UTC') return utcTime;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (epochMillis) => {
    const parts = new Map(
      format.formatToParts(epochMillis).map(({ type, value }) => [type, value]),
    );
    const hour = Number(parts.get('hour'));
    const minuteOfDay = hour * 60 + Number(parts.get('minute'));
    return { hour, minuteOfDay, weekday: WEEKDAYS.indexOf(parts.get('weekday') ?? '') + 1 };
  };
}

/** The fields of `context.session` that are the same for every tool of a check. */
export function sessionFields(clock: Clock, now: number, goal: string): Map<string, Value> {
  const { hour, minuteOfDay, weekday } = clock(now);
  return new Map<string, Value>([
    ['now', datetimeFromMillis(now)],
    ['hour', hour],
    ['minute_of_day', minuteOfDay],
    ['weekday', weekday],
    ['goal_length', codePoints(goal.trim())],
  ]);
}
