/**
 * Which policies a request can concern, found by its action, then its principal, then its resource.
 * The index is exact: a policy that is found has a scope that matches, so scopes are not evaluated
 * again, and the policies of other actions, roles or types cost nothing however many there are.
 */
import type { ActionScope, Policy, PrincipalScope } from './ast.ts';
import type { Entities } from './entities.ts';
import { UidMap } from './uid-map.ts';
import type { EntityUid } from './value.ts';

/** What a scope asks of one variable. */
type Constraint =
  | { readonly kind: 'any' }
  | { readonly kind: 'equal'; readonly uid: EntityUid }
  | { readonly kind: 'in'; readonly uid: EntityUid; readonly type?: string }
  | { readonly kind: 'is'; readonly type: string };

interface Within<T> {
  readonly uid: EntityUid;
  readonly type: string | undefined;
  readonly next: T;
}

/** One variable's constraints, each with what comes after it. */
class Level<T> {
  readonly #make: () => T;
  #any: T | undefined;
  readonly #equal = new UidMap<T>();
  readonly #types = new Map<string, T>();
  readonly #within = new UidMap<Within<T>[]>();
  readonly #all: Within<T>[] = [];

  constructor(make: () => T) {
    this.#make = make;
  }

  /** What comes after this constraint, made when it is new. */
  place(constraint: Constraint): T {
    switch (constraint.kind) {
      case 'any':
        return (this.#any ??= this.#make());
      case 'equal': {
        const next = this.#equal.get(constraint.uid) ?? this.#make();
        this.#equal.set(constraint.uid, next);
        return next;
      }
      case 'is': {
        const next = this.#types.get(constraint.type) ?? this.#make();
        this.#types.set(constraint.type, next);
        return next;
      }
      case 'in': {
        const { uid, type } = constraint;
        const known = this.#within.get(uid) ?? [];
        const same = known.find((entry) => entry.type === type);
        if (same !== undefined) return same.next;
        const entry = { uid, type, next: this.#make() };
        this.#within.set(uid, [...known, entry]);
        this.#all.push(entry);
        return entry.next;
      }
    }
  }

  /** Hands on what comes after each constraint that this entity meets. */
  visit(uid: EntityUid, entities: Entities, found: T[]): void {
    if (this.#any !== undefined) found.push(this.#any);
    const equal = this.#equal.get(uid);
    if (equal !== undefined) found.push(equal);
    const typed = this.#types.get(uid.type);
    if (typed !== undefined) found.push(typed);
    if (this.#all.length > 0) this.#visitWithin(uid, entities, found);
  }

  /** Goes through the ancestors or through the constraints, whichever are fewer. */
  #visitWithin(uid: EntityUid, entities: Entities, found: T[]): void {
    const ancestors = entities.ancestors(uid);
    if (this.#all.length <= ancestors.size) {
      for (const entry of this.#all) {
        if (entry.uid.equals(uid) || ancestors.has(entry.uid)) admit(entry, uid, found);
      }
      return;
    }
    for (const entry of this.#within.get(uid) ?? []) admit(entry, uid, found);
    for (const ancestor of ancestors.values()) {
      for (const entry of this.#within.get(ancestor) ?? []) admit(entry, uid, found);
    }
  }
}

function admit<T>(entry: Within<T>, uid: EntityUid, found: T[]): void {
  if (entry.type === undefined || entry.type === uid.type) found.push(entry.next);
}

type Leaf = number[];

export class ScopeIndex {
  readonly #root = new Level(() => new Level(() => new Level<Leaf>(() => [])));

  /** Enters the policy with this number; numbers are entered in ascending order. */
  add(policy: Policy, number: number): void {
    const principal = entityConstraint(policy.principal);
    const resource = entityConstraint(policy.resource);
    // A slot that is not filled matches nothing.
    if (principal === undefined || resource === undefined) return;
    for (const action of actionConstraints(policy.action)) {
      const leaf = this.#root.place(action).place(principal).place(resource);
      if (leaf.at(-1) !== number) leaf.push(number);
    }
  }

  /**
   * Lists of the policies whose scope matches, each list ascending. A policy that names several
   * actions can be in more than one.
   */
  find(
    principal: EntityUid,
    action: EntityUid,
    resource: EntityUid,
    entities: Entities,
  ): readonly Leaf[] {
    const found: Leaf[] = [];
    const byAction: Level<Level<Leaf>>[] = [];
    const byPrincipal: Level<Leaf>[] = [];
    this.#root.visit(action, entities, byAction);
    for (const level of byAction) level.visit(principal, entities, byPrincipal);
    for (const level of byPrincipal) level.visit(resource, entities, found);
    return found;
  }
}

function actionConstraints(scope: ActionScope): readonly Constraint[] {
  switch (scope.kind) {
    case 'any':
      return [{ kind: 'any' }];
    case 'equal':
      return [{ kind: 'equal', uid: scope.entity.uid }];
    case 'in':
      return [{ kind: 'in', uid: scope.entity.uid }];
    case 'in-any':
      return scope.entities.map(({ uid }) => ({ kind: 'in', uid }));
  }
}

function entityConstraint(scope: PrincipalScope): Constraint | undefined {
  if (scope.kind === 'any') return scope;
  if (scope.kind === 'is') return { kind: 'is', type: scope.entityType.name };
  const { entity } = scope;
  if (entity.kind === 'slot') return undefined;
  if (scope.kind === 'is-in') return { kind: 'in', uid: entity.uid, type: scope.entityType.name };
  return { kind: scope.kind, uid: entity.uid };
}
