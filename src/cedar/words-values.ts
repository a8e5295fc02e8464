/** Values as they stand in a policy's text, in words: amounts, moments, spans of time, addresses. */
import type { Expr } from './ast.ts';
import { EXTENSION_FUNCTIONS } from './extensions/functions.ts';
import { Datetime } from './extensions/datetime.ts';
import { Decimal } from './extensions/decimal.ts';
import { Duration } from './extensions/duration.ts';
import { IpAddr } from './extensions/ipaddr.ts';
import type { Long } from './long.ts';
import type { ExtensionValue } from './value.ts';

/** 12,345: a comma never stands alone in a list, where a space follows it. */
export function longWords(value: Long): string {
  const digits = String(value);
  return digits.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** The value of `decimal("…")` and its like; `undefined` when `expr` is none, or cannot be read. */
export function constantOf(expr: Expr): ExtensionValue | undefined {
  if (expr.kind !== 'extension' || expr.style !== 'function' || expr.args.length !== 1) {
    return undefined;
  }
  const [argument] = expr.args;
  if (argument?.kind !== 'literal' || typeof argument.value !== 'string') return undefined;
  const value = EXTENSION_FUNCTIONS.get(expr.function)?.call(argument.value, argument.value);
  if (value instanceof Decimal || value instanceof Datetime) return value;
  return value instanceof Duration || value instanceof IpAddr ? value : undefined;
}

/** An extension value; the address comes as its author wrote it, in `text`. */
export function constantWords(value: ExtensionValue, text: string): string {
  if (value instanceof Decimal) return decimalWords(value);
  if (value instanceof Datetime) return datetimeWords(value);
  if (value instanceof Duration) return durationWords(value);
  return `the address ${text}`;
}

/** 5,000.00: always with a point, so that it is no integer. */
function decimalWords(value: Decimal): string {
  const [whole = '', places = ''] = value.toString().split('.');
  return `${whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',')}.${places.padEnd(2, '0')}`;
}

function datetimeWords(value: Datetime): string {
  const iso = value.toIso();
  if (iso === undefined) return `the moment ${value.millis} milliseconds after 1970 UTC`;
  const [day = '', time = ''] = iso.split('T');
  return `${day} ${time.replace(/(?::00)?\.000Z$|Z$/, '')} UTC`;
}

const UNITS = [
  [86_400_000n, 'day'],
  [3_600_000n, 'hour'],
  [60_000n, 'minute'],
  [1000n, 'second'],
  [1n, 'millisecond'],
] as const;

/** "24 hours", "3 days", "1 hour 30 minutes", "minus 5 minutes". */
export function durationWords({ millis }: Duration): string {
  let rest = BigInt(millis);
  if (rest === 0n) return '0 seconds';
  const sign = rest < 0n ? 'minus ' : '';
  if (rest < 0n) rest = -rest;
  // A day or a day and a half is told in hours: that is how deadlines are written.
  const units = rest < 2n * UNITS[0][0] ? UNITS.slice(1) : UNITS;
  const parts: string[] = [];
  for (const [size, name] of units) {
    const count = rest / size;
    rest %= size;
    if (count > 0n) parts.push(`${longWords(count)} ${name}${count === 1n ? '' : 's'}`);
  }
  return `${sign}${parts.join(' ')}`;
}
