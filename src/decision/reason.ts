import { elementAt } from '../base/element.ts';
import { clip } from './clip.ts';
import type { Finding } from './finding.ts';
import type { DecisionParts } from './policies.ts';
import type { RecordIssue } from './record-issues.ts';
import { rulePhrase } from './rule-words.ts';
import type { Rule } from './rules.ts';
import { riskOf, type ToolRuling, type Verdict } from './verdict.ts';

/** What speaks for each verdict. */
const STANDING = { ALLOW: 'permits', DEFER: 'defers', DENY: 'denies' } as const;

/** `CODE: message; CODE: message`; without any issue, who decided. Never empty. */
export function reasonFor(
  verdict: Verdict,
  issues: readonly RecordIssue[],
  rulings: readonly ToolRuling[],
): string {
  if (issues.length > 0) {
    return issues.map(({ code, message }) => `${code}: ${withoutStop(message)}`).join('; ');
  }
  const names = deciders(rulings, STANDING[verdict]);
  switch (verdict) {
    case 'ALLOW':
      return `Permitted by ${names}; no rule forbids it.`;
    case 'DEFER':
      return `Deferred by ${names}.`;
    case 'DENY':
      return `Denied by ${names}.`;
  }
}

function withoutStop(message: string): string {
  return message.endsWith('.') ? message.slice(0, -1) : message;
}

/** The names of what stands so, each once, in order. */
function deciders(rulings: readonly ToolRuling[], standing: Finding['standing']): string {
  const names = new Set<string>();
  for (const { findings } of rulings) {
    for (const finding of findings) if (finding.standing === standing) names.add(nameOf(finding));
  }
  return [...names].join(', ');
}

function nameOf(finding: Finding): string {
  return finding.rule?.id ?? finding.issue?.code ?? 'the engine';
}

/** Letters of a rule's words that a summary repeats at most; the pack has all of them. */
const LONGEST_WORDS = 400;

/**
 * `shell: DENY by no-deploys (denies the tool deploy)`: who decided, each rule with what it asks for in
 * plain words, at its first mention. For a risk that decided, how high it was.
 */
export function summaryOf(rulings: readonly ToolRuling[], policies: DecisionParts): string {
  const worded = new Set<Rule>();
  return rulings.map((ruling) => toolSummary(ruling, policies, worded)).join('; ');
}

function toolSummary(ruling: ToolRuling, policies: DecisionParts, worded: Set<Rule>): string {
  const { tool, verdict, findings } = ruling;
  const standing = STANDING[verdict];
  const named = new Set<string>();
  let who = '';
  for (const finding of findings) {
    const name = nameOf(finding);
    if (finding.standing !== standing || named.has(name)) continue;
    named.add(name);
    who += `${who === '' ? '' : ', '}${name}${wordsOf(finding, policies, worded)}`;
  }
  const byRisk = findings.some(({ issue }) => issue?.code === 'RISK_THRESHOLD_EXCEEDED');
  const risk = byRisk ? ` (${riskOf(findings)} of ${policies.settings.risk.threshold})` : '';
  return `${tool}: ${verdict} by ${who}${risk}`;
}

/** What a rule asks for, once in a summary; nothing for what the engine itself found. */
function wordsOf({ rule, issue }: Finding, { policySet }: DecisionParts, worded: Set<Rule>) {
  if (rule === undefined || worded.has(rule)) return '';
  // Whether a rule that failed asks for this nobody knows.
  if (issue !== rule.issue) return ' (could not be evaluated)';
  worded.add(rule);
  const { policy } = elementAt(policySet.policies, rule.index);
  return ` (${clip(rulePhrase(policy, rule.standing), LONGEST_WORDS)})`;
}
