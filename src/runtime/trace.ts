import { byCodeUnits } from '../base/canonical-json.ts';
import { LineIndex } from '../base/span.ts';
import type { Explained, PolicyExplanation } from '../cedar/explain.ts';
import { CedarRecord, printValue, type Value } from '../cedar/value.ts';
import type { Words } from '../cedar/words.ts';
import type { ExplainedDecision } from '../decision/decide.ts';
import { clauseWords } from '../decision/rule-words.ts';
import type { PackFiles } from '../pack/files.ts';
import type { Pack } from '../pack/read.ts';

const LONGEST = 400;

/** One expression as it is told to people and programs. */
export interface TraceNode {
  /** Cedar text. */
  readonly text: string;
  /** In plain words: of conditions, not of the values inside them. */
  readonly words?: string;
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
  const print = printer();
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
      const clauses = matches ? clauseWords(pack.policies, rule.id) : [];
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
            : conditions.map((condition, at) => ({
                kind: condition.kind,
                outcome: condition.outcome,
                body: nodeOf(condition.body, text, print, clauses[at]?.words),
              })),
        },
      ];
    }),
  }));
}

/** As deep as the expression, whose depth the parser limits. */
function nodeOf(
  { span, reached, value, error, children }: Explained,
  text: string,
  print: Print,
  words: Words | undefined,
): TraceNode {
  return {
    text: cut(text.slice(span.start, span.end)),
    ...(words === undefined ? {} : { words: cut(words.text) }),
    ...(value === undefined ? {} : { value: print(value) }),
    ...(error === undefined ? {} : { error: error.message }),
    reached,
    children: children.map((child, at) => nodeOf(child, text, print, words?.parts[at])),
  };
}

type Print = (value: Value) => string;

/**
 * Prints values as far as they are shown. A check may bring a megabyte of facts, which every condition of
 * every tool names again: a set is printed once, and of texts and records no more than their beginning.
 */
function printer(): Print {
  const known = new WeakMap<object, string>();
  const print: Print = (value) => {
    if (typeof value === 'string') return cut(printValue(value.slice(0, LONGEST + 1)));
    if (typeof value !== 'object') return printValue(value);
    const printed = known.get(value) ?? cut(recordOrOther(value));
    known.set(value, printed);
    return printed;
  };
  const recordOrOther = (value: Exclude<Value, string>): string => {
    if (!(value instanceof CedarRecord)) return printValue(value);
    const fields = [...value.entries()].map(([name, field]) => [printValue(name), field] as const);
    let text = '';
    for (const [name, field] of fields.toSorted(([a], [b]) => byCodeUnits(a, b))) {
      text += `${text === '' ? '' : ', '}${name}: ${print(field)}`;
      if (text.length > LONGEST) break;
    }
    return `{${text}}`;
  };
  return print;
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
