import type { PolicyError } from '../cedar/failure.ts';
import type { Rule, Severity, Standing } from './rules.ts';

/** One thing found about one tool's request: a satisfied rule, a failed one, or a notice of the engine. */
export interface Finding {
  readonly standing: Standing;
  /** The policy behind it; absent when the engine itself found it. */
  readonly rule?: Rule;
  readonly issue?: FoundIssue;
  readonly question?: string;
}

export interface FoundIssue {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** Beside `policy` and `tool`: what the issue is about. */
  readonly details?: Readonly<Record<string, string>>;
}

/** Issues that come from the engine and not from a policy's annotations. */
export type EngineIssueCode =
  | 'CONSTRAINT_MALFORMED'
  | 'CONTEXT_DOUBTED'
  | 'CONTEXT_MALFORMED'
  | 'CONTEXT_MISSING'
  | 'INTERNAL_ERROR'
  | 'NOT_PERMITTED'
  | 'POLICY_ERROR'
  | 'RISK_THRESHOLD_EXCEEDED'
  | 'TOOL_NAME_RESERVED';

interface EngineIssue {
  readonly standing: Standing;
  readonly severity: Severity;
  readonly message: string;
}

const ENGINE_ISSUES: Readonly<Record<EngineIssueCode, EngineIssue>> = {
  CONSTRAINT_MALFORMED: {
    standing: 'defers',
    severity: 'MEDIUM',
    message: 'A constraint cannot be read.',
  },
  CONTEXT_DOUBTED: {
    standing: 'defers',
    severity: 'MEDIUM',
    message: 'A fact in the context contradicts what was said before.',
  },
  CONTEXT_MALFORMED: {
    standing: 'defers',
    severity: 'MEDIUM',
    message: 'A fact in the context cannot be read.',
  },
  CONTEXT_MISSING: {
    standing: 'denies',
    severity: 'HIGH',
    message: 'A fact that the rules need is missing from the context.',
  },
  INTERNAL_ERROR: {
    standing: 'denies',
    severity: 'CRITICAL',
    message: 'The engine failed on this check; nothing was decided.',
  },
  NOT_PERMITTED: { standing: 'denies', severity: 'HIGH', message: 'No rule permits this.' },
  POLICY_ERROR: {
    standing: 'denies',
    severity: 'CRITICAL',
    message: 'A rule could not be evaluated.',
  },
  RISK_THRESHOLD_EXCEEDED: {
    standing: 'denies',
    severity: 'HIGH',
    message: 'The risks of this add up to more than the pack allows.',
  },
  TOOL_NAME_RESERVED: {
    standing: 'denies',
    severity: 'HIGH',
    message: 'This names a group of actions and not a tool.',
  },
};

/** A finding of the engine. `about` says it more exactly than the code's own message. */
export function engineFinding(code: EngineIssueCode, about: Partial<FoundIssue> = {}): Finding {
  const { standing, severity, message } = ENGINE_ISSUES[code];
  return { standing, issue: { severity, message, ...about, code } };
}

/** What a satisfied rule contributes. */
export function findingOf(rule: Rule): Finding {
  const { standing, issue, question } = rule;
  if (issue === undefined) {
    return question === undefined ? { standing, rule } : { standing, rule, question };
  }
  return question === undefined ? { standing, rule, issue } : { standing, rule, issue, question };
}

/**
 * A forbid that failed: it counts as satisfied and denies, even where it would only have deferred. Its own
 * issue and question are left out, since nobody knows whether they apply.
 */
export function policyFailed(rule: Rule, failure: PolicyError): Finding {
  const message = `The rule ${rule.id} could not be evaluated: ${failure.message}`;
  const details = { error: failure.code };
  return { ...engineFinding('POLICY_ERROR', { message, details }), rule };
}
