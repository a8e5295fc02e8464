/**
 * The closures of `==`, `<` and their like, and of `in`. The commonest combinations of operands have
 * closures of their own, which read a path without a call and leave everything unusual, such as a
 * missing attribute or a value of another type, to the general one.
 */
import type { ComparisonOperator } from './ast.ts';
import { Failure } from './failure.ts';
import type { Evaluate } from './frame.ts';
import { binary, VARIABLES, type Compiled } from './operands.ts';
import { compare, isIn } from './operators.ts';
import { EntityUid, valuesEqual, type Primitive, type Value } from './value.ts';

/** Equality of anything with a primitive is identity; the order of two numbers is JavaScript's own. */
export function comparison(
  operator: ComparisonOperator,
  left: Compiled,
  right: Compiled,
): Evaluate {
  const { constant } = right;
  if (operator === '==' || operator === '!=') {
    const when = operator === '==';
    return constant === undefined || !isPrimitive(constant)
      ? binary(left, right, (a, b) => valuesEqual(a, b) === when)
      : equality(left, constant, when);
  }
  const general = binary(left, right, (a, b) => compare(operator, a, b));
  const { path } = left;
  const { path: other } = right;
  if (path !== undefined && typeof constant === 'number') {
    return (frame) => {
      const a = path.read(frame);
      return typeof a === 'number' ? ordered(operator, a, constant) : general(frame);
    };
  }
  if (path === undefined || other === undefined) return general;
  return (frame) => {
    const a = path.read(frame);
    const b = other.read(frame);
    return typeof a === 'number' && typeof b === 'number'
      ? ordered(operator, a, b)
      : general(frame);
  };
}

function ordered(operator: '<' | '<=' | '>' | '>=', a: number, b: number): boolean {
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

function isPrimitive(value: Value | Failure): value is Primitive {
  return typeof value !== 'object';
}

/** Booleans, strings and longs are equal exactly when they are the same. */
function equality({ path, evaluate }: Compiled, constant: Primitive, when: boolean): Evaluate {
  const general: Evaluate = (frame) => {
    const value = evaluate(frame);
    if (value === constant) return when;
    return value instanceof Failure ? value : !when;
  };
  if (path === undefined) return general;
  return (frame) => {
    const value = path.read(frame);
    if (value === constant) return when;
    return value === undefined ? general(frame) : !when;
  };
}

export function membership(left: Compiled, right: Compiled): Evaluate {
  const { constant } = right;
  if (constant instanceof EntityUid && left.evaluate === VARIABLES.principal) {
    return (frame) =>
      frame.principal.equals(constant) || frame.principalStanding.ancestors.has(constant);
  }
  if (constant instanceof EntityUid && left.evaluate === VARIABLES.resource) {
    return (frame) =>
      frame.resource.equals(constant) || frame.resourceStanding.ancestors.has(constant);
  }
  return binary(left, right, (a, b, { entities }) => isIn(entities, a, b));
}
