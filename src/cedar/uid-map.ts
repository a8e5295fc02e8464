import type { EntityUid } from './value.ts';

/** Up to so many names a set is searched through. */
const FEW = 8;

/**
 * A map keyed by entity, in two steps (type, then id): a lookup hashes two strings that already know
 * their hash and builds none, and no pair of type and id can be confused with another.
 */
export class UidMap<V> {
  readonly #types = new Map<string, Map<string, V>>();
  #size = 0;

  get(uid: EntityUid): V | undefined {
    return this.#types.get(uid.type)?.get(uid.id);
  }

  has(uid: EntityUid): boolean {
    return this.#types.get(uid.type)?.has(uid.id) === true;
  }

  set(uid: EntityUid, value: V): void {
    let ids = this.#types.get(uid.type);
    if (ids === undefined) this.#types.set(uid.type, (ids = new Map<string, V>()));
    if (!ids.has(uid.id)) this.#size++;
    ids.set(uid.id, value);
  }

  get size(): number {
    return this.#size;
  }

  *values(): IterableIterator<V> {
    for (const ids of this.#types.values()) yield* ids.values();
  }
}

/** A set of entities, to look up in and to go through. */
export class UidSet extends UidMap<EntityUid> {
  readonly list: EntityUid[] = [];

  /** Adds the entity; whether it is new. */
  add(uid: EntityUid): boolean {
    if (this.has(uid)) return false;
    this.set(uid, uid);
    this.list.push(uid);
    return true;
  }

  /** As `has`; few names are compared faster than they are hashed. */
  includes(uid: EntityUid): boolean {
    if (this.list.length > FEW) return this.has(uid);
    for (const member of this.list)
      if (member.id === uid.id && member.type === uid.type) return true;
    return false;
  }
}
