/**
 * Expressions to closures. Each closure captures its operands, already compiled and specialised by
 * what they are: constants are evaluated here, once, and what several expressions share is evaluated
 * once per request.
 *
 * What was tried, for ten rules in question (nanoseconds a decision, on one machine):
 * - one closure per node, operands checked by class, results in fresh arrays: 3,000;
 * - the scope index, each distinct condition once per request (`program.ts`): 1,700;
 * - names cut from the text replaced by internalised copies: 1,150. A lookup in a `Map` with another
 *   copy of its key compares the characters;
 * - closures of their own for `context.name`, constants, two numbers, pairs of `&&`: 950;
 * - one list of found rules that is filled again and again: 900;
 * - keeping `context.name` for the request: nothing, a lookup is as cheap; conditions numbered in typed
 *   arrays instead of objects: within the noise, and more to read.
 */
import { EXTENSION_FUNCTIONS } from './extensions/functions.ts';
import { Failure, typeFailure } from './failure.ts';
import { Frame, type Evaluate } from './frame.ts';
import { entriesInOrder, type Node } from './intern.ts';
import {
  arithmetic,
  attributeOf,
  callExtension,
  callMethod,
  compare,
  hasAttribute,
  hasPath,
  isIn,
  isType,
  like,
  likeMatcher,
  negate,
  not,
} from './operators.ts';
import { elementAt } from '../base/element.ts';
import type { BuiltinMethod, ComparisonOperator, Expr, ExprKind, VariableName } from './ast.ts';
import { internalize } from './strings.ts';
import {
  CedarRecord,
  CedarSet,
  EntityUid,
  recordOf,
  valuesEqual,
  type Primitive,
  type Value,
} from './value.ts';

/** What constants are evaluated in; they do not look at it. */
const NO_REQUEST = new Frame();

/** Chains of `&&` and `||` up to this long become nested pairs, longer ones a loop. */
const FEW = 8;

/** The operand that an expression with fewer operands does not have. */
const NONE: Evaluate = () => false;

interface Compiled {
  readonly evaluate: Evaluate;
  /** What it always comes to, where that is known. */
  readonly constant?: Value | Failure;
}

export class ClosureCompiler {
  readonly #compiled = new Map<number, Compiled>();

  compile(node: Node): Evaluate {
    return this.#compile(node).evaluate;
  }

  #compile(node: Node): Compiled {
    const known = this.#compiled.get(node.id);
    if (known !== undefined) return known;
    const operands = node.children.map((child) => this.#compile(child));
    const compiled = this.#share(node, fold(node, operands, specialise(node, operands)));
    this.#compiled.set(node.id, compiled);
    return compiled;
  }

  #share(node: Node, compiled: Compiled): Compiled {
    const isCheap = node.expr.kind === 'variable' || ofContext(node) !== undefined;
    if (node.uses < 2 || compiled.constant !== undefined || isCheap) return compiled;
    return { evaluate: remember(compiled.evaluate) };
  }
}

/** The name, where this is `context.name` or `context has name`: to look it up is as cheap as to keep it. */
function ofContext({ expr }: Node): string | undefined {
  if (expr.kind === 'attribute' && isContext(expr.subject)) return internalize(expr.name.text);
  if (expr.kind !== 'has' || expr.path.length > 1 || !isContext(expr.subject)) return undefined;
  return internalize(elementAt(expr.path, 0).text);
}

function isContext(expr: Expr): boolean {
  return expr.kind === 'variable' && expr.name === 'context';
}

/** Evaluates once per request, whoever asks. */
function remember(evaluate: Evaluate): Evaluate {
  let request = 0;
  let value: Value | Failure = false;
  return (frame) => {
    if (request !== frame.request) {
      value = evaluate(frame);
      request = frame.request;
    }
    return value;
  };
}

/** Evaluates now what depends neither on the request nor on the entities. */
function fold(node: Node, operands: readonly Compiled[], evaluate: Evaluate): Compiled {
  if (IMPURE.has(node.expr.kind) || operands.some((operand) => operand.constant === undefined)) {
    return { evaluate };
  }
  const constant = evaluate(NO_REQUEST);
  return { evaluate: () => constant, constant };
}

const IMPURE: ReadonlySet<ExprKind> = new Set([
  'variable',
  'in',
  'is',
  'has',
  'attribute',
  'method',
]);

function specialise({ expr }: Node, operands: readonly Compiled[]): Evaluate {
  const evaluates = operands.map((operand) => operand.evaluate);
  const [first = NONE, second = NONE, third = NONE] = evaluates;
  switch (expr.kind) {
    case 'literal': {
      const value = typeof expr.value === 'string' ? internalize(expr.value) : expr.value;
      return () => value;
    }
    case 'entity': {
      const uid = new EntityUid(internalize(expr.uid.type), internalize(expr.uid.id));
      return () => uid;
    }
    case 'variable':
      return VARIABLES[expr.name];
    case 'not':
      return unary(first, not);
    case 'negate':
      return unary(first, negate);
    case 'and':
      return evaluates.length <= FEW
        ? evaluates.reduceRight((right, left) => both(left, right))
        : all(evaluates);
    case 'or':
      return evaluates.length <= FEW
        ? evaluates.reduceRight((right, left) => either(left, right))
        : any(evaluates);
    case 'if':
      return (frame) => {
        const condition = first(frame);
        if (condition === true) return second(frame);
        return condition === false ? third(frame) : notBoolean(condition);
      };
    case 'compare':
      return comparison(expr.operator, first, second, operands[1]?.constant);
    case 'arithmetic': {
      const { operator } = expr;
      return binary(first, second, (a, b) => arithmetic(operator, a, b));
    }
    case 'in':
      return membership(first, second, operands[1]?.constant);
    case 'is': {
      const type = internalize(expr.entityType.name);
      const is = unary(first, (value) => isType(value, type));
      return expr.ancestor === undefined
        ? is
        : both(is, membership(first, second, operands[1]?.constant));
    }
    case 'has':
      return has(
        first,
        expr.path.map((name) => internalize(name.text)),
      );
    case 'like': {
      const matches = likeMatcher(expr.pattern);
      return unary(first, (value) => like(matches, value));
    }
    case 'attribute':
      return attribute(first, internalize(expr.name.text));
    case 'method':
      return method(expr.method, first, second, operands);
    case 'extension':
      return extension(expr.function, evaluates);
    case 'set':
      return (frame) => {
        const elements = evaluateAll(evaluates, frame);
        return elements instanceof Failure ? elements : new CedarSet(elements);
      };
    case 'record': {
      const names = entriesInOrder(expr.entries).map((entry) => internalize(entry.name.text));
      return (frame) => {
        const values = evaluateAll(evaluates, frame);
        if (values instanceof Failure) return values;
        return recordOf(values.map((value, index) => [elementAt(names, index), value] as const));
      };
    }
  }
}

function method(
  name: BuiltinMethod,
  subject: Evaluate,
  argument: Evaluate,
  operands: readonly Compiled[],
): Evaluate {
  const set = operands[0]?.constant;
  if (name === 'contains' && set instanceof CedarSet)
    return unary(argument, (value) => set.has(value));
  if (name === 'contains') {
    return binary(subject, argument, (a, b) =>
      a instanceof CedarSet ? a.has(b) : typeFailure('set', a),
    );
  }
  return (frame) => {
    const a = subject(frame);
    if (a instanceof Failure) return a;
    // `isEmpty` has no argument; `NONE` stands in.
    const b = argument(frame);
    return b instanceof Failure ? b : callMethod(frame.entities, name, a, b);
  };
}

/** With the right number of arguments the function is found now, else it fails when it is called. */
function extension(name: string, operands: readonly Evaluate[]): Evaluate {
  const definition = EXTENSION_FUNCTIONS.get(name);
  const [first = NONE, second = NONE] = operands;
  if (definition === undefined || operands.length !== definition.arity) {
    return (frame) => {
      const args = evaluateAll(operands, frame);
      return args instanceof Failure ? args : callExtension(name, args);
    };
  }
  const { call } = definition;
  if (operands.length === 1) {
    return (frame) => {
      const value = first(frame);
      return call(value, value);
    };
  }
  return (frame) => call(first(frame), second(frame));
}

function evaluateAll(evaluates: readonly Evaluate[], frame: Frame): Value[] | Failure {
  const values: Value[] = [];
  for (const evaluate of evaluates) {
    const value = evaluate(frame);
    if (value instanceof Failure) return value;
    values.push(value);
  }
  return values;
}

const VARIABLES: Readonly<Record<VariableName, Evaluate>> = {
  principal: (frame) => frame.principal,
  action: (frame) => frame.action,
  resource: (frame) => frame.resource,
  context: (frame) => frame.context,
};

function unary(operand: Evaluate, apply: (value: Value) => Value | Failure): Evaluate {
  return (frame) => {
    const value = operand(frame);
    return value instanceof Failure ? value : apply(value);
  };
}

function binary(
  left: Evaluate,
  right: Evaluate,
  apply: (a: Value, b: Value) => Value | Failure,
): Evaluate {
  return (frame) => {
    const a = left(frame);
    if (a instanceof Failure) return a;
    const b = right(frame);
    return b instanceof Failure ? b : apply(a, b);
  };
}

/** What an operand that is neither true nor false makes of `&&`, `||` and `if`. */
export function notBoolean(value: Value | Failure): Failure {
  return value instanceof Failure ? value : typeFailure('bool', value);
}

function both(left: Evaluate, right: Evaluate): Evaluate {
  return (frame) => {
    const a = left(frame);
    if (a !== true) return a === false ? false : notBoolean(a);
    const b = right(frame);
    return typeof b === 'boolean' ? b : notBoolean(b);
  };
}

function either(left: Evaluate, right: Evaluate): Evaluate {
  return (frame) => {
    const a = left(frame);
    if (a !== false) return a === true ? true : notBoolean(a);
    const b = right(frame);
    return typeof b === 'boolean' ? b : notBoolean(b);
  };
}

function all(operands: readonly Evaluate[]): Evaluate {
  return (frame) => {
    for (const operand of operands) {
      const value = operand(frame);
      if (value !== true) return value === false ? false : notBoolean(value);
    }
    return true;
  };
}

function any(operands: readonly Evaluate[]): Evaluate {
  return (frame) => {
    for (const operand of operands) {
      const value = operand(frame);
      if (value !== false) return value === true ? true : notBoolean(value);
    }
    return false;
  };
}

/** Equality of anything with a primitive is identity; the order of two numbers is JavaScript's own. */
function comparison(
  operator: ComparisonOperator,
  left: Evaluate,
  right: Evaluate,
  constant: Value | Failure | undefined,
): Evaluate {
  switch (operator) {
    case '==':
    case '!=':
      if (constant !== undefined && isPrimitive(constant)) {
        return equals(left, constant, operator === '==');
      }
      return binary(left, right, (a, b) => valuesEqual(a, b) === (operator === '=='));
    case '<':
      return (frame) => {
        const a = left(frame);
        const b = right(frame);
        return typeof a === 'number' && typeof b === 'number' ? a < b : order('<', a, b);
      };
    case '<=':
      return (frame) => {
        const a = left(frame);
        const b = right(frame);
        return typeof a === 'number' && typeof b === 'number' ? a <= b : order('<=', a, b);
      };
    case '>':
      return (frame) => {
        const a = left(frame);
        const b = right(frame);
        return typeof a === 'number' && typeof b === 'number' ? a > b : order('>', a, b);
      };
    case '>=':
      return (frame) => {
        const a = left(frame);
        const b = right(frame);
        return typeof a === 'number' && typeof b === 'number' ? a >= b : order('>=', a, b);
      };
  }
}

/** Whatever is not two numbers. Evaluating the right operand of a failed left one does no harm. */
function order(
  operator: ComparisonOperator,
  a: Value | Failure,
  b: Value | Failure,
): Value | Failure {
  if (a instanceof Failure) return a;
  return b instanceof Failure ? b : compare(operator, a, b);
}

function isPrimitive(value: Value | Failure): value is Primitive {
  return typeof value !== 'object';
}

/** Booleans, strings and longs are equal exactly when they are the same. */
function equals(operand: Evaluate, constant: Primitive, when: boolean): Evaluate {
  return (frame) => {
    const value = operand(frame);
    if (value === constant) return when;
    return value instanceof Failure ? value : !when;
  };
}

function membership(left: Evaluate, right: Evaluate, constant?: Value | Failure): Evaluate {
  if (constant instanceof EntityUid) {
    if (left === VARIABLES.principal) {
      return ({ principal, principalStanding }) =>
        principal.equals(constant) || principalStanding.ancestors.includes(constant);
    }
    if (left === VARIABLES.resource) {
      return ({ resource, resourceStanding }) =>
        resource.equals(constant) || resourceStanding.ancestors.includes(constant);
    }
  }
  return (frame) => {
    const a = left(frame);
    if (a instanceof Failure) return a;
    const b = right(frame);
    return b instanceof Failure ? b : isIn(frame.entities, a, b);
  };
}

function has(subject: Evaluate, path: readonly string[]): Evaluate {
  const [name] = path;
  if (name === undefined || path.length > 1) {
    return (frame) => {
      const value = subject(frame);
      return value instanceof Failure ? value : hasPath(frame.entities, value, path);
    };
  }
  if (subject === VARIABLES.context) return (frame) => frame.context.has(name);
  return (frame) => {
    const value = subject(frame);
    if (value instanceof CedarRecord) return value.has(name);
    return value instanceof Failure ? value : hasAttribute(frame.entities, value, name);
  };
}

function attribute(subject: Evaluate, name: string): Evaluate {
  if (subject === VARIABLES.context) {
    return (frame) => frame.context.get(name) ?? attributeOf(frame.entities, frame.context, name);
  }
  return (frame) => {
    const value = subject(frame);
    const found = value instanceof CedarRecord ? value.get(name) : undefined;
    return found ?? attributeOf(frame.entities, value, name);
  };
}
