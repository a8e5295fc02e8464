import type { PolicySet } from './compile.ts';
import type { Entities } from './entities.ts';
import type { PolicyError } from './failure.ts';
import type { CedarRecord, EntityUid } from './value.ts';

export interface Request {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context: CedarRecord;
}

/** What every policy came to: no policy's outcome depends on another's. */
export interface Evaluation {
  /** Indexes into `set.policies` of the satisfied policies, in order. */
  readonly satisfied: readonly number[];
  /** The policies that could not be evaluated, in order. */
  readonly errors: readonly PolicyError[];
}

export interface Authorization {
  readonly decision: 'allow' | 'deny';
  /** Ids of the policies that determined the decision. */
  readonly reasons: readonly string[];
  readonly errors: readonly PolicyError[];
}

/** Evaluates every policy that the request's scope leaves in question. */
export function evaluate(_set: PolicySet, _request: Request, _entities: Entities): Evaluation {
  return { satisfied: [], errors: [] };
}

/** Plain Cedar: a satisfied forbid denies, else a satisfied permit allows, else nothing does. */
export function authorize(set: PolicySet, request: Request, entities: Entities): Authorization {
  const { errors } = evaluate(set, request, entities);
  return { decision: 'deny', reasons: [], errors };
}
