/**
 * Which policies a request can concern, found by its action, then its principal, then its resource.
 * The index is exact: a policy that is found has a scope that matches, so scopes are not evaluated
 * again, and the policies of other actions, roles or types cost nothing however many there are.
 */
import type { ActionScope, PrincipalScope } from './ast.ts';
import type { Frame } from './frame.ts';
import type { Rule } from './program.ts';
import { UidMap } from './uid-map.ts';
import type { EntityUid } from './value.ts';

/** What a scope asks of one variable. */
type Constraint =
  | { readonly kind: 'any' }
  | { readonly kind: 'equal'; readonly uid: EntityUid }
  | { readonly kind: 'in'; readonly uid: EntityUid; readonly type?: string }
  | { readonly kind: 'is'; readonly type: string };

/** Rules with the same scope, in order. */
export type Leaf = readonly Rule[];

/** The first `count` of `leaves`: a list that is filled for every request and never shrinks. */
export interface Found {
  readonly leaves: Leaf[];
  count: number;
}

interface Within {
  readonly uid: EntityUid;
  /** The type that the entity must have besides, for `is … in`. */
  readonly type: string | undefined;
  readonly next: Level;
}

/** The constraints on one variable, each with those on the next; below the last are the policies. */
class Level {
  readonly leaf: Rule[] = [];
  any: Level | undefined;
  equal: UidMap<Level> | undefined;
  types: Map<string, Level> | undefined;
  within: UidMap<Within[]> | undefined;
  readonly withins: Within[] = [];

  /** The level behind this constraint, made when it is new. */
  place(constraint: Constraint): Level {
    switch (constraint.kind) {
      case 'any':
        return (this.any ??= new Level());
      case 'equal': {
        this.equal ??= new UidMap();
        const next = this.equal.get(constraint.uid) ?? new Level();
        this.equal.set(constraint.uid, next);
        return next;
      }
      case 'is': {
        this.types ??= new Map();
        const next = this.types.get(constraint.type) ?? new Level();
        this.types.set(constraint.type, next);
        return next;
      }
      case 'in': {
        const { uid, type } = constraint;
        this.within ??= new UidMap();
        const known = this.within.get(uid) ?? [];
        const same = known.find((entry) => entry.type === type);
        if (same !== undefined) return same.next;
        const entry = { uid, type, next: new Level() };
        this.within.set(uid, [...known, entry]);
        this.withins.push(entry);
        return entry.next;
      }
    }
  }
}

export class ScopeIndex {
  readonly #root = new Level();

  /** Enters a rule; rules are entered in order. */
  add(rule: Rule): void {
    const { policy } = rule.policy;
    const principal = entityConstraint(policy.principal);
    const resource = entityConstraint(policy.resource);
    // A slot that is not filled matches nothing.
    if (principal === undefined || resource === undefined) return;
    for (const action of actionConstraints(policy.action)) {
      const { leaf } = this.#root.place(action).place(principal).place(resource);
      if (leaf.at(-1) !== rule) leaf.push(rule);
    }
  }

  /**
   * Puts into `found` the lists of the rules whose scope matches the frame's request. A policy that
   * names several actions can be in more than one list.
   */
  find(frame: Frame, found: Found): void {
    found.count = 0;
    visit(this.#root, 0, frame, found);
  }
}

/** At depth 0 the action decides, at 1 the principal, at 2 the resource. */
function visit(level: Level, depth: number, frame: Frame, found: Found): void {
  if (depth === 3) {
    found.leaves[found.count++] = level.leaf;
    return;
  }
  const uid = depth === 0 ? frame.action : depth === 1 ? frame.principal : frame.resource;
  const { any, equal, types, within } = level;
  if (any !== undefined) visit(any, depth + 1, frame, found);
  const same = equal?.get(uid);
  if (same !== undefined) visit(same, depth + 1, frame, found);
  const typed = types?.get(uid.type);
  if (typed !== undefined) visit(typed, depth + 1, frame, found);
  if (within !== undefined) visitWithin(level.withins, within, uid, depth, frame, found);
}

/** Through the ancestors or through the constraints, whichever are fewer. */
function visitWithin(
  withins: readonly Within[],
  within: UidMap<Within[]>,
  uid: EntityUid,
  depth: number,
  frame: Frame,
  found: Found,
): void {
  const standing =
    depth === 0
      ? frame.actionStanding
      : depth === 1
        ? frame.principalStanding
        : frame.resourceStanding;
  const { ancestors } = standing;
  if (withins.length <= ancestors.list.length + 2) {
    for (const entry of withins) {
      if (!admits(entry, uid)) continue;
      if (!entry.uid.equals(uid) && !ancestors.includes(entry.uid)) continue;
      visit(entry.next, depth + 1, frame, found);
    }
    return;
  }
  visitEntries(within.get(uid), uid, depth, frame, found);
  for (const ancestor of ancestors.list) {
    visitEntries(within.get(ancestor), uid, depth, frame, found);
  }
}

function visitEntries(
  entries: readonly Within[] | undefined,
  uid: EntityUid,
  depth: number,
  frame: Frame,
  found: Found,
): void {
  if (entries === undefined) return;
  for (const entry of entries) {
    if (admits(entry, uid)) visit(entry.next, depth + 1, frame, found);
  }
}

function admits(entry: Within, uid: EntityUid): boolean {
  return entry.type === undefined || entry.type === uid.type;
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
