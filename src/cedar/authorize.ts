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
import { outcomeOf, type Rule } from './program.ts';
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
  const { satisfied, errors } = evaluate(set, request, entities);
  let effect: Effect = 'permit';
  for (const index of satisfied) if (set.policies[index]?.effect === 'forbid') effect = 'forbid';
  const reasons: string[] = [];
  for (const index of satisfied) {
    const policy = set.policies[index];
    if (policy?.effect === effect) reasons.push(policy.id);
  }
  return {
    decision: effect === 'permit' && reasons.length > 0 ? 'allow' : 'deny',
    reasons,
    errors,
  };
}

/** Evaluates every policy whose scope the request meets; the others are not satisfied. */
export function evaluate(set: PolicySet, request: Request, entities: Entities): Evaluation {
  const { frame, found, gathered } = set;
  frame.enter(request, entities);
  set.index.find(frame, found);
  let count = 0;
  let failed: Rule[] | undefined;
  for (let at = 0; at < found.count; at++) {
    for (const rule of elementAt(found.leaves, at)) {
      const outcome = outcomeOf(rule, frame);
      if (outcome === 'satisfied') gathered[count++] = rule.index;
      else if (outcome === 'error') (failed ??= []).push(rule);
    }
  }
  const errors = failed === undefined ? NO_ERRORS : errorsOf(failed, request, entities);
  return { satisfied: ordered(gathered.slice(0, count)), errors };
}

function errorsOf(
  failed: readonly Rule[],
  request: Request,
  entities: Entities,
): readonly PolicyError[] {
  const inOrder = [...new Set(failed)].toSorted((a, b) => a.index - b.index);
  return inOrder.map(({ policy }) => {
    const { error } = explainPolicy(policy, { ...request, entities });
    return error ?? unexplained(policy);
  });
}

/** An error counts even if the explanation should not find it: a forbid that failed must be known. */
function unexplained({ id, policy }: CompiledPolicy): PolicyError {
  const message = 'this policy could not be evaluated';
  return { policyId: id, code: 'type_error', message, span: policy.span };
}

/** Ascending and each once: a policy that names several actions is found by each. */
function ordered(indexes: number[]): readonly number[] {
  let last = -1;
  for (const index of indexes) {
    if (index <= last) return [...new Set(indexes)].toSorted((a, b) => a - b);
    last = index;
  }
  return indexes;
}
