/**
 * Expressions without their places. Two that mean the same become one node, over all policies of a
 * set, so that it is compiled once and can be evaluated once per request.
 */
import type { Expr, RecordEntry } from './ast.ts';
import { byCodePoints, quote } from './strings.ts';

export interface Node {
  readonly expr: Expr;
  readonly children: readonly Node[];
  readonly id: number;
  /** How many other nodes have this one for an operand. */
  uses: number;
}

export class Interner {
  readonly #nodes = new Map<string, Node>();

  intern(expr: Expr): Node {
    const children = childrenOf(expr).map((child) => this.intern(child));
    const ids = children.map((child) => child.id).join(',');
    const key = `${expr.kind} ${detail(expr)} ${ids}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    for (const child of children) child.uses++;
    const node = { expr, children, id: this.#nodes.size, uses: 0 };
    this.#nodes.set(key, node);
    return node;
  }
}

/** The operands of an expression, in the order in which they are evaluated. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'entity':
    case 'variable':
      return [];
    case 'not':
    case 'negate':
      return [expr.operand];
    case 'and':
    case 'or':
      return expr.operands;
    case 'if':
      return [expr.condition, expr.consequent, expr.alternative];
    case 'compare':
    case 'arithmetic':
    case 'in':
      return [expr.left, expr.right];
    case 'is':
      return expr.ancestor === undefined ? [expr.subject] : [expr.subject, expr.ancestor];
    case 'has':
    case 'like':
    case 'attribute':
      return [expr.subject];
    case 'method':
      return [expr.subject, ...expr.args];
    case 'extension':
      return expr.args;
    case 'set':
      return expr.elements;
    case 'record':
      return entriesInOrder(expr.entries).map((entry) => entry.value);
  }
}

/**
 * The fields of a record in the order in which official Cedar evaluates them, which is by name. It
 * matters only where two of them fail: the first failure is the one that is told.
 */
export function entriesInOrder(entries: readonly RecordEntry[]): readonly RecordEntry[] {
  return entries.toSorted((a, b) => byCodePoints(a.name.text, b.name.text));
}

/** What tells this expression from others of its kind with the same operands. */
function detail(expr: Expr): string {
  switch (expr.kind) {
    case 'literal':
      return typeof expr.value === 'string' ? JSON.stringify(expr.value) : String(expr.value);
    case 'entity':
      return `${quote(expr.uid.type)} ${JSON.stringify(expr.uid.id)}`;
    case 'variable':
      return expr.name;
    case 'compare':
    case 'arithmetic':
      return expr.operator;
    case 'is':
      return expr.entityType.name;
    case 'has':
      return expr.path.map((name) => JSON.stringify(name.text)).join(' ');
    case 'like':
      return JSON.stringify(expr.pattern);
    case 'attribute':
      return JSON.stringify(expr.name.text);
    case 'method':
      return expr.method;
    case 'extension':
      return expr.function;
    case 'record':
      return entriesInOrder(expr.entries)
        .map((entry) => JSON.stringify(entry.name.text))
        .join(' ');
    case 'not':
    case 'negate':
    case 'and':
    case 'or':
    case 'if':
    case 'in':
    case 'set':
      return '';
  }
}
