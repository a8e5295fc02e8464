/** A context's fields are known as soon as its type is: what every check would look up is worked out once. */
import type { Attributes, Type } from '../cedar/schema/model.ts';
import { noValues, type Value } from '../cedar/value.ts';

/** Where in a context of a declared type everything stands, by slot. */
export interface ContextLayout {
  /** A context without anything in it, to be filled. */
  readonly none: readonly (Value | undefined)[];
  /** What the engine derives is never the client's to say. */
  readonly derived: readonly Place[];
  readonly facts: ReadonlyMap<string, Place>;
  /** Those of `facts` that must be there. */
  readonly required: readonly Place[];
  /** 0, which is nobody's, where the type declares no such record: there nothing is put. */
  readonly limitsSlot: number;
  readonly sessionSlot: number;
}

interface Place {
  readonly slot: number;
  readonly name: string;
  readonly type: Type;
}

const DERIVED = new Set(['goal', 'success_criteria', 'constraints', 'tools', 'side_effects']);

const layouts = new WeakMap<Attributes, ContextLayout>();

/** Worked out once for each type. */
export function layoutOf(attributes: Attributes): ContextLayout {
  const known = layouts.get(attributes);
  if (known !== undefined) return known;
  const derived: Place[] = [];
  const facts = new Map<string, Place>();
  const required: Place[] = [];
  let limitsSlot = 0;
  let sessionSlot = 0;
  let slot = 0;
  for (const [name, attribute] of attributes) {
    slot += 1;
    const place = { slot, name, type: attribute.type };
    if (name === 'limits') limitsSlot = slot;
    else if (name === 'session') sessionSlot = slot;
    else if (DERIVED.has(name)) derived.push(place);
    else {
      facts.set(name, place);
      if (attribute.required) required.push(place);
    }
  }
  const none = noValues(attributes);
  const layout = { none, derived, facts, required, limitsSlot, sessionSlot };
  layouts.set(attributes, layout);
  return layout;
}
