import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef, type KeyboardEvent } from 'react';
import type { ComparedRow } from '../../worker/compare-api.ts';
import { Button } from '../parts/button.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { scenarioRows } from '../state/selectors.ts';
import { acceptFlips, scenarioToAccept } from './compare-actions.ts';
import { useCompare, useCompareStore } from './compare-state.ts';
import { FilterBar } from './filter-bar.tsx';
import { FlipDetail } from './flip-detail.tsx';
import { filtered } from './flip-filter.ts';
import { FlipRow } from './flip-row.tsx';
import styles from './flip-table.module.css';

const rowHeight = 46;
const none: readonly never[] = [];

/** Accepts all that are shown at once, when there are several. */
function AcceptAll({ rows }: { readonly rows: readonly ComparedRow[] }) {
  const studio = useStudio();
  const isWorking = useCompare((state) => state.after?.side.kind === 'working');
  const scenarios = useStudioState(scenarioRows);
  const open = rows.filter((row) => scenarioToAccept(scenarios, row) !== undefined);
  if (!isWorking || open.length < 2) return null;
  return (
    <Button
      onClick={() => {
        acceptFlips(studio, open);
      }}
    >
      {`Accept all ${open.length} shown`}
    </Button>
  );
}

/** Scenarios that a side could not decide, each with its reason. */
function Undecided() {
  const undecided = useCompare((state) => state.comparison?.undecided ?? none);
  if (undecided.length === 0) return null;
  return (
    <details className={styles['undecided']}>
      <summary>{`${undecided.length} could not be decided`}</summary>
      <ul>
        {undecided.map(({ id, problem }) => (
          <li key={id}>
            <code>{id}</code> {problem}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The keys that move through the rows, as what they add to the place. */
function stepOf(key: string, page: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -Infinity,
    End: Infinity,
  };
  return steps[key];
}

function Rows({
  rows,
  selected,
  label,
}: {
  readonly rows: readonly ComparedRow[];
  /** Key of the row that stands open. */
  readonly selected: string | undefined;
  readonly label: string;
}) {
  const store = useCompareStore();
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const at = rows.findIndex(({ key }) => key === selected);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  useEffect(() => {
    if (at >= 0) virtualizer.scrollToIndex(at, { align: 'auto' });
  }, [at, virtualizer]);
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const step = stepOf(event.key, page);
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
    if (next !== undefined) store.setState({ selected: next.key });
  };
  return (
    <div
      ref={scroller}
      className={styles['scroller']}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={at < 0 ? undefined : `${id}-${at}`}
      onKeyDown={onKeyDown}
    >
      <div style={{ height: virtualizer.getTotalSize() }} role="presentation">
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the listbox has the keys
            <div
              key={row.key}
              id={`${id}-${item.index}`}
              role="option"
              tabIndex={-1}
              aria-selected={row.key === selected}
              aria-setsize={rows.length}
              aria-posinset={item.index + 1}
              className={styles['row']}
              data-flip={row.id}
              data-to={row.to}
              style={{ transform: `translateY(${item.start}px)` }}
              onClick={() => {
                store.setState({ selected: row.key });
              }}
            >
              <FlipRow row={row} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Scenarios that came out differently on the left, the one that stands open on the right. */
export function FlipTable({ kind }: { readonly kind: 'rows' | 'quiet' }) {
  const all = useCompare((state) => state.comparison?.[kind] ?? none);
  const filter = useCompare((state) => state.filter);
  const selected = useCompare((state) => state.selected);
  const rows = useMemo(
    () => filtered(all, kind === 'quiet' ? { ...filter, turn: '' } : filter),
    [all, filter, kind],
  );
  const open = rows.find(({ key }) => key === selected) ?? rows[0];
  return (
    <>
      {all.length === 0 ? null : (
        <div className={styles['tools']}>
          <FilterBar rows={all} shown={rows.length} flips={kind === 'rows'} />
          {kind === 'rows' ? <AcceptAll rows={rows} /> : null}
        </div>
      )}
      {kind === 'quiet' ? <Undecided /> : null}
      {rows.length === 0 ? (
        <p className={styles['none']}>
          {all.length > 0
            ? 'Nothing is left of this filter.'
            : 'Where the verdict is the same, issues and risk are the same, too.'}
        </p>
      ) : (
        <div className={styles['split']}>
          <Rows
            rows={rows}
            selected={open?.key}
            label={kind === 'rows' ? 'Flips' : 'Same verdict, other reasons'}
          />
          {open === undefined ? null : <FlipDetail row={open} />}
        </div>
      )}
    </>
  );
}
