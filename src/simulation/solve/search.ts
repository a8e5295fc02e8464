/**
 * Finds a request that meets needs: from drafts at hand it changes one thing at a time, nearest to the
 * needs first, and asks the engine about each. What it finds is therefore true; what it does not find may
 * still exist.
 */
import type { Policy } from '../../cedar/ast.ts';
import { draftKey, tryDraft, type Draft, type Tried } from './draft.ts';
import type { Ground } from './cells.ts';
import { scopeRepairs, unmetScope } from './members.ts';
import { distanceTo, repairs, type Wanted } from './repair.ts';

/** Something a request has to bring about. */
export type Need =
  /** The rule's scope meets the request. */
  | { readonly kind: 'scope'; readonly policy: Policy }
  /** A part of a condition comes to a value. */
  | ({ readonly kind: 'part' } & Wanted)
  /** The whole rule holds, or does not. */
  | { readonly kind: 'rule'; readonly policy: Policy; readonly holds: boolean };

export interface Quest {
  readonly starts: readonly Draft[];
  readonly needs: readonly Need[];
  /** What else must be so once all needs are met. */
  readonly accepts: (tried: Tried) => boolean;
  /** Further needs where all are met and it still is not accepted, in several variants. */
  readonly others?: (tried: Tried) => readonly (readonly Need[])[];
  /** Drafts to start from again once there are further needs. */
  readonly restarts?: (needs: readonly Need[]) => readonly Draft[];
  /** Drafts tried at most. */
  readonly budget: number;
}

interface Open {
  readonly tried: Tried;
  readonly needs: readonly Need[];
  readonly distance: number;
  readonly depth: number;
}

/** A request that meets all needs and is accepted; `undefined` when none was found within the budget. */
export function search(quest: Quest, ground: Ground): Tried | undefined {
  const work = searchInSlices(quest, ground);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** The same, one draft after the other: whoever steps may stop for good. */
export function* searchInSlices(
  quest: Quest,
  ground: Ground,
): Generator<void, Tried | undefined, void> {
  const seen = new Set<string>();
  const open: Open[] = [];
  const budget = { left: quest.budget };
  const consider = (draft: Draft, needs: readonly Need[], depth: number): Tried | undefined => {
    const key = `${needs.map(needKey).join(' ')} ${draftKey(draft)}`;
    if (seen.has(key) || budget.left <= 0) return undefined;
    seen.add(key);
    budget.left -= 1;
    const tried = tryDraft(ground.policies, draft);
    if (tried === undefined || !tried.clean) return undefined;
    const distance = needs.reduce((sum, need) => sum + needDistance(need, tried), 0);
    if (distance === 0 && quest.accepts(tried)) return tried;
    open.push({ tried, needs, distance, depth });
    return undefined;
  };
  for (const draft of quest.starts) {
    const found = consider(draft, quest.needs, 0);
    if (found !== undefined) return found;
    yield;
  }
  while (open.length > 0 && budget.left > 0) {
    const next = takeNearest(open);
    if (next === undefined) break;
    const { tried, needs, distance, depth } = next;
    if (distance === 0) {
      for (const more of quest.others?.(tried) ?? []) {
        const all = united(needs, more);
        if (all.length === needs.length) continue;
        for (const draft of [tried.draft, ...(quest.restarts?.(all) ?? [])]) {
          const found = consider(draft, all, depth + 1);
          if (found !== undefined) return found;
          yield;
        }
      }
      continue;
    }
    const unmet = needs.filter((need) => needDistance(need, tried) > 0).slice(0, 3);
    for (const need of unmet) {
      for (const draft of needRepairs(need, tried, ground)) {
        const found = consider(draft, needs, depth + 1);
        if (found !== undefined) return found;
        yield;
      }
    }
  }
  return undefined;
}

/** Both, each need once. A rule that was to hold and now must not keeps its first need. */
function united(needs: readonly Need[], more: readonly Need[]): readonly Need[] {
  const rules = new Set(needs.flatMap((need) => (need.kind === 'rule' ? need.policy : [])));
  return [...needs, ...more.filter((need) => need.kind !== 'rule' || !rules.has(need.policy))];
}

function needKey(need: Need): string {
  switch (need.kind) {
    case 'scope':
      return `${need.policy.span.start}`;
    case 'part':
      return `${need.expr.span.start}${need.want ? '+' : '-'}`;
    case 'rule':
      return `${need.policy.span.start}${need.policy.span.end}${need.holds ? '+' : '-'}`;
  }
}

/** Removes the draft that is nearest; of two the one with fewer changes. */
function takeNearest(open: Open[]): Open | undefined {
  let best = 0;
  for (const [index, one] of open.entries()) {
    if (rank(one) < rank(open[best])) best = index;
  }
  return open.splice(best, 1)[0];
}

function rank(open: Open | undefined): number {
  return open === undefined ? Infinity : open.distance + open.depth / 20;
}

export function needDistance(need: Need, tried: Tried): number {
  switch (need.kind) {
    case 'scope':
      return unmetScope(need.policy, tried).length;
    case 'part':
      return distanceTo(need, tried);
    case 'rule': {
      const { policy, holds } = need;
      const scope = unmetScope(policy, tried).length;
      const parts = policy.conditions.map(({ kind, body }) =>
        distanceTo({ expr: body, want: (kind === 'when') === holds }, tried),
      );
      if (holds) return scope + parts.reduce((sum, part) => sum + part, 0);
      return scope > 0 ? 0 : Math.min(1, ...parts);
    }
  }
}

function needRepairs(need: Need, tried: Tried, ground: Ground): readonly Draft[] {
  switch (need.kind) {
    case 'scope':
      return unmetScope(need.policy, tried).flatMap((part) =>
        scopeRepairs(need.policy, part, true, tried, ground),
      );
    case 'part':
      return repairs(need, tried, ground);
    case 'rule': {
      const { policy, holds } = need;
      const wanted = policy.conditions.map(({ kind, body }) => ({
        expr: body,
        want: (kind === 'when') === holds,
      }));
      const open = wanted.filter((part) => distanceTo(part, tried) > 0);
      if (holds) {
        return [
          ...unmetScope(policy, tried).flatMap((part) =>
            scopeRepairs(policy, part, true, tried, ground),
          ),
          ...open.slice(0, 2).flatMap((part) => repairs(part, tried, ground)),
        ];
      }
      const parts = ['principal', 'resource', 'action'] as const;
      return [
        ...open.flatMap((part) => repairs(part, tried, ground)),
        ...parts.flatMap((part) => scopeRepairs(policy, part, false, tried, ground)),
      ];
    }
  }
}
