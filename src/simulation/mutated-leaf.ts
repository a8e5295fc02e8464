/** Constants next to a constant, and the opposite and the edge of a call that compares. */
import type { Expr } from '../cedar/ast.ts';
import { parseDatetime } from '../cedar/extensions/datetime.ts';
import { parseDecimal } from '../cedar/extensions/decimal.ts';
import { parseDuration } from '../cedar/extensions/duration.ts';
import { isLong, printValue, type Value } from '../cedar/value.ts';
import { rebuilt } from './rebuilt.ts';
import { atSteps, stepsOf } from './solve/values.ts';

type Call = Extract<Expr, { kind: 'extension' }>;

/** The constants one step below and above; none when the expression is no ordered constant. */
export function beside(expr: Expr): readonly Expr[] {
  const value = constantOf(expr);
  const steps = value === undefined ? undefined : stepsOf(value);
  if (value === undefined || steps === undefined) return [];
  return [-1n, 1n].flatMap((by) => {
    const moved = atSteps(value, steps + by);
    return moved === undefined ? [] : [constant(expr, moved)];
  });
}

const READERS = {
  decimal: parseDecimal,
  datetime: parseDatetime,
  duration: parseDuration,
} as const;

function constantOf(expr: Expr): Value | undefined {
  if (expr.kind === 'literal') return isLong(expr.value) ? expr.value : undefined;
  if (expr.kind !== 'extension') return undefined;
  const [text] = expr.args;
  const read = Object.entries(READERS).find(([name]) => name === expr.function)?.[1];
  if (read === undefined || text?.kind !== 'literal' || typeof text.value !== 'string') {
    return undefined;
  }
  const value = read(text.value);
  return value.ok ? value.value : undefined;
}

function constant(expr: Expr, value: Value): Expr {
  if (isLong(value)) return { kind: 'literal', value, span: expr.span };
  const text = /"(.*)"/.exec(printValue(value))?.[1] ?? '';
  const [arg] = expr.kind === 'extension' ? expr.args : [];
  if (expr.kind !== 'extension' || arg === undefined) return expr;
  return { ...expr, args: [{ kind: 'literal', value: text, span: arg.span }] };
}

const OPPOSITE: ReadonlyMap<string, string> = new Map([
  ['lessThan', 'greaterThanOrEqual'],
  ['greaterThanOrEqual', 'lessThan'],
  ['lessThanOrEqual', 'greaterThan'],
  ['greaterThan', 'lessThanOrEqual'],
]);
const EDGE: ReadonlyMap<string, string> = new Map([
  ['lessThan', 'lessThanOrEqual'],
  ['lessThanOrEqual', 'lessThan'],
  ['greaterThan', 'greaterThanOrEqual'],
  ['greaterThanOrEqual', 'greaterThan'],
]);

/** The opposite of a comparing call, and the calls with its boundary moved; `undefined` for another call. */
export function swappedCall(
  call: Call,
): { readonly negated: Expr; readonly edge: readonly Expr[] } | undefined {
  const opposite = OPPOSITE.get(call.function);
  const edge = EDGE.get(call.function);
  if (opposite === undefined || edge === undefined) return undefined;
  const moved = call.args.flatMap((arg, index) =>
    beside(arg).map((other) => rebuilt(call, index, other)),
  );
  return {
    negated: { ...call, function: opposite },
    edge: moved.length > 0 ? moved : [{ ...call, function: edge }],
  };
}
