import type { Span } from '../../base/span.ts';
import { parseSchema } from '../../cedar/schema/parse.ts';
import type { DeclarationSyntax } from '../../cedar/schema/syntax.ts';
import { fileKind } from '../../pack/files.ts';
import { readJsonTree, type JsonNode } from '../json/tree.ts';
import type { PackModel, PolicyFile } from '../model.ts';

export type OutlineKind =
  | 'rule'
  | 'entity-type'
  | 'action'
  | 'type'
  | 'namespace'
  | 'attribute'
  | 'entity'
  | 'member';

export interface OutlineItem {
  readonly name: string;
  /** A second, quieter text: what the rule does, of what type something is. */
  readonly detail: string;
  readonly kind: OutlineKind;
  readonly span: Span;
  readonly nameSpan: Span;
  readonly children: readonly OutlineItem[];
}

/** The symbols of a file, as a tree. What does not parse is left out. */
export function outline(model: PackModel, path: string): readonly OutlineItem[] {
  const text = model.files.get(path);
  if (text === undefined) return [];
  switch (fileKind(path)) {
    case 'policies': {
      const file = model.policyFiles.find((one) => one.path === path);
      return file === undefined ? [] : rules(file);
    }
    case 'schema':
      return schemaOutline(text);
    case 'entities':
      return readJsonTree(text).elements.flatMap((node) => entityItem(node));
    case 'scenario':
    case 'metadata':
    case 'settings':
      return members(readJsonTree(text), 2);
    case 'other':
      return [];
  }
}

function rules({ policies }: PolicyFile): readonly OutlineItem[] {
  return policies.map(({ annotations, effect, span }) => {
    const id = annotations.find(({ name }) => name === 'id');
    const verdict = annotations.find(({ name }) => name === 'verdict')?.value;
    const does = effect === 'permit' ? 'permits' : verdict === 'DEFER' ? 'defers' : 'denies';
    const issue = annotations.find(({ name }) => name === 'issue')?.value;
    return {
      name: id?.value ?? `(${effect} without @id)`,
      detail: issue === undefined ? does : `${does} ${issue}`,
      kind: 'rule',
      span,
      nameSpan: id?.valueSpan ?? id?.span ?? { start: span.start, end: span.start },
      children: [],
    };
  });
}

function schemaOutline(text: string): readonly OutlineItem[] {
  return parseSchema(text).namespaces.flatMap(({ name, span, declarations }) => {
    const items = declarations.flatMap(declarationItems);
    if (name === undefined) return items;
    const namespace: OutlineItem = {
      name: name.text,
      detail: 'namespace',
      kind: 'namespace',
      span,
      nameSpan: name.span,
      children: items,
    };
    return [namespace];
  });
}

function declarationItems(declaration: DeclarationSyntax): readonly OutlineItem[] {
  const kind = declaration.kind === 'entity' ? 'entity-type' : declaration.kind;
  const record =
    declaration.kind === 'entity'
      ? declaration.shape
      : declaration.kind === 'type'
        ? declaration.type
        : undefined;
  const children =
    record?.kind !== 'record'
      ? []
      : record.attributes.map(({ name, required, span }): OutlineItem => ({
          name: name.text,
          detail: required ? '' : 'optional',
          kind: 'attribute',
          span,
          nameSpan: name.span,
          children: [],
        }));
  return declaration.names.map(({ text: name, span: nameSpan }) => ({
    name,
    detail: declaration.kind,
    kind,
    span: declaration.span,
    nameSpan,
    children,
  }));
}

function entityItem(node: JsonNode): readonly OutlineItem[] {
  const uid = node.members.find(({ name }) => name === 'uid')?.value;
  const part = (name: string) => uid?.members.find((one) => one.name === name)?.value.value ?? '';
  if (uid === undefined) return [];
  return [
    {
      name: part('id'),
      detail: part('type'),
      kind: 'entity',
      span: node.span,
      nameSpan: uid.span,
      children: [],
    },
  ];
}

function members(node: JsonNode, depth: number): readonly OutlineItem[] {
  return node.members.map(({ name, nameSpan, value }) => ({
    name,
    detail: value.kind === 'string' || value.kind === 'number' ? value.value.slice(0, 60) : '',
    kind: 'member',
    span: { start: nameSpan.start, end: value.span.end },
    nameSpan,
    children: depth > 1 ? members(value, depth - 1) : [],
  }));
}
