import type { Span } from '../../base/span.ts';

export type CompletionKind =
  | 'action'
  | 'annotation'
  | 'attribute'
  | 'entity'
  | 'entity-type'
  | 'function'
  | 'keyword'
  | 'method'
  | 'operator'
  | 'property'
  | 'snippet'
  | 'type'
  | 'value'
  | 'variable';

/** One proposal. */
export interface CompletionItem {
  readonly label: string;
  readonly kind: CompletionKind;
  /** One line: the type and whether it is optional, or what it is. */
  readonly detail?: string;
  /** Markdown. */
  readonly doc?: string;
  /** Where `snippet` is true, with `${1:…}` placeholders, `$0` last, and `$`, `}` and `\` escaped. */
  readonly insertText: string;
  readonly snippet: boolean;
  /** The text that `insertText` takes the place of; it lies on one line with the cursor. */
  readonly replace: Span;
  /** What the typed text is compared with, when it is not the label. */
  readonly filterText?: string;
  /** Groups before others: items sort by it, then by label. */
  readonly rank: number;
}

/** An item before its place is known. */
export type Proposal = Omit<CompletionItem, 'replace' | 'snippet' | 'insertText'> & {
  readonly insertText?: string;
  readonly snippet?: boolean;
  readonly replace?: Span;
};

/** Gives proposals their place. Of two with one label and kind the first stays. */
export function placed(proposals: Iterable<Proposal>, replace: Span): readonly CompletionItem[] {
  const items = new Map<string, CompletionItem>();
  for (const proposal of proposals) {
    const key = `${proposal.kind} ${proposal.label}`;
    if (items.has(key)) continue;
    const { label, insertText = label, snippet = false } = proposal;
    items.set(key, { replace, ...proposal, insertText, snippet });
  }
  return [...items.values()].toSorted(
    (a, b) => a.rank - b.rank || (a.label < b.label ? -1 : a.label > b.label ? 1 : 0),
  );
}

/** Text that stands for itself in a snippet. */
export function escapeSnippet(text: string): string {
  return text.replaceAll(/[\\$}]/g, String.raw`\$&`);
}
