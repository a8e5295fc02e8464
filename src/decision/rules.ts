import type { CompiledPolicy, PolicySet } from '../cedar/compile.ts';

export type Severity = 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
export const SEVERITIES: readonly Severity[] = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'];

/** What a policy says about a request once it is satisfied. */
export type Standing = 'permits' | 'defers' | 'denies';

/** A policy's annotations, read once: what the policy stands for and what it adds to a record. */
export interface Rule {
  /** Its place among the pack's policies. */
  readonly index: number;
  readonly id: string;
  readonly standing: Standing;
  readonly issue: RuleIssue | undefined;
  readonly question: string | undefined;
  readonly risk: number;
  readonly valueRisk: number;
  readonly wasteRisk: number;
  /** Named in `guardrails`; in `guardrail_checks` a permit meets it and a forbid does not. */
  readonly guardrail: string | undefined;
}

export interface RuleIssue {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
}

/** One rule a policy, in the policies' order. */
export function readRules(set: PolicySet): readonly Rule[] {
  return set.policies.map(readRule);
}

function readRule(policy: CompiledPolicy, index: number): Rule {
  const standing = standingOf(policy);
  const note = (name: string): string | undefined => policy.annotations.get(name) || undefined;
  return {
    index,
    id: policy.id,
    standing,
    issue: readIssue(policy, standing),
    question: note('question'),
    risk: readRisk(note('risk')),
    valueRisk: readRisk(note('value_risk')),
    wasteRisk: readRisk(note('waste_risk')),
    guardrail: note('guardrail'),
  };
}

/** A forbid defers only when it says exactly so: every other word, misspelt or unknown, denies. */
function standingOf(policy: CompiledPolicy): Standing {
  if (policy.effect === 'permit') return 'permits';
  return policy.annotations.get('verdict') === 'DEFER' ? 'defers' : 'denies';
}

function readIssue(policy: CompiledPolicy, standing: Standing): RuleIssue | undefined {
  const code = policy.annotations.get('issue');
  if (code === undefined || code === '') return undefined;
  const severity = severityOf(policy.annotations.get('severity'), standing);
  const message = policy.annotations.get('message') || `The rule ${policy.id} applies.`;
  return { code, severity, message };
}

function severityOf(written: string | undefined, standing: Standing): Severity {
  const said = SEVERITIES.find((severity) => severity === written);
  switch (standing) {
    case 'denies':
      return said ?? 'HIGH';
    case 'defers':
      return said ?? 'MEDIUM';
    case 'permits':
      // An ALLOW never carries a HIGH or CRITICAL issue, whatever the policy's author wrote.
      return said === 'HIGH' || said === 'CRITICAL' ? 'MEDIUM' : (said ?? 'LOW');
  }
}

/** 0 to 100. What cannot be read counts as the worst: a mistyped risk must not allow. */
function readRisk(written: string | undefined): number {
  if (written === undefined) return 0;
  return /^(?:[0-9]{1,2}|100)$/.test(written) ? Number(written) : 100;
}
