/**
 * What a Cedar expression can evaluate to. Booleans, strings and longs are JavaScript's own, so the
 * commonest comparisons need no dispatch; everything else is an immutable instance of one class.
 * Equality is by value and total: values of different types are unequal, never an error.
 */
import { Datetime } from './extensions/datetime.ts';
import { Decimal } from './extensions/decimal.ts';
import { Duration } from './extensions/duration.ts';
import { IpAddr } from './extensions/ipaddr.ts';
import { normalLong, type Long } from './long.ts';
import { NO_SLOTS, slotsOfType, type Slots } from './slots.ts';
import { internalize, quote } from './strings.ts';
import { UidMap } from './uid-map.ts';

export type Primitive = boolean | string | Long;
export type ExtensionValue = Decimal | Datetime | Duration | IpAddr;
export type Value = Primitive | EntityUid | CedarSet | CedarRecord | ExtensionValue;

/** The name of an entity: `Type::"id"`. */
export class EntityUid {
  readonly type: string;
  readonly id: string;

  constructor(type: string, id: string) {
    this.type = type;
    this.id = id;
  }

  equals(other: EntityUid): boolean {
    return this === other || (this.type === other.type && this.id === other.id);
  }

  /** Cedar text, with the id escaped. */
  toString(): string {
    return `${this.type}::${quote(this.id)}`;
  }
}

/** The same name in strings of the engine's own (`internalize`), for what is compared again and again. */
export function internalUid({ type, id }: EntityUid): EntityUid {
  return new EntityUid(internalize(type), internalize(id));
}

export function entityUid(type: string, id: string): EntityUid {
  return new EntityUid(type, id);
}

/**
 * A record: names to values. Entries keep the order given, or that of their type if they have one;
 * equality does not depend on it.
 */
export class CedarRecord {
  readonly slots: Slots;
  /** By slot; `undefined` where this record has nothing. */
  readonly values: readonly (Value | undefined)[];

  /** Use `recordOf` or `recordOfType`, which see to it that these belong together. */
  constructor(slots: Slots, values: readonly (Value | undefined)[]) {
    this.slots = slots;
    this.values = values;
  }

  get(name: string): Value | undefined {
    return this.values[this.slots.get(name) ?? 0];
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  *entries(): IterableIterator<[string, Value]> {
    for (const [name, slot] of this.slots) {
      const value = this.values[slot];
      if (value !== undefined) yield [name, value];
    }
  }

  get size(): number {
    return this.values.reduce<number>((size, value) => (value === undefined ? size : size + 1), 0);
  }

  equals(other: CedarRecord): boolean {
    if (this.size !== other.size) return false;
    for (const [name, value] of this.entries()) {
      const theirs = other.get(name);
      if (theirs === undefined || !valuesEqual(value, theirs)) return false;
    }
    return true;
  }
}

/** The record of these entries; of two with one name the later wins. */
export function recordOf(entries: Iterable<readonly [string, Value]>): CedarRecord {
  const slots = new Map<string, number>();
  const values: (Value | undefined)[] = [undefined];
  for (const [name, value] of entries) {
    const slot = slots.get(name) ?? values.length;
    if (slot === values.length) slots.set(name, slot);
    values[slot] = value;
  }
  return new CedarRecord(slots, values);
}

/** The same, of a record whose type declares these attributes: reading from it is faster. */
export function recordOfType(
  declared: ReadonlyMap<string, unknown>,
  entries: Iterable<readonly [string, Value]>,
): CedarRecord {
  const slots = slotsOfType(declared);
  const values = noValues(declared);
  for (const [name, value] of entries) {
    const slot = slots.get(name);
    if (slot === undefined) return recordOf(entries);
    values[slot] = value;
  }
  return new CedarRecord(slots, values);
}

/** For who fills a record in the order of its type, the values by slot, of which there are none yet. */
export function noValues(declared: ReadonlyMap<string, unknown>): (Value | undefined)[] {
  const values: (Value | undefined)[] = [undefined];
  for (let slot = 1; slot <= declared.size; slot++) values.push(undefined);
  return values;
}

/** The record of a type: slot 0 is empty, the declared attributes follow in their order. */
export function recordBySlot(
  declared: ReadonlyMap<string, unknown>,
  values: readonly (Value | undefined)[],
): CedarRecord {
  return new CedarRecord(slotsOfType(declared), values);
}

export const EMPTY_RECORD = new CedarRecord(NO_SLOTS, [undefined]);

/** A set by value: no duplicates, membership in constant time whatever the elements are. */
export class CedarSet {
  readonly #items: readonly Value[];
  readonly #primitives: ReadonlySet<Primitive> | undefined;
  readonly #entities: UidMap<EntityUid> | undefined;
  readonly #others: ReadonlySet<string> | undefined;

  constructor(values: Iterable<Value>) {
    const items: Value[] = [];
    let primitives: Set<Primitive> | undefined;
    let entities: UidMap<EntityUid> | undefined;
    let others: Set<string> | undefined;
    for (const value of values) {
      if (typeof value !== 'object') {
        primitives ??= new Set();
        if (primitives.has(value)) continue;
        primitives.add(value);
      } else if (value instanceof EntityUid) {
        entities ??= new UidMap();
        if (entities.has(value)) continue;
        entities.set(value, value);
      } else {
        others ??= new Set();
        const key = valueKey(value);
        if (others.has(key)) continue;
        others.add(key);
      }
      items.push(value);
    }
    this.#items = items;
    this.#primitives = primitives;
    this.#entities = entities;
    this.#others = others;
  }

  /** The elements, in the order in which they first came. */
  get items(): readonly Value[] {
    return this.#items;
  }

  get size(): number {
    return this.#items.length;
  }

  has(value: Value): boolean {
    if (typeof value !== 'object') return this.#primitives?.has(value) === true;
    if (value instanceof EntityUid) return this.#entities?.has(value) === true;
    return this.#others?.has(valueKey(value)) === true;
  }

  /** Whether every element of `other` is in this set. */
  hasAll(other: CedarSet): boolean {
    if (other.size > this.size) return false;
    for (const value of other.#items) if (!this.has(value)) return false;
    return true;
  }

  /** Whether the sets share an element. */
  hasAny(other: CedarSet): boolean {
    if (other.size < this.size) return other.hasAny(this);
    for (const value of this.#items) if (other.has(value)) return true;
    return false;
  }

  equals(other: CedarSet): boolean {
    return this.size === other.size && this.hasAll(other);
  }

  [Symbol.iterator](): IterableIterator<Value> {
    return this.#items[Symbol.iterator]();
  }
}

export function setOf(values: Iterable<Value>): CedarSet {
  return new CedarSet(values);
}

export const EMPTY_SET = new CedarSet([]);

/** The long of an integer that lies in the 64-bit range. */
export function longValue(n: bigint | number): Long {
  return typeof n === 'number' ? (Number.isSafeInteger(n) ? n + 0 : BigInt(n)) : normalLong(n);
}

export function isLong(value: Value): value is Long {
  return typeof value === 'number' || typeof value === 'bigint';
}

export function valuesEqual(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (a instanceof EntityUid) return b instanceof EntityUid && a.equals(b);
  if (a instanceof CedarSet) return b instanceof CedarSet && a.equals(b);
  if (a instanceof CedarRecord) return b instanceof CedarRecord && a.equals(b);
  if (a instanceof Decimal) return b instanceof Decimal && a.scaled === b.scaled;
  if (a instanceof Datetime) return b instanceof Datetime && a.millis === b.millis;
  if (a instanceof Duration) return b instanceof Duration && a.millis === b.millis;
  return b instanceof IpAddr && a.equals(b);
}

/** What kind of value this is, in Cedar's words, as messages name it. */
export function typeName(value: Value): string {
  if (isLong(value)) return 'long';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (value instanceof EntityUid) return `(entity of type \`${value.type}\`)`;
  if (value instanceof CedarSet) return 'set';
  if (value instanceof CedarRecord) return 'record';
  if (value instanceof Decimal) return 'decimal';
  if (value instanceof Datetime) return 'datetime';
  if (value instanceof Duration) return 'duration';
  return 'ipaddr';
}

/**
 * The value as a Cedar expression that evaluates to it. Elements of sets and fields of records are
 * sorted, so that equal values print alike.
 */
export function printValue(value: Value): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof EntityUid) return value.toString();
  if (value instanceof CedarSet)
    return `[${[...value].map(printValue).toSorted(byText).join(', ')}]`;
  if (value instanceof CedarRecord) {
    const fields = [...value.entries()].map(
      ([name, field]) => `${quote(name)}: ${printValue(field)}`,
    );
    return `{${fields.toSorted(byText).join(', ')}}`;
  }
  if (value instanceof Decimal) return `decimal("${value.toString()}")`;
  if (value instanceof Duration) return `duration("${value.toString()}")`;
  if (value instanceof IpAddr) return `ip("${value.toString()}")`;
  const iso = value.toIso();
  return iso === undefined
    ? `datetime("1970-01-01").offset(duration("${value.millis}ms"))`
    : `datetime("${iso}")`;
}

/** A text that two values share exactly when they are equal. */
function valueKey(value: Value): string {
  return printValue(value);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
