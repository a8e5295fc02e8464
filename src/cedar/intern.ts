/**
 * Expressions without their places. Two that mean the same become one node, over all policies of a
 * set, so that it is compiled once and can be evaluated once per request.
 */
import type { Expr, ExprKind, RecordEntry } from './ast.ts';
import { byCodePoints } from './strings.ts';

const IMPURE: ReadonlySet<ExprKind> = new Set([
  'variable',
  'in',
  'is',
  'has',
  'attribute',
  'method',
]);

export class Node {
  readonly expr: Expr;
  readonly children: readonly Node[];
  readonly id: number;
  /** Whether it depends neither on the request nor on the entities. */
  readonly isConstant: boolean;
  /** Uses by policies for any action, by those for one, and the most of all single actions so far. */
  #always = 0;
  #action = '';
  #here = 0;
  #most = 0;

  constructor(expr: Expr, children: readonly Node[], id: number) {
    this.expr = expr;
    this.children = children;
    this.id = id;
    this.isConstant = !IMPURE.has(expr.kind) && children.every((child) => child.isConstant);
  }

  /**
   * Counts a use, by an expression or as a condition, in a policy for `action`; '' is any. Policies for
   * one action have to come together. Whether it is the first use there.
   */
  use(action: string): boolean {
    if (action === '') return ++this.#always === 1;
    if (action !== this.#action) this.#here = 0;
    this.#action = action;
    this.#most = Math.max(this.#most, ++this.#here);
    return this.#here === 1;
  }

  /** How often one request can come to it at most. */
  get uses(): number {
    return this.#always + this.#most;
  }
}

const NOTHING: readonly never[] = [];

export class Interner {
  readonly #nodes = new Map<string, Node>();

  /** The node of an expression in a policy for `action`; see `Node.use`. */
  intern(expr: Expr, action: string): Node {
    const node = this.#intern(expr);
    this.#count(node, action);
    return node;
  }

  #intern(expr: Expr): Node {
    const operands = childrenOf(expr);
    const children = operands.length === 0 ? NOTHING : operands.map((child) => this.#intern(child));
    let key: string = expr.kind;
    for (const { id } of children) key += ` ${id}`;
    key += ` ${headOf(expr)}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const node = new Node(expr, children, this.#nodes.size);
    this.#nodes.set(key, node);
    return node;
  }

  #count(node: Node, action: string): void {
    if (node.use(action)) for (const child of node.children) this.#count(child, action);
  }
}

/** The operands of an expression, in the order in which they are evaluated. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'entity':
    case 'variable':
      return NOTHING;
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
export function headOf(expr: Expr): string {
  switch (expr.kind) {
    case 'literal':
      return typeof expr.value === 'string' ? `"${expr.value}` : String(expr.value);
    case 'entity':
      return `${expr.uid.type} ${expr.uid.id}`;
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
      return expr.name.text;
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
