import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useLayoutEffect, useRef, type KeyboardEvent } from 'react';
import type { FlipMatrix } from '../../worker/compare-api.ts';
import { useNarrow } from '../shell/use-narrow.ts';
import { MatrixIcons } from './matrix-cell.tsx';
import styles from './matrix-grid.module.css';
import { MatrixHead, type GridColumn } from './matrix-head.tsx';
import { MatrixRow } from './matrix-row.tsx';
import { columnWidth, headHeight, rowHeight } from './matrix-sizes.ts';
import { useMatrix, useMatrixStore, type Cell } from './matrix-state.ts';
import { movedCursor } from './move-cursor.ts';

/** Reads which cell something in the grid belongs to. */
function cellOf(target: EventTarget): Cell | undefined {
  if (!(target instanceof Element)) return undefined;
  const cell = target.closest('[role="gridcell"], [role="rowheader"]');
  if (cell === null) return undefined;
  const indexOf = (element: Element | null, name: string) =>
    Number(element?.getAttribute(name)) - 2;
  return {
    row: indexOf(cell.closest('[role="row"]'), 'aria-rowindex'),
    column: indexOf(cell, 'aria-colindex'),
  };
}

/** Scenarios by versions: a grid that draws only what is in view, in both directions. */
export function MatrixGrid({
  matrix,
  rows,
  columns,
  nameOf,
  onOpen,
}: {
  readonly matrix: FlipMatrix;
  readonly rows: readonly number[];
  readonly columns: readonly GridColumn[];
  readonly nameOf: (id: string) => string;
  readonly onOpen: (cell: Cell) => void;
}) {
  const store = useMatrixStore();
  const wanted = useMatrix((state) => state.cursor);
  const cursor = { ...wanted, row: Math.min(wanted.row, rows.length - 1) };
  const scroller = useRef<HTMLDivElement>(null);
  const cursorId = useId();
  const nameWidth = useNarrow() ? 150 : 280;
  const vertical = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    scrollPaddingStart: headHeight,
    paddingStart: headHeight,
    overscan: 6,
  });
  const horizontal = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => columnWidth,
    scrollPaddingStart: nameWidth,
    paddingStart: nameWidth,
    overscan: 3,
  });
  // The newest stands at the end, and is what people come for.
  useLayoutEffect(() => {
    scroller.current?.scrollTo({ left: scroller.current.scrollWidth });
  }, [columns.length]);
  useEffect(() => {
    if (cursor.row >= 0) vertical.scrollToIndex(cursor.row, { align: 'auto' });
    if (cursor.column >= 0) horizontal.scrollToIndex(cursor.column, { align: 'auto' });
  }, [cursor.row, cursor.column, vertical, horizontal]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.shiftKey) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      onOpen(cursor);
      return;
    }
    const inView = (scroller.current?.clientHeight ?? 0) - headHeight;
    const page = Math.max(1, Math.floor(inView / rowHeight) - 1);
    const moved = movedCursor(event, cursor, { rows: rows.length, columns: columns.length, page });
    if (moved === undefined) return;
    event.preventDefault();
    store.setState({ cursor: moved });
  };
  const across = horizontal.getVirtualItems();
  const [first, last] = [across[0]?.index ?? 0, across.at(-1)?.index ?? -1];
  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      className={styles['grid']}
      aria-label="Verdicts by scenario and version"
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={cursor.row < 0 ? undefined : cursorId}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        const cell = cellOf(event.target);
        if (cell === undefined) return;
        store.setState({ cursor: cell });
        onOpen(cell);
      }}
    >
      <MatrixIcons />
      <div
        role="presentation"
        className={styles['plane']}
        style={{
          width: nameWidth + columns.length * columnWidth,
          height: headHeight + rows.length * rowHeight,
        }}
      >
        <MatrixHead
          columns={columns}
          items={across.map(({ index }) => index)}
          nameWidth={nameWidth}
        />
        {vertical.getVirtualItems().map(({ index }) => {
          const row = rows[index] ?? 0;
          return (
            <MatrixRow
              key={matrix.scenarios[row]}
              matrix={matrix}
              row={row}
              index={index}
              name={nameOf(matrix.scenarios[row] ?? '')}
              first={first}
              last={last}
              cursor={cursor.row === index ? cursor.column : undefined}
              cursorId={cursorId}
              nameWidth={nameWidth}
            />
          );
        })}
      </div>
    </div>
  );
}
