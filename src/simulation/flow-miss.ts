/** Which condition kept a rule from counting, told in a few words. */
import type { Span } from '../base/span.ts';
import type { Explained, PolicyExplanation } from '../cedar/explain.ts';
import type { ClauseWords, Words } from '../cedar/words.ts';

/** The condition that kept a rule from counting. */
interface Miss {
  /** "condition 2 of 3 is false: approved at is given". */
  readonly text: string;
  /** Conditions that held before it. */
  readonly held: number;
  readonly of: number;
  readonly span: Span;
}

/** One of the things that must all be so for a rule to count. */
interface Demand {
  readonly explained: Explained;
  readonly words: Words;
  /** Of an `unless`: it must be false. */
  readonly isExcluded: boolean;
}

/**
 * Of a rule whose scope matched and that does not count: what stopped it. Each part of an "and" is a
 * condition of its own, and so is each part of an "or" in an `unless`. `undefined` where nothing did.
 */
export function missOf(
  { outcome, conditions, scope }: PolicyExplanation,
  clauses: readonly ClauseWords[],
): Miss | undefined {
  if (outcome !== 'unsatisfied') return undefined;
  if (!scope.principal || !scope.action || !scope.resource) return undefined;
  const demands = conditions.flatMap(({ kind, body }, index) => {
    const words = clauses[index]?.words;
    return words === undefined ? [] : demandsOf(body, words, kind === 'unless');
  });
  const at = demands.findIndex(({ explained: { reached, value }, isExcluded }) =>
    reached ? value === isExcluded : false,
  );
  const demand = demands[at];
  if (demand === undefined) return undefined;
  const place = demands.length === 1 ? 'its condition' : `condition ${at + 1} of ${demands.length}`;
  const came = demand.isExcluded ? 'rules it out' : 'is false';
  const { text, span } = demand.words;
  return { text: `${place} ${came}: ${text}`, held: at, of: demands.length, span };
}

function demandsOf(explained: Explained, words: Words, isExcluded: boolean): readonly Demand[] {
  const joint = isExcluded ? 'or' : 'and';
  if (words.kind !== joint) return [{ explained, words, isExcluded }];
  return words.parts.flatMap((part, index) => {
    const child = explained.children[index];
    return child === undefined ? [] : demandsOf(child, part, isExcluded);
  });
}
