import { elementAt } from '../base/element.ts';
import type { Expr } from './ast.ts';
import type { Entities } from './entities.ts';
import type { Explained } from './explain.ts';
import { Failure, typeFailure, type PolicyError } from './failure.ts';
import { childrenOf, entriesInOrder } from './intern.ts';
import * as operators from './operators.ts';
import type { Request } from './request.ts';
import { CedarSet, EntityUid, recordOf, valuesEqual, type Value } from './value.ts';

/** One policy being explained: for which request, and the error that ended it, if one did. */
export interface Explainer {
  readonly request: Request & { readonly entities: Entities };
  readonly policyId: string;
  error: PolicyError | undefined;
}

/** What `expr` and everything in it came to; nothing of it is evaluated unless it is `reached`. */
export function explainExpression(expr: Expr, at: Explainer, reached: boolean): Explained {
  if (!reached) return unreached(expr);
  if (expr.kind === 'and' || expr.kind === 'or') return explainChain(expr, expr.operands, at);
  if (expr.kind === 'if') return explainIf(expr, at);
  if (expr.kind === 'is' && expr.ancestor !== undefined) {
    return explainIsIn(expr, expr.ancestor, at);
  }
  return explainStrict(expr, at);
}

type Strict = Exclude<Expr, { readonly kind: 'and' | 'or' | 'if' }>;

/** Operators that evaluate all their operands, in order, before they do anything. */
function explainStrict(expr: Strict, at: Explainer): Explained {
  const children: Explained[] = [];
  const values: Value[] = [];
  for (const child of childrenOf(expr)) {
    const explained = explainExpression(child, at, values.length === children.length);
    children.push(explained);
    if (explained.value !== undefined) values.push(explained.value);
  }
  if (values.length < children.length) return failed(expr, children);
  const result = apply(expr, values, at.request);
  if (result instanceof Failure) return failedHere(expr, children, result, at);
  return reach(expr, result, withDeciders(expr, children, values, result, at.request.entities));
}

function explainChain(
  expr: Extract<Expr, { kind: 'and' | 'or' }>,
  operands: readonly Expr[],
  at: Explainer,
): Explained {
  const settles = expr.kind === 'or';
  const children: Explained[] = [];
  let decidedBy: number | undefined;
  let ended = false;
  for (const [index, operand] of operands.entries()) {
    const explained = explainBoolean(operand, at, !ended);
    children.push(explained);
    if (ended) continue;
    ended = explained.value !== !settles;
    if (explained.value === settles) decidedBy = index;
  }
  if (decidedBy !== undefined) return { ...reach(expr, settles, children), decidedBy };
  return ended ? failed(expr, children) : reach(expr, !settles, children);
}

/** `e is T in x`, which is `e is T && e in x`. */
function explainIsIn(
  expr: Extract<Expr, { kind: 'is' }>,
  ancestor: Expr,
  at: Explainer,
): Explained {
  const subject = explainExpression(expr.subject, at, true);
  if (subject.value === undefined) return failed(expr, [subject, unreached(ancestor)]);
  const is = operators.isType(subject.value, expr.entityType.name);
  if (is instanceof Failure) return failedHere(expr, [subject, unreached(ancestor)], is, at);
  if (is !== true) {
    return { ...reach(expr, false, [subject, unreached(ancestor)]), decidedBy: 0 };
  }
  const above = explainExpression(ancestor, at, true);
  const children = [subject, above];
  if (above.value === undefined) return failed(expr, children);
  const result = operators.isIn(at.request.entities, subject.value, above.value);
  return result instanceof Failure
    ? failedHere(expr, children, result, at)
    : reach(expr, result, children);
}

function explainIf(expr: Extract<Expr, { kind: 'if' }>, at: Explainer): Explained {
  const condition = explainBoolean(expr.condition, at, true);
  const taken = condition.value === true ? 1 : condition.value === false ? 2 : undefined;
  const consequent = explainExpression(expr.consequent, at, taken === 1);
  const alternative = explainExpression(expr.alternative, at, taken === 2);
  const children = [condition, consequent, alternative];
  const value = taken === undefined ? undefined : children[taken]?.value;
  if (taken === undefined) return failed(expr, children);
  const base = value === undefined ? failed(expr, children) : reach(expr, value, children);
  return { ...base, decidedBy: taken };
}

/** As `explainExpression`, where a boolean has to stand: any other value is an error of this one. */
export function explainBoolean(expr: Expr, at: Explainer, reached: boolean): Explained {
  const explained = explainExpression(expr, at, reached);
  const { value } = explained;
  if (value === undefined || typeof value === 'boolean') return explained;
  return failedHere(expr, explained.children, typeFailure('bool', value), at);
}

function apply(
  expr: Strict,
  values: readonly Value[],
  request: Explainer['request'],
): Value | Failure {
  const [first = false, second = false] = values;
  switch (expr.kind) {
    case 'literal':
      return expr.value;
    case 'entity':
      return expr.uid;
    case 'variable':
      return request[expr.name];
    case 'not':
      return operators.not(first);
    case 'negate':
      return operators.negate(first);
    case 'compare':
      return operators.compare(expr.operator, first, second);
    case 'arithmetic':
      return operators.arithmetic(expr.operator, first, second);
    case 'in':
      return operators.isIn(request.entities, first, second);
    case 'is':
      return operators.isType(first, expr.entityType.name);
    case 'has': {
      const path = expr.path.map((name) => name.text);
      return operators.hasPath(request.entities, first, path);
    }
    case 'like':
      return operators.like(operators.likeMatcher(expr.pattern), first);
    case 'attribute':
      return operators.attributeOf(request.entities, first, expr.name.text);
    case 'method':
      return operators.callMethod(request.entities, expr.method, first, second);
    case 'extension':
      return operators.callExtension(expr.function, values);
    case 'set':
      return new CedarSet(values);
    case 'record': {
      const entries = entriesInOrder(expr.entries).map(
        (entry, at) => [entry.name.text, elementAt(values, at)] as const,
      );
      return recordOf(entries);
    }
  }
}

/** Marks, in a set literal that `in` or `contains…` looked into, the element that settled it. */
function withDeciders(
  expr: Expr,
  children: readonly Explained[],
  values: readonly Value[],
  result: Value,
  entities: Entities,
): readonly Explained[] {
  const [left, right] = values;
  if (left === undefined || right === undefined) return children;
  if (expr.kind === 'in') {
    if (result !== true || !(left instanceof EntityUid)) return children;
    return mark(children, 1, (value) => value instanceof EntityUid && entities.isIn(left, value));
  }
  if (expr.kind !== 'method' || !(left instanceof CedarSet)) return children;
  if (expr.method === 'contains' && result === true) {
    return mark(children, 0, (value) => valuesEqual(value, right));
  }
  if (!(right instanceof CedarSet)) return children;
  if (expr.method === 'containsAny' && result === true) {
    const marked = mark(children, 1, (value) => left.has(value));
    return mark(marked, 0, (value) => right.has(value));
  }
  if (expr.method === 'containsAll' && result === false) {
    return mark(children, 1, (value) => !left.has(value));
  }
  return children;
}

function mark(
  children: readonly Explained[],
  index: number,
  decides: (value: Value) => boolean,
): readonly Explained[] {
  return children.map((child, at) => {
    if (at !== index || child.kind !== 'set') return child;
    const decidedBy = child.children.findIndex(
      (element) => element.value !== undefined && decides(element.value),
    );
    return { ...child, decidedBy };
  });
}

function reach(expr: Expr, value: Value, children: readonly Explained[]): Explained {
  return { span: expr.span, kind: expr.kind, reached: true, value, children };
}

/** Reached, but an operand has failed. */
function failed(expr: Expr, children: readonly Explained[]): Explained {
  return { span: expr.span, kind: expr.kind, reached: true, value: undefined, children };
}

/** Failed itself, which ends the policy. */
function failedHere(
  expr: Expr,
  children: readonly Explained[],
  { code, message }: Failure,
  at: Explainer,
): Explained {
  const error = { policyId: at.policyId, code, message, span: expr.span };
  at.error = error;
  return { ...failed(expr, children), error };
}

function unreached(expr: Expr): Explained {
  const children = childrenOf(expr).map(unreached);
  return { span: expr.span, kind: expr.kind, reached: false, value: undefined, children };
}
