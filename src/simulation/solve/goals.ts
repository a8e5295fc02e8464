/** What coverage asks for, as needs of a request. */
import type { Expr, Policy } from '../../cedar/ast.ts';
import type { EntityUid } from '../../cedar/value.ts';
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
    }
  /** An action that a request names, as Cedar text. */
  | { readonly kind: 'action'; readonly name: string }
  /** The id of a role that somebody acts in. */
  | { readonly kind: 'role'; readonly name: string };

/** A goal that is about one rule. */
export type RuleGoal = Extract<Goal, { readonly ruleId: string }>;

/** A rule that asks for nothing but an entity in its scope: reaching it is the goal of an action or a role. */
export function scopeAlone(part: 'principal' | 'action', uid: EntityUid): Policy {
  const any = { kind: 'any', span: NOWHERE } as const;
  const entity = { kind: 'entity', uid, span: NOWHERE } as const;
  return {
    effect: 'permit',
    annotations: [],
    principal: part === 'principal' ? { kind: 'in', entity, span: NOWHERE } : any,
    action: part === 'action' ? { kind: 'equal', entity, span: NOWHERE } : any,
    resource: any,
    conditions: [],
    slots: [],
    span: NOWHERE,
  };
}

const NOWHERE = { start: 0, end: 0 } as const;

/** The needs of a goal; `undefined` when the rule has no such branch. */
export function needsOf(goal: RuleGoal, policy: Policy): readonly Need[] | undefined {
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
  switch (goal.kind) {
    case 'rule':
      return `${goal.ruleId} ${goal.holds}`;
    case 'branch':
      return `${goal.ruleId} ${goal.at.join('.')} ${goal.value} ${goal.decides}`;
    case 'action':
    case 'role':
      return `${goal.kind} ${goal.name}`;
  }
}
