/**
 * Every function and method of the extension types, as data: how each is called, with how many
 * arguments, and what it does. Arguments arrive evaluated; a wrong type or bad text is a failure, and
 * so, as in official Cedar, is a wrong number of arguments (the parser lets that pass).
 */
import { fail, Failure, typeFailure } from '../failure.ts';
import { addLongs, subtractLongs, truncatedQuotient, type Long } from '../long.ts';
import type { Result } from '../../base/result.ts';
import type { Value } from '../value.ts';
import { Datetime, parseDatetime } from './datetime.ts';
import { Decimal, parseDecimal } from './decimal.ts';
import { Duration, parseDuration } from './duration.ts';
import { IpAddr, parseIpAddr } from './ipaddr.ts';

/** An operand may have failed: the first that has is the failure of the call. */
type Operand = Value | Failure;

export interface ExtensionFunction {
  readonly name: string;
  readonly style: 'function' | 'method';
  /** Arguments, of a method with its subject. */
  readonly arity: 1 | 2;
  /** `b` of a one-argument function is its first argument again, and unused. */
  readonly call: (a: Operand, b: Operand) => Value | Failure;
}

type Class<T> = abstract new (...args: never) => T;

function constructor<T extends Value>(
  name: string,
  parse: (text: string) => Result<T, string>,
): ExtensionFunction {
  return {
    name,
    style: 'function',
    arity: 1,
    call: (text) => {
      if (typeof text !== 'string') return typeFailure('string', text);
      const parsed = parse(text);
      return parsed.ok ? parsed.value : fail('extension_error', parsed.error);
    },
  };
}

function unary<T>(
  name: string,
  type: Class<T>,
  typeName: string,
  apply: (subject: T) => Value | Failure,
): ExtensionFunction {
  return {
    name,
    style: 'method',
    arity: 1,
    call: (subject) => (subject instanceof type ? apply(subject) : typeFailure(typeName, subject)),
  };
}

function binary<T, U>(
  name: string,
  [type, typeName]: readonly [Class<T>, string],
  [otherType, otherName]: readonly [Class<U>, string],
  apply: (subject: T, other: U) => Value | Failure,
): ExtensionFunction {
  return {
    name,
    style: 'method',
    arity: 2,
    call: (subject, other) => {
      if (!(subject instanceof type)) return typeFailure(typeName, failedOf(subject, other));
      if (!(other instanceof otherType)) return typeFailure(otherName, other);
      return apply(subject, other);
    },
  };
}

/** Operands are evaluated before any is looked at: a failed one comes before one of the wrong type. */
function failedOf(subject: Operand, other: Operand): Operand {
  return other instanceof Failure && !(subject instanceof Failure) ? other : subject;
}

const DECIMAL = [Decimal, 'decimal'] as const;
const IPADDR = [IpAddr, 'ipaddr'] as const;
const DATETIME = [Datetime, 'datetime'] as const;
const DURATION = [Duration, 'duration'] as const;

function shifted(millis: Long | undefined): Datetime | Failure {
  return millis === undefined
    ? fail('extension_error', 'overflow in datetime')
    : new Datetime(millis);
}

function inUnit(name: string, millis: number): ExtensionFunction {
  return unary(name, Duration, 'duration', (d) => truncatedQuotient(d.millis, millis));
}

const FUNCTIONS: readonly ExtensionFunction[] = [
  constructor('decimal', parseDecimal),
  binary('lessThan', DECIMAL, DECIMAL, (a, b) => a.scaled < b.scaled),
  binary('lessThanOrEqual', DECIMAL, DECIMAL, (a, b) => a.scaled <= b.scaled),
  binary('greaterThan', DECIMAL, DECIMAL, (a, b) => a.scaled > b.scaled),
  binary('greaterThanOrEqual', DECIMAL, DECIMAL, (a, b) => a.scaled >= b.scaled),
  constructor('ip', parseIpAddr),
  unary('isIpv4', IpAddr, 'ipaddr', (ip) => ip.version === 4),
  unary('isIpv6', IpAddr, 'ipaddr', (ip) => ip.version === 6),
  unary('isLoopback', IpAddr, 'ipaddr', (ip) => ip.isLoopback()),
  unary('isMulticast', IpAddr, 'ipaddr', (ip) => ip.isMulticast()),
  binary('isInRange', IPADDR, IPADDR, (ip, range) => ip.isInRange(range)),
  constructor('datetime', parseDatetime),
  binary('offset', DATETIME, DURATION, (a, b) => shifted(addLongs(a.millis, b.millis))),
  binary('durationSince', DATETIME, DATETIME, (a, b) => {
    const millis = subtractLongs(a.millis, b.millis);
    if (millis === undefined) return fail('extension_error', 'overflow in durationSince');
    return new Duration(millis);
  }),
  unary('toDate', Datetime, 'datetime', (d) => d.toDate() ?? shifted(undefined)),
  unary('toTime', Datetime, 'datetime', (d) => new Duration(d.toTime())),
  constructor('duration', parseDuration),
  inUnit('toMilliseconds', 1),
  inUnit('toSeconds', 1000),
  inUnit('toMinutes', 60_000),
  inUnit('toHours', 3_600_000),
  inUnit('toDays', 86_400_000),
];

export const EXTENSION_FUNCTIONS: ReadonlyMap<string, ExtensionFunction> = new Map(
  FUNCTIONS.map((definition) => [definition.name, definition]),
);
