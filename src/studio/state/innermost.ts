import type { Span } from '../../base/span.ts';

interface Placed {
  readonly span: Span;
}

function holds({ span }: Placed, { start, end }: Span): boolean {
  return span.start <= start && end <= span.end;
}

/** Whether a part of a text is the smallest around a selected place: it holds it, and none inside it does. */
export function isInnermost(part: Placed, inside: readonly Placed[], place: Span): boolean {
  return holds(part, place) && !inside.some((each) => holds(each, place));
}
