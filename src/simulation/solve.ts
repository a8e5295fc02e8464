/**
 * Requests that cover what no scenario covers: found by solving the conditions on the way, verified by the
 * engine, and cut down to what is needed.
 */
import type { Policy } from '../cedar/ast.ts';
import type { Pack } from '../pack/read.ts';
import { entityUid } from '../cedar/value.ts';
import { ROLE } from '../decision/policies.ts';
import type { Coverage, RuleCoverage } from './coverage.ts';
import type { Ground } from './solve/cells.ts';
import { decideDraft, tryDraft, type Draft, type Tried } from './solve/draft.ts';
import { goalKey, needsOf, scopeAlone, type Goal } from './solve/goals.ts';
import { groundOf, startsOf } from './solve/ground.ts';
import { unmetScope } from './solve/members.ts';
import { needDistance, searchInSlices, type Need } from './solve/search.ts';
import { draftName, goalTitle, goalWords } from './solve/names.ts';
import { shrink } from './solve/shrink.ts';
import { writeScenario, type NewScenario } from './solve/scenario-text.ts';
import type { Sliced } from './sliced.ts';

export type { Goal } from './solve/goals.ts';

/** What came of one goal. */
export interface Proposal {
  readonly goal: Goal;
  /** Names the goal within its pack. */
  readonly key: string;
  /** One sentence that names it. */
  readonly title: string;
  /** A scenario that shows it and passes; absent when none was found, or none can exist. */
  readonly scenario?: NewScenario;
}

/** Drafts tried for one goal at most. */
const BUDGET = 400;
/** Saved scenarios from which a search starts. */
const STARTS = 6;

/** What a coverage leaves open: rules that never spoke or kept silent, sides of branches not seen. */
export function uncoveredGoals({ rules, actions, roles }: Coverage): readonly Goal[] {
  const never = (kind: 'action' | 'role', list: Coverage['actions']): readonly Goal[] =>
    list.flatMap(({ name, count }) => (count === 0 ? { kind, name } : []));
  return [...rules.flatMap(goalsOfRule), ...never('action', actions), ...never('role', roles)];
}

function goalsOfRule({
  id: ruleId,
  satisfied,
  evaluatedFalse,
  outOfScope,
  branches,
}: RuleCoverage): readonly Goal[] {
  const silent = branches.length === 0 ? outOfScope : evaluatedFalse;
  const goals: Goal[] = [];
  if (satisfied === 0) goals.push({ kind: 'rule', ruleId, holds: true });
  if (silent === 0) goals.push({ kind: 'rule', ruleId, holds: false });
  for (const { at, seenTrue, seenFalse, constant } of branches) {
    if (constant) continue;
    if (seenTrue === 0) goals.push({ kind: 'branch', ruleId, at, value: true, decides: false });
    if (seenFalse === 0) goals.push({ kind: 'branch', ruleId, at, value: false, decides: false });
  }
  return goals;
}

/** Solves goals. Steps are goals. */
export function* proposeInSlices(pack: Pack, goals: readonly Goal[]): Sliced<readonly Proposal[]> {
  const solver = new Solver(pack);
  const proposals: Proposal[] = [];
  for (const goal of goals) {
    const work = solver.propose(goal);
    for (;;) {
      const step = work.next();
      if (step.done === true) {
        proposals.push(step.value);
        break;
      }
      yield { done: proposals.length, total: goals.length };
    }
    yield { done: proposals.length, total: goals.length };
  }
  return proposals;
}

/** Solves for one pack; what it learns of the pack is kept between goals. */
export class Solver {
  readonly pack: Pack;
  readonly ground: Ground;
  readonly #starts: readonly Start[];
  readonly #policies: ReadonlyMap<string, Policy>;

  constructor(pack: Pack) {
    this.pack = pack;
    this.ground = groundOf(pack);
    this.#starts = startsOf(pack).flatMap((draft) => startAt(pack, draft) ?? []);
    this.#policies = new Map(
      pack.policies.policySet.policies.map(({ id, policy }) => [id, policy]),
    );
  }

  policy(ruleId: string): Policy | undefined {
    return this.#policies.get(ruleId);
  }

  /** The scenarios, and the empty request, that are nearest to some needs. */
  nearest(needs: readonly Need[], count = STARTS): readonly Draft[] {
    const ranked = this.#starts
      .map(({ tried, loud }) => {
        const distance = needs.reduce((sum, need) => sum + needDistance(need, tried), 0);
        const scope = needs.reduce((sum, need) => sum + scopeDistance(need, tried), 0);
        // Of two as near, the one that is already asked by these rules, and that others stop less.
        return { draft: tried.draft, distance: distance + scope / 2 + loud / 10 };
      })
      .toSorted((a, b) => a.distance - b.distance)
      .map(({ draft }) => draft);
    // The empty request too: what is near may all be near in the same wrong way.
    const empty = this.#starts.slice(0, 1).map(({ tried }) => tried.draft);
    return [...new Set([...ranked.slice(0, count), ...empty])];
  }

  *propose(goal: Goal): Generator<void, Proposal, void> {
    const policy = 'ruleId' in goal ? this.policy(goal.ruleId) : undefined;
    const none = { goal, key: goalKey(goal), title: goalTitle(goal, policy) };
    const needs = this.#needs(goal);
    if (needs === undefined) return none;
    const meets = (tried: Tried): boolean => needs.every((need) => needDistance(need, tried) === 0);
    const starts = this.nearest(needs);
    const quest = { starts, needs, accepts: () => true, budget: BUDGET };
    const found = yield* searchInSlices(quest, this.ground);
    if (found === undefined) return none;
    const draft = shrink(found.draft, this.ground, meets);
    const record = decideDraft(this.pack.policies, draft)?.record;
    if (record === undefined) return none;
    const scenario = writeScenario(draft, record, {
      name: draftName(draft, goalWords(goal, policy, record)),
      description: `The smallest request found in which ${none.title}.`,
      tags: ['generated'],
    });
    return { goal, key: none.key, title: none.title, scenario };
  }

  #needs(goal: Goal): readonly Need[] | undefined {
    if (goal.kind === 'rule' || goal.kind === 'branch') {
      const policy = this.policy(goal.ruleId);
      return policy === undefined ? undefined : needsOf(goal, policy);
    }
    const { schema } = this.pack.policies;
    const uid =
      goal.kind === 'role' ? entityUid(ROLE, goal.name) : schema.actions.get(goal.name)?.uid;
    if (uid === undefined) return undefined;
    const part = goal.kind === 'role' ? 'principal' : 'action';
    return [{ kind: 'scope', policy: scopeAlone(part, uid) }];
  }
}

interface Start {
  readonly tried: Tried;
  /** How many rules stop it. */
  readonly loud: number;
}

function startAt(pack: Pack, draft: Draft): Start | undefined {
  const tried = tryDraft(pack.policies, draft);
  const decision = decideDraft(pack.policies, draft);
  if (tried === undefined || decision === undefined) return undefined;
  const stops = decision.tools.flatMap(({ findings }) =>
    findings.filter(({ standing }) => standing !== 'permits'),
  );
  return { tried, loud: stops.length };
}

function scopeDistance(need: Need, tried: Tried): number {
  return need.kind === 'part' ? 0 : unmetScope(need.policy, tried).length;
}
