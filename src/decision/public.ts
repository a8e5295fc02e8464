/**
 * The entry point `./decision`: from the body of `POST /check` to its record.
 *
 *     const check = readCheck(body);
 *     if (check.ok) decide(policies, check.value, { now: Date.now(), requestId });
 */
export { CheckRequest, readCheck, type Check } from './check.ts';
export {
  decide,
  explainDecision,
  type Decision,
  type ExplainedDecision,
  type PackVersionMismatch,
  type ToolDecision,
  type ToolExplanation,
} from './decide.ts';
export type { FieldProblem } from './fields.ts';
export { decisionPolicies, type DecisionParts, type DecisionPolicies } from './policies.ts';
export type { At, CostEstimate, DecisionRecord, DecisionWord, ValueFinding } from './record.ts';
export type { RecordIssue } from './record-issues.ts';
export type { Severity } from './rules.ts';
export { Settings } from './settings.ts';
export { strictest, type Verdict } from './verdict.ts';
