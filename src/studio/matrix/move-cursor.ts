import type { Cell } from './matrix-state.ts';

/** What a grid of rows and columns has to know of itself for its keys. */
export interface Extent {
  readonly rows: number;
  readonly columns: number;
  /** Rows that fit. */
  readonly page: number;
}

/** Where a key moves the cursor; undefined when it is none that moves. Column -1 is the scenario's name. */
export function movedCursor(
  { key, ctrlKey, metaKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>,
  { row, column }: Cell,
  { rows, columns, page }: Extent,
): Cell | undefined {
  const far = ctrlKey || metaKey;
  const to = (nextRow: number, nextColumn: number): Cell => ({
    row: Math.min(Math.max(nextRow, 0), rows - 1),
    column: Math.min(Math.max(nextColumn, -1), columns - 1),
  });
  switch (key) {
    case 'ArrowDown':
      return to(far ? rows : row + 1, column);
    case 'ArrowUp':
      return to(far ? 0 : row - 1, column);
    case 'ArrowRight':
      return to(row, far ? columns : column + 1);
    case 'ArrowLeft':
      return to(row, far ? -1 : column - 1);
    case 'PageDown':
      return to(row + page, column);
    case 'PageUp':
      return to(row - page, column);
    case 'Home':
      return to(far ? 0 : row, -1);
    case 'End':
      return to(far ? rows : row, columns);
    default:
      return undefined;
  }
}
