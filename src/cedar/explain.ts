import type { Span } from '../base/span.ts';
import type { Effect, ExprKind } from './ast.ts';
import type { Request } from './authorize.ts';
import type { PolicySet } from './compile.ts';
import type { Entities } from './entities.ts';
import type { PolicyError } from './failure.ts';
import type { Value } from './value.ts';

/** What one expression came to. */
export interface Explained {
  readonly span: Span;
  readonly kind: ExprKind;
  /** Whether it was evaluated at all; `&&`, `||`, `if` and earlier conditions can leave it out. */
  readonly reached: boolean;
  /** Its value; absent when it was not reached or failed. */
  readonly value: Value | undefined;
  /** Why it failed, on the expression that failed itself; those around it only have no value. */
  readonly error?: PolicyError;
  /** Index in `children` of the operand that settled the value. */
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
  readonly scope: {
    readonly principal: boolean;
    readonly action: boolean;
    readonly resource: boolean;
  };
  readonly conditions: readonly ExplainedCondition[];
}

/** Why each policy of the set holds or does not, condition by condition. */
export function explain(
  _set: PolicySet,
  _request: Request,
  _entities: Entities,
): readonly PolicyExplanation[] {
  return [];
}
