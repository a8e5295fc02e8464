import type { ProblemSeverity } from '../problem.ts';

/** A pack, and what one lint rule says about it. */
export interface LintCase {
  readonly name: string;
  /** One rule more, in a file of its own, or files changed. */
  readonly rule?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** The text that is underlined; absent for a near miss. */
  readonly hit?: string;
  readonly severity?: ProblemSeverity;
  /** Title of the first fix. */
  readonly fix?: string;
}

const scope = '(principal, action == Action::"payout", resource)';
export const forbid = (body: string, notes = '@id("x")\n@issue("X")'): string =>
  `${notes}\nforbid ${scope}\n${body};`;
export const permit = (body: string, notes = '@id("x")'): string =>
  `${notes}\npermit ${scope}\n${body};`;

export type LintCases = Readonly<Record<string, readonly LintCase[]>>;
