import { err, type Result } from '../base/result.ts';
import type { Span } from '../base/span.ts';
import type { Effect, Policy } from './ast.ts';

export interface NamedPolicy {
  readonly id: string;
  readonly policy: Policy;
}

export interface CompiledPolicy {
  readonly id: string;
  readonly effect: Effect;
  readonly annotations: ReadonlyMap<string, string>;
  readonly policy: Policy;
}

export interface CompileProblem {
  readonly code: 'duplicate_id' | 'template_not_linked' | 'too_many_policies';
  readonly message: string;
  readonly policyId: string;
  readonly span: Span;
}

export class PolicySet {
  readonly policies: readonly CompiledPolicy[];

  constructor(policies: readonly CompiledPolicy[]) {
    this.policies = policies;
  }
}

/** Compiles policies to closures and indexes them by scope. Ids must be unique. */
export function compilePolicies(
  list: readonly NamedPolicy[],
): Result<PolicySet, readonly CompileProblem[]> {
  return err(
    list.map(({ id, policy }) => ({
      code: 'duplicate_id',
      message: '',
      policyId: id,
      span: policy.span,
    })),
  );
}
