/**
 * How a check came out, cut to what comparisons ask: the verdict, and in one text what else was said. Two
 * outcomes are equal exactly when a comparison has nothing to tell, so they can be kept by the million.
 */
import { decide } from '../decision/decide.ts';
import type { DecisionRecord } from '../decision/record.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { Pack } from '../pack/read.ts';
import type { ScenarioRun } from '../pack/scenario.ts';

export interface Outcome {
  /** Undefined when nothing was decided. */
  readonly verdict: Verdict | undefined;
  /** Issue codes and risk; why nothing was decided. */
  readonly said: string;
}

/** Decides a check by a pack. Never throws. */
export function outcomeOf(
  { policies }: Pick<Pack, 'policies'>,
  { check, now }: Pick<ScenarioRun, 'check' | 'now'>,
): Outcome {
  const decision = decide(policies, check, { now, requestId: 'outcome' });
  if (!decision.ok) return { verdict: undefined, said: decision.error.message };
  const { record } = decision.value;
  return record.decision === 'ERROR'
    ? { verdict: undefined, said: record.reason }
    : { verdict: record.verdict, said: saidBy(issueCodes(record), record.risk_score) };
}

/** Each code once, in the record's order. */
export function issueCodes({ issues }: Pick<DecisionRecord, 'issues'>): readonly string[] {
  return [...new Set(issues.map(({ code }) => code))];
}

/** Codes, each once, in any order, and the risk, as one text. */
export function saidBy(codes: readonly string[], risk: number): string {
  const sorted = codes.length < 2 ? codes : [...new Set(codes)].toSorted();
  return `${risk} ${sorted.join(' ')}`;
}
