import type { Expr, NamedEntity, ResourceScope } from '../cedar/ast.ts';
import type { Entities } from '../cedar/entities.ts';
import { entityUid, type EntityUid } from '../cedar/value.ts';
import { ROLE } from '../decision/policies.ts';

/** The span of what stands in no text. */
export const NOWHERE = { start: 0, end: 0 };

export function uidOf(type: string, id: string): EntityUid {
  return entityUid(type, id);
}

export function entity(type: string, id: string): NamedEntity {
  return { kind: 'entity', uid: entityUid(type, id), span: NOWHERE };
}

/** `resource == type::"id"` */
export function equalTo(type: string, id: string): ResourceScope {
  return { kind: 'equal', entity: entity(type, id), span: NOWHERE };
}

export function literal(value: boolean | string): Expr {
  return { kind: 'literal', value, span: NOWHERE };
}

export function variable(name: 'principal' | 'context'): Expr {
  return { kind: 'variable', name, span: NOWHERE };
}

/** The caller's role as a claim: `principal.hasTag("role") && ["dba", …].contains(principal.getTag("role"))`. */
export function hasRole(
  role: EntityUid,
  {
    entities,
    options,
  }: { readonly entities: Entities; readonly options: { readonly roleTag: string } },
): Expr {
  const below = [...entities]
    .filter(({ uid }) => uid.type === ROLE && entities.isIn(uid, role))
    .map(({ uid }) => uid.id);
  const roles = [...new Set([role.id, ...below])].toSorted();
  const tag = literal(options.roleTag);
  const set: Expr = { kind: 'set', elements: roles.map(literal), span: NOWHERE };
  return {
    kind: 'and',
    operands: [
      method('hasTag', variable('principal'), tag),
      method('contains', set, method('getTag', variable('principal'), tag)),
    ],
    span: NOWHERE,
  };
}

function method(name: 'hasTag' | 'getTag' | 'contains', subject: Expr, argument: Expr): Expr {
  return {
    kind: 'method',
    method: name,
    subject,
    args: [argument],
    nameSpan: NOWHERE,
    span: NOWHERE,
  };
}
