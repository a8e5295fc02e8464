/** Values inside a JSON text, as they are written: taken out at the left margin, put in as far in as they stand. */
import type { Node } from 'jsonc-parser';

/** A value as it is written, moved to the left margin. */
export function literalOf(text: string, node: Node): string {
  const indent = indentAt(text, node.offset);
  return text
    .slice(node.offset, node.offset + node.length)
    .split('\n')
    .map((line, index) => (index > 0 && line.startsWith(indent) ? line.slice(indent.length) : line))
    .join('\n');
}

/** The text with another value in the place of `node`; `literal` is JSON text and is taken as it stands. */
export function withLiteral(text: string, node: Node, literal: string): string {
  const end = node.offset + node.length;
  return text.slice(0, node.offset) + indented(text, node.offset, literal) + text.slice(end);
}

/** The spaces and tabs that the line of an offset begins with. */
export function indentAt(text: string, offset: number): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[\t ]*/u.exec(text.slice(lineStart))?.[0] ?? '';
}

/** Lines after the first, as far in as the line they are put into. */
export function indented(text: string, offset: number, literal: string): string {
  return literal.split('\n').join(`\n${indentAt(text, offset)}`);
}
