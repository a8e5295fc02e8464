/**
 * Where records keep their values. The names of a record, each with the place of its value, are its
 * slots. Records of one declared type share their slots, whichever optional attributes they have; any
 * other record has slots of its own. Who reads the same name out of record after record keeps the place
 * (`Field`), and looks nothing up as long as the slots are the same.
 *
 * No name that a request brings along is kept beyond its record: only declared types are remembered.
 */
import type { CedarRecord, Value } from './value.ts';

/** The place of each name's value. Place 0 is nobody's: there a name that is missing finds nothing. */
export type Slots = ReadonlyMap<string, number>;

export const NO_SLOTS: Slots = new Map();

/** The slots of a declared type live as long as the type does. */
const OF_TYPES = new WeakMap<ReadonlyMap<string, unknown>, Slots>();

/** The slots of all records whose type declares these attributes. */
export function slotsOfType(declared: ReadonlyMap<string, unknown>): Slots {
  const known = OF_TYPES.get(declared);
  if (known !== undefined) return known;
  const slots = new Map([...declared.keys()].map((name, index) => [name, index + 1]));
  OF_TYPES.set(declared, slots);
  return slots;
}

/** Reads one name out of record after record. */
export class Field {
  readonly name: string;
  #slots = NO_SLOTS;
  #slot = 0;

  constructor(name: string) {
    this.name = name;
  }

  of(record: CedarRecord): Value | undefined {
    if (record.slots !== this.#slots) this.#move(record.slots);
    return record.values[this.#slot];
  }

  #move(slots: Slots): void {
    this.#slots = slots;
    this.#slot = slots.get(this.name) ?? 0;
  }
}
