import { err, ok, type Result } from '../../base/result.ts';
import { normalLong, subtractLongs, type Long } from '../long.ts';

const FORM =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?(?:Z|([+-])([0-9]{2})([0-9]{2})))?$/;
const DAY = 86_400_000;

/** A moment, in milliseconds since 1970-01-01T00:00:00Z. */
export class Datetime {
  readonly millis: Long;

  constructor(millis: Long) {
    this.millis = millis;
  }

  /** Midnight (UTC) of the day, or `undefined` where that lies before the first representable moment. */
  toDate(): Datetime | undefined {
    const midnight = subtractLongs(this.millis, this.toTime());
    return midnight === undefined ? undefined : new Datetime(midnight);
  }

  /** Milliseconds since that midnight, 0 to 86,399,999. */
  toTime(): number {
    const rest =
      typeof this.millis === 'number' ? this.millis % DAY : Number(this.millis % BigInt(DAY));
    return rest < 0 ? rest + DAY : rest + 0;
  }

  /** ISO 8601 text for years 0 to 9999, the only ones that `parseDatetime` can read; else `undefined`. */
  toIso(): string | undefined {
    if (this.millis < -62_167_219_200_000 || this.millis > 253_402_300_799_999) return undefined;
    return new Date(Number(this.millis)).toISOString();
  }
}

/** The moment this many milliseconds after 1970-01-01T00:00:00Z (an integer in the 64-bit range). */
export function datetimeFromMillis(millis: Long): Datetime {
  return new Datetime(typeof millis === 'bigint' ? normalLong(millis) : millis);
}

/**
 * Reads the five forms that Cedar knows: a date alone, and `hh:mm:ss` or `hh:mm:ss.SSS` with `Z` or an
 * offset `±hhmm`. Days are checked against the month; there are no leap seconds.
 */
export function parseDatetime(text: string): Result<Datetime, string> {
  const match = FORM.exec(text);
  if (match === null) return err(`\`${text}\` is not a well-formed datetime value`);
  const part = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day] = [part(1), part(2), part(3)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) {
    return err(`\`${text}\` names a day that does not exist`);
  }
  const [hour, minute, second] = [part(4), part(5), part(6)];
  if (hour > 23 || minute > 59 || second > 59) {
    return err(`\`${text}\` names a time of day that does not exist`);
  }
  const [offsetHour, offsetMinute] = [part(9), part(10)];
  if (offsetHour > 23 || offsetMinute > 59) return err(`\`${text}\` has an offset out of range`);
  const offset = (offsetHour * 60 + offsetMinute) * 60_000 * (match[8] === '-' ? -1 : 1);
  const time = ((hour * 60 + minute) * 60 + second) * 1000 + part(7);
  return ok(new Datetime(daysUntil(year, month, day) * DAY + time - offset));
}

const DAYS_IN_MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return isLeap && month === 2 ? 29 : Number(DAYS_IN_MONTHS[month - 1]);
}

/** Days from 1970-01-01 to a day of the Gregorian calendar: `Date` takes ten times as long. */
function daysUntil(year: number, month: number, day: number): number {
  // Years begin in March here, so that the day that not all of them have is their last.
  const shifted = month > 2 ? year : year - 1;
  const days = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leaps + days - 719_468;
}
