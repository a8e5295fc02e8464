import { GitCompareArrows } from 'lucide-react';
import { useCallback, useMemo, useState, type ReactNode } from 'react';
import { Button } from '../parts/button.tsx';
import { RunProgress } from '../parts/run-progress.tsx';
import { ScreenFrame } from '../shell/screen-frame.tsx';
import { openCompare } from '../shell/version-commands.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import type { SideName } from '../state/route.ts';
import { scenarioRows } from '../state/selectors.ts';
import filters from '../parts/filters.module.css';
import { MatrixGrid } from './matrix-grid.tsx';
import type { GridColumn } from './matrix-head.tsx';
import { shownRows, turnsByColumn } from './matrix-rows.ts';
import styles from './matrix-screen.module.css';
import {
  createMatrixState,
  MatrixContext,
  useMatrix,
  useMatrixStore,
  type Cell,
} from './matrix-state.ts';
import { useMatrixRun } from './use-matrix.ts';

const counts: readonly number[] = [10, 20, 50, 100];
const numbers = new Intl.NumberFormat();

/** What of it to show. */
function Tools({ shown }: { readonly shown: number }) {
  const store = useMatrixStore();
  const text = useMatrix((state) => state.text);
  const changing = useMatrix((state) => state.changing);
  const count = useMatrix((state) => state.count);
  const all = useMatrix((state) => state.matrix?.scenarios.length ?? 0);
  return (
    <div className={styles['tools']} role="search" aria-label="Narrow the matrix">
      <input
        className={filters['find']}
        type="search"
        aria-label="Find a scenario"
        placeholder="Find a scenario"
        value={text}
        onChange={(event) => {
          store.setState({ text: event.target.value, cursor: { row: 0, column: -1 } });
        }}
      />
      <label className={styles['check']}>
        <input
          type="checkbox"
          checked={changing}
          onChange={(event) => {
            store.setState({ changing: event.target.checked, cursor: { row: 0, column: -1 } });
          }}
        />
        Only scenarios that ever change
      </label>
      <select
        className={filters['choice']}
        aria-label="How many versions"
        value={count}
        onChange={(event) => {
          store.setState({ count: Number(event.target.value) });
        }}
      >
        {counts.map((each) => (
          <option key={each} value={each}>{`Last ${each} versions`}</option>
        ))}
      </select>
      <span className={styles['shown']} role="status">
        {shown === all
          ? `${numbers.format(all)} scenarios`
          : `${numbers.format(shown)} of ${numbers.format(all)} scenarios`}
      </span>
    </div>
  );
}

function Empty({ children }: { readonly children: ReactNode }) {
  return <p className={styles['empty']}>{children}</p>;
}

/** The columns as the grid shows them, the working copy last. */
function useColumns(): readonly GridColumn[] {
  const matrix = useMatrix((state) => state.matrix);
  const versions = useMatrix((state) => state.versions);
  return useMemo(() => {
    if (matrix === undefined) return [];
    const turns = turnsByColumn(matrix);
    return turns.map((count, column): GridColumn => {
      const version = versions[column];
      const failing = version?.scenarios.failed ?? 0;
      const said = failing === 0 ? undefined : `${failing} fail`;
      return {
        label: version?.version ?? 'Working',
        turns: count,
        warning: matrix.problems[column] ?? said,
      };
    });
  }, [matrix, versions]);
}

/** Opens what a cell stands for: its version beside the one before it, at its scenario. */
function useOpenCell(rows: readonly number[]): (cell: Cell) => void {
  const studio = useStudio();
  const store = useMatrixStore();
  return useCallback(
    ({ row, column }: Cell) => {
      const { matrix, versions } = store.getState();
      const scenario = matrix?.scenarios[rows[row] ?? -1];
      if (scenario === undefined) return;
      if (column < 0) {
        studio.selectScenario(scenario);
        return;
      }
      const sideAt = (at: number): SideName => {
        const version = versions[at]?.version;
        return version === undefined ? { kind: 'working' } : { kind: 'version', version };
      };
      // The first has none before it: it is compared with what is next.
      const after = Math.max(column, Math.min(1, versions.length));
      openCompare(studio, sideAt(after - 1), sideAt(after), scenario);
    },
    [studio, store, rows],
  );
}

function Matrix() {
  useMatrixRun();
  const studio = useStudio();
  const store = useMatrixStore();
  const matrix = useMatrix((state) => state.matrix);
  const failure = useMatrix((state) => state.failure);
  const progress = useMatrix((state) => state.progress);
  const cancelled = useMatrix((state) => state.cancelled);
  const text = useMatrix((state) => state.text);
  const changing = useMatrix((state) => state.changing);
  const saved = useStudioState((state) => state.versions?.length);
  const scenarios = useStudioState(scenarioRows);
  const columns = useColumns();
  const names = useMemo(() => new Map(scenarios.map(({ id, name }) => [id, name])), [scenarios]);
  const nameOf = useCallback((id: string) => names.get(id) ?? id, [names]);
  const rows = useMemo(
    () => (matrix === undefined ? [] : shownRows(matrix, { text, changing }, nameOf)),
    [matrix, text, changing, nameOf],
  );
  const onOpen = useOpenCell(rows);
  return (
    <ScreenFrame
      title="Flip matrix"
      actions={
        <Button
          onClick={() => {
            openCompare(studio);
          }}
        >
          <GitCompareArrows size={14} aria-hidden="true" /> Compare two
        </Button>
      }
    >
      <Tools shown={rows.length} />
      <RunProgress
        progress={progress}
        cancelled={cancelled}
        label="Scenarios run"
        onCancel={() => {
          void studio.parts.engine.cancelMatrix(studio.state.packId ?? '');
          store.setState({ cancelled: true, progress: undefined });
        }}
        onAgain={() => {
          store.setState(({ attempt }) => ({ attempt: attempt + 1, cancelled: false }));
        }}
      />
      {failure === undefined ? null : (
        <p className={styles['failure']} role="alert">
          {failure}
        </p>
      )}
      {saved === 0 ? (
        <Empty>
          No version is saved yet, so there is only the working copy to see. Each version that you
          save is a column here from then on.
        </Empty>
      ) : null}
      {matrix === undefined && failure === undefined && !cancelled ? (
        <Empty>Running the scenarios by each version…</Empty>
      ) : null}
      {matrix !== undefined && rows.length === 0 ? (
        <Empty>
          {changing && text === ''
            ? 'No scenario ever changes its verdict in these versions.'
            : matrix.scenarios.length === 0
              ? 'The pack has no scenario that can be run.'
              : 'Nothing is left of this filter.'}
        </Empty>
      ) : null}
      {matrix === undefined || rows.length === 0 ? null : (
        <MatrixGrid matrix={matrix} rows={rows} columns={columns} nameOf={nameOf} onOpen={onOpen} />
      )}
    </ScreenFrame>
  );
}

/** The scenarios as they are now, decided by each of the last versions and by the working copy. */
export function MatrixScreen() {
  const [store] = useState(createMatrixState);
  return (
    <MatrixContext value={store}>
      <Matrix />
    </MatrixContext>
  );
}
