/**
 * The decision record: what a client is answered, what a log keeps, what a bundle carries as its proof.
 * The same policies, check and clock give the same record, `request_id` aside: nothing here depends on
 * anything else, and every list has a stated order.
 */
import type { Check } from './check.ts';
import type { Constraints } from './constraints.ts';
import type { Finding } from './finding.ts';
import type { DecisionParts } from './policies.ts';
import { reasonFor, summaryOf } from './reason.ts';
import { recordIssues, type RecordIssue } from './record-issues.ts';
import { taskHash } from './task-hash.ts';
import { riskOf, strictest, type RiskKind, type ToolRuling, type Verdict } from './verdict.ts';

/** What the contract calls decision: the verdict in the words of older clients. */
export type DecisionWord = 'GO' | 'NO_GO' | 'DEFER' | 'ERROR';

/** A satisfied rule that says something about value or waste. */
export interface ValueFinding {
  readonly policy: string;
  readonly value_risk: number;
  readonly waste_risk: number;
  readonly message: string;
}

export interface CostEstimate {
  readonly currency: 'USD';
  readonly min: number;
  readonly max: number;
  readonly assumptions: readonly string[];
}

/** The response of `POST /check`, field by field as the contract has it. */
export interface DecisionRecord {
  readonly decision: DecisionWord;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly issues: readonly RecordIssue[];
  readonly defer_questions: readonly string[];
  readonly clarifying_questions: readonly string[];
  /** 0 to 100: of several tools the highest counts. */
  readonly risk_score: number;
  readonly high_risk: boolean;
  readonly value_risk: number;
  readonly waste_risk: number;
  readonly guardrails: readonly string[];
  /** Each guardrail, met or not; and `unrecognized_constraints` when there are any. */
  readonly guardrail_checks: Readonly<Record<string, boolean | readonly string[]>>;
  readonly constraints_applied: readonly string[];
  readonly value_findings: readonly ValueFinding[];
  readonly cost_estimate: CostEstimate;
  readonly request_id: string;
  /** `sha256:<hex>` of what the check asks, whoever sends it and however its text was laid out. */
  readonly task_hash: string;
  readonly policy_version: string;
  readonly policy_pack_version: string;
  readonly environment: string;
  /** Epoch seconds. */
  readonly timestamp: number;
  /** Epoch seconds. */
  readonly evaluated_at: number;
  readonly decision_trace_summary: string;
  readonly cached: boolean;
  readonly meta: { readonly bundle_digest: string };
}

/** When a check is decided, and under which id. */
export interface At {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly requestId: string;
  /** Facts that are not to be relied on, by name, and why: each defers. Whoever keeps the counters of runs notices them. */
  readonly doubted?: ReadonlyMap<string, string> | undefined;
  /** SHA-256 of a text's UTF-8 bytes, in hex: the platform's own, where it has one that answers at once. */
  readonly sha256?: ((text: string) => string) | undefined;
}

/** What a record is written from. */
export interface Decided {
  readonly policies: DecisionParts;
  readonly check: Check;
  readonly at: At;
  readonly environment: string;
  readonly constraints: Constraints;
  readonly rulings: readonly ToolRuling[];
}

/** Writes the record of a check that was decided. */
export function writeRecord(decided: Decided): DecisionRecord {
  const { policies, check, at, environment, constraints, rulings } = decided;
  const verdict = strictest(rulings.map((ruling) => ruling.verdict));
  const findings = distinctFindings(rulings);
  const issues = recordIssues(rulings);
  const questions = distinct(findings, ({ question }) => question);
  const risk = highest(rulings, 'risk');
  const version = packVersion(policies);
  return {
    decision: decisionWord(verdict),
    verdict,
    reason: reasonFor(verdict, issues, rulings),
    issues,
    defer_questions: questions,
    clarifying_questions: questions,
    risk_score: risk,
    high_risk: risk >= policies.settings.risk.high,
    value_risk: highest(rulings, 'valueRisk'),
    waste_risk: highest(rulings, 'wasteRisk'),
    guardrails: distinct(findings, ({ rule }) => rule?.guardrail),
    guardrail_checks: guardrailChecks(findings, constraints),
    constraints_applied: constraints.applied,
    value_findings: valueFindings(findings),
    cost_estimate: costOf(decided),
    request_id: at.requestId,
    task_hash: taskHash(check, at.sha256),
    policy_version: version,
    policy_pack_version: version,
    environment,
    timestamp: at.now / 1000,
    evaluated_at: at.now / 1000,
    decision_trace_summary: summaryOf(rulings, policies),
    cached: false,
    meta: { bundle_digest: policies.digest },
  };
}

/** The record of a check that the engine could not decide: an ERROR, and so a DENY. */
export function writeErrorRecord(
  policies: DecisionParts,
  check: Check,
  at: At,
  finding: Finding,
): DecisionRecord {
  const constraints: Constraints = {
    words: [],
    limits: new Map(),
    applied: [],
    unrecognized: [],
    malformed: [],
  };
  const environment = check.context.get('environment');
  const record = writeRecord({
    policies,
    check,
    at,
    environment: typeof environment === 'string' ? environment : 'unspecified',
    constraints,
    rulings: [{ tool: 'engine', verdict: 'DENY', findings: [finding] }],
  });
  return { ...record, decision: 'ERROR', risk_score: 100, high_risk: true };
}

function decisionWord(verdict: Verdict): DecisionWord {
  switch (verdict) {
    case 'ALLOW':
      return 'GO';
    case 'DENY':
      return 'NO_GO';
    case 'DEFER':
      return 'DEFER';
  }
}

// ---------------------------------------------------------------- risk, guardrails, value, cost

/** The highest of the tools' sums: what one tool alone is allowed to risk, several are not denied for. */
function highest(rulings: readonly ToolRuling[], kind: RiskKind): number {
  let most = 0;
  for (const { findings } of rulings) most = Math.max(most, riskOf(findings, kind));
  return most;
}

/** A guardrail that any rule found missing is not met, whatever permits say. */
function guardrailChecks(
  findings: readonly Finding[],
  constraints: Constraints,
): DecisionRecord['guardrail_checks'] {
  const checks = new Map<string, boolean | readonly string[]>();
  for (const { rule, standing } of findings) {
    if (rule?.guardrail === undefined) continue;
    checks.set(rule.guardrail, standing === 'permits' && checks.get(rule.guardrail) !== false);
  }
  if (constraints.unrecognized.length > 0) {
    checks.set('unrecognized_constraints', constraints.unrecognized);
  }
  return Object.fromEntries(checks);
}

function valueFindings(findings: readonly Finding[]): readonly ValueFinding[] {
  const list: ValueFinding[] = [];
  for (const { rule, issue } of findings) {
    if (rule === undefined || rule.valueRisk + rule.wasteRisk === 0) continue;
    const message = issue?.message ?? `The rule ${rule.id} applies.`;
    list.push({
      policy: rule.id,
      value_risk: rule.valueRisk,
      waste_risk: rule.wasteRisk,
      message,
    });
  }
  return list;
}

function costOf({ policies, check, rulings }: Decided): CostEstimate {
  const tools = check.tools.length === 0 ? [] : rulings.map(({ tool }) => tool);
  const prices = policies.settings.tools;
  let min = 0;
  let max = 0;
  const assumptions: string[] = [];
  for (const tool of tools) {
    const price = Object.hasOwn(prices, tool) ? prices[tool]?.cost_usd : undefined;
    if (price === undefined) assumptions.push(`No cost is known for ${tool}.`);
    min += price?.[0] ?? 0;
    max += price?.[1] ?? 0;
  }
  return { currency: 'USD', min: tenThousandths(min), max: tenThousandths(max), assumptions };
}

/** Sums of dollars without the dust of binary fractions. */
function tenThousandths(dollars: number): number {
  return Math.round(dollars * 10_000) / 10_000;
}

/** `name@version`, as requests name a pack and records answer. */
export function packVersion({ name, version }: Pick<DecisionParts, 'name' | 'version'>): string {
  return `${name}@${version}`;
}

// ---------------------------------------------------------------- lists

/** Each rule's finding once, in order: a rule that holds for three tools is still one rule. */
function distinctFindings(rulings: readonly ToolRuling[]): readonly Finding[] {
  const [only] = rulings;
  // Of one tool's findings no two are of one rule.
  if (rulings.length === 1 && only?.findings.every(({ rule }) => rule !== undefined) === true) {
    return only.findings;
  }
  const seen = new Map<unknown, Finding>();
  for (const { findings } of rulings) {
    for (const finding of findings) {
      const key = finding.rule ?? JSON.stringify(finding);
      if (!seen.has(key)) seen.set(key, finding);
    }
  }
  return [...seen.values()];
}

/** What the findings say, each text once and in order. */
function distinct(
  findings: readonly Finding[],
  said: (finding: Finding) => string | undefined,
): readonly string[] {
  const texts = new Set<string>();
  for (const finding of findings) {
    const text = said(finding);
    if (text !== undefined) texts.add(text);
  }
  return [...texts];
}
