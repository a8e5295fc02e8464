import { expect, test } from 'vitest';
import { movedCursor } from './move-cursor.ts';

const extent = { rows: 100, columns: 5, page: 20 };

test.each([
  ['ArrowDown', false, { row: 51, column: 2 }],
  ['ArrowUp', false, { row: 49, column: 2 }],
  ['ArrowRight', false, { row: 50, column: 3 }],
  ['ArrowLeft', false, { row: 50, column: 1 }],
  ['ArrowRight', true, { row: 50, column: 4 }],
  ['ArrowDown', true, { row: 99, column: 2 }],
  ['PageDown', false, { row: 70, column: 2 }],
  ['PageUp', false, { row: 30, column: 2 }],
  ['Home', false, { row: 50, column: -1 }],
  ['End', false, { row: 50, column: 4 }],
  ['Home', true, { row: 0, column: -1 }],
  ['End', true, { row: 99, column: 4 }],
  ['x', false, undefined],
] as const)('%s with Ctrl %s', (key, ctrlKey, to) => {
  expect(movedCursor({ key, ctrlKey, metaKey: false }, { row: 50, column: 2 }, extent)).toEqual(to);
});

test('stays within the table', () => {
  const at = { row: 99, column: 4 };
  const move = (key: string) => movedCursor({ key, ctrlKey: false, metaKey: false }, at, extent);
  expect([move('ArrowDown'), move('ArrowRight'), move('PageDown')]).toEqual([at, at, at]);
});
