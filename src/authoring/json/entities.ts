import type { Span } from '../../base/span.ts';
import { entityUid, type EntityUid } from '../../cedar/value.ts';
import { memberOf, type JsonNode } from './tree.ts';

/** An entity named in an entities file. */
export interface EntityMention {
  readonly uid: EntityUid;
  /** `declaration`: where the entity itself stands; `parent`, `value`: where another names it. */
  readonly role: 'declaration' | 'parent' | 'value';
  /** The text in quotes of each, quotes included. */
  readonly typeSpan: Span;
  readonly idSpan: Span;
  /** Of a declaration the whole entity. */
  readonly entitySpan?: Span;
}

/** Every entity that an entities file names, in order of the text. */
export function readEntityMentions(tree: JsonNode): readonly EntityMention[] {
  return tree.elements.flatMap((entity) => {
    const mentions: EntityMention[] = [];
    const uid = mentionIn(memberOf(entity, 'uid'), 'declaration');
    if (uid !== undefined) mentions.push({ ...uid, entitySpan: entity.span });
    for (const parent of memberOf(entity, 'parents')?.elements ?? []) {
      const mention = mentionIn(parent, 'parent');
      if (mention !== undefined) mentions.push(mention);
    }
    for (const name of ['attrs', 'tags']) {
      const values = memberOf(entity, name);
      if (values !== undefined) mentions.push(...mentionsIn(values));
    }
    return mentions.toSorted((a, b) => a.idSpan.start - b.idSpan.start);
  });
}

/** Entities among values: `{"__entity": {"type", "id"}}`, or plainly `{"type", "id"}`. */
function mentionsIn(node: JsonNode): readonly EntityMention[] {
  const mention = mentionIn(node, 'value');
  if (mention !== undefined) return [mention];
  const inner = [...node.members.map(({ value }) => value), ...node.elements];
  return inner.flatMap(mentionsIn);
}

function mentionIn(
  node: JsonNode | undefined,
  role: EntityMention['role'],
): EntityMention | undefined {
  const plain = memberOf(node, '__entity') ?? node;
  if (plain === undefined || plain.members.length !== 2) return undefined;
  const type = memberOf(plain, 'type');
  const id = memberOf(plain, 'id');
  if (type?.kind !== 'string' || id?.kind !== 'string') return undefined;
  return { uid: entityUid(type.value, id.value), role, typeSpan: type.span, idSpan: id.span };
}
