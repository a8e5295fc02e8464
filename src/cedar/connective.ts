import type { Expr } from './ast.ts';

type ConnectiveKind = 'not' | 'and' | 'or' | 'if';

/** Every kind of expression has to stand here: one that is new is asked about by the compiler. */
const COMBINES: Readonly<
  Record<ConnectiveKind, true> & Record<Exclude<Expr['kind'], ConnectiveKind>, false>
> = {
  not: true,
  and: true,
  or: true,
  if: true,
  literal: false,
  entity: false,
  variable: false,
  negate: false,
  compare: false,
  arithmetic: false,
  in: false,
  is: false,
  has: false,
  like: false,
  attribute: false,
  method: false,
  extension: false,
  set: false,
  record: false,
};

/** Whether an expression combines others as booleans, so that their truth is all of its own. */
export function isConnective<T extends { readonly kind: Expr['kind'] }>(
  expr: T,
): expr is T & { readonly kind: ConnectiveKind } {
  return COMBINES[expr.kind];
}
