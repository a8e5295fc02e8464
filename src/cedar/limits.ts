/**
 * What this engine accepts. Everything that grows with its input is bounded here, so that hostile text
 * is refused with a clear error in bounded time and no walk can overflow the stack. Evaluation needs no
 * limit of its own: conditions have no loops, so its time is bounded by their size and the request's.
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

/** The same of a schema's text; `depth`: types inside one another. */
export const SCHEMA_LIMITS = { length: 4_000_000, depth: 100, issues: 100 } as const;

/**
 * Of JSON, unless who reads it sets narrower ones: code units of the text, arrays and objects inside one
 * another (as in serde_json, which official Cedar reads JSON with), and values of any kind, each element
 * and member counted.
 */
export const JSON_LIMITS = { length: 16_000_000, depth: 127, count: 2_000_000 } as const;
