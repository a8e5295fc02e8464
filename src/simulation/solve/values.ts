/** Values near others: on a boundary, beside it, and simply different. */
import { Datetime, datetimeFromMillis } from '../../cedar/extensions/datetime.ts';
import { Decimal, decimalFromScaled } from '../../cedar/extensions/decimal.ts';
import { Duration } from '../../cedar/extensions/duration.ts';
import { checkedLong } from '../../cedar/long.ts';
import type { ComparisonOperator, PatternPart } from '../../cedar/ast.ts';
import { readFact } from '../../cedar/json/fact.ts';
import type { Json } from '../../cedar/json/lossless.ts';
import type { Type } from '../../cedar/schema/model.ts';
import { isLong, recordOf, setOf, type Value } from '../../cedar/value.ts';

/** An ordered value as a count of its smallest steps: 1, 0.0001, or a millisecond. */
export function stepsOf(value: Value): bigint | undefined {
  if (isLong(value)) return BigInt(value);
  if (value instanceof Decimal) return BigInt(value.scaled);
  if (value instanceof Datetime || value instanceof Duration) return BigInt(value.millis);
  return undefined;
}

/** The value of the same type at a count of steps; `undefined` past what the type holds. */
export function atSteps(like: Value, steps: bigint): Value | undefined {
  const long = checkedLong(steps);
  if (long === undefined) return undefined;
  if (like instanceof Decimal) return decimalFromScaled(long);
  if (like instanceof Datetime) return datetimeFromMillis(long);
  if (like instanceof Duration) return new Duration(long);
  return isLong(like) ? long : undefined;
}

/** Values for the left side of a comparison that make it come to `want`, the boundary first. */
export function leftValues(
  operator: ComparisonOperator,
  right: Value,
  want: boolean,
): readonly Value[] {
  const relation = want ? operator : NEGATED[operator];
  if (relation === '==') return [right];
  if (relation === '!=') return othersThan(right);
  const steps = stepsOf(right);
  if (steps === undefined) return [];
  const offsets = OFFSETS[relation];
  return offsets.flatMap((offset) => atSteps(right, steps + offset) ?? []);
}

/** The operator that holds exactly when the other does not. */
export const NEGATED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
};

/** The operator with its sides exchanged. */
export const MIRRORED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '>=': '<=',
  '>': '<',
  '<=': '>=',
};

const OFFSETS = {
  '<': [-1n, -2n],
  '<=': [0n, -1n],
  '>': [1n, 2n],
  '>=': [0n, 1n],
} as const;

/** A few values that differ from this one. */
export function othersThan(value: Value): readonly Value[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'string') return value === '' ? ['other'] : ['other', ''];
  const steps = stepsOf(value);
  if (steps !== undefined) return [1n, -1n].flatMap((by) => atSteps(value, steps + by) ?? []);
  return [];
}

/** A first value for a place that has none: what the pack's scenarios send, else something plain. */
export function firstValues(type: Type, known: readonly Json[], at: number): readonly Value[] {
  const sent = known.flatMap((json) => {
    const value = readFact(json, type);
    return value.ok && value.value !== undefined ? [value.value] : [];
  });
  // A saved moment belongs to its own scenario; here it has to be near this one.
  const isMoment = type.kind === 'extension' && type.name === 'datetime';
  return isMoment || sent.length === 0
    ? [plainValue(type, at), ...sent.slice(0, 1)]
    : sent.slice(0, 3);
}

/** A value of a type, of a record with what it must have. `at`: epoch milliseconds that moments are near to. */
export function plainValue(type: Type, at: number): Value {
  switch (type.kind) {
    case 'bool':
      return true;
    case 'long':
      return 1;
    case 'string':
      return 'something';
    case 'set':
      return setOf([plainValue(type.element, at)]);
    case 'record': {
      const required = [...type.attributes].filter(([, attribute]) => attribute.required);
      return recordOf(required.map(([name, attribute]) => [name, plainValue(attribute.type, at)]));
    }
    case 'entity':
      return 'something';
    case 'extension':
      return plainExtension(type.name, at);
  }
}

const MINUTE = 60_000;

function plainExtension(name: 'decimal' | 'ipaddr' | 'datetime' | 'duration', at: number): Value {
  switch (name) {
    case 'decimal':
      return decimalFromScaled(10_000);
    case 'datetime':
      return datetimeFromMillis(at - MINUTE);
    case 'duration':
      return new Duration(MINUTE);
    case 'ipaddr':
      return 'something';
  }
}

/** The shortest text that a pattern matches. */
export function matching(pattern: readonly PatternPart[]): string {
  return pattern.map((part) => (part === '*' ? '' : part.text)).join('');
}
