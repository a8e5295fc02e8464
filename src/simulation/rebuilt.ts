import { elementAt } from '../base/element.ts';
import type { Expr } from '../cedar/ast.ts';
import { entriesInOrder } from '../cedar/intern.ts';

/** The expression with one of its operands (as `childrenOf` counts them) replaced. */
export function rebuilt(expr: Expr, index: number, child: Expr): Expr {
  switch (expr.kind) {
    case 'literal':
    case 'entity':
    case 'variable':
      return expr;
    case 'not':
    case 'negate':
      return { ...expr, operand: child };
    case 'and':
    case 'or':
      return { ...expr, operands: expr.operands.with(index, child) };
    case 'if':
      if (index === 0) return { ...expr, condition: child };
      return index === 1 ? { ...expr, consequent: child } : { ...expr, alternative: child };
    case 'compare':
    case 'arithmetic':
    case 'in':
      return index === 0 ? { ...expr, left: child } : { ...expr, right: child };
    case 'is':
      return index === 0 ? { ...expr, subject: child } : { ...expr, ancestor: child };
    case 'has':
    case 'like':
    case 'attribute':
      return { ...expr, subject: child };
    case 'method':
      return index === 0
        ? { ...expr, subject: child }
        : { ...expr, args: expr.args.with(index - 1, child) };
    case 'extension':
      return { ...expr, args: expr.args.with(index, child) };
    case 'set':
      return { ...expr, elements: expr.elements.with(index, child) };
    case 'record': {
      const changed = elementAt(entriesInOrder(expr.entries), index);
      return {
        ...expr,
        entries: expr.entries.map((entry) =>
          entry === changed ? { name: entry.name, value: child } : entry,
        ),
      };
    }
  }
}
