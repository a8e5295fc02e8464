import { err, ok, type Result } from '../base/result.ts';
import type { Policy, PrincipalScope, SlotName } from './ast.ts';
import type { EntityUid } from './value.ts';

export interface LinkProblem {
  readonly code: 'slot_not_filled' | 'slot_unknown';
  readonly message: string;
  readonly slot: SlotName;
}

/** The policy that a template becomes when its slots are filled. All of them must be, and no others. */
export function linkTemplate(
  template: Policy,
  values: ReadonlyMap<SlotName, EntityUid>,
): Result<Policy, readonly LinkProblem[]> {
  const problems: LinkProblem[] = [];
  const principal = fill(template.principal, values, problems);
  const resource = fill(template.resource, values, problems);
  for (const slot of values.keys()) {
    if (template.slots.includes(slot)) continue;
    problems.push({ code: 'slot_unknown', message: `the template has no slot ${slot}`, slot });
  }
  if (problems.length > 0) return err(problems);
  return ok({ ...template, principal, resource, slots: [] });
}

function fill(
  scope: PrincipalScope,
  values: ReadonlyMap<SlotName, EntityUid>,
  problems: LinkProblem[],
): PrincipalScope {
  if (scope.kind === 'any' || scope.kind === 'is' || scope.entity.kind === 'entity') return scope;
  const { slot, span } = scope.entity;
  const uid = values.get(slot);
  if (uid === undefined) {
    problems.push({ code: 'slot_not_filled', message: `${slot} has no value`, slot });
    return scope;
  }
  return { ...scope, entity: { kind: 'entity', uid, span } };
}
