import type { Policy } from '../cedar/ast.ts';
import { policyWords, type ClauseWords, type PolicyWords } from '../cedar/words.ts';
import { STAGE0_LEXICON } from './lexicon.ts';
import type { DecisionPolicies } from './policies.ts';
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

/** Of each pack, the clauses of the rules that were asked about, by their ids. */
const clausesOf = new WeakMap<DecisionPolicies, Map<string, readonly ClauseWords[]>>();

/**
 * The clauses of one rule in words, in its order; none of a rule that there is not. Worded once: a check may
 * ask for many tools, each of which every trace tells the rules of.
 */
export function clauseWords(policies: DecisionPolicies, ruleId: string): readonly ClauseWords[] {
  const known = clausesOf.get(policies) ?? new Map<string, readonly ClauseWords[]>();
  clausesOf.set(policies, known);
  const clauses = known.get(ruleId) ?? worded(policies, ruleId);
  known.set(ruleId, clauses);
  return clauses;
}

function worded({ rules, policySet }: DecisionPolicies, ruleId: string): readonly ClauseWords[] {
  const rule = rules.find(({ id }) => id === ruleId);
  const policy = rule && policySet.policies[rule.index]?.policy;
  return rule === undefined || policy === undefined ? [] : ruleWords(policy, rule.standing).clauses;
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
