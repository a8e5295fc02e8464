import type { Span } from '../../base/span.ts';
import type { PolicyTrace, TraceNode } from '../../worker/trace-api.ts';
import { codeOf, connectiveOf, outcomeOf } from '../decision/trace-text.ts';

/** One part of a condition as a line: how deep it stands, what it says, and how it came out. */
export interface ConditionLine {
  readonly key: string;
  readonly depth: number;
  /** In words where there are any. */
  readonly text: string;
  /** The Cedar text of a part that is made of no others. */
  readonly code: string | undefined;
  /** `true`, `false`, an error, or `not reached`. */
  readonly outcome: string;
  /** Its text was edited between the sides. */
  readonly isChanged: boolean;
  /** It came out differently than on the other side, or is not there. */
  readonly isTurned: boolean;
}

type Bare = Omit<ConditionLine, 'isTurned'>;

function linesIn(trace: PolicyTrace, edits: readonly Span[]): readonly Bare[] {
  const line = (depth: number, text: string, node: TraceNode): Bare => ({
    key: `${node.span.start}-${node.span.end}-${depth}`,
    depth,
    text,
    code: undefined,
    outcome: outcomeOf(node),
    isChanged: false,
  });
  const below = (node: TraceNode, depth: number): readonly Bare[] => {
    const connective = connectiveOf(node);
    if (connective !== undefined && node.children.length > 0) {
      const children = node.children.flatMap((child) => below(child, depth + 1));
      return [line(depth, connective, node), ...children];
    }
    const code = codeOf(trace, node);
    const { start, end } = node.span;
    // An edit inside of a part, or around it, is one of that part.
    const isChanged = edits.some((edit) => edit.start < end && start < edit.end);
    return [{ ...line(depth, node.words ?? code, node), code, isChanged }];
  };
  return trace.conditions.flatMap(({ kind, body }) => [line(0, kind, body), ...below(body, 1)]);
}

/** The conditions of a rule on one side, with what differs from the other side marked. */
export function conditionLines(
  trace: PolicyTrace,
  edits: readonly Span[],
  other: PolicyTrace | undefined,
): readonly ConditionLine[] {
  const there = new Map(other === undefined ? [] : numbered(linesIn(other, [])));
  return numbered(linesIn(trace, edits)).map(([name, line]): ConditionLine => {
    const { key, depth, text, code, outcome, isChanged } = line;
    const was = there.get(name)?.outcome;
    // Whether a part was reached depends on the parts before it: that is no change of its own mind.
    const isTurned =
      other !== undefined &&
      outcome !== 'not reached' &&
      (code !== undefined || depth === 0) &&
      was !== outcome &&
      was !== 'not reached';
    return { key, depth, text, code, outcome, isChanged, isTurned };
  });
}

/** Each line under a name that the same part has on the other side: depth, text, and which of its like. */
function numbered(lines: readonly Bare[]): readonly (readonly [string, Bare])[] {
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const name = `${line.depth} ${line.code ?? line.text}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return [`${name} ${count}`, line] as const;
  });
}
