/**
 * Edits of a scenario file as text. The file belongs to its author: only the member concerned is
 * touched, so layout, order and numbers too large for JavaScript stay as they were typed.
 */
import {
  applyEdits,
  findNodeAtLocation,
  getNodeValue,
  modify,
  parseTree,
  type JSONPath,
  type Node,
} from 'jsonc-parser';
import { literalOf, withLiteral } from './json-literal.ts';

const format = { formattingOptions: { insertSpaces: true, tabSize: 2, eol: '\n' } };

function member(text: string, path: JSONPath) {
  const root = parseTree(text);
  return root === undefined ? undefined : findNodeAtLocation(root, path);
}

function withMember(text: string, path: JSONPath, value: unknown): string {
  return applyEdits(text, modify(text, path, value, format));
}

/** The `request` of a scenario file as its author wrote it, moved to the left margin. */
export function requestText(scenario: string): string | undefined {
  const node = member(scenario, ['request']);
  return node === undefined ? undefined : literalOf(scenario, node);
}

/** Where a field stands in a text, or, where it is not there, the nearest thing around it that is. */
interface FieldSpan {
  readonly start: number;
  readonly end: number;
  readonly isThere: boolean;
}

/** The names of a JSON pointer (RFC 6901). */
export function pointerPath(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Finds a JSON pointer in a text: the member with its name. An unreadable text has it at its beginning. */
export function fieldSpan(text: string, pointer: string): FieldSpan {
  const path = pointerPath(pointer);
  for (let length = path.length; length >= 0; length -= 1) {
    const keys = path.slice(0, length);
    // In an array a number is a place.
    const node =
      member(text, keys) ??
      member(
        text,
        keys.map((key) => (/^\d+$/u.test(key) ? Number(key) : key)),
      );
    if (node === undefined) continue;
    const whole = node.parent?.type === 'property' ? node.parent : node;
    const isThere = length === path.length;
    return { start: whole.offset, end: whole.offset + whole.length, isThere };
  }
  return { start: 0, end: 0, isThere: false };
}

/** The scenario file with another `request`; `request` is JSON text and is taken as it stands. */
export function withRequestText(scenario: string, request: string): string {
  const node = member(scenario, ['request']);
  if (node === undefined) {
    const placed = withMember(scenario, ['request'], null);
    return placed === scenario ? scenario : withRequestText(placed, request);
  }
  return withLiteral(scenario, node, request.trim());
}

/** The moment a scenario is decided at, in epoch milliseconds; undefined when the file says none. */
export function scenarioTime(scenario: string): number | undefined {
  const node = member(scenario, ['at']);
  const value: unknown = node === undefined ? undefined : getNodeValue(node);
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** The scenario file under another display name. */
export function withName(scenario: string, name: string): string {
  return withMember(scenario, ['name'], name);
}

const NOTHING: Node = { type: 'null', offset: 0, length: 0, value: null };

/** The scenario file expecting this verdict and these issue codes; what it expects to be absent stays so. */
export function withExpectation(
  scenario: string,
  verdict: string,
  issues: readonly string[],
): string {
  const before: unknown = getNodeValue(member(scenario, ['expect', 'without']) ?? NOTHING);
  const without = Array.isArray(before)
    ? before.filter((code: unknown) => typeof code !== 'string' || !issues.includes(code))
    : [];
  const expected = { verdict, issues, ...(without.length === 0 ? {} : { without }) };
  return withMember(scenario, ['expect'], expected);
}

/** A new scenario that asks about one tool with nothing in its favour. `at` in epoch milliseconds. */
export function newScenario(name: string, at: number, request?: string): string {
  const text = JSON.stringify(
    {
      name,
      description: '',
      tags: [],
      at: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
      request: {
        goal: 'Say what the agent wants to achieve',
        tools: [],
        side_effects: [],
        context: {},
      },
      expect: { verdict: 'DENY', issues: [] },
    },
    null,
    2,
  );
  return `${request === undefined ? text : withRequestText(text, request)}\n`;
}

/** A file name stem from a display name: `Payout, no approval` → `payout-no-approval`. */
export function slug(name: string): string {
  const stem = name
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  return stem === '' ? 'scenario' : stem;
}

/** `stem`, or `stem-2`, `stem-3`, … : the first that is not taken. */
export function freeStem(stem: string, taken: (stem: string) => boolean): string {
  if (!taken(stem)) return stem;
  let count = 2;
  while (taken(`${stem}-${count}`)) count += 1;
  return `${stem}-${count}`;
}
