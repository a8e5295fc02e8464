import type { DecisionRecord } from '../../decision/record.ts';

/** The answer of a dry run: ALLOW, and beside it what was decided. */
export interface DryRunRecord extends DecisionRecord {
  readonly dry_run: DecisionRecord;
}

/**
 * Turns a decision into the ALLOW that a dry run answers. What only a denial may carry stays in `dry_run`
 * alone: a client refuses an ALLOW that contradicts itself.
 */
export function asDryRun(record: DecisionRecord): DryRunRecord {
  const { verdict, reason } = record;
  return {
    ...record,
    decision: 'GO',
    verdict: 'ALLOW',
    reason: `DRY RUN: nothing is enforced. This would have been ${verdict}: ${reason}`,
    issues: [],
    defer_questions: [],
    clarifying_questions: [],
    risk_score: 0,
    high_risk: false,
    dry_run: record,
  };
}
