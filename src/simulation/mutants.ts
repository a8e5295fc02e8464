/**
 * Small mistakes that an author could make in a rule and the official validator would not refuse: a
 * condition forgotten, an operator turned round, a limit off by one, a scope too wide, a rule lost, a DENY
 * that only asks or the other way round. Scenarios that pass for all that were written for something else.
 */
import { elementAt } from '../base/element.ts';
import type { Span } from '../base/span.ts';
import type { BuiltinMethod, ComparisonOperator, Condition, Expr, Policy } from '../cedar/ast.ts';
import { childrenOf } from '../cedar/intern.ts';
import { printExpr } from '../cedar/print.ts';
import { AGENT, ENVIRONMENT } from '../decision/policies.ts';
import { booleanOperands } from './branches.ts';
import { guardsOf, type Required } from './guards.ts';
import { beside, swappedCall } from './mutated-leaf.ts';
import { rebuilt } from './rebuilt.ts';
import { NEGATED } from './solve/values.ts';

export type MutantKind = 'drop' | 'flip' | 'boundary' | 'widen' | 'remove' | 'defer' | 'deny';

export interface Mutant {
  /** Names it within its pack as long as the rule says the same. */
  readonly key: string;
  readonly ruleId: string;
  readonly kind: MutantKind;
  /** What the mistake is: ``without `context has approved_by` ``. */
  readonly what: string;
  /** What it changes, in the rule's file. */
  readonly span: Span;
  /** The text that stands there with the mistake in it; empty: nothing. */
  readonly after: string;
  /** The rule with the mistake in it; absent when the rule is gone. */
  readonly policy: Policy | undefined;
}

/** All mutants of one rule, in the order of its text. */
export function mutantsOf(ruleId: string, policy: Policy, required?: Required): readonly Mutant[] {
  const { sound, redundant } = guardsOf(policy, required);
  const mutants: Mutant[] = [];
  const keys = new Map<string, number>();
  const add = (
    kind: MutantKind,
    what: string,
    { span, after }: Pick<Mutant, 'span' | 'after'>,
    mutated: Policy | undefined,
  ): void => {
    // A rule that reads a fact without asking whether it is there: the validator refuses it.
    if (mutated !== undefined && sound && !guardsOf(mutated, required).sound) return;
    const base = `${ruleId}: ${what}`;
    const count = (keys.get(base) ?? 0) + 1;
    keys.set(base, count);
    const key = count === 1 ? base : `${base} (${count})`;
    mutants.push({ key, ruleId, kind, what, span, after, policy: mutated });
  };
  add('remove', 'without the rule', { span: policy.span, after: '' }, undefined);
  const said = policy.annotations.find(({ name }) => name === 'verdict');
  if (policy.effect === 'forbid' && said === undefined) {
    const verdict = { name: 'verdict', value: 'DEFER', span: policy.span, valueSpan: policy.span };
    const annotations = [...policy.annotations, verdict];
    const { start } = policy.span;
    const place = { span: { start, end: start }, after: '@verdict("DEFER")\n' };
    add('defer', 'DEFER instead of DENY', place, { ...policy, annotations });
  }
  if (policy.effect === 'forbid' && said !== undefined) {
    const annotations = policy.annotations.filter(({ name }) => name !== 'verdict');
    const place = { span: said.span, after: '' };
    add('deny', 'DENY instead of DEFER', place, { ...policy, annotations });
  }
  for (const part of ['principal', 'action', 'resource'] as const) {
    const scope = policy[part];
    if (scope.kind === 'any') continue;
    // Every principal is an agent, and every resource an environment.
    if (scope.kind === 'is' && [AGENT, ENVIRONMENT].includes(scope.entityType.name)) continue;
    const open = { kind: 'any', span: scope.span } as const;
    const place = { span: scope.span, after: part };
    add('widen', `any ${part}`, place, { ...policy, [part]: open });
  }
  for (const [index, condition] of policy.conditions.entries()) {
    const others = policy.conditions.toSpliced(index, 1);
    const text = conditionText(condition);
    const gone = { span: condition.span, after: '' };
    add('drop', `without \`${text}\``, gone, { ...policy, conditions: others });
    const other = condition.kind === 'when' ? 'unless' : 'when';
    const turned = { ...condition, kind: other } as const;
    const reversed = { span: condition.span, after: conditionText(turned) };
    add('flip', `\`${other}\` instead of \`${text}\``, reversed, {
      ...policy,
      conditions: policy.conditions.with(index, turned),
    });
    for (const { kind, what, expr, ...place } of mutations(condition.body, redundant)) {
      const conditions = policy.conditions.with(index, { ...condition, body: expr });
      add(kind, what, place, { ...policy, conditions });
    }
  }
  return mutants;
}

interface MutationPlace {
  readonly isRoot: boolean;
  /** Whether a boolean has to stand here. */
  readonly isBoolean: boolean;
  readonly underNot: boolean;
}

interface Mutation {
  readonly kind: MutantKind;
  readonly what: string;
  readonly span: Span;
  readonly after: string;
  readonly expr: Expr;
}

/** Every expression that differs from this one by one mistake. */
function mutations(
  expr: Expr,
  redundant: ReadonlySet<Expr>,
  place: MutationPlace = { isRoot: true, isBoolean: true, underNot: false },
): readonly Mutation[] {
  const here = ownMutations(expr, redundant, place);
  const booleans = booleanOperands(expr);
  const inside = childrenOf(expr).flatMap((child, index) =>
    mutations(child, redundant, {
      isRoot: false,
      isBoolean: booleans.includes(child),
      underNot: expr.kind === 'not',
    }).map(({ kind, what, span, after, expr: mutated }) => ({
      kind,
      what,
      span,
      after,
      expr: rebuilt(expr, index, mutated),
    })),
  );
  return [...here, ...inside];
}

function ownMutations(
  expr: Expr,
  redundant: ReadonlySet<Expr>,
  { isRoot, isBoolean, underNot }: MutationPlace,
): readonly Mutation[] {
  const text = printExpr(expr);
  const becomes = (kind: MutantKind, mutated: Expr): Mutation => ({
    kind,
    what: `\`${text}\` becomes \`${printExpr(mutated)}\``,
    span: expr.span,
    after: textInPlace(expr, mutated, isRoot),
    expr: mutated,
  });
  const negated = (): readonly Mutation[] =>
    underNot || !isBoolean
      ? []
      : [becomes('flip', { kind: 'not', operand: expr, span: expr.span })];
  switch (expr.kind) {
    case 'and':
    case 'or': {
      const drops = expr.operands.flatMap((operand, index): Mutation | readonly Mutation[] => {
        // What is always true where it stands is not missed.
        if (redundant.has(operand)) return [];
        const operands = expr.operands.toSpliced(index, 1);
        const [only] = operands;
        const left = operands.length === 1 && only !== undefined ? only : { ...expr, operands };
        const what = `without \`${printExpr(operand)}\``;
        return {
          kind: 'drop',
          what,
          span: withConnective(expr.operands, index),
          after: '',
          expr: left,
        };
      });
      const other = expr.kind === 'and' ? 'or' : 'and';
      return [becomes('flip', { ...expr, kind: other }), ...drops];
    }
    case 'not':
      return [becomes('flip', expr.operand)];
    case 'compare':
      return [
        becomes('flip', { ...expr, operator: NEGATED[expr.operator] }),
        ...boundaries(expr, becomes),
      ];
    case 'method': {
      const other = SWAPPED.get(expr.method);
      const swap = other === undefined || sameForOne(expr) ? [] : [{ ...expr, method: other }];
      return [...swap.map((mutated) => becomes('flip', mutated)), ...negated()];
    }
    case 'extension': {
      const swapped = swappedCall(expr);
      if (swapped === undefined) return [];
      const edge = swapped.edge.map((mutated) => becomes('boundary', mutated));
      return [becomes('flip', swapped.negated), ...edge];
    }
    case 'has':
    case 'like':
    case 'in':
    case 'is':
    case 'attribute':
      return negated();
    case 'literal':
    case 'entity':
    case 'variable':
    case 'negate':
    case 'arithmetic':
    case 'if':
    case 'set':
    case 'record':
      return [];
  }
}

/** The mutated text as it has to stand in the place of the other, in parentheses where it needs them. */
function textInPlace(expr: Expr, mutated: Expr, isRoot: boolean): string {
  const text = printExpr(mutated);
  const [first] = childrenOf(expr);
  const isPrefix = expr.kind === 'not' || expr.kind === 'extension';
  const hasParentheses = !isPrefix && first !== undefined && first.span.start > expr.span.start;
  const isLoose = mutated.kind === 'and' || mutated.kind === 'or' || mutated.kind === 'if';
  return hasParentheses || (isLoose && !isRoot) ? `(${text})` : text;
}

/** An operand of a chain with the `&&` or `||` that goes with it. */
function withConnective(operands: readonly Expr[], index: number): Span {
  const { start, end } = elementAt(operands, index).span;
  const before = operands[index - 1];
  if (before !== undefined) return { start: before.span.end, end };
  return { start, end: operands[index + 1]?.span.start ?? end };
}

const SWAPPED: ReadonlyMap<BuiltinMethod, BuiltinMethod> = new Map([
  ['containsAny', 'containsAll'],
  ['containsAll', 'containsAny'],
]);

const EDGE: Readonly<Partial<Record<ComparisonOperator, ComparisonOperator>>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
};

/** One more and one less of a constant; where there is none, the boundary itself in or out. */
function boundaries(
  expr: Extract<Expr, { kind: 'compare' }>,
  becomes: (kind: MutantKind, mutated: Expr) => Mutation,
): readonly Mutation[] {
  const operator = EDGE[expr.operator];
  const moved = (['left', 'right'] as const).flatMap((side) =>
    beside(expr[side]).map((constant) => becomes('boundary', { ...expr, [side]: constant })),
  );
  if (moved.length > 0) return moved;
  return operator === undefined ? [] : [becomes('boundary', { ...expr, operator })];
}

/** Any and all of a list of one are the same. */
function sameForOne({ args }: Extract<Expr, { kind: 'method' }>): boolean {
  const [arg] = args;
  return arg?.kind === 'set' && arg.elements.length === 1;
}

function conditionText({ kind, body }: Condition): string {
  return `${kind} { ${printExpr(body)} }`;
}
