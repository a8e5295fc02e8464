/**
 * The entities of a request and the hierarchy over them. Parents may name entities that are not there:
 * such a name is an ancestor all the same, but has none itself. Ancestors are found on first use and
 * kept, so a deep hierarchy costs only the requests that climb it.
 */
import { elementAt } from '../base/element.ts';
import { err, ok, type Result } from '../base/result.ts';
import { UidMap, UidSet } from './uid-map.ts';
import { EMPTY_RECORD, type CedarRecord, type EntityUid } from './value.ts';

export interface Entity {
  readonly uid: EntityUid;
  readonly parents: readonly EntityUid[];
  readonly attrs: CedarRecord;
  readonly tags: CedarRecord;
}

export type EntitiesProblem =
  | { readonly code: 'duplicate_entity'; readonly message: string; readonly uid: EntityUid }
  | {
      readonly code: 'entity_cycle';
      readonly message: string;
      /** The cycle, each entity a child of the next and the last a child of the first. */
      readonly cycle: readonly EntityUid[];
    };

/** So few entities, such as those that come with a request, are looked through and not hashed. */
const FEW = 4;

/** An entity in its hierarchy. */
export class Standing {
  /** Absent when the entity is not there. */
  readonly entity: Entity | undefined;
  readonly #entities: Entities;
  #ancestors: UidSet | undefined;

  constructor(entity: Entity | undefined, entities: Entities) {
    this.entity = entity;
    this.#entities = entities;
  }

  /** Proper ancestors. */
  get ancestors(): UidSet {
    return (this.#ancestors ??= climb(this.entity?.parents ?? [], this.#entities));
  }
}

export class Entities {
  readonly #list: readonly Entity[];
  /** Of each in the list. */
  readonly #standings: readonly Standing[];
  /** The same by name, when they are many. */
  readonly #index: UidMap<Standing> | undefined;
  readonly #absent: Standing;
  readonly #base: Entities | undefined;
  /** Names of parents that no entity here has. */
  readonly #dangling: UidMap<EntityUid>;

  /** Use `buildEntities` or `with`, which check what this takes for granted. */
  constructor(list: readonly Entity[], base?: Entities) {
    this.#list = list;
    this.#standings = list.map((entity) => new Standing(entity, this));
    this.#index = list.length > FEW ? new UidMap() : undefined;
    this.#absent = new Standing(undefined, this);
    this.#base = base;
    this.#dangling = new UidMap();
    for (const [at, { uid }] of list.entries()) {
      this.#index?.set(uid, elementAt(this.#standings, at));
    }
    for (const entity of list) {
      for (const parent of entity.parents) {
        if (this.get(parent) === undefined) this.#dangling.set(parent, parent);
      }
    }
  }

  get(uid: EntityUid): Entity | undefined {
    return this.standing(uid).entity;
  }

  /** Every entity; those layered on top come first. */
  *[Symbol.iterator](): IterableIterator<Entity> {
    yield* this.#list;
    if (this.#base !== undefined) yield* this.#base;
  }

  get size(): number {
    return this.#list.length + (this.#base?.size ?? 0);
  }

  /** Proper ancestors of `uid`; none when it is not there. */
  ancestors(uid: EntityUid): UidSet {
    return this.standing(uid).ancestors;
  }

  /** The entity with its ancestors. One that is not there has neither attributes nor ancestors. */
  standing(uid: EntityUid): Standing {
    const found = this.#index === undefined ? this.#lookThrough(uid) : this.#index.get(uid);
    if (found !== undefined) return found;
    return this.#base === undefined ? this.#absent : this.#base.standing(uid);
  }

  #lookThrough(uid: EntityUid): Standing | undefined {
    for (let at = 0; at < this.#list.length; at++) {
      if (elementAt(this.#list, at).uid.equals(uid)) return this.#standings[at];
    }
    return undefined;
  }

  /** Cedar's `in`: whether `uid` is `ancestor` or below it. */
  isIn(uid: EntityUid, ancestor: EntityUid): boolean {
    return uid.equals(ancestor) || this.ancestors(uid).has(ancestor);
  }

  /**
   * These entities and a few more, without copying these. An entity that is there already may be given
   * again only as it is: a request cannot redefine what its policies' author declared.
   */
  with(list: readonly Entity[]): Result<Entities, readonly EntitiesProblem[]> {
    // A layer that gives parents to a name that a lower entity already has for a parent changes what
    // is above that one: then, and only then, the whole hierarchy is built anew.
    const rewires = list.some((entity) => entity.parents.length > 0 && this.#awaits(entity.uid));
    if (rewires) return buildEntities([...this, ...list]);
    const problems: EntitiesProblem[] = [];
    const added = unique(list, this, problems);
    const layered = new Entities(added, this);
    findCycle(added, layered, problems);
    return problems.length > 0 ? err(problems) : ok(layered);
  }

  #awaits(uid: EntityUid): boolean {
    return this.#dangling.has(uid) || (this.#base !== undefined && this.#base.#awaits(uid));
  }
}

function climb(parents: readonly EntityUid[], entities: Entities): UidSet {
  const found = new UidSet();
  const queue = [...parents];
  for (let uid = queue.pop(); uid !== undefined; uid = queue.pop()) {
    if (found.add(uid)) queue.push(...(entities.get(uid)?.parents ?? []));
  }
  return found;
}

export const NO_ENTITIES = new Entities([]);

/** An entity that has nothing but a name and parents. */
export function bareEntity(uid: EntityUid, parents: readonly EntityUid[] = []): Entity {
  return { uid, parents, attrs: EMPTY_RECORD, tags: EMPTY_RECORD };
}

/**
 * Checks and indexes entities: each name once (or again exactly alike), and no entity its own
 * ancestor. All duplicates are reported, and the first cycle.
 */
export function buildEntities(
  list: readonly Entity[],
): Result<Entities, readonly EntitiesProblem[]> {
  const problems: EntitiesProblem[] = [];
  const added = unique(list, NO_ENTITIES, problems);
  const entities = new Entities(added);
  findCycle(added, entities, problems);
  return problems.length > 0 ? err(problems) : ok(entities);
}

/** The entities of `list` that are new; a second, different one of the same name is a problem. */
function unique(
  list: readonly Entity[],
  known: Entities,
  problems: EntitiesProblem[],
): readonly Entity[] {
  const seen = new UidMap<Entity>();
  const added: Entity[] = [];
  for (const entity of list) {
    const earlier = seen.get(entity.uid) ?? known.get(entity.uid);
    if (earlier === undefined) {
      seen.set(entity.uid, entity);
      added.push(entity);
    } else if (!sameEntity(earlier, entity)) {
      const message = `the entity ${entity.uid} is defined more than once, and differently`;
      problems.push({ code: 'duplicate_entity', message, uid: entity.uid });
    }
  }
  return added;
}

function sameEntity(a: Entity, b: Entity): boolean {
  return (
    a.attrs.equals(b.attrs) &&
    a.tags.equals(b.tags) &&
    a.parents.every((parent) => b.parents.some((other) => other.equals(parent))) &&
    b.parents.every((parent) => a.parents.some((other) => other.equals(parent)))
  );
}

/** Looks for a cycle through `list`, depth first and without recursion. */
function findCycle(list: readonly Entity[], entities: Entities, problems: EntitiesProblem[]): void {
  const done = new UidMap<true>();
  for (const start of list) {
    const path: { readonly entity: Entity; next: number }[] = [{ entity: start, next: 0 }];
    const onPath = new UidMap<true>();
    onPath.set(start.uid, true);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const parent = done.has(top.entity.uid) ? undefined : top.entity.parents[top.next++];
      if (parent === undefined) {
        done.set(top.entity.uid, true);
        path.pop();
        continue;
      }
      if (done.has(parent)) continue;
      if (onPath.has(parent)) {
        const uids = path.map((step) => step.entity.uid);
        const cycle = uids.slice(uids.findIndex((uid) => uid.equals(parent)));
        const text = [...cycle, parent].map(String).join(' in ');
        const message = `the entity hierarchy has a cycle: ${text}`;
        problems.push({ code: 'entity_cycle', message, cycle });
        return;
      }
      const entity = entities.get(parent);
      if (entity === undefined) continue;
      onPath.set(parent, true);
      path.push({ entity, next: 0 });
    }
  }
}
