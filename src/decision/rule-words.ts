import type { Policy } from '../cedar/ast.ts';
import { policyWords, type PolicyWords } from '../cedar/words.ts';
import { STAGE0_LEXICON } from './lexicon.ts';
import type { Standing } from './rules.ts';

const VERBS: Readonly<Record<Standing, string>> = {
  permits: 'Permits',
  defers: 'Defers',
  denies: 'Denies',
};

/** A rule in plain words; graph, trace and record all say it with these. */
export function ruleWords(policy: Policy, standing: Standing): PolicyWords {
  return policyWords(policy, STAGE0_LEXICON, VERBS[standing]);
}

/** Of each policy that has spoken, its words as they stand inside a sentence: "defers everything when …". */
const phrases = new WeakMap<Policy, string>();

/** A rule inside a sentence. Worded when it first speaks, then known: records are written all the time. */
export function rulePhrase(policy: Policy, standing: Standing): string {
  const known = phrases.get(policy);
  if (known !== undefined) return known;
  const { sentence } = ruleWords(policy, standing);
  const phrase = `${sentence.charAt(0).toLowerCase()}${sentence.slice(1, -1)}`;
  phrases.set(policy, phrase);
  return phrase;
}
