import type { Span } from '../base/span.ts';
import type { Expr, NamedEntity, Policy, TypeName } from '../cedar/ast.ts';
import { childrenOf } from '../cedar/intern.ts';

/** The expressions directly inside of one, in order of the text. */
export function children(expr: Expr): readonly Expr[] {
  // Cedar evaluates a record in the order of its names.
  return expr.kind === 'record' ? expr.entries.map(({ value }) => value) : childrenOf(expr);
}

/** An expression and everything inside of it, outer before inner. */
export function* walk(expr: Expr): Generator<Expr, void, undefined> {
  const open = [expr];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    open.push(...children(next).toReversed());
  }
}

/** Every expression of a policy's conditions. */
export function* expressions(policy: Policy): Generator<Expr, void, undefined> {
  for (const { body } of policy.conditions) yield* walk(body);
}

/** Every entity that a policy names, in its scope and in its conditions. */
export function* entitiesIn(policy: Policy): Generator<NamedEntity, void, undefined> {
  for (const scope of [policy.principal, policy.resource]) {
    const entity = 'entity' in scope ? scope.entity : undefined;
    if (entity?.kind === 'entity') yield entity;
  }
  const { action } = policy;
  if (action.kind === 'in-any') yield* action.entities;
  else if (action.kind !== 'any') yield action.entity;
  for (const expr of expressions(policy)) {
    if (expr.kind === 'entity') yield { kind: 'entity', uid: expr.uid, span: expr.span };
  }
}

/** Every entity type that a policy names after `is`. */
export function* typeNamesIn(policy: Policy): Generator<TypeName, void, undefined> {
  for (const scope of [policy.principal, policy.resource]) {
    if (scope.kind === 'is' || scope.kind === 'is-in') yield scope.entityType;
  }
  for (const expr of expressions(policy)) if (expr.kind === 'is') yield expr.entityType;
}

export function covers(span: Span, offset: number): boolean {
  return span.start <= offset && offset <= span.end;
}

/** The expressions around `offset`, outermost first. */
export function expressionsAt(policy: Policy, offset: number): readonly Expr[] {
  const path: Expr[] = [];
  let next = policy.conditions.map(({ body }) => body).find(({ span }) => covers(span, offset));
  while (next !== undefined) {
    path.push(next);
    // Of two that touch at the offset, the later begins there.
    next = children(next).findLast(({ span }) => covers(span, offset));
  }
  return path;
}
