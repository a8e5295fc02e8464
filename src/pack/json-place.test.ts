import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pointerTo } from '../cedar/json/lossless.ts';
import { placeInJson } from './json-place.ts';

const TEXT = `{ "name" : "a \\"quoted\\" {name}",
  "list": [1, [true], {"deep~/": -1.5e3}, "]"],
  "a/b": null, "empty": {} , "__proto__": [] }`;

const at = (pointer: string, of: 'value' | 'name' = 'value'): string => {
  const { start, end } = placeInJson(TEXT, pointer, of);
  return TEXT.slice(start, end);
};

const HALVES = ['', '{', '{"a"', '{"a":', '[', '["', '{"a":[1,', ',', '}'];

describe('placeInJson', () => {
  test.each([
    ['', TEXT],
    ['/name', '"a \\"quoted\\" {name}"'],
    ['/list', '[1, [true], {"deep~/": -1.5e3}, "]"]'],
    ['/list/0', '1'],
    ['/list/1/0', 'true'],
    ['/list/2/deep~0~1', '-1.5e3'],
    ['/list/3', '"]"'],
    ['/a~1b', 'null'],
    ['/empty', '{}'],
    ['/__proto__', '[]'],
  ])('the value of %j', (pointer, expected) => {
    expect(at(pointer)).toBe(expected);
  });

  test('the name of a member', () => {
    expect(at('/list/2/deep~0~1', 'name')).toBe('"deep~/"');
    expect(at('/list/0', 'name')).toBe('1');
  });

  test('what is missing is the bracket around it', () => {
    expect(at('/nothing')).toBe('{');
    expect(at('/list/9')).toBe('[');
    expect(at('/empty/x/y')).toBe('{');
    expect(at('/name/x')).toBe('"');
  });

  test('finds every value of any document', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1, 4), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        for (const [pointer, inner] of values(value, '')) {
          const { start, end } = placeInJson(text, pointer);
          expect(JSON.parse(text.slice(start, end))).toEqual(inner);
        }
      }),
    );
  });

  test('text that is no JSON at all ends all the same', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom(...HALVES)), (text) => {
        const { start, end } = placeInJson(text, '/a/0');
        expect(start).toBeLessThanOrEqual(end);
      }),
    );
  });
});

function* values(value: unknown, pointer: string): Generator<readonly [string, unknown]> {
  yield [pointer, JSON.parse(JSON.stringify(value))];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* values(inner, pointerTo(pointer, key));
}
