/** What an expression comes to on a request, and how to make it come to something else. */
import type { Expr } from '../../cedar/ast.ts';
import { explainExpression } from '../../cedar/explain-expression.ts';
import { Datetime } from '../../cedar/extensions/datetime.ts';
import { Duration } from '../../cedar/extensions/duration.ts';
import { childrenOf } from '../../cedar/intern.ts';
import { CedarSet, type Value } from '../../cedar/value.ts';
import { cellOf, write, type Ground } from './cells.ts';
import type { Draft, Tried } from './draft.ts';
import { atSteps, stepsOf } from './values.ts';

/** What an expression comes to; `undefined` when it fails. */
export function valueOf(expr: Expr, { request, entities }: Tried): Value | undefined {
  const explainer = { request: { ...request, entities }, policyId: '', error: undefined };
  return explainExpression(expr, explainer, true).value;
}

/** Drafts in which an expression comes to a value. */
export function settled(expr: Expr, value: Value, at: Tried, ground: Ground): readonly Draft[] {
  const cell = cellOf(expr, ground, at);
  if (cell !== undefined) {
    const draft = write(at.draft, cell, value, ground);
    return draft === undefined ? [] : [draft];
  }
  if (expr.kind === 'set' && value instanceof CedarSet) {
    const [element, ...others] = expr.elements;
    const [only, ...rest] = value;
    if (element === undefined || only === undefined || others.length + rest.length > 0) return [];
    return settled(element, only, at, ground);
  }
  const steps = stepsOf(value);
  if (steps === undefined) return [];
  const operands = childrenOf(expr);
  const [left, right] = operands;
  const known = operands.map((operand) => valueOf(operand, at));
  const [a, b] = known.map((operand) => (operand === undefined ? undefined : stepsOf(operand)));
  const target = (
    operand: Expr | undefined,
    like: Value | undefined,
    goal: bigint,
  ): readonly Draft[] => {
    const wanted = like === undefined ? undefined : atSteps(like, goal);
    return operand === undefined || wanted === undefined
      ? []
      : settled(operand, wanted, at, ground);
  };
  if (expr.kind === 'negate') return target(left, known[0], -steps);
  if (a === undefined || b === undefined) return [];
  if (expr.kind === 'arithmetic' && expr.operator === '+') {
    return [...target(left, known[0], steps - b), ...target(right, known[1], steps - a)];
  }
  if (expr.kind === 'arithmetic' && expr.operator === '-') {
    return [...target(left, known[0], steps + b), ...target(right, known[1], a - steps)];
  }
  if (expr.kind !== 'extension') return [];
  if (expr.function === 'durationSince' && value instanceof Duration) {
    return [...target(right, known[1], a - steps), ...target(left, known[0], b + steps)];
  }
  if (expr.function === 'offset' && value instanceof Datetime) {
    return target(left, known[0], steps - b);
  }
  return [];
}
