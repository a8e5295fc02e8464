/** Compiled operands, and the commonest ways to evaluate one, two or all of them. */
import type { VariableName } from './ast.ts';
import { Failure } from './failure.ts';
import type { Evaluate, Frame } from './frame.ts';
import type { Path } from './paths.ts';
import type { Value } from './value.ts';

/** A compiled expression, and what is known of it ahead. */
export interface Compiled {
  readonly evaluate: Evaluate;
  /** What it always comes to. */
  readonly constant?: Value | Failure;
  /** Where it is read. */
  readonly path?: Path | undefined;
}

/** The operand that an expression with fewer operands does not have. */
export const NONE: Compiled = { evaluate: () => false };

export const VARIABLES: Readonly<Record<VariableName, Evaluate>> = {
  principal: (frame) => frame.principal,
  action: (frame) => frame.action,
  resource: (frame) => frame.resource,
  context: (frame) => frame.context,
};

export function unary({ evaluate }: Compiled, apply: (value: Value) => Value | Failure): Evaluate {
  return (frame) => {
    const value = evaluate(frame);
    return value instanceof Failure ? value : apply(value);
  };
}

export function binary(
  { evaluate: left }: Compiled,
  { evaluate: right }: Compiled,
  apply: (a: Value, b: Value, frame: Frame) => Value | Failure,
): Evaluate {
  return (frame) => {
    const a = left(frame);
    if (a instanceof Failure) return a;
    const b = right(frame);
    return b instanceof Failure ? b : apply(a, b, frame);
  };
}

/** The values of all operands, or the first failure. */
export function evaluateAll(operands: readonly Compiled[], frame: Frame): Value[] | Failure {
  const values: Value[] = [];
  for (const { evaluate } of operands) {
    const value = evaluate(frame);
    if (value instanceof Failure) return value;
    values.push(value);
  }
  return values;
}
