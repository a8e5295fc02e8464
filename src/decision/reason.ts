import type { Finding } from './finding.ts';
import type { RecordIssue } from './record-issues.ts';
import { riskOf, type ToolRuling, type Verdict } from './verdict.ts';

/** `CODE: message; CODE: message`; without any issue, who decided. Never empty. */
export function reasonFor(
  verdict: Verdict,
  issues: readonly RecordIssue[],
  rulings: readonly ToolRuling[],
): string {
  if (issues.length > 0) {
    return issues.map(({ code, message }) => `${code}: ${withoutStop(message)}`).join('; ');
  }
  switch (verdict) {
    case 'ALLOW':
      return `Permitted by ${deciders(rulings, 'permits')}; no rule forbids it.`;
    case 'DEFER':
      return `Deferred by ${deciders(rulings, 'defers')}.`;
    case 'DENY':
      return `Denied by ${deciders(rulings, 'denies')}.`;
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

/** `shell: DENY by no-deploys`, and for a risk that decided, how high it was. */
export function summaryOf(ruling: ToolRuling, threshold: number): string {
  const { tool, verdict, findings } = ruling;
  switch (verdict) {
    case 'ALLOW':
      return `${tool}: ALLOW by ${deciders([ruling], 'permits')}`;
    case 'DEFER':
      return `${tool}: DEFER by ${deciders([ruling], 'defers')}`;
    case 'DENY': {
      const byRisk = findings.some(({ issue }) => issue?.code === 'RISK_THRESHOLD_EXCEEDED');
      const risk = byRisk ? ` (${riskOf(findings)} of ${threshold})` : '';
      return `${tool}: DENY by ${deciders([ruling], 'denies')}${risk}`;
    }
  }
}
