/**
 * Whether a tool could ever be allowed, when only some facts about its calls are known: what a host shows to
 * a model in the first place.
 *
 * Each policy is evaluated with the facts that are known, and where a condition asks for one that is not,
 * the answer is taken that speaks for the tool: a rule that denies holds only if it holds whatever the
 * unknown is, a permit holds if it holds for any. So `false` is certain, and `true` may still be denied.
 */
import type { Condition, Expr, Policy, PrincipalScope } from '../cedar/ast.ts';
import { evaluate } from '../cedar/authorize.ts';
import { compilePolicies, type NamedPolicy } from '../cedar/compile.ts';
import { isConnective } from '../cedar/connective.ts';
import type { Check } from './check.ts';
import { mapCheck } from './map.ts';
import type { DecisionPolicies } from './policies.ts';

/** What is the same in every call of the tool. */
export interface KnownFacts {
  /** Names of facts in the check's context; all others are unknown. */
  readonly facts: ReadonlySet<string>;
  /** Whether the environment is that of the check. */
  readonly environment: boolean;
}

/** Derived from the check itself, so the same in every call. */
const DERIVED: ReadonlySet<string> = new Set([
  'constraints',
  'limits',
  'side_effects',
  'success_criteria',
  'tools',
]);

/** `false` when every call of the tools of this check would be denied. */
export function couldAllow(policies: DecisionPolicies, check: Check, known: KnownFacts): boolean {
  const mapped = mapCheck(policies, check, 0);
  if (!mapped.ok) return true;
  const { facts } = known;
  const names: Names = {
    context: (name) => facts.has(name) || DERIVED.has(name),
    // An agent's rights come from its role; one without may get one.
    principal: facts.has('actor_role') || facts.has('user_role'),
    resource: known.environment,
  };
  const certain: NamedPolicy[] = [];
  for (const [at, { id, policy }] of policies.policySet.policies.entries()) {
    const standing = policies.rules[at]?.standing;
    if (standing === 'defers') continue;
    const read = policy.effect === 'forbid' ? surely(policy, names) : possibly(policy, names);
    if (read !== undefined) certain.push({ id, policy: read });
  }
  const set = compilePolicies(certain);
  if (!set.ok) return true;
  return mapped.value.tools.every(({ request, entities }) => {
    const { satisfied, errors } = evaluate(set.value, request, entities);
    const failed = new Set(errors.map(({ policyId }) => policyId));
    const holds = satisfied.map((index) => set.value.policies[index]);
    if (holds.some((policy) => policy?.effect === 'forbid')) return false;
    if (certain.some(({ id, policy }) => policy.effect === 'forbid' && failed.has(id)))
      return false;
    return holds.some((policy) => policy?.effect === 'permit');
  });
}

interface Names {
  readonly context: (name: string) => boolean;
  readonly principal: boolean;
  readonly resource: boolean;
}

/** The forbid as far as it is certain; `undefined` when nothing about it is. */
function surely(policy: Policy, names: Names): Policy | undefined {
  if (!names.principal && policy.principal.kind !== 'any') return undefined;
  if (!names.resource && policy.resource.kind !== 'any') return undefined;
  return withConditions(policy, names, false);
}

/** The permit with everything that is uncertain taken for given. */
function possibly(policy: Policy, names: Names): Policy {
  const open = (scope: PrincipalScope, given: boolean): PrincipalScope =>
    given ? scope : { kind: 'any', span: scope.span };
  return {
    ...withConditions(policy, names, true),
    principal: open(policy.principal, names.principal),
    resource: open(policy.resource, names.resource),
  };
}

function withConditions(policy: Policy, names: Names, unknown: boolean): Policy {
  const conditions = policy.conditions.map((condition): Condition => {
    // What stands in `unless` speaks the other way round.
    const value = condition.kind === 'when' ? unknown : !unknown;
    return { ...condition, body: bound(condition.body, names, value) };
  });
  return { ...policy, conditions };
}

/** The expression, with `unknown` in place of every part of it that cannot be known. */
function bound(expr: Expr, names: Names, unknown: boolean): Expr {
  if (isKnown(expr, names)) return expr;
  if (!isConnective(expr)) return { kind: 'literal', value: unknown, span: expr.span };
  switch (expr.kind) {
    case 'not':
      return { ...expr, operand: bound(expr.operand, names, !unknown) };
    case 'and':
    case 'or':
      return { ...expr, operands: expr.operands.map((one) => bound(one, names, unknown)) };
    case 'if': {
      const consequent = bound(expr.consequent, names, unknown);
      const alternative = bound(expr.alternative, names, unknown);
      if (isKnown(expr.condition, names)) return { ...expr, consequent, alternative };
      // Either may come: both must hold, or one of them.
      return { kind: unknown ? 'or' : 'and', operands: [consequent, alternative], span: expr.span };
    }
  }
}

/** Whether everything that the expression asks for is known. */
function isKnown(expr: Expr, names: Names): boolean {
  const known = (part: Expr): boolean => isKnown(part, names);
  switch (expr.kind) {
    case 'literal':
    case 'entity':
      return true;
    case 'variable':
      return expr.name === 'action' || (expr.name !== 'context' && names[expr.name]);
    case 'attribute':
      return isContext(expr.subject) ? names.context(expr.name.text) : known(expr.subject);
    case 'has':
      return isContext(expr.subject)
        ? names.context(expr.path[0]?.text ?? '')
        : known(expr.subject);
    case 'not':
    case 'negate':
      return known(expr.operand);
    case 'and':
    case 'or':
      return expr.operands.every(known);
    case 'if':
      return [expr.condition, expr.consequent, expr.alternative].every(known);
    case 'compare':
    case 'arithmetic':
    case 'in':
      return known(expr.left) && known(expr.right);
    case 'is':
      return known(expr.subject) && (expr.ancestor === undefined || known(expr.ancestor));
    case 'like':
      return known(expr.subject);
    case 'method':
      return known(expr.subject) && expr.args.every(known);
    case 'extension':
      return expr.args.every(known);
    case 'set':
      return expr.elements.every(known);
    case 'record':
      return expr.entries.every(({ value }) => known(value));
  }
}

function isContext(expr: Expr): boolean {
  return expr.kind === 'variable' && expr.name === 'context';
}
