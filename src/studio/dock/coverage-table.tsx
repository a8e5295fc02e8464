import { useVirtualizer } from '@tanstack/react-virtual';
import { CircleCheck, CircleDashed, CircleDot, TriangleAlert } from 'lucide-react';
import { useRef } from 'react';
import { useStudio } from '../state/context.ts';
import styles from './coverage-panel.module.css';
import type { Covered, CoverageRow } from './coverage-rows.ts';
import dock from './dock.module.css';

const rowHeight = 26;

const icons = { both: CircleCheck, one: CircleDot, none: CircleDashed, error: TriangleAlert };
const words: Readonly<Record<Covered, string>> = {
  both: 'covered',
  one: 'one side only',
  none: 'not covered',
  error: 'fails',
};

function Row({ row }: { readonly row: CoverageRow }) {
  const studio = useStudio();
  const { kind, name, covered, seen, place } = row;
  const Icon = icons[covered];
  const inside = (
    <>
      <Icon size={14} aria-hidden="true" />
      <span className={styles['name']} data-kind={kind}>
        {name}
      </span>
      <span className={styles['state']}>{words[covered]}</span>
      <span className={styles['seen']}>{seen}</span>
    </>
  );
  if (place === undefined) {
    return (
      <div className={dock['go']}>
        <span className={styles['kind']}>{kind}</span>
        {inside}
      </div>
    );
  }
  return (
    <button
      type="button"
      className={dock['go']}
      title={name}
      onClick={() => {
        studio.reveal(place.path, place.span);
      }}
    >
      {inside}
    </button>
  );
}

/** Rule by rule and condition by condition, then issues, actions and roles: what was seen of each. */
export function CoverageTable({ rows }: { readonly rows: readonly CoverageRow[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  return (
    <div className={dock['rows']} ref={scroller}>
      <ul
        aria-label="Coverage"
        style={{ height: virtualizer.getTotalSize(), position: 'relative' }}
      >
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return row === undefined ? null : (
            <li
              key={row.key}
              className={`${dock['row'] ?? ''} ${styles['row'] ?? ''}`}
              data-covered={row.covered}
              data-kind={row.kind}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <Row row={row} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
