/** Where in a JSON file, half-written or not, the cursor stands. */
import type { JsonMember, JsonNode } from './tree.ts';

export type JsonPlace =
  /** Where a member's name stands or could begin. */
  | {
      readonly kind: 'name';
      readonly path: readonly (string | number)[];
      readonly object: JsonNode;
      readonly member: JsonMember | undefined;
    }
  /** Where a value stands or could begin. */
  | {
      readonly kind: 'value';
      readonly path: readonly (string | number)[];
      readonly node: JsonNode | undefined;
    };

export function jsonPlace(root: JsonNode, text: string, offset: number): JsonPlace {
  const path: (string | number)[] = [];
  let node = root;
  for (;;) {
    const isInside = node.span.start < offset && (offset < node.span.end || isOpen(node, text));
    if (!isInside || (node.kind !== 'object' && node.kind !== 'array')) {
      return { kind: 'value', path, node };
    }
    if (node.kind === 'array') {
      const index = node.elements.findIndex(
        ({ span }) => span.start <= offset && offset <= span.end,
      );
      const element = node.elements[index];
      if (element === undefined) {
        return { kind: 'value', path: [...path, node.elements.length], node: undefined };
      }
      path.push(index);
      node = element;
      continue;
    }
    const member = node.members.findLast(({ nameSpan }) => nameSpan.start < offset);
    if (member === undefined) return { kind: 'name', path, object: node, member: undefined };
    if (offset <= member.nameSpan.end) return { kind: 'name', path, object: node, member };
    const { value, colon, nameSpan } = member;
    const isMissing = value.kind === 'missing';
    const between = text.slice(nameSpan.end, offset);
    const atValue =
      colon && (isMissing ? /^\s*:[^,\n}]*$/.test(between) : offset <= value.span.end);
    if (!atValue) return { kind: 'name', path, object: node, member: undefined };
    path.push(member.name);
    if (isMissing || offset < value.span.start) return { kind: 'value', path, node: undefined };
    node = value;
  }
}

/** Whether a bracket is not closed: the text ends inside of it. */
function isOpen({ kind, span }: JsonNode, text: string): boolean {
  const last = text[span.end - 1];
  if (kind === 'object') return last !== '}';
  return kind === 'array' && last !== ']';
}
