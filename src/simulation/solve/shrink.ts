import type { Ground } from './cells.ts';
import { tryDraft, type Draft, type Tried } from './draft.ts';

/**
 * The draft without all that can be left out while it still `meets`: facts, constraints, side effects,
 * criteria, one after the other until nothing more falls away.
 */
export function shrink(draft: Draft, ground: Ground, meets: (tried: Tried) => boolean): Draft {
  const good = (candidate: Draft): boolean => {
    const tried = tryDraft(ground.policies, candidate);
    return tried !== undefined && tried.clean && meets(tried);
  };
  let smallest = draft;
  for (let changed = true; changed;) {
    changed = false;
    for (const smaller of smallerThan(smallest)) {
      if (!good(smaller)) continue;
      smallest = smaller;
      changed = true;
      break;
    }
  }
  return smallest;
}

function* smallerThan(draft: Draft): Generator<Draft> {
  if (draft.context.size > 1) yield { ...draft, context: new Map() };
  for (const name of draft.context.keys()) {
    const context = new Map(draft.context);
    context.delete(name);
    yield { ...draft, context };
  }
  for (const list of ['constraints', 'sideEffects', 'criteria'] as const) {
    for (const index of draft[list].keys()) {
      yield { ...draft, [list]: draft[list].toSpliced(index, 1) };
    }
  }
}
