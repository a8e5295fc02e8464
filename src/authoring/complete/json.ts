/** Proposals in the JSON files of a pack. */
import type { PackModel } from '../model.ts';
import { jsonPlace, type JsonPlace } from '../json/place.ts';
import { shapeOfFile, type Shape, type ShapeMember } from '../json/shapes.ts';
import { readJsonTree } from '../json/tree.ts';
import { escapeSnippet, placed, type CompletionItem, type Proposal } from './item.ts';

export function completeJson(
  model: PackModel,
  path: string,
  text: string,
  offset: number,
): readonly CompletionItem[] {
  const place = jsonPlace(readJsonTree(text), text, offset);
  const shape = shapeAt(shapeOfFile(model, path), place.path);
  if (shape === undefined) return [];
  const here = { start: offset, end: offset };
  if (place.kind === 'name') {
    const { member } = place;
    const replace = member?.nameSpan ?? here;
    return placed(nameProposals(shape, place), replace);
  }
  const node = place.node?.kind === 'missing' ? undefined : place.node;
  const isQuoted = node?.kind === 'string' && node.span.start < offset;
  const isClosed =
    isQuoted && node.span.end > node.span.start + 1 && text[node.span.end - 1] === '"';
  if (isQuoted && isClosed && offset >= node.span.end) return [];
  const inside = isQuoted && {
    start: node.span.start + 1,
    end: node.span.end - (isClosed ? 1 : 0),
  };
  const replace = inside || (node?.kind === 'word' || node?.kind === 'number' ? node.span : here);
  return placed(valueProposals(shape, isQuoted), replace);
}

/** The shape at a path inside of another. */
export function shapeAt(
  shape: Shape | undefined,
  path: readonly (string | number)[],
): Shape | undefined {
  let at = shape;
  for (const step of path) {
    if (at?.kind === 'array') at = at.element;
    else if (at?.kind === 'object') {
      at = at.members.find(({ name }) => name === step)?.shape ?? at.others;
    } else return undefined;
  }
  return at;
}

function nameProposals(
  shape: Shape,
  { object, member }: JsonPlace & { readonly kind: 'name' },
): readonly Proposal[] {
  if (shape.kind !== 'object') return [];
  const taken = new Set(object.members.filter((one) => one !== member).map(({ name }) => name));
  return shape.members
    .filter(({ name }) => !taken.has(name))
    .map((one): Proposal => {
      const name = JSON.stringify(one.name);
      const withValue = member?.colon !== true;
      const insertText = withValue ? `${escapeSnippet(name)}: ${valueSnippet(one)}` : name;
      return {
        label: one.name,
        kind: 'property',
        detail: one.detail,
        doc: one.doc,
        insertText,
        snippet: withValue,
        filterText: name,
        rank: one.required ? 0 : 1,
      };
    });
}

function valueSnippet({ shape }: ShapeMember): string {
  switch (shape.kind) {
    case 'object':
      return '{ $1 }';
    case 'array':
      return '[$1]';
    case 'string':
      return '"$1"';
    case 'boolean':
      return '${1:true}';
    case 'number':
      return `\${1:${shape.example}}`;
  }
}

function valueProposals(shape: Shape, isQuoted: boolean): readonly Proposal[] {
  switch (shape.kind) {
    case 'string':
      return shape.values.flatMap(({ value, doc = '' }, rank) => {
        const label = isQuoted ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value);
        return value === '' ? [] : [{ label, kind: 'value', doc, rank }];
      });
    case 'boolean':
      return isQuoted
        ? []
        : ['true', 'false'].map((label, rank) => ({ label, kind: 'value', rank }));
    case 'number':
      return isQuoted ? [] : [{ label: shape.example, kind: 'value', detail: 'example', rank: 0 }];
    case 'object':
      return isQuoted
        ? []
        : [
            {
              label: '{ … }',
              kind: 'snippet',
              insertText: objectSnippet(shape),
              snippet: true,
              rank: 0,
            },
          ];
    case 'array':
      return isQuoted
        ? []
        : [{ label: '[ … ]', kind: 'snippet', insertText: '[$1]', snippet: true, rank: 0 }];
  }
}

/** An object with all members that it must have. */
function objectSnippet({ members }: Shape & { readonly kind: 'object' }): string {
  const required = members.filter((member) => member.required);
  if (required.length === 0) return '{ $1 }';
  const lines = required.map(({ name, shape }, index) => {
    const value =
      shape.kind === 'object'
        ? objectSnippet(shape).replaceAll(/\$\{?\d+(?::[^}]*\})?/g, '')
        : valueSnippet({ name, shape, doc: '', detail: '', required: true });
    return `${JSON.stringify(name)}: ${value.replace('1', String(index + 1))}`;
  });
  return `{ ${lines.join(', ')} }`;
}
