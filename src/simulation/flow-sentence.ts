/**
 * A decision in one sentence, from what the rules' authors wrote: "Deferred: this payout needs an
 * approval." The same decision always gives the same sentence.
 */
import type { Decision, ToolDecision } from '../decision/decide.ts';
import type { Finding } from '../decision/finding.ts';
import type { DecisionPolicies } from '../decision/policies.ts';
import { rulePhrase } from '../decision/rule-words.ts';
import { SEVERITIES } from '../decision/rules.ts';
import { riskOf, type Verdict } from '../decision/verdict.ts';

export interface DecisionSentence {
  readonly text: string;
  readonly verdict: Verdict;
  /** The tool that it is about: the first with the verdict of the whole. Absent when the engine failed. */
  readonly tool?: string;
  /** The rules that decided, the weightiest first; empty when the engine or the lack of a permit did. */
  readonly ruleIds: readonly string[];
}

/** `policies`: those that decided, for the words of rules that have no message of their own. */
export function decisionSentence(decision: Decision, policies: DecisionPolicies): DecisionSentence {
  const { record, tools } = decision;
  const { verdict } = record;
  const tool = tools.find((one) => one.verdict === verdict);
  if (tool === undefined) {
    return {
      text: `Denied: ${opening(record.issues[0]?.message ?? record.reason)}.`,
      verdict,
      ruleIds: [],
    };
  }
  const deciders = decidersOf(tool);
  const ruleIds = [...new Set(deciders.flatMap(({ rule }) => rule?.id ?? []))];
  const [first] = deciders;
  const others = tools.length > 1 ? ` (${tool.tool})` : '';
  const reasons = new Set(deciders.map((finding) => messageOf(finding, tool, policies)));
  const more = reasons.size - 1;
  const rest = more < 1 ? '' : ` And ${more === 1 ? 'one more reason' : `${more} more reasons`}.`;
  const because = first === undefined ? 'nothing speaks for it' : messageOf(first, tool, policies);
  const text =
    verdict === 'ALLOW'
      ? `Allowed${others}: ${ruleIds.join(', ')} ${ruleIds.length === 1 ? 'permits' : 'permit'} it and nothing forbids it.`
      : `${WORDS[verdict]}${others}: ${because}.${rest}`;
  return { text, verdict, tool: tool.tool, ruleIds };
}

const WORDS: Readonly<Record<Verdict, string>> = {
  ALLOW: 'Allowed',
  DEFER: 'Deferred',
  DENY: 'Denied',
};

const STANDING = { ALLOW: 'permits', DEFER: 'defers', DENY: 'denies' } as const;

/** What decided, by severity and then in the pack's order. Risk points on permits are not what permits. */
function decidersOf({ verdict, findings }: ToolDecision): readonly Finding[] {
  return findings.filter(({ standing }) => standing === STANDING[verdict]).toSorted(bySeverity);
}

function bySeverity(a: Finding, b: Finding): number {
  return rank(a) - rank(b);
}

function rank({ issue }: Finding): number {
  return issue === undefined ? SEVERITIES.length : SEVERITIES.indexOf(issue.severity);
}

function messageOf(finding: Finding, tool: ToolDecision, policies: DecisionPolicies): string {
  const { issue, rule } = finding;
  if (issue?.code === 'RISK_THRESHOLD_EXCEEDED') {
    const { threshold } = policies.settings.risk;
    return `its risk of ${riskOf(tool.findings)} is past the ${threshold - 1} that this pack allows`;
  }
  if (issue !== undefined) return opening(issue.message);
  const policy = rule && policies.policySet.policies[rule.index]?.policy;
  return rule === undefined || policy === undefined
    ? 'the engine says so'
    : `the rule ${rule.id} ${rulePhrase(policy, rule.standing)}`;
}

/** Words that may be small behind a colon. Every other first word could be a name, and keeps its capital. */
const SMALL: ReadonlySet<string> = new Set(
  `A All An Any Defers Denies Every It Its No Nobody Nothing One Only Permits Somebody Someone That The These
  This Those Whoever`.split(/\s+/),
);

/** The first sentence of a message, to go on behind a colon. */
function opening(message: string): string {
  const [, sentence = message] = /^(.*?[^.\s])\.(?:\s|$)/s.exec(message) ?? [];
  const [word = ''] = sentence.split(' ');
  return SMALL.has(word) ? `${word.charAt(0).toLowerCase()}${sentence.slice(1)}` : sentence;
}
