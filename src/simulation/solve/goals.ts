/** What coverage asks for, as needs of a request. */
import type { Expr, Policy } from '../../cedar/ast.ts';
import { booleanOperands, type BranchPath } from '../branches.ts';
import type { Need } from './search.ts';

/** Something a scenario could show of a rule. */
export type Goal =
  | { readonly kind: 'rule'; readonly ruleId: string; readonly holds: boolean }
  | {
      readonly kind: 'branch';
      readonly ruleId: string;
      readonly at: BranchPath;
      readonly value: boolean;
      /** The rule has to turn on it, and not only see it. */
      readonly decides: boolean;
    };

/** The needs of a goal; `undefined` when the rule has no such branch. */
export function needsOf(goal: Goal, policy: Policy): readonly Need[] | undefined {
  const scope: Need = { kind: 'scope', policy };
  if (goal.kind === 'rule') {
    return goal.holds || policy.conditions.length === 0
      ? [{ kind: 'rule', policy, holds: goal.holds }]
      : [scope, { kind: 'rule', policy, holds: false }];
  }
  const [index = 0, ...path] = goal.at;
  const condition = policy.conditions[index];
  if (condition === undefined) return undefined;
  const needs: Need[] = [scope];
  for (const { kind, body } of policy.conditions.slice(0, index)) {
    needs.push({ kind: 'part', expr: body, want: kind === 'when' });
  }
  const outcome = alongPath(condition.body, path, goal, needs);
  if (outcome === undefined) return undefined;
  const holds = outcome === (condition.kind === 'when');
  if (goal.decides && holds) {
    for (const { kind, body } of policy.conditions.slice(index + 1)) {
      needs.push({ kind: 'part', expr: body, want: kind === 'when' });
    }
  }
  return needs;
}

/**
 * Needs of everything beside the path so that the branch is reached (and decides); answers what the
 * expression then comes to, as far as the branch decides it.
 */
function alongPath(
  expr: Expr,
  path: BranchPath,
  goal: Extract<Goal, { kind: 'branch' }>,
  needs: Need[],
): boolean | undefined {
  const [index, ...rest] = path;
  if (index === undefined) {
    needs.push({ kind: 'part', expr, want: goal.value });
    return goal.value;
  }
  const operands = booleanOperands(expr);
  const operand = operands[index];
  if (operand === undefined) return undefined;
  if (expr.kind === 'not') {
    const inner = alongPath(operand, rest, goal, needs);
    return inner === undefined ? undefined : !inner;
  }
  if (expr.kind === 'if') {
    const [condition] = operands;
    if (index > 0 && condition !== undefined) {
      needs.push({ kind: 'part', expr: condition, want: index === 1 });
    }
    return alongPath(operand, rest, goal, needs);
  }
  // What stands before must not settle the chain; what stands after must not either, if the branch did not.
  const neutral = expr.kind === 'and';
  for (const before of operands.slice(0, index)) {
    needs.push({ kind: 'part', expr: before, want: neutral });
  }
  const inner = alongPath(operand, rest, goal, needs);
  if (goal.decides && inner === neutral) {
    for (const after of operands.slice(index + 1)) {
      needs.push({ kind: 'part', expr: after, want: neutral });
    }
  }
  return inner;
}

/** A goal as one text, for keys and lists. */
export function goalKey(goal: Goal): string {
  return goal.kind === 'rule'
    ? `${goal.ruleId} ${goal.holds}`
    : `${goal.ruleId} ${goal.at.join('.')} ${goal.value} ${goal.decides}`;
}
