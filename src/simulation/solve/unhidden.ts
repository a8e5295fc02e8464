/**
 * A rule can only be seen in a verdict where no other rule hides it: no stricter one speaks, something
 * permits the call, and, for a rule that only adds risk, the sum turns on it.
 */
import { elementAt } from '../../base/element.ts';
import type { Rule } from '../../decision/rules.ts';
import type { Solver } from '../solve.ts';
import { decideDraft, type Tried } from './draft.ts';
import { needDistance, type Need } from './search.ts';

/** Permits that are tried to open a way. */
const PERMITS = 8;
const RISKY_RULES = 8;
const RISKY_SETS = 6;

/** What would keep the other rules from hiding this one: needs, in a few variants. */
export function unhidden(solver: Solver, ruleId: string, at: Tried): readonly (readonly Need[])[] {
  const { policies } = solver.pack;
  const decision = decideDraft(policies, at.draft);
  if (decision === undefined) return [];
  const held = new Set(decision.tools.flatMap(({ satisfied }) => satisfied));
  const others = policies.rules.filter(({ id }) => id !== ruleId);
  const quiet = others
    .filter(({ id, standing }) => standing !== 'permits' && held.has(id))
    .flatMap((rule) => need(solver, rule, false));
  const permits = others.filter(({ standing }) => standing === 'permits');
  const permitted = permits.some(({ id }) => held.has(id));
  const opened = permitted ? [[]] : nearest(solver, permits, at);
  const risky = riskySets(policies.rules, ruleId, policies.settings.risk.threshold);
  return [
    ...opened.map((permit) => quiet.concat(permit)),
    ...risky.map((set) => quiet.concat(set.flatMap((rule) => need(solver, rule, true)))),
  ].filter((needs) => needs.length > 0);
}

function need(solver: Solver, { id }: Rule, holds: boolean): readonly Need[] {
  const policy = solver.policy(id);
  return policy === undefined ? [] : [{ kind: 'rule', policy, holds }];
}

function nearest(
  solver: Solver,
  permits: readonly Rule[],
  at: Tried,
): readonly (readonly Need[])[] {
  const distance = (needs: readonly Need[]): number =>
    needs.reduce((sum, one) => sum + needDistance(one, at), 0);
  return permits
    .map((permit) => need(solver, permit, true))
    .toSorted((a, b) => distance(a) - distance(b))
    .slice(0, PERMITS);
}

/** Sets of other permits whose risks reach the threshold only together with this rule's. */
function riskySets(
  rules: readonly Rule[],
  ruleId: string,
  threshold: number,
): readonly (readonly Rule[])[] {
  const own = rules.find(({ id }) => id === ruleId);
  if (own === undefined || own.standing !== 'permits' || own.risk === 0) return [];
  const others = rules
    .filter(({ id, standing, risk }) => standing === 'permits' && risk > 0 && id !== ruleId)
    .slice(0, RISKY_RULES);
  const sets: (readonly Rule[])[] = [[]];
  for (const rule of others) {
    const without = sets.length;
    for (let at = 0; at < without; at++) sets.push(elementAt(sets, at).concat(rule));
  }
  return sets
    .filter((set) => {
      const sum = set.reduce((risks, { risk }) => risks + risk, 0);
      return sum < threshold && sum + own.risk >= threshold;
    })
    .toSorted((a, b) => a.length - b.length)
    .slice(0, RISKY_SETS);
}
