import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useId, useLayoutEffect, useRef, type KeyboardEvent } from 'react';
import type { FlipMatrix } from '../../worker/compare-api.ts';
import { useNarrow } from '../shell/use-narrow.ts';
import { MatrixIcons, VerdictCell } from './matrix-cell.tsx';
import styles from './matrix-grid.module.css';
import { useMatrix, useMatrixStore, type Cell } from './matrix-state.ts';
import { markAt, turnsAt } from './matrix-rows.ts';
import { movedCursor } from './move-cursor.ts';

const rowHeight = 26;
const columnWidth = 76;
const headHeight = 44;

export interface GridColumn {
  readonly label: string;
  /** Said below the label: how many scenarios turn here. */
  readonly turns: number;
  /** Why it decides nothing, or what is wrong with it. */
  readonly warning: string | undefined;
}

/** One scenario by the versions from `first` to `last`. Scrolled past it stays as it is. */
const Row = memo(function Row({
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

function Head({
  columns,
  items,
  nameWidth,
}: {
  readonly columns: readonly GridColumn[];
  readonly items: readonly number[];
  readonly nameWidth: number;
}) {
  return (
    <div role="row" aria-rowindex={1} className={styles['head']}>
      <div
        role="columnheader"
        aria-colindex={1}
        className={styles['corner']}
        style={{ width: nameWidth }}
      >
        Scenario
      </div>
      {items.map((index) => {
        const column = columns[index];
        if (column === undefined) return null;
        const { label, turns, warning } = column;
        return (
          <div
            key={index}
            role="columnheader"
            aria-colindex={index + 2}
            className={styles['column']}
            data-warning={warning === undefined ? undefined : ''}
            title={[label, warning].filter((part) => part !== undefined).join(': ')}
            style={{ left: nameWidth + index * columnWidth }}
          >
            <span className={styles['label']}>{label}</span>
            <span className={styles['turns']}>
              {warning === undefined ? (
                turns === 0 ? (
                  ''
                ) : (
                  `${turns} ${turns === 1 ? 'flip' : 'flips'}`
                )
              ) : (
                <span className={styles['warning']}>{warning}</span>
              )}
            </span>
          </div>
        );
      })}
    </div>
  );
}

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
        <Head columns={columns} items={across.map(({ index }) => index)} nameWidth={nameWidth} />
        {vertical.getVirtualItems().map(({ index }) => {
          const row = rows[index] ?? 0;
          return (
            <Row
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
