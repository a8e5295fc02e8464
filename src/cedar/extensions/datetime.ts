import { err, ok, type Result } from '../../base/result.ts';
import { normalLong, subtractLongs, type Long } from '../long.ts';

const FORM =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?(?:Z|([+-])([0-9]{2})([0-9]{2})))?$/;
const DAY = 86_400_000;
/** Years after which the calendar repeats itself. `Date.UTC` takes years below 100 for those of 1900. */
const CYCLE = 400;
const CYCLE_DAYS = 146_097;

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
  const midnight = Date.UTC(year + CYCLE, month - 1, day) - CYCLE_DAYS * DAY;
  if (month < 1 || month > 12 || new Date(midnight).getUTCDate() !== day) {
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
  return ok(new Datetime(midnight + time - offset));
}
