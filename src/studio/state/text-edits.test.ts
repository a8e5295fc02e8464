import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editedText } from './text-edits.ts';

const edit = (start: number, end: number, text: string) => ({
  path: 'policies/a.cedar',
  span: { start, end },
  text,
});

test('edits count from the text as it was, in whatever order they are given', () => {
  expect(editedText('forbid when', [edit(7, 11, 'unless'), edit(0, 6, 'permit')])).toBe(
    'permit unless',
  );
  expect(editedText('ab', [edit(1, 1, '-')])).toBe('a-b');
  expect(editedText('ab', [])).toBe('ab');
});

test('what no edit touches stays to the letter', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string(), { minLength: 1, maxLength: 6 }),
      fc.string(),
      (parts, put) => {
        const kept = parts.map((part) => `${part}|`);
        let at = 0;
        const edits = kept.map((part) => {
          at += part.length;
          return edit(at - 1, at, put);
        });
        const expected = parts.map((part) => part + put).join('');
        expect(editedText(kept.join(''), edits.toReversed())).toBe(expected);
      },
    ),
  );
});
