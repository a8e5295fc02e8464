import type { EntityUid } from './value.ts';

/**
 * A map keyed by entity, in two steps (type, then id): a lookup hashes two strings that already know
 * their hash and builds none, and no pair of type and id can be confused with another.
 */
export class UidMap<V> {
  readonly #types = new Map<string, Map<string, V>>();

  get(uid: EntityUid): V | undefined {
    return this.#types.get(uid.type)?.get(uid.id);
  }

  has(uid: EntityUid): boolean {
    return this.#types.get(uid.type)?.has(uid.id) === true;
  }

  set(uid: EntityUid, value: V): void {
    const ids = this.#types.get(uid.type);
    if (ids === undefined) this.#types.set(uid.type, new Map([[uid.id, value]]));
    else ids.set(uid.id, value);
  }

  get size(): number {
    let size = 0;
    for (const ids of this.#types.values()) size += ids.size;
    return size;
  }

  *values(): IterableIterator<V> {
    for (const ids of this.#types.values()) yield* ids.values();
  }
}
