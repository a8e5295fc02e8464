import type { Finding, FoundIssue } from './finding.ts';
import { SEVERITIES, type Severity } from './rules.ts';
import type { ToolRuling } from './verdict.ts';

export interface RecordIssue {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly details: IssueDetails;
}

/** `policy` and `tool` where there is one; `tools` when the same was found for several of them. */
export type IssueDetails = Readonly<Record<string, string | readonly string[]>>;

/** One issue, and the tools for which it was found. */
interface Group {
  readonly issue: FoundIssue;
  readonly rule: Finding['rule'];
  readonly tools: [string, ...string[]];
}

/** By severity, the engine's own before the policies' and those in the pack's order; each once. */
export function recordIssues(rulings: readonly ToolRuling[]): readonly RecordIssue[] {
  const groups = new Map<string, Group>();
  for (const { tool, findings } of rulings) {
    for (const { issue, rule } of findings) {
      if (issue === undefined) continue;
      const key = JSON.stringify([issue.code, rule?.id, issue.details]);
      const known = groups.get(key);
      if (known === undefined) groups.set(key, { issue, rule, tools: [tool] });
      else known.tools.push(tool);
    }
  }
  return [...groups.values()].toSorted(byWeight).map(recordIssue);
}

function byWeight(a: Group, b: Group): number {
  const severity = SEVERITIES.indexOf(a.issue.severity) - SEVERITIES.indexOf(b.issue.severity);
  return severity || (a.rule?.index ?? -1) - (b.rule?.index ?? -1);
}

function recordIssue({ issue, rule, tools }: Group): RecordIssue {
  const { code, severity, message } = issue;
  const details = {
    ...(rule === undefined ? {} : { policy: rule.id }),
    ...issue.details,
    tool: tools[0],
    ...(tools.length === 1 ? {} : { tools }),
  };
  return { code, severity, message, details };
}
