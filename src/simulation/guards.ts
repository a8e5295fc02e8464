/**
 * Whether a rule asks `has` before it reads what may be missing, as the official validator demands, and
 * where it asks although it knows. Conditions are one conjunction: what one has shown, the next knows.
 */
import type { Expr, Policy } from '../cedar/ast.ts';
import { childrenOf } from '../cedar/intern.ts';
import { printExpr } from '../cedar/print.ts';
import { CALL_TOOL, type DecisionPolicies } from '../decision/policies.ts';
import { attributesAlong, contextPath } from './solve/cells.ts';

type Facts = ReadonlySet<string>;
const NOTHING: Facts = new Set();

export interface Guards {
  /** No read can meet a missing fact. */
  readonly sound: boolean;
  /** Tests for what is known to be there: always true where they stand. */
  readonly redundant: ReadonlySet<Expr>;
}

/** Whether what a path in the context leads to is there as soon as the record that it lies in is. */
export type Required = (path: readonly string[]) => boolean;

/** What the schema says of facts in records. */
export function requiredBy({ schema }: DecisionPolicies): Required {
  const attributes = schema.actions.get(CALL_TOOL.toString())?.appliesTo?.context?.attributes;
  return (path) => attributesAlong(path, attributes)?.at(-1)?.required === true;
}

/** Looks at all of a rule's conditions, in order. */
export function guardsOf({ conditions }: Policy, required: Required = () => false): Guards {
  const walk = new Walk(required);
  let known = NOTHING;
  for (const { kind, body } of conditions) {
    walk.visit(body, known);
    known = union(known, shownBy(body, kind === 'when'));
  }
  return walk;
}

class Walk implements Guards {
  sound = true;
  readonly redundant = new Set<Expr>();
  readonly #required: Required;

  constructor(required: Required) {
    this.#required = required;
  }

  visit(expr: Expr, there: Facts): void {
    switch (expr.kind) {
      case 'and':
      case 'or': {
        let known = there;
        for (const operand of expr.operands) {
          this.visit(operand, known);
          known = union(known, shownBy(operand, expr.kind === 'and'));
        }
        return;
      }
      case 'if':
        this.visit(expr.condition, there);
        this.visit(expr.consequent, union(there, shownBy(expr.condition, true)));
        this.visit(expr.alternative, union(there, shownBy(expr.condition, false)));
        return;
      case 'attribute':
        if (this.#isOptional(expr) && !there.has(printExpr(expr))) this.sound = false;
        break;
      case 'has':
        if ([...shownBy(expr, true)].every((path) => there.has(path))) this.redundant.add(expr);
        break;
      case 'literal':
      case 'entity':
      case 'variable':
      case 'not':
      case 'negate':
      case 'compare':
      case 'arithmetic':
      case 'in':
      case 'is':
      case 'like':
      case 'method':
      case 'extension':
      case 'set':
      case 'record':
        break;
    }
    for (const child of childrenOf(expr)) this.visit(child, there);
  }

  /** Derived fields are always there; of what clients send, and of limits, nothing is. */
  #isOptional(expr: Expr): boolean {
    const [first = '', ...rest] = contextPath(expr) ?? [];
    if (rest.length === 0) return first !== '' && !DERIVED.has(first);
    return first !== 'session' && !this.#required([first, ...rest]);
  }
}

const DERIVED: ReadonlySet<string> = new Set([
  'goal',
  'success_criteria',
  'constraints',
  'tools',
  'side_effects',
  'limits',
  'session',
]);

/** The reads that are safe once `expr` has come to `value`. */
function shownBy(expr: Expr, value: boolean): Facts {
  switch (expr.kind) {
    case 'has': {
      if (!value) return NOTHING;
      const paths: string[] = [];
      let base: Expr = expr.subject;
      for (const name of expr.path) {
        base = { kind: 'attribute', subject: base, name, span: expr.span };
        paths.push(printExpr(base));
      }
      return new Set(paths);
    }
    case 'not':
      return shownBy(expr.operand, !value);
    case 'and':
    case 'or': {
      const all = expr.operands.map((operand) => shownBy(operand, value));
      if ((expr.kind === 'and') === value) return all.reduce(union, NOTHING);
      const [first = NOTHING, ...others] = all;
      return new Set([...first].filter((path) => others.every((facts) => facts.has(path))));
    }
    case 'literal':
    case 'entity':
    case 'variable':
    case 'negate':
    case 'if':
    case 'compare':
    case 'arithmetic':
    case 'in':
    case 'is':
    case 'like':
    case 'attribute':
    case 'method':
    case 'extension':
    case 'set':
    case 'record':
      return NOTHING;
  }
}

function union(a: Facts, b: Facts): Facts {
  return b.size === 0 ? a : new Set([...a, ...b]);
}
