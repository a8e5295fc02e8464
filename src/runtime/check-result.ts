import type { KnownFacts } from '../decision/could-allow.ts';
import type { DecisionRecord } from '../decision/record.ts';
import type { Verdict } from '../decision/verdict.ts';

/** What an agent's surroundings ask before they act: the body of `POST /check`. */
export interface CheckInput {
  readonly goal: string;
  readonly success_criteria?: readonly string[];
  readonly constraints?: readonly string[];
  readonly tools?: readonly string[];
  readonly side_effects?: readonly string[];
  readonly context?: Readonly<Record<string, unknown>> | null;
  readonly pro?: boolean;
  readonly policy_pack_version?: string;
  readonly environment?: string;
}

/**
 * What came of a check. There is always a verdict, and ALLOW is never one that nobody reached: whoever looks
 * at `verdict` alone is safe.
 */
export type CheckResult =
  | { readonly decided: true; readonly verdict: Verdict; readonly record: DecisionRecord }
  | Undecided;

/** A check that was not decided: the side effect must not happen. */
export interface Undecided {
  readonly decided: false;
  readonly verdict: 'DENY';
  /** The server's error, such as `QUOTA_EXCEEDED`, or `UNREACHABLE`, `TIMEOUT`, `INVALID_ANSWER`. */
  readonly error: string;
  readonly message: string;
}

/** Decides checks, here or over HTTP. Never rejects. */
export interface Decider {
  readonly check: (input: CheckInput) => Promise<CheckResult>;
  /**
   * `false` when every check like this one would be denied, whatever the facts are that are not known. Only
   * who has the policies at hand can tell.
   */
  readonly couldAllow?: (input: CheckInput, known: KnownFacts) => boolean;
}

export function undecided(error: string, message: string): Undecided {
  return { decided: false, verdict: 'DENY', error, message };
}
