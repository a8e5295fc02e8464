import type { PrincipalScope } from '../../cedar/ast.ts';
import type { EntityUid } from '../../cedar/value.ts';
import {
  annotationValue,
  headOf,
  type LintContext,
  type LintPolicy,
  type LintRule,
} from './rule.ts';

export const shadowedPermit: LintRule = {
  id: 'shadowed-permit',
  severity: 'warning',
  doc: 'A forbid without conditions covers everything that this permit allows, so it never allows anything. Narrow the forbid, or remove the permit.',
  *check(context) {
    const forbids = context.policies.filter(
      ({ policy, types }) => policy.effect === 'forbid' && types?.outcome === 'always',
    );
    const parents = parentsOf(context);
    for (const permit of context.policies) {
      if (permit.policy.effect !== 'permit' || (permit.types?.environments.length ?? 0) === 0)
        continue;
      const shadow = forbids.find((forbid) => shadows(forbid, permit, parents));
      if (shadow === undefined) continue;
      const name = annotationValue(shadow.policy, 'id') ?? 'a rule without @id';
      const does = shadow.defers ? 'defers' : 'denies';
      const message = `This never allows: ${name} in ${shadow.path} ${does} every request that it permits.`;
      yield { path: permit.path, span: headOf(permit), message };
    }
  },
};

type Within = (inner: EntityUid, outer: EntityUid) => boolean;

function shadows(forbid: LintPolicy, permit: LintPolicy, within: Within): boolean {
  const covered = new Set(forbid.types?.environments);
  return (
    (permit.types?.environments ?? []).every((environment) => covered.has(environment)) &&
    implies(permit.policy.principal, forbid.policy.principal, within) &&
    implies(permit.policy.resource, forbid.policy.resource, within)
  );
}

/** Whether all that `narrow` matches, `wide` matches too. Their types are known to agree. */
function implies(narrow: PrincipalScope, wide: PrincipalScope, within: Within): boolean {
  const outer = 'entity' in wide ? wide.entity : undefined;
  if (outer === undefined) return true;
  const inner = 'entity' in narrow ? narrow.entity : undefined;
  if (outer.kind === 'slot' || inner?.kind !== 'entity') return false;
  if (wide.kind === 'equal') return narrow.kind === 'equal' && inner.uid.equals(outer.uid);
  return within(inner.uid, outer.uid);
}

/** The hierarchy that the pack's entity files draw. */
function parentsOf({ model }: LintContext): Within {
  const parents = new Map<string, string[]>();
  for (const { mentions } of model.entityFiles) {
    let child = '';
    for (const { role, uid, entitySpan } of mentions) {
      if (role === 'declaration' && entitySpan !== undefined) child = uid.toString();
      else if (role === 'parent')
        parents.set(child, [...(parents.get(child) ?? []), uid.toString()]);
    }
  }
  return (inner, outer) => {
    const wanted = outer.toString();
    const seen = new Set<string>();
    const open = [inner.toString()];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === wanted) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(parents.get(next) ?? []));
    }
    return false;
  };
}
