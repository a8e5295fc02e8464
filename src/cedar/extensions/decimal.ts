import { err, ok, type Result } from '../../base/result.ts';
import { checkedLong, type Long } from '../long.ts';

const FORM = /^(-?)([0-9]+)\.([0-9]+)$/;
const PLACES = 4;

/** A fixed-point number with four places: the value times 10,000 as a 64-bit integer. */
export class Decimal {
  readonly scaled: Long;

  constructor(scaled: Long) {
    this.scaled = scaled;
  }

  /** The shortest text that reads back as this value: at least one place, at most four. */
  toString(): string {
    const negative = this.scaled < 0;
    const digits = String(this.scaled)
      .slice(negative ? 1 : 0)
      .padStart(PLACES + 1, '0');
    const whole = digits.slice(0, -PLACES);
    const places = digits.slice(-PLACES).replace(/0{1,3}$/, '');
    return `${negative ? '-' : ''}${whole}.${places}`;
  }
}

/** The decimal whose value times 10,000 is `scaled` (an integer in the 64-bit range). */
export function decimalFromScaled(scaled: Long): Decimal {
  return new Decimal(scaled);
}

/** Reads `-?digits.digits` with one to four places; the error says what is wrong with the text. */
export function parseDecimal(text: string): Result<Decimal, string> {
  const match = FORM.exec(text);
  if (match === null) return err(`\`${text}\` is not a well-formed decimal value`);
  const [, sign = '', whole = '', places = ''] = match;
  if (places.length > PLACES) {
    return err(`too many digits after the decimal in \`${text}\`: at most ${PLACES} are allowed`);
  }
  // The scan is linear in the text, but BigInt of a very long one is not: no value has 25 digits.
  const significant = whole.replace(/^0+/, '');
  const scaled =
    significant.length > 20
      ? undefined
      : checkedLong(BigInt(`${significant}${places.padEnd(PLACES, '0')}`) * (sign ? -1n : 1n));
  return scaled === undefined
    ? err(`overflow when converting \`${text}\` to a decimal`)
    : ok(new Decimal(scaled));
}
