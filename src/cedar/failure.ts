import type { Span } from '../base/span.ts';

/**
 * Why an evaluation failed. The kinds are official Cedar's; the message says it with the values at
 * hand. Failures are values: nothing here is thrown.
 */
export type FailureCode =
  | 'type_error'
  | 'entity_missing'
  | 'attribute_missing'
  | 'tag_missing'
  | 'overflow'
  | 'extension_error';

/** A policy that could not be evaluated: which, why, and where in its text. */
export interface PolicyError {
  readonly policyId: string;
  readonly code: FailureCode;
  readonly message: string;
  readonly span: Span;
}
