import type { EntityUid } from './value.ts';

/** Up to so many names a set is searched through. */
const FEW = 8;

/** What a map has for one id. */
interface Entry<V> {
  readonly type: string;
  value: V;
  /** For entities of other types that have the same id. */
  others: Map<string, V> | undefined;
}

/**
 * A map keyed by entity, by id and then by type. Few entities share an id with one of another type, so a
 * lookup is mostly one, of a string that knows its hash already; no string is built, and no pair of type
 * and id can be confused with another.
 */
export class UidMap<V extends object | true> {
  readonly #ids = new Map<string, Entry<V>>();
  #size = 0;

  get(uid: EntityUid): V | undefined {
    const entry = this.#ids.get(uid.id);
    return entry?.type === uid.type ? entry.value : entry?.others?.get(uid.type);
  }

  has(uid: EntityUid): boolean {
    return this.get(uid) !== undefined;
  }

  set({ type, id }: EntityUid, value: V): void {
    const entry = this.#ids.get(id);
    if (entry === undefined) {
      this.#ids.set(id, { type, value, others: undefined });
      this.#size++;
    } else if (entry.type === type) {
      entry.value = value;
    } else {
      entry.others ??= new Map();
      if (!entry.others.has(type)) this.#size++;
      entry.others.set(type, value);
    }
  }

  get size(): number {
    return this.#size;
  }

  *values(): IterableIterator<V> {
    for (const { value, others } of this.#ids.values()) {
      yield value;
      if (others !== undefined) yield* others.values();
    }
  }
}

/** A set of entities, to look up in and to go through. */
export class UidSet {
  readonly list: EntityUid[] = [];
  /** The same by name, once they are many. */
  #index: UidMap<true> | undefined;

  /** Adds the entity; whether it is new. */
  add(uid: EntityUid): boolean {
    if (this.has(uid)) return false;
    this.list.push(uid);
    if (this.#index !== undefined) this.#index.set(uid, true);
    else if (this.list.length > FEW) {
      this.#index = new UidMap();
      for (const member of this.list) this.#index.set(member, true);
    }
    return true;
  }

  has(uid: EntityUid): boolean {
    if (this.#index !== undefined) return this.#index.has(uid);
    for (const member of this.list) if (member.equals(uid)) return true;
    return false;
  }

  values(): IterableIterator<EntityUid> {
    return this.list.values();
  }
}
