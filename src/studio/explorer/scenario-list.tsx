import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import type { ScenarioRow } from '../../worker/engine-api.ts';
import { VerdictIcon, type VerdictMark } from '../parts/verdict.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { deleteFile } from '../state/pack-actions.ts';
import { scenarioRows } from '../state/selectors.ts';
import { scenarioPath } from '../state/paths.ts';
import { askRenameScenario } from '../shell/questions.ts';
import { useOverlay } from '../shell/dialogs.ts';
import styles from './scenario-list.module.css';

const rowHeight = 26;

function markOf(row: ScenarioRow): VerdictMark {
  if (row.state === 'error') return 'ERROR';
  return row.verdict ?? 'NONE';
}

function stateText(row: ScenarioRow): string {
  switch (row.state) {
    case 'pass':
      return 'as expected';
    case 'fail':
      return `not as expected: ${row.problem ?? ''}`;
    case 'error':
      return row.problem ?? 'cannot be run';
    case 'stale':
      return 'stale';
    case 'not-run':
      return 'not run yet';
  }
}

function matches(row: ScenarioRow, filter: string): boolean {
  const text = `${row.name} ${row.tags.join(' ')} ${row.verdict ?? ''} ${row.state} ${row.issueCodes.join(' ')}`;
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));
}

/** One scenario: its verdict, its name, and what was expected if that is something else. */
function Row({ row }: { readonly row: ScenarioRow }) {
  const mark = markOf(row);
  return (
    <>
      <VerdictIcon mark={mark} size={14} />
      <span className={styles['name']}>{row.name}</span>
      <span className={styles['hidden']}>{`${mark}, ${stateText(row)}`}</span>
      {row.state === 'fail' ? (
        <span className={styles['failed']} aria-hidden="true">
          {row.expected !== undefined && row.expected.verdict !== row.verdict
            ? `not ${row.expected.verdict}`
            : 'other issues'}
        </span>
      ) : null}
    </>
  );
}

/** All scenarios of the pack with their verdicts; only the rows in view are in the document. */
export function ScenarioList() {
  const studio = useStudio();
  const show = useOverlay();
  const rows = useStudioState(scenarioRows);
  const phase = useStudioState((state) => state.phase);
  const stale = useStudioState((state) => state.snapshot?.stale === true);
  const selected = useStudioState((state) => state.scenarioId);
  const [filter, setFilter] = useState('');
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const narrowed = useStudioState((state) => state.scenarioFilter);
  const listed = narrowed === undefined ? rows : rows.filter((row) => narrowed.includes(row.id));
  const shown = filter === '' ? listed : listed.filter((row) => matches(row, filter));
  const at = shown.findIndex((row) => row.id === selected);
  const virtualizer = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  useEffect(() => {
    if (at >= 0) virtualizer.scrollToIndex(at, { align: 'auto' });
  }, [at, virtualizer]);

  const select = (index: number) => {
    const row = shown[Math.min(Math.max(index, 0), shown.length - 1)];
    if (row !== undefined) studio.selectScenario(row.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const steps: Readonly<Record<string, () => void>> = {
      ArrowDown: () => {
        select(at + 1);
      },
      ArrowUp: () => {
        select(at - 1);
      },
      PageDown: () => {
        select(at + page);
      },
      PageUp: () => {
        select(at - page);
      },
      Home: () => {
        select(0);
      },
      End: () => {
        select(shown.length - 1);
      },
      Enter: () => {
        if (selected !== undefined) studio.openFile(scenarioPath(selected));
      },
      Delete: () => {
        if (selected !== undefined) void deleteFile(studio, scenarioPath(selected));
      },
      F2: () => {
        if (selected !== undefined) askRenameScenario(studio, show, selected);
      },
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    step();
  };

  return (
    <>
      <input
        className={styles['filter']}
        type="search"
        placeholder="Filter by name, tag, verdict or issue"
        aria-label="Filter scenarios"
        value={filter}
        onChange={(event) => {
          setFilter(event.target.value);
        }}
      />
      {narrowed === undefined ? null : (
        <p className={styles['narrowed']}>
          {`Only the ${narrowed.length} that one rule decided.`}{' '}
          <button
            type="button"
            className={styles['all']}
            onClick={() => {
              studio.set({ scenarioFilter: undefined });
            }}
          >
            Show all
          </button>
        </p>
      )}
      {shown.length === 0 && phase === 'ready' ? (
        <p className={styles['none']}>
          {rows.length === 0
            ? 'No scenarios yet. Save a check with the verdict you expect, and it runs on every edit.'
            : 'No scenario matches.'}
        </p>
      ) : null}
      <div
        ref={scroller}
        className={styles['scroller']}
        role="listbox"
        tabIndex={0}
        aria-label="Scenarios"
        aria-activedescendant={at < 0 ? undefined : `${id}-${selected ?? ''}`}
        data-autofocus=""
        data-stale={stale || undefined}
        onKeyDown={onKeyDown}
      >
        <div style={{ height: virtualizer.getTotalSize() }} role="presentation">
          {virtualizer.getVirtualItems().map((item) => {
            const row = shown[item.index];
            if (row === undefined) return null;
            return (
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the listbox has the keys
              <div
                key={row.id}
                id={`${id}-${row.id}`}
                role="option"
                // Focus stays on the listbox; options are reached by aria-activedescendant.
                tabIndex={-1}
                aria-selected={row.id === selected}
                aria-setsize={shown.length}
                aria-posinset={item.index + 1}
                className={styles['row']}
                data-scenario={row.id}
                data-state={row.state}
                data-verdict={row.verdict}
                style={{ transform: `translateY(${item.start}px)` }}
                onClick={() => {
                  studio.selectScenario(row.id);
                }}
                onDoubleClick={() => {
                  studio.openFile(row.path);
                }}
              >
                <Row row={row} />
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}
