import styles from './matrix-grid.module.css';
import { columnWidth } from './matrix-sizes.ts';

export interface GridColumn {
  readonly label: string;
  /** Said below the label: how many scenarios turn here. */
  readonly turns: number;
  /** Why it decides nothing, or what is wrong with it. */
  readonly warning: string | undefined;
}

/** The versions on top of the grid, with how much turns in each. */
export function MatrixHead({
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
