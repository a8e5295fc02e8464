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
import { quote } from './strings.ts';
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
    return this === other || (this.id === other.id && this.type === other.type);
  }

  /** Cedar text, with the id escaped. */
  toString(): string {
    return `${this.type}::${quote(this.id)}`;
  }
}

export function entityUid(type: string, id: string): EntityUid {
  return new EntityUid(type, id);
}

/** A record: names to values. Entries keep the order given; equality does not depend on it. */
export class CedarRecord {
  readonly #fields: ReadonlyMap<string, Value>;

  constructor(fields: ReadonlyMap<string, Value>) {
    this.#fields = fields;
  }

  get(name: string): Value | undefined {
    return this.#fields.get(name);
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  entries(): IterableIterator<[string, Value]> {
    return this.#fields.entries();
  }

  get size(): number {
    return this.#fields.size;
  }

  equals(other: CedarRecord): boolean {
    if (this.size !== other.size) return false;
    for (const [name, value] of this.#fields) {
      const theirs = other.get(name);
      if (theirs === undefined || !valuesEqual(value, theirs)) return false;
    }
    return true;
  }
}

/** The record of these entries; of two with one name the later wins. */
export function recordOf(entries: Iterable<readonly [string, Value]>): CedarRecord {
  return new CedarRecord(new Map(entries));
}

export const EMPTY_RECORD = new CedarRecord(new Map());

/** A set by value: no duplicates, membership in constant time whatever the elements are. */
export class CedarSet {
  readonly #items: readonly Value[];
  readonly #primitives = new Set<Primitive>();
  readonly #entities: UidMap<EntityUid> | undefined;
  readonly #others: ReadonlySet<string> | undefined;

  constructor(values: Iterable<Value>) {
    const items: Value[] = [];
    let entities: UidMap<EntityUid> | undefined;
    let others: Set<string> | undefined;
    for (const value of values) {
      if (typeof value !== 'object') {
        if (this.#primitives.has(value)) continue;
        this.#primitives.add(value);
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
    if (typeof value !== 'object') return this.#primitives.has(value);
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
