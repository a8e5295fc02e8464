/**
 * A record as JSON: what `JSON.stringify` gives, byte for byte, in a third of its time. Most texts of a
 * record are the pack's own and come again with the next one, so their quoted form is kept; and of a
 * record it is known which members it has.
 */
import { jsonString } from '../base/canonical-json.ts';
import { kept } from '../base/kept.ts';
import type { CostEstimate, DecisionRecord, ValueFinding } from './record.ts';
import type { IssueDetails, RecordIssue } from './record-issues.ts';

/** The JSON text of a record. */
export function recordText(record: DecisionRecord): string {
  const { guardrail_checks: checks, cost_estimate: cost, meta } = record;
  return `{"decision":"${record.decision}","verdict":"${record.verdict}","reason":${jsonString(record.reason)},"issues":${listText(record.issues, issueText)},"defer_questions":${listText(record.defer_questions, keptText)},"clarifying_questions":${listText(record.clarifying_questions, keptText)},"risk_score":${record.risk_score},"high_risk":${record.high_risk},"value_risk":${record.value_risk},"waste_risk":${record.waste_risk},"guardrails":${listText(record.guardrails, keptText)},"guardrail_checks":${checksText(checks)},"constraints_applied":${listText(record.constraints_applied, keptText)},"value_findings":${listText(record.value_findings, valueText)},"cost_estimate":${costText(cost)},"request_id":${jsonString(record.request_id)},"task_hash":"${record.task_hash}","policy_version":${keptText(record.policy_version)},"policy_pack_version":${keptText(record.policy_pack_version)},"environment":${keptText(record.environment)},"timestamp":${record.timestamp},"evaluated_at":${record.evaluated_at},"decision_trace_summary":${jsonString(record.decision_trace_summary)},"cached":${record.cached},"meta":{"bundle_digest":${keptText(meta.bundle_digest)}}}`;
}

function issueText({ code, severity, message, details }: RecordIssue): string {
  return `{"code":${keptText(code)},"severity":"${severity}","message":${keptText(message)},"details":${detailsText(details)}}`;
}

function detailsText(details: IssueDetails): string {
  let text = '';
  for (const name in details) {
    const value = details[name] ?? '';
    const member = typeof value === 'string' ? keptText(value) : listText(value, keptText);
    text += `${text === '' ? '' : ','}${keptText(name)}:${member}`;
  }
  return `{${text}}`;
}

function checksText(checks: DecisionRecord['guardrail_checks']): string {
  let text = '';
  for (const name in checks) {
    const value = checks[name] ?? false;
    const member = typeof value === 'boolean' ? String(value) : listText(value, keptText);
    text += `${text === '' ? '' : ','}${keptText(name)}:${member}`;
  }
  return `{${text}}`;
}

function valueText({ policy, value_risk, waste_risk, message }: ValueFinding): string {
  return `{"policy":${keptText(policy)},"value_risk":${value_risk},"waste_risk":${waste_risk},"message":${keptText(message)}}`;
}

function costText({ currency, min, max, assumptions }: CostEstimate): string {
  return `{"currency":"${currency}","min":${min},"max":${max},"assumptions":${listText(assumptions, keptText)}}`;
}

function listText<T>(list: readonly T[], textOf: (item: T) => string): string {
  let text = '';
  for (const item of list) text += text === '' ? textOf(item) : `,${textOf(item)}`;
  return `[${text}]`;
}

// ---------------------------------------------------------------- strings

/** A text that is likely to come again. */
const keptText = kept(jsonString);
