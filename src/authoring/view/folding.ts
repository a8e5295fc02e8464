import { LineIndex, type Span } from '../../base/span.ts';
import { outline, type OutlineItem } from './outline.ts';
import type { PackModel } from '../model.ts';

export interface FoldingRange {
  /** Lines from 1; the first stays, what follows up to the last is folded. */
  readonly startLine: number;
  readonly endLine: number;
  readonly kind: 'comment' | 'region';
}

/** What can be folded: rules with the comment above them, conditions, declarations, JSON, runs of comments. */
export function foldingRanges(model: PackModel, path: string): readonly FoldingRange[] {
  const text = model.files.get(path);
  if (text === undefined) return [];
  const lines = new LineIndex(text);
  const ranges: FoldingRange[] = [];
  const add = ({ start, end }: Span, kind: FoldingRange['kind'] = 'region'): void => {
    const startLine = lines.position(start).line;
    const endLine = lines.position(Math.max(start, end - 1)).line;
    if (endLine > startLine) ranges.push({ startLine, endLine, kind });
  };
  const addItems = (items: readonly OutlineItem[]): void => {
    for (const { span, children } of items) {
      add(span);
      addItems(children);
    }
  };
  addItems(outline(model, path));
  const file = model.policyFiles.find((one) => one.path === path);
  for (const { conditions } of file?.policies ?? []) for (const { span } of conditions) add(span);
  for (const comment of commentRuns(text)) add(comment, 'comment');
  const unique = new Map(ranges.map((range) => [`${range.startLine} ${range.endLine}`, range]));
  return [...unique.values()].toSorted(
    (a, b) => a.startLine - b.startLine || b.endLine - a.endLine,
  );
}

/** Lines of comments that follow one another. */
function commentRuns(text: string): readonly Span[] {
  return Array.from(text.matchAll(/(?:^[ \t]*\/\/[^\n]*\n?)+/gm), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}
