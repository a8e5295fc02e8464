/**
 * Edits of a request's JSON text, one value at a time. Only the characters of that value change, and a
 * comma where a neighbour needs one: order, layout, large integers and decimals stay as they were written.
 * What is put in looks like its neighbours.
 */
import { parseTree, type Node, type ParseError } from 'jsonc-parser';
import { indentAt, indented, withLiteral } from '../state/json-literal.ts';

/** Member names and places in lists, from the request down. */
export type Path = readonly (string | number)[];

/** One edit; `literal` is JSON text and is taken as it stands. */
export type Change =
  | { readonly kind: 'set'; readonly path: Path; readonly literal: string }
  | { readonly kind: 'remove'; readonly path: Path }
  /** At the end of a list, which is made if it is not there. */
  | { readonly kind: 'append'; readonly path: Path; readonly literal: string };

export type ReadRequest =
  | { readonly ok: true; readonly root: Node }
  | { readonly ok: false; readonly message: string; readonly offset: number };

/** A request whose members can be edited one by one, or why not, and where. */
export function readRequest(text: string): ReadRequest {
  try {
    return readObject(text);
  } catch {
    // The parser descends as deep as the text does; past the stack's depth it throws.
    return { ok: false, message: 'It is nested too deeply.', offset: 0 };
  }
}

function readObject(text: string): ReadRequest {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  if (first !== undefined) {
    return { ok: false, message: 'It cannot be read as JSON from here on.', offset: first.offset };
  }
  if (root?.type !== 'object') {
    return { ok: false, message: 'It is no JSON object.', offset: root?.offset ?? 0 };
  }
  const twice = repeatedName(root);
  if (twice === undefined) return { ok: true, root };
  const message = `${JSON.stringify(twice.value)} is named twice.`;
  return { ok: false, message, offset: twice.offset };
}

function repeatedName(node: Node): Node | undefined {
  const names = new Set<unknown>();
  for (const child of node.children ?? []) {
    const [name] = child.type === 'property' ? (child.children ?? []) : [];
    if (name !== undefined && names.has(name.value)) return name;
    if (name !== undefined) names.add(name.value);
    const deeper = repeatedName(child);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

/** Whether a text is one JSON value, which a request can hold. */
export function isValue(text: string): boolean {
  const read = readRequest(`{"":${text}}`);
  return read.ok && read.root.children?.length === 1;
}

/** What stands at a path. */
export function nodeAt(root: Node, path: Path): Node | undefined {
  let node: Node | undefined = root;
  for (const step of path) node = childOf(node, step);
  return node;
}

/** The value of a member, or an element of a list. */
function childOf(node: Node | undefined, step: string | number): Node | undefined {
  if (typeof step === 'number') return node?.type === 'array' ? node.children?.[step] : undefined;
  if (node?.type !== 'object') return undefined;
  return node.children?.find((each) => each.children?.[0]?.value === step)?.children?.[1];
}

/** The text after an edit. A text that cannot be read, and a place that cannot be, are left as they are. */
export function changed(text: string, change: Change): string {
  const read = readRequest(text);
  if (!read.ok) return text;
  const { root } = read;
  switch (change.kind) {
    case 'set':
      return withValue(text, root, change.path, change.literal);
    case 'remove':
      return withoutValue(text, root, change.path);
    case 'append': {
      const { path, literal } = change;
      const list = nodeAt(root, path);
      if (list?.type === 'array') return withChild(text, list, undefined, literal);
      if (list !== undefined && list.type !== 'null') return text;
      return withValue(text, root, path, `[${literal}]`);
    }
  }
}

function withValue(text: string, root: Node, path: Path, literal: string): string {
  let parent = root;
  for (const [depth, step] of path.entries()) {
    const node = childOf(parent, step);
    const rest = path.slice(depth + 1);
    const isHere = rest.length === 0;
    if (node !== undefined && (isHere || node.type === 'null')) {
      return withLiteral(text, node, isHere ? literal : around(rest, literal));
    }
    if (node === undefined) {
      const value = isHere ? literal : around(rest, literal);
      return typeof step === 'string' && parent.type === 'object'
        ? withChild(text, parent, step, value)
        : text;
    }
    parent = node;
  }
  return text;
}

/** Objects around a value, for a way that is not there yet. */
function around(path: Path, literal: string): string {
  return path.reduceRight<string>(
    (inner, step) => `{ ${JSON.stringify(step)}: ${inner} }`,
    literal,
  );
}

/** A new last member or element, spaced as the one before it is. */
function withChild(text: string, parent: Node, name: string | undefined, literal: string): string {
  const children = parent.children ?? [];
  const last = children.at(-1);
  const key = name === undefined ? '' : `${JSON.stringify(name)}${colonOf(text, last)}`;
  if (last === undefined) return withOnlyChild(text, parent, `${key}${literal}`);
  const before = children.at(-2);
  const gapStart = before === undefined ? parent.offset + 1 : endOf(before);
  const gap = text.slice(gapStart, last.offset).replace(',', '');
  // One line break is enough, however many stand before the last one.
  const line = /\r?\n[^\n]*$/u.exec(gap)?.[0];
  const space = line ?? (gap === '' && before === undefined && !isTight(text, last) ? ' ' : gap);
  const at = endOf(last);
  const item = indented(text, last.offset, `${key}${literal}`);
  return `${text.slice(0, at)},${space}${item}${text.slice(at)}`;
}

/** Into an empty list on its line; into an empty object on a line of its own, in a text that has lines. */
function withOnlyChild(text: string, parent: Node, item: string): string {
  const start = parent.offset + 1;
  const end = endOf(parent) - 1;
  const put = (inside: string) => text.slice(0, start) + inside + text.slice(end);
  if (parent.type === 'array') return put(item);
  if (!text.includes('\n')) return put(` ${item} `);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const outer = indentAt(text, parent.offset);
  const inner = outer + unitOf(text);
  return put(`${eol}${inner}${item.split('\n').join(`\n${inner}`)}${eol}${outer}`);
}

function withoutValue(text: string, root: Node, path: Path): string {
  const node = nodeAt(root, path);
  if (node?.parent === undefined) return text;
  const child = node.parent.type === 'property' ? node.parent : node;
  const parent = child.parent;
  const siblings = parent?.children ?? [];
  const index = siblings.indexOf(child);
  const before = siblings[index - 1];
  const after = siblings[index + 1];
  if (parent === undefined) return text;
  let [start, end] = [parent.offset + 1, endOf(parent) - 1];
  if (before !== undefined) [start, end] = [endOf(before), endOf(child)];
  else if (after !== undefined) [start, end] = [child.offset, after.offset];
  return text.slice(0, start) + text.slice(end);
}

function endOf(node: Node): number {
  return node.offset + node.length;
}

/** What stands between the name and the value of a member. */
function colonOf(text: string, property: Node | undefined): string {
  const [name, value] = property?.children ?? [];
  if (name === undefined || value === undefined || property?.type !== 'property') return ': ';
  return text.slice(endOf(name), value.offset);
}

/** Whether a text is written without spaces, as far as its first member shows. */
function isTight(text: string, last: Node): boolean {
  return last.type === 'property' && colonOf(text, last) === ':';
}

/** One step of indentation, as the first member shows it. */
function unitOf(text: string): string {
  return /\{\s*\n([\t ]+)"/u.exec(text)?.[1] ?? '  ';
}
