import { expect, test } from 'vitest';
import type { FlipMatrix } from '../../worker/compare-api.ts';
import { markAt, shownRows, turnsAt, turnsByColumn } from './matrix-rows.ts';

const matrix: FlipMatrix = {
  scenarios: ['steady', 'loosened', 'back-and-forth'],
  columns: 3,
  cells: Uint8Array.from([2, 2, 2, 2, 2, 1, 3, 2, 3]),
  problems: [undefined, undefined, undefined],
};
const all = { text: '', changing: false };
const nameOf = (id: string) => `The ${id} one`;

test('a cell says a verdict, and whether it is another than in the version before', () => {
  expect(markAt(matrix, 1, 2)).toBe('ALLOW');
  expect(markAt(matrix, 2, 0)).toBe('DEFER');
  expect([0, 1, 2].map((column) => turnsAt(matrix, 1, column))).toEqual([false, false, true]);
  expect(turnsAt(matrix, 2, 0)).toBe(false);
  expect(turnsByColumn(matrix)).toEqual([0, 1, 2]);
});

test.each([
  [all, [0, 1, 2]],
  [{ ...all, changing: true }, [1, 2]],
  [{ ...all, text: 'THE loos' }, [1]],
  [{ text: 'steady', changing: true }, []],
])('rows are narrowed to those that change, and by name: %o', (filter, rows) => {
  expect(shownRows(matrix, filter, nameOf)).toEqual(rows);
});
