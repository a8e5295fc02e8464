import { isActionType } from '../../cedar/schema/names.ts';
import { quote } from '../../cedar/strings.ts';
import { entityUid } from '../../cedar/value.ts';
import type { PackModel } from '../model.ts';
import { idsOf } from './values.ts';
import type { Proposal } from './item.ts';

/** `whole`: `Role::"admin"`; `id`: `"admin"` behind `Role::`; `inside`: `admin` between the quotes. */
export type EntityForm = 'whole' | 'id' | 'inside';

/** The known entities of a type, and room for others where the type is open. */
export function entityProposals(
  model: PackModel,
  type: string,
  form: EntityForm,
): readonly Proposal[] {
  if (isActionType(type)) return actionProposals(model, form, type);
  const proposals = idsOf(model, type).map((id): Proposal => ({
    label: written(type, id, form),
    kind: 'entity',
    detail: type,
    rank: 1,
  }));
  const isOpen = model.schema?.entityTypes.get(type)?.enumIds === undefined;
  if (form !== 'inside' && isOpen) {
    const label = form === 'whole' ? `${type}::"…"` : '"…"';
    const insertText = `${form === 'whole' ? `${type}::` : ''}"\${1:id}"`;
    proposals.push({ label, kind: 'snippet', detail: type, insertText, snippet: true, rank: 2 });
  }
  return proposals;
}

/** The actions of the schema, groups first. */
export function actionProposals(
  { schema }: PackModel,
  form: EntityForm,
  type?: string,
): readonly Proposal[] {
  const actions = [...(schema?.actions.values() ?? [])];
  const groups = new Set(actions.flatMap(({ memberOf }) => memberOf.map(String)));
  return actions.flatMap(({ uid, doc }): readonly Proposal[] => {
    if (type !== undefined && uid.type !== type) return [];
    const isGroup = groups.has(uid.toString());
    const label = written(uid.type, uid.id, form);
    const detail = isGroup ? 'group of actions' : 'action';
    const proposal: Proposal = { label, kind: 'action', detail, rank: isGroup ? 1 : 2 };
    return [doc === undefined ? proposal : { ...proposal, doc }];
  });
}

/** The entity types of the schema. */
export function typeProposals({ schema }: PackModel): readonly Proposal[] {
  return [...(schema?.entityTypes.values() ?? [])].flatMap(({ name, doc }) => {
    const proposal: Proposal = { label: name, kind: 'entity-type', detail: 'entity type', rank: 1 };
    return [doc === undefined ? proposal : { ...proposal, doc }];
  });
}

function written(type: string, id: string, form: EntityForm): string {
  switch (form) {
    case 'whole':
      return entityUid(type, id).toString();
    case 'id':
      return quote(id);
    case 'inside':
      return quote(id).slice(1, -1);
  }
}
