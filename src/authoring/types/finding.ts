import type { Span } from '../../base/span.ts';
import type { Expr } from '../../cedar/ast.ts';
import type { Inferred } from './inferred.ts';

export type TypeFindingCode =
  | 'bad-literal'
  | 'empty-set'
  | 'incompatible-types'
  | 'literal-needed'
  | 'optional-attribute'
  | 'optional-tag'
  | 'no-tags'
  | 'unexpected-type'
  | 'unknown-action'
  | 'unknown-attribute'
  | 'unknown-entity-id'
  | 'unknown-entity-type'
  | 'wrong-arity';

/** Something that Cedar's validator refuses too. */
export interface TypeFinding {
  readonly code: TypeFindingCode;
  readonly message: string;
  readonly span: Span;
  /** The expression concerned, where it is one. */
  readonly expr?: Expr;
  /** The name that nothing declares, as `candidates` are written. */
  readonly written?: string;
  /** Names that could have been meant. */
  readonly candidates?: readonly string[];
}

/**
 * What an expression may rely on where it stands: attributes (and tags) that a `has` (or `hasTag`)
 * before it has found. By the text of the access, so that it does not matter how it is spaced.
 */
export type Guards = ReadonlySet<string>;

export const NO_GUARDS: Guards = new Set();

export function guardUnion(a: Guards, b: Guards): Guards {
  if (b.size === 0) return a;
  return a.size === 0 ? b : new Set([...a, ...b]);
}

export function guardIntersection(a: Guards, b: Guards): Guards {
  if (a.size === 0 || b.size === 0) return NO_GUARDS;
  return new Set([...a].filter((guard) => b.has(guard)));
}

/** What an expression came to in one kind of request. */
export interface Answer {
  readonly type: Inferred;
  /** What is known to be present wherever the expression is true. */
  readonly guards: Guards;
}
