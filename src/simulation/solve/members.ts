/** How to be, or not to be, below an entity: roles, tools and environments, and the scopes that ask for them. */
import type { ActionScope, Policy, PrincipalScope } from '../../cedar/ast.ts';
import { EntityUid } from '../../cedar/value.ts';
import { CALL_TOOL } from '../../decision/policies.ts';
import { write, type Ground } from './cells.ts';
import type { Draft, Tried } from './draft.ts';

type Variable = 'principal' | 'action' | 'resource' | 'context';

/** Drafts in which an entity is below (or none of) the targets. */
export function memberRepairs(
  variable: Variable,
  targets: readonly EntityUid[],
  want: boolean,
  at: Tried,
  ground: Ground,
): readonly Draft[] {
  if (variable === 'context') return [];
  const candidates = candidatesFor(variable, targets, ground).filter(
    (uid) => targets.some((target) => below(variable, uid, target, ground)) === want,
  );
  const drafts = candidates
    .slice(0, 12)
    .flatMap((uid) => write(at.draft, { kind: variable }, uid, ground) ?? []);
  if (want || variable === 'action') return drafts;
  // Nobody, and nowhere, is below nothing.
  const names = variable === 'principal' ? ['actor_role', 'user_role'] : ['environment'];
  const context = new Map([...at.draft.context].filter(([name]) => !names.includes(name)));
  return [...drafts, { ...at.draft, context }];
}

/** Drafts in which a variable is one entity, or is another. */
export function entityDrafts(
  variable: Variable,
  uid: EntityUid,
  equal: boolean,
  at: Tried,
  ground: Ground,
): readonly Draft[] {
  if (variable === 'context') return [];
  const others = candidatesFor(variable, [uid], ground).filter((other) => !other.equals(uid));
  return (equal ? [uid] : others.slice(0, 12)).flatMap(
    (entity) => write(at.draft, { kind: variable }, entity, ground) ?? [],
  );
}

function below(
  variable: Variable,
  uid: EntityUid,
  target: EntityUid,
  { policies }: Ground,
): boolean {
  const { entities, schema } = policies;
  const undeclared = variable === 'action' && !schema.actions.has(uid.toString());
  return uid.equals(target) || (undeclared ? target.equals(CALL_TOOL) : entities.isIn(uid, target));
}

function candidatesFor(
  variable: Variable,
  targets: readonly EntityUid[],
  { policies }: Ground,
): readonly EntityUid[] {
  const { entities, schema } = policies;
  if (variable === 'action') {
    const groups = new Map<string, EntityUid[]>();
    for (const { uid, appliesTo, memberOf } of schema.actions.values()) {
      if (appliesTo === undefined || uid.equals(CALL_TOOL)) continue;
      // Tools of one group are alike, but for the rules that name one of them.
      const named = targets.some((target) => target.equals(uid)) ? uid.toString() : '';
      const key = `${memberOf.map(String).join(' ')} ${named}`;
      groups.set(key, [...(groups.get(key) ?? []), uid]);
    }
    const first = [...groups.values()].map((uids) => uids.slice(0, 1));
    const second = [...groups.values()].map((uids) => uids.slice(1, 2));
    return [...first, [new EntityUid('Action', 'some_tool')], ...second].flat();
  }
  const type = targets[0]?.type ?? (variable === 'principal' ? 'Role' : 'Environment');
  const declared = [...entities].flatMap(({ uid }) => (uid.type === type ? uid : []));
  const parents = new Set([...entities].flatMap(({ parents: above }) => above.map(String)));
  // Those that nobody stands below are what people call themselves.
  const leaves = declared.filter((uid) => !parents.has(uid.toString()));
  const others = declared.filter((uid) => parents.has(uid.toString()));
  return [...leaves, ...others, ...targets];
}

/** The parts of a scope that a request does not meet. */
export function unmetScope(
  policy: Policy,
  { request, entities }: Tried,
): readonly ('principal' | 'action' | 'resource')[] {
  const parts = ['principal', 'action', 'resource'] as const;
  return parts.filter((part) => {
    const uid = request[part];
    const { targets, type } = scopeTargets(policy[part]);
    if (type !== undefined && uid.type !== type) return true;
    return (
      targets !== undefined &&
      !targets.some(({ uid: target, exact }) =>
        exact ? uid.equals(target) : entities.isIn(uid, target),
      )
    );
  });
}

/** Drafts that meet (or miss) one part of a scope. */
export function scopeRepairs(
  policy: Policy,
  part: 'principal' | 'action' | 'resource',
  want: boolean,
  at: Tried,
  ground: Ground,
): readonly Draft[] {
  const { targets } = scopeTargets(policy[part]);
  if (targets === undefined) return [];
  if (want && targets.every(({ exact }) => exact)) {
    return targets.flatMap(({ uid }) => write(at.draft, { kind: part }, uid, ground) ?? []);
  }
  return memberRepairs(
    part,
    targets.map(({ uid }) => uid),
    want,
    at,
    ground,
  );
}

interface ScopeTargets {
  /** Absent: any. */
  readonly targets?: readonly { readonly uid: EntityUid; readonly exact: boolean }[];
  readonly type?: string;
}

function scopeTargets(scope: PrincipalScope | ActionScope): ScopeTargets {
  switch (scope.kind) {
    case 'any':
      return {};
    case 'is':
      return { type: scope.entityType.name };
    case 'equal':
      return scope.entity.kind === 'slot'
        ? {}
        : { targets: [{ uid: scope.entity.uid, exact: true }] };
    case 'in':
    case 'is-in': {
      const type = scope.kind === 'is-in' ? { type: scope.entityType.name } : {};
      if (scope.entity.kind === 'slot') return type;
      return { ...type, targets: [{ uid: scope.entity.uid, exact: false }] };
    }
    case 'in-any':
      return { targets: scope.entities.map(({ uid }) => ({ uid, exact: false })) };
  }
}
