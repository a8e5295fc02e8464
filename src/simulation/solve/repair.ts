/**
 * How to make a condition come out as wanted: which one thing to change in the request. Nothing here has
 * to be right, only likely; every change is tried with the engine itself.
 */
import type { ComparisonOperator, Expr } from '../../cedar/ast.ts';
import { isConnective } from '../../cedar/connective.ts';
import { childrenOf } from '../../cedar/intern.ts';
import { CedarSet, EntityUid, type Value } from '../../cedar/value.ts';
import { cellOf, clear, contextPath, write, type Cell, type Ground } from './cells.ts';
import type { Draft, Tried } from './draft.ts';
import { entityDrafts, memberRepairs } from './members.ts';
import { methodRepairs } from './set-repairs.ts';
import { settled, valueOf } from './settle.ts';
import { firstValues, leftValues, matching, MIRRORED } from './values.ts';

/** A part of a condition and what it has to come to. */
export interface Wanted {
  readonly expr: Expr;
  readonly want: boolean;
}

/** How many parts would have to change at least. */
export function distanceTo({ expr, want }: Wanted, at: Tried): number {
  const parts = combination(expr, want);
  if (parts === undefined) return leafDistance(expr, want, at);
  const distances = parts.map((group) =>
    group.reduce((sum, part) => sum + distanceTo(part, at), 0),
  );
  return Math.min(...distances);
}

function leafDistance(expr: Expr, want: boolean, at: Tried): number {
  const value = valueOf(expr, at);
  return value === want ? 0 : value === undefined ? 1.5 : 1;
}

/** The ways in which a combination of parts comes to `want`; `undefined` for what combines none. */
function combination(expr: Expr, want: boolean): readonly (readonly Wanted[])[] | undefined {
  if (!isConnective(expr)) return undefined;
  switch (expr.kind) {
    case 'and':
    case 'or': {
      const parts = expr.operands.map((operand) => ({ expr: operand, want }));
      return (expr.kind === 'and') === want ? [parts] : parts.map((part) => [part]);
    }
    case 'not':
      return [[{ expr: expr.operand, want: !want }]];
    case 'if':
      return [
        [
          { expr: expr.condition, want: true },
          { expr: expr.consequent, want },
        ],
        [
          { expr: expr.condition, want: false },
          { expr: expr.alternative, want },
        ],
      ];
  }
}

/** Drafts in which one more part comes out as wanted, perhaps. */
export function repairs(wanted: Wanted, at: Tried, ground: Ground): readonly Draft[] {
  const parts = combination(wanted.expr, wanted.want);
  if (parts === undefined) return leafRepairs(wanted, at, ground);
  return parts.flatMap((group) =>
    group
      .filter((part) => distanceTo(part, at) > 0)
      .slice(0, 2)
      .flatMap((part) => repairs(part, at, ground)),
  );
}

function leafRepairs({ expr, want }: Wanted, at: Tried, ground: Ground): readonly Draft[] {
  const missing = missingFacts(expr, at, ground);
  if (missing.length > 0) return missing;
  const set = (target: Expr, values: readonly Value[]): readonly Draft[] =>
    values.flatMap((value) => settled(target, value, at, ground));
  const value = (target: Expr): Value | undefined => valueOf(target, at);
  switch (expr.kind) {
    case 'attribute':
      return set(expr, [want]);
    case 'compare':
      return comparison(expr.operator, expr.left, expr.right, want, at, ground);
    case 'has':
      return hasRepairs(expr, want, at, ground);
    case 'like': {
      const text = matching(expr.pattern);
      return set(expr.subject, want ? [text, `${text} x`, `x ${text}`] : ['something else', 'x']);
    }
    case 'in':
    case 'is': {
      const target = expr.kind === 'in' ? expr.right : expr.ancestor;
      const above = target === undefined ? undefined : value(target);
      const subject = expr.kind === 'in' ? expr.left : expr.subject;
      const uids =
        above instanceof EntityUid ? [above] : above instanceof CedarSet ? [...above] : [];
      const targets = uids.filter((uid) => uid instanceof EntityUid);
      return subject.kind === 'variable'
        ? memberRepairs(subject.name, targets, want, at, ground)
        : [];
    }
    case 'method':
      return methodRepairs(expr, want, at, ground);
    case 'extension': {
      const operator = COMPARISONS[expr.function];
      const [left, right] = expr.args;
      return operator === undefined || left === undefined || right === undefined
        ? []
        : comparison(operator, left, right, want, at, ground);
    }
    case 'literal':
    case 'entity':
    case 'variable':
    case 'not':
    case 'and':
    case 'or':
    case 'if':
    case 'negate':
    case 'arithmetic':
    case 'set':
    case 'record':
      return [];
  }
}

export const COMPARISONS: Readonly<Record<string, ComparisonOperator>> = {
  lessThan: '<',
  lessThanOrEqual: '<=',
  greaterThan: '>',
  greaterThanOrEqual: '>=',
};

/** Drafts with the facts that an expression needs and that are not there. */
function missingFacts(expr: Expr, at: Tried, ground: Ground): readonly Draft[] {
  if (valueOf(expr, at) !== undefined) return [];
  for (const access of attributesIn(expr)) {
    const cell = cellOf(access, ground, at);
    if (cell === undefined || valueOf(access, at) !== undefined) continue;
    return firstOf(cell, at, ground).flatMap((value) => write(at.draft, cell, value, ground) ?? []);
  }
  return [];
}

function attributesIn(expr: Expr): readonly Expr[] {
  const inner = childrenOf(expr).flatMap(attributesIn);
  return expr.kind === 'attribute' ? [...inner, expr] : inner;
}

function firstOf(cell: Cell, { draft }: Tried, { policies, known }: Ground): readonly Value[] {
  switch (cell.kind) {
    case 'fact': {
      const name = cell.path.at(-1) ?? '';
      return firstValues(cell.type, known.get(name) ?? [], draft.at);
    }
    case 'limit': {
      const type = policies.limits.get(cell.key)?.type;
      return type === undefined
        ? []
        : firstValues(type, known.get(`limits.${cell.key}`) ?? [], draft.at);
    }
    case 'principal':
    case 'action':
    case 'resource':
    case 'goal':
    case 'list':
    case 'session':
      return [];
  }
}

function comparison(
  operator: ComparisonOperator,
  left: Expr,
  right: Expr,
  want: boolean,
  at: Tried,
  ground: Ground,
): readonly Draft[] {
  const [a, b] = [valueOf(left, at), valueOf(right, at)];
  if (a === undefined || b === undefined) return [];
  if (left.kind === 'variable' && b instanceof EntityUid) {
    const equal = (operator === '==') === want;
    return entityDrafts(left.name, b, equal, at, ground);
  }
  return [
    ...leftValues(operator, b, want).flatMap((value) => settled(left, value, at, ground)),
    ...leftValues(MIRRORED[operator], a, want).flatMap((value) =>
      settled(right, value, at, ground),
    ),
  ];
}

function hasRepairs(
  expr: Extract<Expr, { kind: 'has' }>,
  want: boolean,
  at: Tried,
  ground: Ground,
): readonly Draft[] {
  const base = contextPath(expr.subject);
  const [first] = expr.path;
  if (base === undefined || first === undefined) return [];
  let access: Expr = expr.subject;
  for (const name of expr.path) {
    access = { kind: 'attribute', subject: access, name, span: expr.span };
    const cell = cellOf(access, ground, at);
    if (cell === undefined) return [];
    const there = valueOf(access, at) !== undefined;
    if (want && !there) {
      return firstOf(cell, at, ground).flatMap(
        (value) => write(at.draft, cell, value, ground) ?? [],
      );
    }
    if (!want && there) {
      const draft = clear(at.draft, cell, ground);
      return draft === undefined ? [] : [draft];
    }
  }
  return [];
}
