import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson, type Json } from '../cedar/json/lossless.ts';
import { printJson, sameJson } from './json-text.ts';

function read(text: string): Json {
  const json = parseJson(text);
  if (!json.ok) throw new Error(json.error.message);
  return json.value;
}

const json = fc.json({ maxDepth: 3 }).map(read);

test('what is printed reads back as the same, in either layout', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(sameJson(read(printJson(value, 'sorted')), value)).toBe(true);
      expect(sameJson(read(printJson(value, 'indented')), value)).toBe(true);
    }),
  );
});

test('two are the same exactly when their sorted texts are', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(sameJson(a, b)).toBe(printJson(a, 'sorted') === printJson(b, 'sorted'));
      expect(sameJson(a, a)).toBe(true);
    }),
  );
});

test.each([
  ['{"a": 1, "b": [2]}', '{"b": [2], "a": 1}', true],
  ['9007199254740993', '9007199254740993', true],
  ['9007199254740993', '9007199254740992', false],
  ['0.10', '0.1', false],
  ['{"a": null}', '{"b": null}', false],
  ['[1]', '[1, 1]', false],
  ['[]', '{}', false],
  ['null', '0', false],
] as const)('%s and %s: %s', (a, b, same) => {
  expect(sameJson(read(a), read(b))).toBe(same);
});
