/**
 * Which policies a request can concern, found by its action, then its principal, then its resource.
 * The index is exact: a policy that is found has a scope that matches, so scopes are not evaluated
 * again, and the policies of other actions, roles or types cost nothing however many there are.
 */
import { elementAt } from '../base/element.ts';
import type { ActionScope, PrincipalScope } from './ast.ts';
import type { Standing } from './entities.ts';
import type { Frame } from './frame.ts';
import type { Rule } from './program.ts';
import { internalize } from './strings.ts';
import { UidMap } from './uid-map.ts';
import { internalUid, type EntityUid } from './value.ts';

/** What a scope asks of one variable. */
type Constraint =
  | { readonly kind: 'any' }
  | { readonly kind: 'equal'; readonly uid: EntityUid }
  | { readonly kind: 'in'; readonly uid: EntityUid; readonly type?: string }
  | { readonly kind: 'is'; readonly type: string };

const ACTION = 0;
const PRINCIPAL = 1;
const RESOURCE = 2;

/** Up to so many constraints are gone through one by one. */
const FEW = 4;

interface Within {
  readonly uid: EntityUid;
  /** The type that the entity must have besides, for `is … in`. */
  readonly type: string | undefined;
  readonly next: Level;
}

/** The constraints on one variable, each with those on the next; behind the last are the rules. */
class Level {
  readonly rules: Rule[] = [];
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
        const known = this.equal.get(constraint.uid);
        if (known !== undefined) return known;
        const next = new Level();
        this.equal.set(internalUid(constraint.uid), next);
        return next;
      }
      case 'is': {
        this.types ??= new Map();
        const known = this.types.get(constraint.type);
        if (known !== undefined) return known;
        const next = new Level();
        this.types.set(internalize(constraint.type), next);
        return next;
      }
      case 'in': {
        this.within ??= new UidMap();
        const known = this.within.get(constraint.uid) ?? [];
        const same = known.find(({ type }) => type === constraint.type);
        if (same !== undefined) return same.next;
        const uid = internalUid(constraint.uid);
        const type = constraint.type === undefined ? undefined : internalize(constraint.type);
        const entry = { uid, type, next: new Level() };
        this.within.set(uid, [...known, entry]);
        this.withins.push(entry);
        return entry.next;
      }
    }
  }
}

/** What a search came upon, level by level: lists that are filled for every request and never shrink. */
export class Found {
  readonly actions: Level[] = [];
  readonly principals: Level[] = [];
  /** The first `count` hold the rules in question. */
  readonly leaves: Level[] = [];
  count = 0;
}

export class ScopeIndex {
  readonly #root = new Level();
  readonly #roots = [this.#root];

  /** Enters a rule; rules are entered in order. */
  add(rule: Rule): void {
    const { policy } = rule.policy;
    const principal = entityConstraint(policy.principal);
    const resource = entityConstraint(policy.resource);
    // A slot that is not filled matches nothing.
    if (principal === undefined || resource === undefined) return;
    for (const action of actionConstraints(policy.action)) {
      const { rules } = this.#root.place(action).place(principal).place(resource);
      if (rules.at(-1) !== rule) rules.push(rule);
    }
  }

  /**
   * Puts into `found` the lists of the rules whose scope matches the frame's request. A policy that
   * names several actions can be in more than one list.
   */
  find(frame: Frame, found: Found): void {
    const { actions, principals, leaves } = found;
    let count = enter(this.#roots, 1, frame.action, ACTION, frame, actions);
    count = enter(actions, count, frame.principal, PRINCIPAL, frame, principals);
    found.count = enter(principals, count, frame.resource, RESOURCE, frame, leaves);
  }
}

/** Fills `into` with the levels behind the first `count` of `levels` that admit an entity; how many. */
function enter(
  levels: readonly Level[],
  count: number,
  uid: EntityUid,
  variable: typeof ACTION | typeof PRINCIPAL | typeof RESOURCE,
  frame: Frame,
  into: Level[],
): number {
  let length = 0;
  for (let at = 0; at < count; at++) {
    const { any, equal, types, within, withins } = elementAt(levels, at);
    if (any !== undefined) into[length++] = any;
    const same = equal?.get(uid);
    if (same !== undefined) into[length++] = same;
    const typed = types?.get(uid.type);
    if (typed !== undefined) into[length++] = typed;
    if (within === undefined) continue;
    // Through the constraints or through the ancestors, whichever are likely to be fewer.
    if (withins.length <= FEW) {
      for (const entry of withins) {
        if (entry.type !== undefined && entry.type !== uid.type) continue;
        if (entry.uid.equals(uid) || standingOf(variable, frame).ancestors.has(entry.uid))
          into[length++] = entry.next;
      }
    } else {
      length = admitted(within.get(uid), uid, into, length);
      for (const ancestor of standingOf(variable, frame).ancestors.list)
        length = admitted(within.get(ancestor), uid, into, length);
    }
  }
  return length;
}

function standingOf(variable: number, frame: Frame): Standing {
  if (variable === PRINCIPAL) return frame.principalStanding;
  return variable === RESOURCE ? frame.resourceStanding : frame.actionStanding;
}

function admitted(
  entries: readonly Within[] | undefined,
  uid: EntityUid,
  into: Level[],
  count: number,
): number {
  let length = count;
  for (const { type, next } of entries ?? []) {
    if (type === undefined || type === uid.type) into[length++] = next;
  }
  return length;
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
  const { uid } = entity;
  if (scope.kind === 'is-in') return { kind: 'in', uid, type: scope.entityType.name };
  return { kind: scope.kind, uid };
}
