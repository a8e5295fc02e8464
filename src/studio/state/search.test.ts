import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findInFiles, MAX_MATCHES, replaceInFiles } from './search.ts';

const files = new Map([
  ['policies/b.cedar', 'forbid (principal);\n// Forbid again\npermit (principal);'],
  ['policies/a.cedar', 'permit (principal);\n'],
]);

describe('find in pack', () => {
  test('by path and position, with the line and the place in it', () => {
    expect(findInFiles(files, { text: 'forbid', matchCase: false })).toEqual([
      {
        path: 'policies/b.cedar',
        start: 0,
        end: 6,
        line: 1,
        lineText: 'forbid (principal);',
        column: 0,
      },
      {
        path: 'policies/b.cedar',
        start: 23,
        end: 29,
        line: 2,
        lineText: '// Forbid again',
        column: 3,
      },
    ]);
    expect(findInFiles(files, { text: 'Forbid', matchCase: true })).toHaveLength(1);
    expect(findInFiles(files, { text: '', matchCase: true })).toEqual([]);
  });

  test('signs of regular expressions stand for themselves', () => {
    const odd = new Map([['x', 'a.c abc $& (']]);
    expect(findInFiles(odd, { text: 'a.c', matchCase: true })).toHaveLength(1);
    expect(findInFiles(odd, { text: '(', matchCase: false })).toHaveLength(1);
    expect(replaceInFiles(odd, { text: 'abc', matchCase: true }, '$&$1').get('x')).toBe(
      'a.c $&$1 $& (',
    );
  });

  test('stops at the limit', () => {
    const many = new Map([['x', 'a'.repeat(MAX_MATCHES + 5)]]);
    expect(findInFiles(many, { text: 'a', matchCase: true })).toHaveLength(MAX_MATCHES);
  });

  test('every match is the needle, on the line that is named', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '\n', 'İ', '.', '😀') }),
        fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'b', '.', '😀') }),
        (text, wanted) => {
          const found = findInFiles(new Map([['x', text]]), { text: wanted, matchCase: true });
          expect(found).toHaveLength(text.split(wanted).length - 1);
          for (const match of found) {
            expect(text.slice(match.start, match.end)).toBe(wanted);
            expect(text.slice(0, match.start).split('\n')).toHaveLength(match.line);
            expect(match.lineText.slice(match.column).startsWith(wanted)).toBe(true);
          }
        },
      ),
    );
  });
});

test('replacing touches the files that have it, and no others', () => {
  const changed = replaceInFiles(files, { text: 'forbid', matchCase: false }, 'permit');
  expect([...changed.keys()]).toEqual(['policies/b.cedar']);
  expect(changed.get('policies/b.cedar')).toBe(
    'permit (principal);\n// permit again\npermit (principal);',
  );
});
