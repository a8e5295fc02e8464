import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Utf8Index } from './utf8.ts';

const encoder = new TextEncoder();

/** Any text: ASCII, two, three and four bytes, and halves of surrogate pairs. */
const texts = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      'a',
      '"',
      '\n',
      ';',
      'é',
      'ß',
      '—',
      '€',
      '中',
      '😀',
      '𝒳',
      '\u{10ffff}',
      '\ud83d',
      '\ude00',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 40,
});

test('every start of a character is found again', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const index = new Utf8Index(text);
      for (let at = 0; at <= text.length;) {
        expect(index.offset(encoder.encode(text.slice(0, at)).length)).toBe(at);
        at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
      }
    }),
    { numRuns: 500 },
  );
});

test('offsets never go back, and stay in the text', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const index = new Utf8Index(text);
      const bytes = encoder.encode(text).length;
      let before = 0;
      for (let byte = -1; byte <= bytes + 2; byte += 1) {
        const offset = index.offset(byte);
        expect(offset).toBeGreaterThanOrEqual(before);
        expect(offset).toBeLessThanOrEqual(text.length);
        before = offset;
      }
      expect(index.offset(bytes)).toBe(text.length);
    }),
  );
});

test('a place inside of a character is its start', () => {
  const index = new Utf8Index('a😀b');
  expect([0, 1, 2, 3, 4, 5, 6].map((byte) => index.offset(byte))).toEqual([0, 1, 1, 1, 1, 3, 4]);
  expect(index.span(1, 5)).toEqual({ start: 1, end: 3 });
});
