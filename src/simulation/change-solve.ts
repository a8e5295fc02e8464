/**
 * How a condition could come out otherwise: which of its leaves would have to, in which combinations. An
 * `and` needs all of its operands, an `or` one of them; each way is a list of leaves with what each must
 * come to. Which values do that is tried afterwards.
 */
import type { Expr, Policy, PrincipalScope } from '../cedar/ast.ts';
import { explainExpression } from '../cedar/explain-expression.ts';
import { childrenOf } from '../cedar/intern.ts';
import type { Value } from '../cedar/value.ts';
import { fieldsIn } from '../cedar/words.ts';
import type { ToolDecision } from '../decision/decide.ts';

/** A leaf and what it must come to. */
export interface Need {
  readonly leaf: Expr;
  readonly want: boolean;
}

/** Needs that together are one way. */
export type Way = readonly Need[];

/** Ways to a condition; more are not looked at. */
const MAX_WAYS = 40;

/** Ways in which `expr` would come to `want`; it may be that already, which takes no needs. */
export function waysTo(expr: Expr, want: boolean, tool: ToolDecision): readonly Way[] {
  if (evaluated(expr, tool) === want) return [kept(expr, want)];
  if (expr.kind === 'not') return waysTo(expr.operand, !want, tool);
  if (expr.kind === 'and' || expr.kind === 'or') {
    const needsAll = want === (expr.kind === 'and');
    const each = expr.operands.map((operand) => waysTo(operand, want, tool));
    return needsAll ? together(each) : each.flat().slice(0, MAX_WAYS);
  }
  if (expr.kind === 'if') {
    const { condition, consequent, alternative } = expr;
    return [
      ...together([waysTo(condition, true, tool), waysTo(consequent, want, tool)]),
      ...together([waysTo(condition, false, tool), waysTo(alternative, want, tool)]),
    ].slice(0, MAX_WAYS);
  }
  return fieldsIn(expr).length === 0 ? [] : [[{ leaf: expr, want }]];
}

/** What holds already must go on holding while other fields change. */
function kept(expr: Expr, want: boolean): Way {
  return fieldsIn(expr).length === 0 ? [] : [{ leaf: expr, want }];
}

/** All of them: every combination of one way of each. */
function together(each: readonly (readonly Way[])[]): readonly Way[] {
  return each.reduce<readonly Way[]>(
    (ways, more) =>
      ways.flatMap((way) => more.map((other) => [...way, ...other])).slice(0, MAX_WAYS),
    [[]],
  );
}

/** What a policy asks of a request, as conditions that must all be true for it to be satisfied. */
export function demandsOf(policy: Policy): readonly Expr[] {
  const { action, span } = policy;
  const variable = (name: 'principal' | 'action' | 'resource'): Expr => ({
    kind: 'variable',
    name,
    span,
  });
  const actions: readonly Expr[] =
    action.kind === 'any'
      ? []
      : action.kind === 'equal'
        ? [compared(variable('action'), action.entity)]
        : [
            {
              kind: 'in',
              left: variable('action'),
              right:
                action.kind === 'in'
                  ? action.entity
                  : { kind: 'set', elements: action.entities, span: action.span },
              span: action.span,
            },
          ];
  return [
    ...actions,
    ...scopeDemands(policy.principal, variable('principal')),
    ...scopeDemands(policy.resource, variable('resource')),
    ...policy.conditions.map(({ kind, body }): Expr =>
      kind === 'when' ? body : { kind: 'not', operand: body, span: body.span },
    ),
  ];
}

function scopeDemands(scope: PrincipalScope, subject: Expr): readonly Expr[] {
  const { span } = scope;
  if (scope.kind === 'any') return [];
  if (scope.kind === 'is') return [{ kind: 'is', subject, entityType: scope.entityType, span }];
  // A template's slot is never linked in a compiled set.
  if (scope.entity.kind === 'slot') return [];
  if (scope.kind === 'equal') return [compared(subject, scope.entity)];
  const within: Expr = { kind: 'in', left: subject, right: scope.entity, span };
  return scope.kind === 'in'
    ? [within]
    : [{ kind: 'is', subject, entityType: scope.entityType, span }, within];
}

function compared(left: Expr, right: Expr): Expr {
  return { kind: 'compare', operator: '==', left, right, span: right.span };
}

/** What an expression is in one tool's request; `undefined` when it fails. */
export function evaluated(expr: Expr, { request, entities }: ToolDecision): Value | undefined {
  const at = { request: { ...request, entities }, policyId: '', error: undefined };
  return explainExpression(expr, at, true).value;
}

/** The values that a leaf holds beside one of its fields: what that field is weighed against. */
export function anchorsIn(
  leaf: Expr,
  tool: ToolDecision,
  isKnob: (expr: Expr) => boolean,
): readonly Value[] {
  const found: Value[] = [];
  const visit = (expr: Expr): void => {
    if (isKnob(expr)) return;
    if (expr.kind === 'like') found.push(...examplesOf(expr));
    const value = expr.kind === 'variable' ? undefined : evaluated(expr, tool);
    if (value !== undefined && typeof value !== 'boolean') found.push(value);
    for (const child of childrenOf(expr)) visit(child);
  };
  for (const child of leaf.kind === 'like' ? [leaf] : childrenOf(leaf)) visit(child);
  return found;
}

/** A text that a pattern matches. */
function examplesOf({ pattern }: Extract<Expr, { kind: 'like' }>): readonly string[] {
  return [pattern.map((part) => (part === '*' ? 'example' : part.text)).join('')];
}
