import type { DecisionRecord } from '../../decision/record.ts';

/** Why a tool did not run, for the model and for the host. */
export interface Refusal {
  readonly verdict: 'DENY' | 'DEFER';
  /** `DENIED`, `DEFERRED`, or why nothing was decided: `TIMEOUT`, `UNDESCRIBED_TOOL`, `APPROVAL_USED` … */
  readonly code: string;
  /** What a model is answered in place of a result: that nothing ran, why, and what would help. */
  readonly message: string;
  readonly issues: readonly { readonly code: string; readonly message: string }[];
  /** What a person has to answer. */
  readonly questions: readonly string[];
  readonly requestId?: string | undefined;
  readonly policyVersion?: string | undefined;
}

/** What a model cannot make better by trying again is said in these words. */
const AGAIN = 'Do not call it again with the same arguments: the answer would be the same.';

/** The policies said DENY. */
export function denied(tool: string, record: DecisionRecord): Refusal {
  const parts = [`${tool} did not run: the policies refuse it.`, ...issueLines(record), AGAIN];
  return fromRecord('DENY', 'DENIED', parts, record);
}

/** The policies said DEFER, and nobody who could answer was asked. */
export function deferred(tool: string, record: DecisionRecord): Refusal {
  const parts = [
    `${tool} did not run: a person has to answer first.`,
    ...issueLines(record),
    ...record.defer_questions.map((question) => `? ${question}`),
    'Tell the user what is needed. Do not try to reach the same by other means.',
  ];
  return fromRecord('DEFER', 'DEFERRED', parts, record);
}

/** A person approved, and the policies still ask. */
export function stillDeferred(tool: string, record: DecisionRecord): Refusal {
  return { ...deferred(tool, record), code: 'STILL_DEFERRED' };
}

/** A person said no. */
export function rejected(
  tool: string,
  by: string | undefined,
  reason: string | undefined,
): Refusal {
  const why = reason === undefined || reason === '' ? '.' : `: ${reason}`;
  const message = `${tool} did not run: ${by ?? 'the person who was asked'} said no${why}\n${AGAIN}`;
  return { verdict: 'DENY', code: 'REJECTED', message, issues: [], questions: [] };
}

/** What may pass by itself, so that trying again later makes sense. */
const PASSING: ReadonlySet<string> = new Set([
  'TIMEOUT',
  'UNREACHABLE',
  'QUOTA_EXCEEDED',
  'NO_TRUSTED_POLICY',
  'LOG_UNAVAILABLE',
]);

/** Nothing was decided, so nothing may run. */
export function undecidable(tool: string, code: string, why: string): Refusal {
  const hint = PASSING.has(code)
    ? 'It may work later; do not try to reach the same by other means.'
    : AGAIN;
  const message = `${tool} did not run (${code}): ${why}\n${hint}`;
  return { verdict: 'DENY', code, message, issues: [], questions: [] };
}

function issueLines({ issues }: DecisionRecord): readonly string[] {
  return issues.map(({ code, message }) => `- ${code}: ${message}`);
}

function fromRecord(
  verdict: Refusal['verdict'],
  code: string,
  lines: readonly string[],
  record: DecisionRecord,
): Refusal {
  return {
    verdict,
    code,
    message: lines.join('\n'),
    issues: record.issues.map((issue) => ({ code: issue.code, message: issue.message })),
    questions: record.defer_questions,
    requestId: record.request_id,
    policyVersion: record.policy_version,
  };
}
