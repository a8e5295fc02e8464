/**
 * What each operator does to values, once its operands are evaluated. Both the compiled closures and
 * the explanation use these, so there is one meaning. A failure is returned, never thrown.
 */
import type { ArithmeticOperator, BuiltinMethod, ComparisonOperator, PatternPart } from './ast.ts';
import type { Entities } from './entities.ts';
import { Datetime } from './extensions/datetime.ts';
import { Duration } from './extensions/duration.ts';
import { EXTENSION_FUNCTIONS } from './extensions/functions.ts';
import { fail, Failure, typeFailure } from './failure.ts';
import { addLongs, multiplyLongs, negateLong, subtractLongs, type Long } from './long.ts';
import { CedarRecord, CedarSet, EntityUid, isLong, valuesEqual, type Value } from './value.ts';

export function not(value: Value): Value | Failure {
  return typeof value === 'boolean' ? !value : typeFailure('bool', value);
}

export function negate(value: Value): Value | Failure {
  if (!isLong(value)) return typeFailure('long', value);
  return negateLong(value) ?? fail('overflow', `integer overflow: -(${value})`);
}

export function compare(operator: ComparisonOperator, a: Value, b: Value): Value | Failure {
  if (operator === '==') return valuesEqual(a, b);
  if (operator === '!=') return !valuesEqual(a, b);
  // Longs, datetimes and durations are ordered, each among themselves.
  if (isLong(a)) return isLong(b) ? ordered(operator, a, b) : typeFailure('long', b);
  if (a instanceof Datetime) {
    return b instanceof Datetime
      ? ordered(operator, a.millis, b.millis)
      : typeFailure('datetime', b);
  }
  if (a instanceof Duration) {
    return b instanceof Duration
      ? ordered(operator, a.millis, b.millis)
      : typeFailure('duration', b);
  }
  return typeFailure('long, datetime or duration', a);
}

function ordered(operator: '<' | '<=' | '>' | '>=', a: Long, b: Long): boolean {
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

export function arithmetic(operator: ArithmeticOperator, a: Value, b: Value): Value | Failure {
  if (!isLong(a)) return typeFailure('long', a);
  if (!isLong(b)) return typeFailure('long', b);
  const result = ARITHMETIC[operator](a, b);
  return result ?? fail('overflow', `integer overflow: ${a} ${operator} ${b}`);
}

const ARITHMETIC: Readonly<Record<ArithmeticOperator, (a: Long, b: Long) => Long | undefined>> = {
  '+': addLongs,
  '-': subtractLongs,
  '*': multiplyLongs,
};

/** `a in b`: `b` is an entity, or a set of nothing but entities. */
export function isIn(entities: Entities, a: Value, b: Value): Value | Failure {
  if (!(a instanceof EntityUid)) return typeFailure('entity', a);
  if (b instanceof EntityUid) return entities.isIn(a, b);
  if (!(b instanceof CedarSet)) return typeFailure('entity or set of entities', b);
  let found = false;
  for (const ancestor of b.items) {
    if (!(ancestor instanceof EntityUid)) return typeFailure('entity', ancestor);
    found ||= entities.isIn(a, ancestor);
  }
  return found;
}

export function isType(value: Value, type: string): Value | Failure {
  return value instanceof EntityUid ? value.type === type : typeFailure('entity', value);
}

export function attributeOf(
  entities: Entities,
  value: Value | Failure,
  name: string,
): Value | Failure {
  if (value instanceof CedarRecord) {
    return value.get(name) ?? fail('attribute_missing', `the record has no attribute \`${name}\``);
  }
  if (!(value instanceof EntityUid)) return typeFailure('entity or record', value);
  const entity = entities.get(value);
  if (entity === undefined) return entityMissing(value);
  const attribute = entity.attrs.get(name);
  return attribute ?? fail('attribute_missing', `\`${value}\` has no attribute \`${name}\``);
}

/** An entity that is not there has no attributes; that is no error. */
export function hasAttribute(entities: Entities, value: Value, name: string): boolean | Failure {
  const found = lookUp(entities, value, name);
  return found instanceof Failure ? found : found !== undefined;
}

/** `e has a.b.c`: as `e has a && e.a has b && e.a.b has c`. */
export function hasPath(
  entities: Entities,
  value: Value,
  path: readonly string[],
): Value | Failure {
  let at = value;
  for (const name of path) {
    const found = lookUp(entities, at, name);
    if (found instanceof Failure) return found;
    if (found === undefined) return false;
    at = found;
  }
  return true;
}

function lookUp(entities: Entities, value: Value, name: string): Value | undefined | Failure {
  if (value instanceof CedarRecord) return value.get(name);
  if (!(value instanceof EntityUid)) return typeFailure('entity or record', value);
  return entities.get(value)?.attrs.get(name);
}

export function callMethod(
  entities: Entities,
  method: BuiltinMethod,
  subject: Value,
  argument: Value,
): Value | Failure {
  if (method === 'getTag' || method === 'hasTag') {
    if (!(subject instanceof EntityUid)) return typeFailure('entity', subject);
    if (typeof argument !== 'string') return typeFailure('string', argument);
    return tagOf(entities, method, subject, argument);
  }
  if (!(subject instanceof CedarSet)) return typeFailure('set', subject);
  if (method === 'isEmpty') return subject.size === 0;
  if (method === 'contains') return subject.has(argument);
  if (!(argument instanceof CedarSet)) return typeFailure('set', argument);
  return method === 'containsAll' ? subject.hasAll(argument) : subject.hasAny(argument);
}

function tagOf(
  entities: Entities,
  method: 'getTag' | 'hasTag',
  subject: EntityUid,
  name: string,
): Value | Failure {
  const entity = entities.get(subject);
  if (method === 'hasTag') return entity?.tags.has(name) === true;
  if (entity === undefined) return entityMissing(subject);
  return entity.tags.get(name) ?? fail('tag_missing', `\`${subject}\` has no tag \`${name}\``);
}

function entityMissing(uid: EntityUid): Failure {
  return fail('entity_missing', `the entity \`${uid}\` does not exist`);
}

export function callExtension(name: string, args: readonly Value[]): Value | Failure {
  const definition = EXTENSION_FUNCTIONS.get(name);
  const [first, second = first] = args;
  if (
    definition === undefined ||
    first === undefined ||
    second === undefined ||
    args.length !== definition.arity
  ) {
    const arity = definition?.arity ?? 0;
    return fail('wrong_arity', `\`${name}\` takes ${arity} arguments, not ${args.length}`);
  }
  return definition.call(first, second);
}

/** The test of `like`: text and wildcards in turn, each text searched for where the last one ended. */
export function likeMatcher(pattern: readonly PatternPart[]): (text: string) => boolean {
  // `a*b*c` is first `a`, then literals `b`, last `c`; wildcards at the ends leave empty text there.
  const literals: string[] = [];
  let last = '';
  for (const part of pattern) {
    if (part !== '*') {
      last += part.text;
      continue;
    }
    literals.push(last);
    last = '';
  }
  const first = literals.shift();
  if (first === undefined) return (text) => text === last;
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first)) return false;
    if (!text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const literal of literals) {
      const found = text.indexOf(literal, at);
      if (found < 0 || found + literal.length > end) return false;
      at = found + literal.length;
    }
    return true;
  };
}

export function like(matches: (text: string) => boolean, value: Value): Value | Failure {
  return typeof value === 'string' ? matches(value) : typeFailure('string', value);
}
