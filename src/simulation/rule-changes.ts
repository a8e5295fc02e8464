/**
 * Where a rule changed, in both of its texts: the smallest parts of scope, annotations and conditions
 * that differ. This is what links a condition that changed its mind to the lines that made it.
 */
import type { Span } from '../base/span.ts';
import type { Condition, Expr, Policy } from '../cedar/ast.ts';
import { childrenOf, headOf } from '../cedar/intern.ts';
import { printExpr, printPolicy } from '../cedar/print.ts';
import type { Pack } from '../pack/read.ts';

export interface RuleChange {
  readonly ruleId: string;
  readonly part:
    | 'rule'
    | 'effect'
    | 'annotation'
    | 'principal'
    | 'action'
    | 'resource'
    | 'condition';
  /** Of an annotation. */
  readonly name?: string;
  /** Absent on the side that does not have it. */
  readonly before?: Place;
  readonly after?: Place;
}

export interface Place {
  readonly path: string;
  readonly span: Span;
}

/** Every change of every rule, in `after`'s order, then what was removed. Layout alone is none. */
export function ruleChanges(before: Pack, after: Pack): readonly RuleChange[] {
  const [old, now] = [standing(before), standing(after)];
  const changes: RuleChange[] = [];
  for (const [ruleId, { policy, path }] of now) {
    const was = old.get(ruleId);
    if (was === undefined) {
      changes.push({ ruleId, part: 'rule', after: { path, span: policy.span } });
      continue;
    }
    for (const { part, name, from, to } of changesOf(was.policy, policy)) {
      changes.push({
        ruleId,
        part,
        ...(name === undefined ? {} : { name }),
        ...(from === undefined ? {} : { before: { path: was.path, span: from } }),
        ...(to === undefined ? {} : { after: { path, span: to } }),
      });
    }
  }
  for (const [ruleId, { policy, path }] of old) {
    if (!now.has(ruleId)) {
      changes.push({ ruleId, part: 'rule', before: { path, span: policy.span } });
    }
  }
  return changes;
}

interface Standing {
  readonly policy: Policy;
  readonly path: string;
}

function standing({ policies, rules }: Pack): ReadonlyMap<string, Standing> {
  const paths = new Map(rules.map(({ id, path }) => [id, path]));
  return new Map(
    policies.policySet.policies.map(({ id, policy }) => [
      id,
      { policy, path: paths.get(id) ?? '' },
    ]),
  );
}

interface Change {
  readonly part: RuleChange['part'];
  readonly name?: string;
  readonly from?: Span | undefined;
  readonly to?: Span | undefined;
}

function changesOf(from: Policy, to: Policy): readonly Change[] {
  const changes: Change[] = [];
  if (from.effect !== to.effect) changes.push({ part: 'effect', from: from.span, to: to.span });
  changes.push(...annotationChanges(from, to));
  for (const part of ['principal', 'action', 'resource'] as const) {
    const alone = { ...from, annotations: [], conditions: [], effect: to.effect };
    const same = printPolicy({ ...alone, [part]: to[part] }) === printPolicy(alone);
    if (!same) changes.push({ part, from: from[part].span, to: to[part].span });
  }
  const pairs = matched(from.conditions, to.conditions, conditionText);
  if (pairs.length === 0 && conditionsText(from) !== conditionsText(to)) {
    // Only their order differs, which matters where one of them fails.
    return [...changes, { part: 'condition', from: spanOf(from), to: spanOf(to) }];
  }
  for (const { before, after } of pairs) {
    if (before === undefined || after === undefined || before.kind !== after.kind) {
      changes.push({ part: 'condition', from: before?.span, to: after?.span });
    } else {
      changes.push(
        ...expressionChanges(before.body, after.body).map((change): Change => ({
          part: 'condition',
          from: change.from,
          to: change.to,
        })),
      );
    }
  }
  return changes;
}

function annotationChanges(from: Policy, to: Policy): readonly Change[] {
  const was = new Map(from.annotations.map((annotation) => [annotation.name, annotation]));
  const is = new Map(to.annotations.map((annotation) => [annotation.name, annotation]));
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((name) => {
    const [before, after] = [was.get(name), is.get(name)];
    if (before?.value === after?.value && (before === undefined) === (after === undefined)) {
      return [];
    }
    return [{ part: 'annotation', name, from: before?.span, to: after?.span }];
  });
}

/** The smallest expressions that differ, on either side. */
function expressionChanges(from: Expr, to: Expr): readonly Pick<Change, 'from' | 'to'>[] {
  if (printExpr(from) === printExpr(to)) return [];
  const whole = [{ from: from.span, to: to.span }];
  const isChain = from.kind === 'and' || from.kind === 'or' || from.kind === 'set';
  if (from.kind !== to.kind) return whole;
  if (isChain) {
    const changes = matched(childrenOf(from), childrenOf(to), printExpr).flatMap(
      ({ before, after }) =>
        before === undefined || after === undefined
          ? [{ from: before?.span, to: after?.span }]
          : expressionChanges(before, after),
    );
    return changes.length === 0 ? whole : changes;
  }
  const [old, now] = [childrenOf(from), childrenOf(to)];
  if (old.length !== now.length || old.length === 0 || headOf(from) !== headOf(to)) return whole;
  const changes = old.flatMap((child, index) => {
    const other = now[index];
    return other === undefined ? [] : expressionChanges(child, other);
  });
  // Only the order of a record's fields differs, in which they are not evaluated.
  return changes.length === 0 ? whole : changes;
}

function conditionText({ kind, body }: Condition): string {
  return `${kind} ${printExpr(body)}`;
}

function conditionsText({ conditions }: Policy): string {
  return conditions.map(conditionText).join('\n');
}

function spanOf({ conditions, span }: Policy): Span {
  return {
    start: conditions[0]?.span.start ?? span.start,
    end: conditions.at(-1)?.span.end ?? span.end,
  };
}

interface Pair<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** Pairs what differs: what both lists have falls out, the rest is paired in order. */
function matched<T>(
  before: readonly T[],
  after: readonly T[],
  text: (item: T) => string,
): readonly Pair<T>[] {
  const left = new Map<string, number>();
  for (const item of before) left.set(text(item), (left.get(text(item)) ?? 0) + 1);
  const fresh = after.filter((item) => {
    const count = left.get(text(item)) ?? 0;
    if (count > 0) left.set(text(item), count - 1);
    return count === 0;
  });
  const gone = before.filter((item) => {
    const count = left.get(text(item)) ?? 0;
    if (count > 0) left.set(text(item), count - 1);
    return count > 0;
  });
  return Array.from({ length: Math.max(gone.length, fresh.length) }, (_, index) => ({
    before: gone[index],
    after: fresh[index],
  }));
}
