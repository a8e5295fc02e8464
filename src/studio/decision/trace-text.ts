import type { PolicyTrace, TraceNode } from '../../worker/trace-api.ts';

/** What joins the parts of a condition that is made of others, by the kind of its expression. */
const CONNECTIVES: Readonly<Record<string, string>> = {
  and: 'all of',
  or: 'any of',
  not: 'not',
  if: 'if, then, else',
};

/** How the parts of a condition are joined; undefined for one that is made of no others. */
export function connectiveOf({ kind }: TraceNode): string | undefined {
  return CONNECTIVES[kind];
}

/** The Cedar text of a node, on one line. */
export function codeOf({ text, span }: PolicyTrace, node: TraceNode): string {
  return text
    .slice(node.span.start - span.start, node.span.end - span.start)
    .replaceAll(/\s+/g, ' ');
}

/** How a node came out, in one word: true, false, a value, an error, or that it was not reached. */
export function outcomeOf({ outcome, value, error }: TraceNode): string {
  if (outcome === 'not-reached') return 'not reached';
  return outcome === 'error' ? (error ?? 'error') : (value ?? '');
}
