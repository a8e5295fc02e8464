/**
 * The closure of each kind of expression over its compiled operands. Where an operand is a path or a
 * constant there is often a faster one than the general; it leaves to the general one whatever it was
 * not made for.
 */
import { elementAt } from '../base/element.ts';
import type { BuiltinMethod, Expr, Name } from './ast.ts';
import { comparison, membership } from './comparisons.ts';
import { EXTENSION_FUNCTIONS } from './extensions/functions.ts';
import { Failure, typeFailure } from './failure.ts';
import type { Evaluate } from './frame.ts';
import { entriesInOrder } from './intern.ts';
import { binary, evaluateAll, NONE, unary, VARIABLES, type Compiled } from './operands.ts';
import * as operators from './operators.ts';
import type { Field } from './slots.ts';
import { internalize } from './strings.ts';
import { CedarRecord, CedarSet, internalUid, recordOf } from './value.ts';

/** What is evaluated by steps is not evaluated here. */
export type Specialised = Exclude<Expr, { readonly kind: 'and' | 'or' | 'not' }>;

/**
 * The closure of an expression; `fieldOf` gives the place of a name in the records that an operand, by
 * its index, comes to.
 */
export function specialise(
  expr: Specialised,
  operands: readonly Compiled[],
  fieldOf: (operand: number, name: string) => Field,
): Evaluate {
  const [first = NONE, second = NONE, third = NONE] = operands;
  switch (expr.kind) {
    case 'literal': {
      const value = typeof expr.value === 'string' ? internalize(expr.value) : expr.value;
      return () => value;
    }
    case 'entity': {
      const uid = internalUid(expr.uid);
      return () => uid;
    }
    case 'variable':
      return VARIABLES[expr.name];
    case 'negate':
      return unary(first, operators.negate);
    case 'if':
      return conditional(first, second, third);
    case 'compare':
      return comparison(expr.operator, first, second);
    case 'arithmetic': {
      const { operator } = expr;
      return binary(first, second, (a, b) => operators.arithmetic(operator, a, b));
    }
    case 'in':
      return membership(first, second);
    case 'is': {
      const type = internalize(expr.entityType.name);
      const is = unary(first, (value) => operators.isType(value, type));
      return expr.ancestor === undefined
        ? is
        : conditional({ evaluate: is }, { evaluate: membership(first, second) }, NONE);
    }
    case 'has':
      return has(first, expr.path, fieldOf);
    case 'like': {
      const matches = operators.likeMatcher(expr.pattern);
      return unary(first, (value) => operators.like(matches, value));
    }
    case 'attribute':
      return attribute(first, fieldOf(0, expr.name.text));
    case 'method':
      return method(expr.method, first, second);
    case 'extension':
      return extension(expr.function, operands);
    case 'set':
      return (frame) => {
        const elements = evaluateAll(operands, frame);
        return elements instanceof Failure ? elements : new CedarSet(elements);
      };
    case 'record': {
      const names = entriesInOrder(expr.entries).map((entry) => internalize(entry.name.text));
      return (frame) => {
        const values = evaluateAll(operands, frame);
        if (values instanceof Failure) return values;
        return recordOf(values.map((value, index) => [elementAt(names, index), value] as const));
      };
    }
  }
}

function conditional(
  { evaluate: condition }: Compiled,
  { evaluate: consequent }: Compiled,
  { evaluate: alternative }: Compiled,
): Evaluate {
  return (frame) => {
    const value = condition(frame);
    if (value === true) return consequent(frame);
    return value === false ? alternative(frame) : typeFailure('bool', value);
  };
}

function has(
  { evaluate, path }: Compiled,
  names: readonly Name[],
  fieldOf: (operand: number, name: string) => Field,
): Evaluate {
  if (names.length > 1) {
    const way = names.map(({ text }) => internalize(text));
    return (frame) => {
      const value = evaluate(frame);
      return value instanceof Failure ? value : operators.hasPath(frame.entities, value, way);
    };
  }
  const field = fieldOf(0, elementAt(names, 0).text);
  const general: Evaluate = (frame) => {
    const value = evaluate(frame);
    if (value instanceof CedarRecord) return field.of(value) !== undefined;
    if (value instanceof Failure) return value;
    return operators.hasAttribute(frame.entities, value, field.name);
  };
  if (path === undefined) return general;
  return (frame) => {
    const value = path.read(frame);
    return value instanceof CedarRecord ? field.of(value) !== undefined : general(frame);
  };
}

function attribute({ evaluate }: Compiled, field: Field): Evaluate {
  return (frame) => {
    const value = evaluate(frame);
    const found = value instanceof CedarRecord ? field.of(value) : undefined;
    return found ?? operators.attributeOf(frame.entities, value, field.name);
  };
}

function method(name: BuiltinMethod, subject: Compiled, argument: Compiled): Evaluate {
  // `isEmpty` has no argument; `NONE` stands in.
  const general = binary(subject, argument, (a, b, { entities }) =>
    operators.callMethod(entities, name, a, b),
  );
  const { path, constant: set } = subject;
  const { constant } = argument;
  if (name === 'contains' && set instanceof CedarSet) {
    return unary(argument, (value) => set.has(value));
  }
  if (path === undefined || constant === undefined || constant instanceof Failure) return general;
  if (name === 'contains') {
    return (frame) => {
      const value = path.read(frame);
      return value instanceof CedarSet ? value.has(constant) : general(frame);
    };
  }
  if (name !== 'containsAny' || !(constant instanceof CedarSet)) return general;
  return (frame) => {
    const value = path.read(frame);
    return value instanceof CedarSet ? value.hasAny(constant) : general(frame);
  };
}

/** With the right number of arguments the function is found now, else it fails when it is called. */
function extension(name: string, operands: readonly Compiled[]): Evaluate {
  const definition = EXTENSION_FUNCTIONS.get(name);
  const [{ evaluate: first, path } = NONE, { evaluate: second, constant } = NONE] = operands;
  if (definition === undefined || operands.length !== definition.arity) {
    return (frame) => {
      const args = evaluateAll(operands, frame);
      return args instanceof Failure ? args : operators.callExtension(name, args);
    };
  }
  const { call } = definition;
  if (operands.length === 1) {
    return (frame) => {
      const value = first(frame);
      return call(value, value);
    };
  }
  if (path !== undefined && constant !== undefined) {
    return (frame) => call(path.read(frame) ?? first(frame), constant);
  }
  return (frame) => call(first(frame), second(frame));
}
