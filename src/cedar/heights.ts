/**
 * How high the node is that was read last. Whoever reads a node says over which children it stands; one
 * that is higher than the limit is an error, so that whoever walks the tree later may recurse.
 */
import type { Expr } from './ast.ts';
import type { Span } from '../base/span.ts';
import { MAX_DEPTH } from './limits.ts';
import type { Reader } from './reader.ts';

export class Heights {
  /** Of the node read last. */
  last = 0;
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  leaf(expr: Expr): Expr {
    this.last = 1;
    return expr;
  }

  /** A node over the child read last and others no higher than `height`. */
  node(expr: Expr, height = 0): Expr | undefined {
    this.last = Math.max(this.last, height) + 1;
    return this.last > MAX_DEPTH ? this.tooDeep(expr.span) : expr;
  }

  tooDeep(span: Span): undefined {
    const message = `this expression is nested more than ${MAX_DEPTH} deep`;
    return this.#reader.report('too_deep', span, message);
  }
}
