import { LineIndex } from '../base/span.ts';
import type { Explained, PolicyExplanation } from '../cedar/explain.ts';
import { printValue, type Value } from '../cedar/value.ts';
import type { ExplainedDecision } from '../decision/decide.ts';
import type { PackFiles } from '../pack/files.ts';
import type { Pack } from '../pack/read.ts';

const LONGEST = 400;

/** One expression as it is told to people and programs. */
export interface TraceNode {
  readonly text: string;
  /** Absent when it has none: not reached, or failed. */
  readonly value?: string;
  readonly error?: string;
  readonly reached: boolean;
  readonly children: readonly TraceNode[];
}

export interface PolicyTrace {
  readonly policy: string;
  readonly effect: 'permit' | 'forbid';
  readonly path: string;
  readonly line: number;
  readonly outcome: PolicyExplanation['outcome'];
  readonly error?: string;
  readonly scope: PolicyExplanation['scope'];
  /** Left out of policies whose scope does not match: none of them was reached. */
  readonly conditions: readonly {
    readonly kind: 'when' | 'unless';
    readonly outcome: boolean | 'error' | 'not-reached';
    readonly body: TraceNode;
  }[];
}

export interface ToolTrace {
  readonly tool: string;
  readonly verdict: string;
  readonly satisfied: readonly string[];
  readonly policies: readonly PolicyTrace[];
}

/** How a decision came about, as plain data: each tool, each policy, each condition. */
export function traceOf(
  { tools, explanations }: ExplainedDecision,
  pack: Pack,
  files: PackFiles,
): readonly ToolTrace[] {
  const rules = new Map(pack.rules.map((rule) => [rule.id, rule]));
  const lines = new Map<string, LineIndex>();
  const lineAt = (path: string, offset: number): number => {
    const index = lines.get(path) ?? new LineIndex(files.get(path) ?? '');
    lines.set(path, index);
    return index.position(offset).line;
  };
  return tools.map(({ tool, verdict, satisfied }, index) => ({
    tool,
    verdict,
    satisfied,
    policies: (explanations[index]?.policies ?? []).flatMap((explanation): PolicyTrace[] => {
      const rule = rules.get(explanation.policyId);
      if (rule === undefined) return [];
      const { effect, outcome, scope, error, conditions } = explanation;
      const text = files.get(rule.path) ?? '';
      const matches = scope.principal && scope.action && scope.resource;
      return [
        {
          policy: rule.id,
          effect,
          path: rule.path,
          line: lineAt(rule.path, rule.span.start),
          outcome,
          ...(error === undefined ? {} : { error: error.message }),
          scope,
          conditions: !matches
            ? []
            : conditions.map((condition) => ({
                kind: condition.kind,
                outcome: condition.outcome,
                body: nodeOf(condition.body, text),
              })),
        },
      ];
    }),
  }));
}

/** As deep as the expression, whose depth the parser limits. */
function nodeOf({ span, reached, value, error, children }: Explained, text: string): TraceNode {
  return {
    text: cut(text.slice(span.start, span.end)),
    ...(value === undefined ? {} : { value: printed(value) }),
    ...(error === undefined ? {} : { error: error.message }),
    reached,
    children: children.map((child) => nodeOf(child, text)),
  };
}

function printed(value: Value): string {
  return cut(printValue(value));
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
