/**
 * What this engine accepts. Everything that grows with its input is bounded here, so that hostile text
 * is refused with a clear error in bounded time and no walk can overflow the stack.
 */

/** UTF-16 code units of one policy text. */
export const MAX_TEXT = 4_000_000;
/** Height of an expression: nested parentheses, operands, members. Chains of `&&` and `||` count as one. */
export const MAX_DEPTH = 200;
/** Policies in one set. */
export const MAX_POLICIES = 100_000;
/** Syntax errors reported for one text; past that, reading stops. */
export const MAX_ISSUES = 100;
/** Unary operators in a row, official Cedar's own limit. */
export const MAX_UNARY = 4;
