/** What a change asks of people: how near it is, and what kind of thing it is. */
import { isJsonArray, type Json } from '../cedar/json/lossless.ts';
import { jsonKey } from './change-json.ts';

/**
 * `evidence`: something that was not said. `fact`: said otherwise. `omission`: no longer said. `demand`:
 * what the caller itself demands is lifted. `task`: another place, goal, effect or tool, so another task.
 */
export type ChangeKind = 'evidence' | 'fact' | 'omission' | 'demand' | 'task';

export function kindOf(pointer: string, from: Json | undefined, to: Json | undefined): ChangeKind {
  switch (pointer) {
    case '/side_effects':
    case '/tools':
    case '/goal':
      return 'task';
    case '/context/environment':
    case '/environment':
      return isAbsent(from) ? 'evidence' : 'task';
    case '/constraints':
      return onlyAdds(from, to) ? 'evidence' : 'demand';
    default:
      if (to === undefined) return 'omission';
      return isAbsent(from) || (isJsonArray(to) && onlyAdds(from, to)) ? 'evidence' : 'fact';
  }
}

/** The unit is one missing fact given. */
export function costOf(pointer: string, from: Json | undefined, to: Json | undefined): number {
  switch (pointer) {
    case '/context/actor_role':
      return 1.6;
    case '/context/agent_name':
      return isAbsent(from) ? 1.5 : 5;
    case '/goal':
      return 3;
    case '/side_effects':
      return 7;
    case '/tools':
      return 8;
    default:
      return kindCost(pointer, from, to);
  }
}

function kindCost(pointer: string, from: Json | undefined, to: Json | undefined): number {
  switch (kindOf(pointer, from, to)) {
    case 'evidence':
      return pointer.startsWith('/context/') ? 1 : 1.3;
    case 'fact':
      return 1.2;
    case 'omission':
      // Taking a fact away only hides what is so.
      return 2.5;
    case 'demand':
    case 'task':
      return 6;
  }
}

/**
 * How near a refusal is to a check that is allowed: what it says, said a little otherwise or not at all, is
 * nearer than what it would have to add.
 */
export function refusalCostOf(
  pointer: string,
  from: Json | undefined,
  to: Json | undefined,
): number {
  switch (kindOf(pointer, from, to)) {
    case 'fact':
      return 1;
    case 'omission':
      return 1.2;
    case 'evidence':
      return pointer.startsWith('/context/') ? 1.6 : 2;
    case 'demand':
      return 3;
    case 'task':
      return 4;
  }
}

function isAbsent(json: Json | undefined): boolean {
  return json === undefined || json === null;
}

function onlyAdds(from: Json | undefined, to: Json | undefined): boolean {
  const [before, after] = [from ?? [], to ?? []];
  if (!isJsonArray(before) || !isJsonArray(after)) return false;
  const keys = new Set(after.map(jsonKey));
  return before.every((one) => keys.has(jsonKey(one)));
}
