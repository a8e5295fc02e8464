import { useVirtualizer } from '@tanstack/react-virtual';
import { CircleCheck, CircleDashed, CircleDot, TriangleAlert } from 'lucide-react';
import { useId, useMemo, useRef, useState } from 'react';
import { useStudio, useStudioState } from '../state/context.ts';
import { isStale } from '../state/selectors.ts';
import styles from './coverage-panel.module.css';
import { coverageRows, uncovered, type Covered, type CoverageRow } from './coverage-rows.ts';
import dock from './dock.module.css';

const rowHeight = 26;
const percent = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const none: readonly never[] = [];

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

/** The figures in a line, and the way to see only what is missing. */
function Summary({
  onlyOpen,
  onChange,
}: {
  readonly onlyOpen: boolean;
  readonly onChange: (onlyOpen: boolean) => void;
}) {
  const id = useId();
  const coverage = useStudioState((state) => state.coverage);
  if (coverage === undefined) return null;
  const { decisive, covered, total, scenarios } = coverage;
  return (
    <div className={dock['tools']}>
      <span className={dock['check']}>
        <input
          id={id}
          type="checkbox"
          checked={onlyOpen}
          onChange={(event) => {
            onChange(event.target.checked);
          }}
        />
        <label htmlFor={id}>Only what is not covered</label>
      </span>
      <span className={styles['figures']}>
        {`${percent.format(coverage.percent)} %: ${covered} of ${total} sides of rules and conditions seen by ${scenarios} scenarios; ${decisive.covered} of ${decisive.total} seen to decide.`}
      </span>
    </div>
  );
}

/** What the pack's scenarios have seen of it: rule by rule, condition by condition, and what they have not. */
export function CoveragePanel() {
  const coverage = useStudioState((state) => state.coverage);
  const stale = useStudioState(isStale);
  const [onlyOpen, setOnlyOpen] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const all = useMemo(() => (coverage === undefined ? none : coverageRows(coverage)), [coverage]);
  const rows = useMemo(() => (onlyOpen ? uncovered(all) : all), [all, onlyOpen]);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  return (
    <>
      <Summary onlyOpen={onlyOpen} onChange={setOnlyOpen} />
      {rows.length === 0 ? (
        <p className={dock['note']}>
          {coverage === undefined
            ? stale
              ? 'The pack has errors: nothing can be run.'
              : 'Running the scenarios…'
            : 'Everything is covered.'}
        </p>
      ) : null}
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
    </>
  );
}
