import type { ComparedRow } from '../../worker/compare-api.ts';

/** What rows are narrowed to; an empty text asks for nothing. */
export interface FlipFilter {
  readonly text: string;
  /** `DENY ALLOW`: from and to; ` ALLOW`: to, from whatever. */
  readonly turn: string;
  readonly issue: string;
  readonly rule: string;
  readonly tag: string;
}

export const everything: FlipFilter = { text: '', turn: '', issue: '', rule: '', tag: '' };

/** The rows that a filter leaves. */
export function filtered(
  rows: readonly ComparedRow[],
  { text, turn, issue, rule, tag }: FlipFilter,
): readonly ComparedRow[] {
  const words = text.toLowerCase().split(/\s+/);
  return rows.filter((row) => {
    const whole = `${row.id} ${row.name}`.toLowerCase();
    return (
      `${row.from} ${row.to}`.endsWith(turn) &&
      (issue === '' || row.issuesNew.includes(issue) || row.issuesGone.includes(issue)) &&
      (rule === '' || row.rules.includes(rule)) &&
      (tag === '' || row.tags.includes(tag)) &&
      words.every((word) => whole.includes(word))
    );
  });
}

/** What the rows can be narrowed to, each list sorted. */
export interface FilterChoices {
  readonly turns: readonly string[];
  readonly issues: readonly string[];
  readonly rules: readonly string[];
  readonly tags: readonly string[];
}

/** The values that occur among the rows. */
export function choicesOf(rows: readonly ComparedRow[]): FilterChoices {
  const sorted = (values: readonly string[]) => [...new Set(values)].toSorted();
  return {
    turns: sorted(rows.map(({ from, to }) => `${from} ${to}`)),
    issues: sorted(rows.flatMap(({ issuesNew, issuesGone }) => [...issuesNew, ...issuesGone])),
    rules: sorted(rows.flatMap(({ rules }) => rules)),
    tags: sorted(rows.flatMap(({ tags }) => tags)),
  };
}
