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
  const groups = new Map<unknown, Group>();
  for (const { tool, findings } of rulings) {
    for (const { issue, rule } of findings) {
      if (issue === undefined) continue;
      const key = keyOf(issue, rule);
      const known = groups.get(key);
      if (known === undefined) groups.set(key, { issue, rule, tools: [tool] });
      else known.tools.push(tool);
    }
  }
  const list = [...groups.values()];
  return (list.length < 2 ? list : list.toSorted(byWeight)).map(recordIssue);
}

/** A rule's own issue is known by the rule; what the engine found, by everything it says. */
function keyOf(issue: FoundIssue, rule: Finding['rule']): unknown {
  return issue === rule?.issue ? rule : JSON.stringify([issue.code, rule?.id, issue.details]);
}

function byWeight(a: Group, b: Group): number {
  const severity = SEVERITIES.indexOf(a.issue.severity) - SEVERITIES.indexOf(b.issue.severity);
  return severity || (a.rule?.index ?? -1) - (b.rule?.index ?? -1);
}

function recordIssue({ issue, rule, tools }: Group): RecordIssue {
  const { code, severity, message } = issue;
  const [tool] = tools;
  if (rule !== undefined && issue.details === undefined && tools.length === 1) {
    return { code, severity, message, details: { policy: rule.id, tool } };
  }
  const details = {
    ...(rule === undefined ? {} : { policy: rule.id }),
    ...issue.details,
    tool,
    ...(tools.length === 1 ? {} : { tools }),
  };
  return { code, severity, message, details };
}
