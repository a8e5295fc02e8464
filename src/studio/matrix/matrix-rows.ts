/** What of a flip matrix is shown: rows found by name, all of them or those whose verdict ever changes. */
import type { FlipMatrix } from '../../worker/compare-api.ts';
import type { VerdictMark } from '../parts/verdict.tsx';

/** By the numbers of `FlipMatrix.cells`. */
const marks: readonly VerdictMark[] = ['ERROR', 'ALLOW', 'DENY', 'DEFER'];

/** What a cell says. */
export function markAt({ cells, columns }: FlipMatrix, row: number, column: number): VerdictMark {
  return marks[cells[row * columns + column] ?? 0] ?? 'ERROR';
}

/** Whether a version decides otherwise than the one before it. */
export function turnsAt({ cells, columns }: FlipMatrix, row: number, column: number): boolean {
  const at = row * columns + column;
  return column > 0 && cells[at] !== cells[at - 1];
}

/** Whether a scenario ever changes its verdict from one version to the next. */
function everTurns(matrix: FlipMatrix, row: number): boolean {
  for (let column = 1; column < matrix.columns; column += 1) {
    if (turnsAt(matrix, row, column)) return true;
  }
  return false;
}

/** The rows to show, in order; `nameOf` gives what a scenario is found by. */
export function shownRows(
  matrix: FlipMatrix,
  { text, changing }: { readonly text: string; readonly changing: boolean },
  nameOf: (id: string) => string,
): readonly number[] {
  const words = text.toLowerCase().split(/\s+/);
  return [...matrix.scenarios.keys()].filter((row) => {
    if (changing && !everTurns(matrix, row)) return false;
    if (text === '') return true;
    const id = matrix.scenarios[row] ?? '';
    const whole = `${id} ${nameOf(id)}`.toLowerCase();
    return words.every((word) => whole.includes(word));
  });
}

/** How many rows change from each column's version to it. */
export function turnsByColumn(matrix: FlipMatrix): readonly number[] {
  const counts = Array.from({ length: matrix.columns }, () => 0);
  for (const row of matrix.scenarios.keys()) {
    for (let column = 1; column < matrix.columns; column += 1) {
      if (turnsAt(matrix, row, column)) counts[column] = (counts[column] ?? 0) + 1;
    }
  }
  return counts;
}
