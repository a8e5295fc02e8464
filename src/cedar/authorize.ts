/**
 * The decision. Policies do not see each other: each is satisfied, not satisfied or failed on its own,
 * and all that a request's scope leaves in question are evaluated. Don't short-circuit this: who asks
 * is owed every reason and every error, and an earlier forbid must not hide a later one's.
 */
import type { CompiledPolicy, PolicySet } from './compile.ts';
import type { Entities } from './entities.ts';
import { explainPolicy } from './explain.ts';
import type { PolicyError } from './failure.ts';
import type { Frame } from './frame.ts';
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
  /** Ids of the policies that determined the decision. */
  readonly reasons: readonly string[];
  readonly errors: readonly PolicyError[];
}

/** Plain Cedar: a satisfied forbid denies, else a satisfied permit allows, else nothing does. */
export function authorize(set: PolicySet, request: Request, entities: Entities): Authorization {
  const { satisfied, errors } = evaluate(set, request, entities);
  const holding = satisfied.flatMap((index) => set.policies[index] ?? []);
  const forbids = holding.filter((policy) => policy.effect === 'forbid');
  const decision = forbids.length === 0 && holding.length > 0 ? 'allow' : 'deny';
  const determining = forbids.length > 0 ? forbids : holding;
  return { decision, reasons: determining.map((policy) => policy.id), errors };
}

/** Evaluates every policy whose scope the request meets; the others are not satisfied. */
export function evaluate(set: PolicySet, request: Request, entities: Entities): Evaluation {
  const { principal, action, resource } = request;
  const frame = set.frame.enter(request, entities);
  const satisfied: number[] = [];
  const failed: number[] = [];
  for (const leaf of set.index.find(principal, action, resource, entities)) {
    for (const index of leaf) {
      const policy = set.policies[index];
      const outcome = policy === undefined ? 'unsatisfied' : outcomeOf(policy, frame);
      if (outcome === 'satisfied') satisfied.push(index);
      else if (outcome === 'error') failed.push(index);
    }
  }
  const errors = ordered(failed).flatMap((index) => {
    const policy = set.policies[index];
    return (policy && explainPolicy(policy, frame).error) ?? [];
  });
  return { satisfied: ordered(satisfied), errors };
}

function outcomeOf(policy: CompiledPolicy, frame: Frame): 'satisfied' | 'unsatisfied' | 'error' {
  for (const { evaluate: test, want } of policy.tests) {
    const value = test(frame);
    if (value !== want) return typeof value === 'boolean' ? 'unsatisfied' : 'error';
  }
  return 'satisfied';
}

/** Ascending and each once: a policy that names several actions is found by each. */
function ordered(indexes: number[]): readonly number[] {
  if (indexes.length < 2) return indexes;
  indexes.sort((a, b) => a - b);
  return indexes.filter((index, at) => index !== indexes[at - 1]);
}
