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
  const { program } = set;
  program.enter(request, entities);
  set.index.find(program.frame, program.leaves);
  const satisfied: number[] = [];
  let failed: number[] | undefined;
  for (const leaf of program.leaves) {
    for (const policy of leaf) {
      const outcome = program.run(policy);
      if (outcome === 'satisfied') satisfied.push(policy);
      else if (outcome === 'error') (failed ??= []).push(policy);
    }
  }
  return {
    satisfied: ordered(satisfied),
    errors: failed === undefined ? NO_ERRORS : errorsOf(set, ordered(failed), request, entities),
  };
}

function errorsOf(
  set: PolicySet,
  failed: readonly number[],
  request: Request,
  entities: Entities,
): readonly PolicyError[] {
  return failed.map((index) => {
    const policy = elementAt(set.policies, index);
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
