/** What stands on each card of an exported drawing, line by line. */
import type { FlowCondition } from '../../simulation/flow.ts';
import type { FlowView } from '../../simulation/flow-view.ts';
import { markOf, markText } from './graph-marks.ts';
import { isRuleOpen, type GraphState } from './graph-state.ts';

export interface ExportRow {
  readonly text: string;
  readonly isStrong: boolean;
  /** Steps to the right. */
  readonly depth: number;
}

/** The lines of a card, at most `letters` long each. */
export function cardRows(
  state: GraphState,
  node: FlowView['nodes'][number],
  letters: number,
): readonly ExportRow[] {
  const mark = markText(markOf(state, node.id));
  const said = mark === '' ? '' : ` (${mark})`;
  const plain = (text: string, depth = 0): readonly ExportRow[] =>
    wrapped(text, letters - depth * 3).map((row) => ({ text: row, isStrong: false, depth }));
  switch (node.kind) {
    case 'rule':
      return [
        ...wrapped(`${node.ruleId}${said}`, letters).map(strong),
        ...(node.issue === undefined
          ? []
          : plain(`${node.issue} ${node.severity?.toLowerCase() ?? ''}`)),
        ...plain(node.text),
        ...(isRuleOpen(state, node.id)
          ? node.clauses.flatMap((clause) => [
              strong(clause.kind),
              ...conditionRows(state, clause.condition, 1, plain),
            ])
          : []),
      ];
    case 'group':
      return [strong(`${node.text}${said}`), ...plain(`${node.ruleIds.length} rules`)];
    case 'verdict':
      return [strong(node.text)];
    case 'check':
    case 'engine':
    case 'scope':
    case 'ladder':
      return plain(`${node.text}${said}`);
  }
}

const connectives: Partial<Record<FlowCondition['kind'], string>> = {
  and: 'all of',
  or: 'any of',
  not: 'not',
  if: 'if, then, else',
};

function conditionRows(
  state: GraphState,
  condition: FlowCondition,
  depth: number,
  plain: (text: string, depth: number) => readonly ExportRow[],
): readonly ExportRow[] {
  const mark = markText(markOf(state, condition.id));
  const connective = condition.parts.length > 0 ? connectives[condition.kind] : undefined;
  const text = `${connective ?? condition.text}${mark === '' ? '' : ` (${mark})`}`;
  return [
    ...plain(text, depth),
    ...condition.parts.flatMap((part) => conditionRows(state, part, depth + 1, plain)),
  ];
}

function strong(text: string): ExportRow {
  return { text, isStrong: true, depth: 0 };
}

/** Breaks a sentence into lines of at most `letters`, between words. */
function wrapped(text: string, letters: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > letters) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
