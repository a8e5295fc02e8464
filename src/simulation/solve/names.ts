/**
 * Names for requests that were found and not written, such as a person would give them: who does what
 * where, with which facts, and what it shows.
 *
 *     Payments api by treasurer in production, approved at 25 hours earlier: approval expired
 */
import type { Expr, Policy } from '../../cedar/ast.ts';
import { Duration } from '../../cedar/extensions/duration.ts';
import { isJsonArray, JsonNumber, type Json } from '../../cedar/json/lossless.ts';
import { durationWords } from '../../cedar/words-values.ts';
import { conditionWords, termWords } from '../../cedar/words.ts';
import { STAGE0_LEXICON } from '../../decision/lexicon.ts';
import type { DecisionRecord } from '../../decision/record.ts';
import { branchesOf } from '../branches.ts';
import type { Draft } from './draft.ts';
import type { Goal } from './goals.ts';

/** Facts that a name has room for. */
const MOST_FACTS = 2;
const MOST_CHARACTERS = 160;

/** What a draft is, and what it shows: the name of its scenario. */
export function draftName(draft: Draft, shows: string): string {
  return clipped(`${sentenceCase(draftWords(draft))}: ${shows}`);
}

/** The name of a case on or beside a boundary: "The length of the goal just below 10". */
export function boundaryName(left: Expr, right: Expr, offset: -1 | 0 | 1): string {
  const where = offset === 0 ? 'exactly' : offset < 0 ? 'just below' : 'just above';
  const [one, other] = [left, right].map((side) => termWords(side, STAGE0_LEXICON));
  return clipped(sentenceCase(`${one} ${where} ${other}`));
}

/** What a request that reaches a goal shows, in words. `policy` is the goal's rule. */
export function goalWords(goal: Goal, policy: Policy | undefined, record: DecisionRecord): string {
  switch (goal.kind) {
    case 'action':
    case 'role':
      return outcomeWords(record);
    case 'rule': {
      if (goal.holds) return issueWords(policy) ?? `permitted by ${goal.ruleId}`;
      return policy?.effect === 'permit'
        ? `not permitted by ${goal.ruleId}`
        : `passes ${goal.ruleId}`;
    }
    case 'branch':
      return branchWords(goal, policy);
  }
}

/** A goal in one sentence. */
export function goalTitle(goal: Goal, policy: Policy | undefined): string {
  switch (goal.kind) {
    case 'action':
      return `${goal.name} is called`;
    case 'role':
      return `somebody acts as ${goal.name}`;
    case 'rule':
      return `${goal.ruleId} ${goal.holds ? 'applies' : 'does not apply'}`;
    case 'branch':
      return `${goal.ruleId}: ${branchWords(goal, policy)}${goal.decides ? ', and decides' : ''}`;
  }
}

function branchWords(
  { at, value }: Extract<Goal, { kind: 'branch' }>,
  policy: Policy | undefined,
): string {
  const branches = policy === undefined ? [] : branchesOf(policy);
  const branch = branches.find(({ path }) => path.join('.') === at.join('.'));
  if (branch === undefined) return `part ${at.join('.')} is ${value}`;
  const { text, negation } = conditionWords(branch.expr, STAGE0_LEXICON);
  return value ? text : negation;
}

/**
 * What came of a request: "approval expired", or "deferred" where no issue says more. `without`: codes of
 * issues that are worth saying are not there.
 */
export function outcomeWords(record: DecisionRecord, without: readonly string[] = []): string {
  const absent = without.map((code) => plain(code.toLowerCase())).join(', ');
  return absent === '' ? saidWords(record) : `${saidWords(record)}, without ${absent}`;
}

function saidWords({ verdict, issues }: DecisionRecord): string {
  const [loudest] = issues;
  const said = loudest === undefined ? '' : plain(loudest.code.toLowerCase());
  switch (verdict) {
    case 'ALLOW':
      return said === '' ? 'allowed' : `allowed, with ${said}`;
    case 'DENY':
      return said === '' ? 'denied' : said;
    case 'DEFER':
      return said === '' ? 'deferred' : said;
  }
}

/** The issue that a rule raises, in words: "approval expired". */
function issueWords(policy: Policy | undefined): string | undefined {
  const code = policy?.annotations.find(({ name }) => name === 'issue')?.value;
  return code === undefined || code === '' ? undefined : plain(code.toLowerCase());
}

/** An id or a code as words. */
function plain(name: string): string {
  return name.replaceAll(/[-_]+/g, ' ').trim();
}

function draftWords({ at, tool, sideEffects, constraints, context }: Draft): string {
  const said = (name: string): string | undefined => {
    const value = context.get(name);
    return typeof value === 'string' && value !== '' ? plain(value) : undefined;
  };
  const role = said('actor_role') ?? said('user_role');
  const environment = said('environment');
  const head = [
    tool === undefined ? 'a plan' : tool.includes('.') ? tool : plain(tool),
    ...(role === undefined ? [] : [`by ${role}`]),
    ...(environment === undefined ? [] : [`in ${environment}`]),
  ].join(' ');
  const facts = [
    ...[...context]
      .filter(([name]) => !WHO_AND_WHERE.has(name))
      .map(([name, value]) => factWords(name, value, at)),
    ...sideEffects.map(plain),
    ...constraints.map((text) => text.replaceAll('_', ' ')),
  ];
  if (facts.length === 0) return head;
  const more = facts.length > MOST_FACTS ? ' …' : '';
  return `${head}, ${facts.slice(0, MOST_FACTS).join(', ')}${more}`;
}

const WHO_AND_WHERE: ReadonlySet<string> = new Set(['actor_role', 'user_role', 'environment']);

function factWords(name: string, value: Json, at: number): string {
  const words = plain(name);
  if (value === true) return words;
  if (value === false) return `not ${words}`;
  if (value === null) return `no ${words}`;
  if (typeof value === 'string')
    return `${words} ${momentWords(value, at) ?? quotedIfBlank(value)}`;
  if (typeof value === 'number') return `${words} ${value}`;
  if (value instanceof JsonNumber) return `${words} ${value.text}`;
  if (!isJsonArray(value)) return words;
  const list = value.slice(0, MOST_FACTS).map((one) => (typeof one === 'string' ? one : '…'));
  const more = value.length > MOST_FACTS ? ' …' : '';
  return list.length === 0 ? `no ${words}` : `${words} ${list.join(' and ')}${more}`;
}

function quotedIfBlank(text: string): string {
  return text.trim() === '' ? 'empty' : text;
}

const MOMENT = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)$/;

/** A moment as seen from another: "25 hours earlier". */
function momentWords(text: string, from: number): string | undefined {
  const moment = MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(moment)) return undefined;
  if (moment === from) return 'this very moment';
  const words = durationWords(new Duration(Math.abs(moment - from)));
  return `${words} ${moment < from ? 'earlier' : 'later'}`;
}

function sentenceCase(text: string): string {
  // The name of a tool stays as its callers write it.
  if (/^[^ ]*\./.test(text)) return text;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function clipped(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1).trimEnd()}…`;
}
