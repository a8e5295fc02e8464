import type { Span } from '../base/span.ts';
import { typeName, type Value } from './value.ts';

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
  | 'wrong_arity'
  | 'extension_error';

/** A failed evaluation, in the place of a value. */
export class Failure {
  readonly code: FailureCode;
  readonly message: string;

  constructor(code: FailureCode, message: string) {
    this.code = code;
    this.message = message;
  }
}

export function fail(code: FailureCode, message: string): Failure {
  return new Failure(code, message);
}

/** What an operand of the wrong type makes; one that has failed itself stays that failure. */
export function typeFailure(expected: string, found: Value | Failure): Failure {
  if (found instanceof Failure) return found;
  return new Failure('type_error', `type error: expected ${expected}, got ${typeName(found)}`);
}

/** A policy that could not be evaluated: which, why, and where in its text. */
export interface PolicyError {
  readonly policyId: string;
  readonly code: FailureCode;
  readonly message: string;
  readonly span: Span;
}
