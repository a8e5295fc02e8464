import { memo } from 'react';
import type { FlipMatrix } from '../../worker/compare-api.ts';
import { VerdictCell } from './matrix-cell.tsx';
import styles from './matrix-grid.module.css';
import { markAt, turnsAt } from './matrix-rows.ts';
import { columnWidth, headHeight, rowHeight } from './matrix-sizes.ts';

/** One scenario by the versions from `first` to `last`. Scrolled past it stays as it is. */
export const MatrixRow = memo(function MatrixRow({
  matrix,
  row,
  index,
  name,
  first,
  last,
  cursor,
  cursorId,
  nameWidth,
}: {
  readonly matrix: FlipMatrix;
  readonly row: number;
  /** Its place among the rows shown. */
  readonly index: number;
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** The column that the cursor is in, if it is in this row. */
  readonly cursor: number | undefined;
  readonly cursorId: string;
  readonly nameWidth: number;
}) {
  const columns = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={styles['row']}
      data-row={matrix.scenarios[row]}
      style={{ transform: `translateY(${headHeight + index * rowHeight}px)` }}
    >
      <div
        role="rowheader"
        id={cursor === -1 ? cursorId : undefined}
        aria-colindex={1}
        className={styles['name']}
        data-cursor={cursor === -1 || undefined}
        title={name}
        style={{ width: nameWidth }}
      >
        {name}
      </div>
      {columns.map((column) => (
        <VerdictCell
          key={column}
          id={cursor === column ? cursorId : undefined}
          mark={markAt(matrix, row, column)}
          hasTurned={turnsAt(matrix, row, column)}
          isCursor={cursor === column}
          column={column}
          left={nameWidth + column * columnWidth}
        />
      ))}
    </div>
  );
});
