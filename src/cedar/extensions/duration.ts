import { err, ok, type Result } from '../../base/result.ts';
import { checkedLong, type Long } from '../long.ts';

const FORM = /^(-?)(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?$/;
const UNITS = [86_400_000n, 3_600_000n, 60_000n, 1_000n, 1n] as const;

/** A span of time in milliseconds, which may be negative. */
export class Duration {
  readonly millis: Long;

  constructor(millis: Long) {
    this.millis = millis;
  }

  toString(): string {
    return `${this.millis}ms`;
  }
}

/** Reads `1d2h3m4s5ms`, each part optional but in this order, and an optional `-` in front. */
export function parseDuration(text: string): Result<Duration, string> {
  const match = FORM.exec(text);
  if (match === null || text === '' || text === '-') {
    return err(`\`${text}\` is not a well-formed duration value`);
  }
  let total = 0n;
  for (const [index, unit] of UNITS.entries()) {
    const digits = (match[index + 2] ?? '').replace(/^0+/, '');
    // Twenty digits are past 2^64 in any unit; BigInt of a very long text would be slow.
    if (digits.length > 20) return err(`overflow when converting \`${text}\` to a duration`);
    total += BigInt(digits) * unit;
  }
  const millis = checkedLong(match[1] === '-' ? -total : total);
  return millis === undefined
    ? err(`overflow when converting \`${text}\` to a duration`)
    : ok(new Duration(millis));
}
