import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atCursor } from '../testing/pack.ts';
import { jsonPlace } from './place.ts';
import { readJsonTree, type JsonNode } from './tree.ts';

/** The tree as plain data again. */
function plain(node: JsonNode): unknown {
  switch (node.kind) {
    case 'object':
      return Object.fromEntries(node.members.map(({ name, value }) => [name, plain(value)]));
    case 'array':
      return node.elements.map(plain);
    case 'string':
      return node.value;
    case 'number':
    case 'word':
      return JSON.parse(node.value) as unknown;
    case 'missing':
      return undefined;
  }
}

test('what is JSON is read as JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(plain(readJsonTree(text))).toEqual(JSON.parse(text));
    }),
  );
});

describe('where the cursor is', () => {
  test.each([
    ['▮', 'value', []],
    ['{▮', 'name', []],
    ['{"a▮', 'name', []],
    ['{"a"▮: 1}', 'name', []],
    ['{"a": ▮}', 'value', ['a']],
    ['{"a": "x▮"}', 'value', ['a']],
    ['{"a": 1, ▮', 'name', []],
    ['{"a": {"b": [▮', 'value', ['a', 'b', 0]],
    ['{"a": {"b": [1, ▮]}}', 'value', ['a', 'b', 1]],
    ['{"a": {"b": [1, {"c▮', 'name', ['a', 'b', 1]],
    ['{"a": {"b": 1}▮}', 'value', ['a']],
    ['{"a": {"b": 1} ▮}', 'name', []],
    ['{\n  "a": \n  ▮"b": 1 }', 'name', []],
    ['[{"a": 1}, {▮', 'name', [1]],
  ])('%s', (marked, kind, path) => {
    const { text, offset } = atCursor(marked);
    expect(jsonPlace(readJsonTree(text), text, offset)).toMatchObject({ kind, path });
  });
});
