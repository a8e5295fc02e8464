import type { Span } from '../base/span.ts';

export type SyntaxIssueCode =
  | 'unexpected_token'
  | 'unexpected_end'
  | 'invalid_character'
  | 'invalid_escape'
  | 'unterminated_string'
  | 'integer_out_of_range'
  | 'reserved_identifier'
  | 'duplicate_annotation'
  | 'duplicate_key'
  | 'invalid_scope'
  | 'unknown_function'
  | 'unknown_method'
  | 'wrong_arity'
  | 'unknown_variable'
  | 'empty_condition'
  | 'slot_in_condition'
  | 'chained_comparison'
  | 'unsupported_operator'
  | 'too_many_unary_operators'
  | 'too_deep'
  | 'text_too_large'
  | 'too_many_policies'
  | 'too_many_issues';

/** One thing wrong with a text: what was found there, and what could have stood there instead. */
export interface SyntaxIssue {
  readonly code: SyntaxIssueCode;
  readonly message: string;
  readonly span: Span;
  readonly found?: string;
  readonly expected?: readonly string[];
}
