/**
 * The branch points of a rule: the parts of its conditions that `&&`, `||`, `!` and `if` combine. They
 * are named by where they stand in the tree, so a name survives reformatting.
 */
import type { Condition, Expr, Policy } from '../cedar/ast.ts';
import { isConnective } from '../cedar/connective.ts';
import type { Explained, PolicyExplanation } from '../cedar/explain.ts';

/** Where a part stands: the index of its condition, then of the operand at each level. */
export type BranchPath = readonly number[];

export interface Branch {
  readonly path: BranchPath;
  /** Of the condition that it stands in. */
  readonly kind: Condition['kind'];
  readonly expr: Expr;
}

/** The operands that an expression combines as booleans; none for a branch point. */
export function booleanOperands(expr: Expr): readonly Expr[] {
  if (!isConnective(expr)) return [];
  switch (expr.kind) {
    case 'and':
    case 'or':
      return expr.operands;
    case 'not':
      return [expr.operand];
    case 'if':
      return [expr.condition, expr.consequent, expr.alternative];
  }
}

/** All branch points of a rule, in the order of its text. */
export function branchesOf({ conditions }: Policy): readonly Branch[] {
  return conditions.flatMap(({ kind, body }, index) => below(body, kind, [index]));
}

function below(expr: Expr, kind: Condition['kind'], path: BranchPath): readonly Branch[] {
  const operands = booleanOperands(expr);
  if (operands.length === 0) return [{ path, kind, expr }];
  return operands.flatMap((operand, index) => below(operand, kind, [...path, index]));
}

/** What one run of a rule showed of one branch point. */
export interface BranchSeen {
  readonly path: BranchPath;
  /** `undefined`: it failed. */
  readonly value: boolean | undefined;
  /** Whether the rule holds or not because of it: had it been otherwise, so would the rule. */
  readonly decides: boolean;
}

/** What was reached of a rule's branch points in one run. */
export function seenIn({ conditions, scope }: PolicyExplanation): readonly BranchSeen[] {
  if (!(scope.principal && scope.action && scope.resource)) return [];
  const seen: BranchSeen[] = [];
  const holds = conditions.map(({ kind, outcome }) => outcome === (kind === 'when'));
  const all = holds.every(Boolean);
  for (const [index, { outcome, body }] of conditions.entries()) {
    if (outcome === 'not-reached') break;
    // Conditions are one conjunction: while all hold each decides, and the one that fails decides alone.
    visit(body, [index], all || holds[index] === false, seen);
  }
  return seen;
}

function visit(explained: Explained, path: BranchPath, decides: boolean, seen: BranchSeen[]): void {
  const { kind, reached, value, decidedBy, children } = explained;
  if (!reached) return;
  if (!isConnective(explained)) {
    const said = typeof value === 'boolean' ? value : undefined;
    seen.push({ path, value: said, decides: decides && said !== undefined });
    return;
  }
  for (const [index, child] of children.entries()) {
    // Of a chain that one operand settled only that one decides; of `if` its condition and the branch taken.
    const settled =
      kind === 'not' || kind === 'if' || decidedBy === undefined || decidedBy === index;
    visit(child, [...path, index], decides && settled, seen);
  }
}
