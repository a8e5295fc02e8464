/** Which Longs an expression can be, as far as the text tells: enough to say that a sum stays in range. */
import type { Expr } from '../../cedar/ast.ts';

interface Range {
  readonly least: bigint;
  readonly most: bigint;
}

const LONG: Range = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

/** Fields of `context.session`, which the engine derives. */
const SESSION: ReadonlyMap<string, Range> = new Map([
  ['hour', { least: 0n, most: 23n }],
  ['minute_of_day', { least: 0n, most: 1439n }],
  ['weekday', { least: 1n, most: 7n }],
  ['goal_length', { least: 0n, most: 8000n }],
  ['same_tool_calls', { least: 0n, most: 1_000_000n }],
]);

const MILLISECONDS: ReadonlyMap<string, bigint> = new Map([
  ['toSeconds', 1000n],
  ['toMinutes', 60_000n],
  ['toHours', 3_600_000n],
  ['toDays', 86_400_000n],
]);

/** Whether this very operation, its operands granted, can leave the range of a Long. */
export function mayOverflow(expr: Expr): boolean {
  const range = expr.kind === 'arithmetic' || expr.kind === 'negate' ? exact(expr) : undefined;
  return range !== undefined && (range.least < LONG.least || range.most > LONG.most);
}

function exact(expr: Expr): Range {
  switch (expr.kind) {
    case 'literal': {
      const { value } = expr;
      if (typeof value !== 'number' && typeof value !== 'bigint') return LONG;
      return { least: BigInt(value), most: BigInt(value) };
    }
    case 'negate': {
      const { least, most } = clamped(expr.operand);
      return { least: -most, most: -least };
    }
    case 'arithmetic':
      return combine(expr.operator, clamped(expr.left), clamped(expr.right));
    case 'attribute':
      return isSession(expr.subject) ? (SESSION.get(expr.name.text) ?? LONG) : LONG;
    case 'extension': {
      const unit = MILLISECONDS.get(expr.function);
      return unit === undefined ? LONG : { least: LONG.least / unit, most: LONG.most / unit };
    }
    case 'if': {
      const [a, b] = [clamped(expr.consequent), clamped(expr.alternative)];
      return { least: lesser(a.least, b.least), most: greater(a.most, b.most) };
    }
    case 'entity':
    case 'variable':
    case 'not':
    case 'and':
    case 'or':
    case 'compare':
    case 'in':
    case 'is':
    case 'has':
    case 'like':
    case 'method':
    case 'set':
    case 'record':
      return LONG;
  }
}

/** An operand that overflows fails before the operation does. */
function clamped(expr: Expr): Range {
  const { least, most } = exact(expr);
  return { least: greater(least, LONG.least), most: lesser(most, LONG.most) };
}

function combine(operator: '+' | '-' | '*', a: Range, b: Range): Range {
  switch (operator) {
    case '+':
      return { least: a.least + b.least, most: a.most + b.most };
    case '-':
      return { least: a.least - b.most, most: a.most - b.least };
    case '*': {
      const products = [a.least * b.least, a.least * b.most, a.most * b.least, a.most * b.most];
      return { least: products.reduce(lesser), most: products.reduce(greater) };
    }
  }
}

function isSession(expr: Expr): boolean {
  const { kind } = expr;
  if (kind !== 'attribute' || expr.name.text !== 'session') return false;
  return expr.subject.kind === 'variable' && expr.subject.name === 'context';
}

function lesser(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function greater(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
