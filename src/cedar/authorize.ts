/**
 * The decision. Policies do not see each other: each is satisfied, not satisfied or failed on its own,
 * and all that a request's scope leaves in question are evaluated. Don't short-circuit this: who asks
 * is owed every reason and every error, and an earlier forbid must not hide a later one's.
 */
import { elementAt } from '../base/element.ts';
import type { Effect } from './ast.ts';
import type { CompiledPolicy, PolicySet } from './compile.ts';
import type { Entities } from './entities.ts';
import { explainPolicy } from './explain.ts';
import type { PolicyError } from './failure.ts';
import { inOrder, run, type Rule } from './program.ts';
import type { Request } from './request.ts';

export type { Request } from './request.ts';

/** What every policy came to. */
export interface Evaluation {
  /** Indexes into `set.policies` of the satisfied policies, ascending. */
  readonly satisfied: readonly number[];
  /** The policies that could not be evaluated, in the order of the set. */
  readonly errors: readonly PolicyError[];
}

export interface Authorization {
  readonly decision: 'allow' | 'deny';
  /** Ids of the policies that determined the decision, in the order of the set. */
  readonly reasons: readonly string[];
  readonly errors: readonly PolicyError[];
}

const NO_ERRORS: readonly PolicyError[] = [];

/** Plain Cedar: a satisfied forbid denies, else a satisfied permit allows, else nothing does. */
export function authorize(set: PolicySet, request: Request, entities: Entities): Authorization {
  const errors = runAll(set, request, entities);
  const { rules, count } = set.satisfied;
  let effect: Effect = 'permit';
  for (let at = 0; at < count; at++) {
    if (elementAt(rules, at).policy.effect === 'forbid') effect = 'forbid';
  }
  const reasons: string[] = [];
  for (let at = 0; at < count; at++) {
    const { policy } = elementAt(rules, at);
    if (policy.effect === effect) reasons.push(policy.id);
  }
  const decision = effect === 'permit' && count > 0 ? 'allow' : 'deny';
  return { decision, reasons, errors };
}

/** Evaluates every policy whose scope the request meets; the others are not satisfied. */
export function evaluate(set: PolicySet, request: Request, entities: Entities): Evaluation {
  const errors = runAll(set, request, entities);
  const { rules, count } = set.satisfied;
  const satisfied: number[] = [];
  for (let at = 0; at < count; at++) satisfied.push(elementAt(rules, at).index);
  return { satisfied, errors };
}

/** Leaves in `set.satisfied` the rules that hold; which could not be evaluated, it returns. */
function runAll(set: PolicySet, request: Request, entities: Entities): readonly PolicyError[] {
  const { frame, index, found, satisfied } = set;
  frame.enter(request, entities);
  index.find(frame, found);
  satisfied.count = 0;
  let failed: Rule[] | undefined;
  for (let at = 0; at < found.count; at++) {
    for (const rule of elementAt(found.leaves, at).rules) {
      const holds = run(rule.first, frame);
      if (holds === true) satisfied.rules[satisfied.count++] = rule;
      else if (holds !== false) (failed ??= []).push(rule);
    }
  }
  satisfied.count = inOrder(satisfied.rules, satisfied.count);
  return failed === undefined ? NO_ERRORS : errorsOf(failed, request, entities);
}

function errorsOf(failed: Rule[], request: Request, entities: Entities): readonly PolicyError[] {
  const count = inOrder(failed, failed.length);
  return failed.slice(0, count).map(({ policy }) => {
    const { error } = explainPolicy(policy, { ...request, entities });
    return error ?? unexplained(policy);
  });
}

/** An error counts even if the explanation should not find it: a forbid that failed must be known. */
function unexplained({ id, policy }: CompiledPolicy): PolicyError {
  const message = 'this policy could not be evaluated';
  return { policyId: id, code: 'type_error', message, span: policy.span };
}
