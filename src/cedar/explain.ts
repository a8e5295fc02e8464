/**
 * Why each policy holds or does not. This walks the policy's tree with the same operators as the
 * compiled closures, in the same order, and writes down what every expression came to: its value, or
 * why it has none, or that it was never reached. Slower than deciding by far, and done on demand; the
 * decision itself uses it to say where in its text a policy failed.
 */
import type { Span } from '../base/span.ts';
import type { ActionScope, Condition, Effect, ExprKind, PrincipalScope } from './ast.ts';
import type { CompiledPolicy, PolicySet } from './compile.ts';
import type { Entities } from './entities.ts';
import { explainBoolean, explainExpression, type Explainer } from './explain-expression.ts';
import type { PolicyError } from './failure.ts';
import type { Request } from './request.ts';
import type { EntityUid, Value } from './value.ts';

/** What one expression came to. */
export interface Explained {
  readonly span: Span;
  readonly kind: ExprKind;
  /** Whether it was evaluated at all; `&&`, `||`, `if` and earlier conditions can leave it out. */
  readonly reached: boolean;
  /** Its value; `undefined` when it was not reached or failed. */
  readonly value: Value | undefined;
  /** Why it failed, on the expression that failed itself; those around it only have no value. */
  readonly error?: PolicyError;
  /**
   * Index in `children` of the operand that settled the value: the false operand of `&&`, the true one
   * of `||`, the branch that `if` took, the element of a set literal that `in` or `contains…` found
   * (or, for `containsAll`, missed). Absent when all operands were needed.
   */
  readonly decidedBy?: number;
  readonly children: readonly Explained[];
}

export interface ExplainedCondition {
  readonly kind: 'when' | 'unless';
  /** What the body came to: an `unless` holds when that is false. */
  readonly outcome: boolean | 'error' | 'not-reached';
  readonly body: Explained;
}

export interface PolicyExplanation {
  readonly policyId: string;
  readonly effect: Effect;
  readonly outcome: 'satisfied' | 'unsatisfied' | 'error';
  readonly error?: PolicyError;
  /** Whether each part of the scope matches. Conditions are reached only when all three do. */
  readonly scope: {
    readonly principal: boolean;
    readonly action: boolean;
    readonly resource: boolean;
  };
  readonly conditions: readonly ExplainedCondition[];
}

/** Why each policy of the set holds or does not, condition by condition, in the order of the set. */
export function explain(
  set: PolicySet,
  request: Request,
  entities: Entities,
): readonly PolicyExplanation[] {
  const at = { ...request, entities };
  return set.policies.map((policy) => explainPolicy(policy, at));
}

/** Why one policy holds or does not. */
export function explainPolicy(
  { id, effect, policy }: CompiledPolicy,
  at: Request & { readonly entities: Entities },
): PolicyExplanation {
  const scope = {
    principal: scopeMatches(policy.principal, at.principal, at.entities),
    action: actionMatches(policy.action, at.action, at.entities),
    resource: scopeMatches(policy.resource, at.resource, at.entities),
  };
  const explainer = { request: at, policyId: id, error: undefined };
  let holds = scope.principal && scope.action && scope.resource;
  const conditions = policy.conditions.map((condition) => {
    const explained = explainCondition(condition, explainer, holds);
    holds &&= explained.outcome === (condition.kind === 'when');
    return explained;
  });
  const { error } = explainer;
  if (error !== undefined)
    return { policyId: id, effect, outcome: 'error', error, scope, conditions };
  return { policyId: id, effect, outcome: holds ? 'satisfied' : 'unsatisfied', scope, conditions };
}

function explainCondition(
  { kind, body }: Condition,
  explainer: Explainer,
  reached: boolean,
): ExplainedCondition {
  if (!reached) {
    return { kind, outcome: 'not-reached', body: explainExpression(body, explainer, false) };
  }
  const explained = explainBoolean(body, explainer, true);
  const { value } = explained;
  return { kind, outcome: typeof value === 'boolean' ? value : 'error', body: explained };
}

function scopeMatches(scope: PrincipalScope, uid: EntityUid, entities: Entities): boolean {
  if (scope.kind === 'any') return true;
  if (scope.kind === 'is') return uid.type === scope.entityType.name;
  if (scope.entity.kind === 'slot') return false;
  if (scope.kind === 'equal') return uid.equals(scope.entity.uid);
  if (scope.kind === 'is-in' && uid.type !== scope.entityType.name) return false;
  return entities.isIn(uid, scope.entity.uid);
}

function actionMatches(scope: ActionScope, uid: EntityUid, entities: Entities): boolean {
  switch (scope.kind) {
    case 'any':
      return true;
    case 'equal':
      return uid.equals(scope.entity.uid);
    case 'in':
      return entities.isIn(uid, scope.entity.uid);
    case 'in-any':
      return scope.entities.some((entity) => entities.isIn(uid, entity.uid));
  }
}
