import { CircleCheck } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { lazy, Suspense, type ReactNode } from 'react';
import { RunProgress } from '../parts/run-progress.tsx';
import { useStudio } from '../state/context.ts';
import { changedFiles } from '../state/changed-files.ts';
import tabStyles from '../parts/tabs.module.css';
import { ChangeList } from './change-list.tsx';
import styles from './compare-screen.module.css';
import {
  useCompare,
  useCompareStore,
  type CompareState,
  type CompareTab,
} from './compare-state.ts';
import { FlipNumbers } from './flip-numbers.tsx';
import { FlipTable } from './flip-table.tsx';

const TextDiff = lazy(async () => {
  const { TextDiff: component } = await import('./text-diff.tsx');
  return { default: component };
});

const GraphDiff = lazy(async () => {
  const { GraphDiff: component } = await import('./graph-diff.tsx');
  return { default: component };
});

const numbers = new Intl.NumberFormat();

/** How far a long comparison is, with the way to end it. */
function Progress() {
  const studio = useStudio();
  const progress = useCompare((state) => state.progress);
  const cancelled = useCompare((state) => state.cancelled);
  const store = useCompareStore();
  return (
    <RunProgress
      progress={progress}
      cancelled={cancelled}
      label="Scenarios compared"
      onCancel={() => {
        void studio.parts.engine.cancelCompare(studio.state.packId ?? '');
        store.setState({ cancelled: true, progress: undefined });
      }}
      onAgain={() => {
        store.setState(({ attempt }) => ({ attempt: attempt + 1, cancelled: false }));
      }}
    />
  );
}

function Empty({ children }: { readonly children: ReactNode }) {
  return <div className={styles['empty']}>{children}</div>;
}

/** No flips is good news, and says so. */
function NoFlips() {
  const compared = useCompare((state) => state.comparison?.compared ?? 0);
  const quiet = useCompare((state) => state.comparison?.quiet.length ?? 0);
  return (
    <Empty>
      <CircleCheck size={28} className={styles['good']} aria-hidden="true" />
      <h3>No verdict flips</h3>
      <p>
        {compared === 1
          ? 'The one scenario is decided as before.'
          : `All ${numbers.format(compared)} scenarios are decided as before.`}
        {quiet === 0
          ? ''
          : ` ${numbers.format(quiet)} of them for other reasons: see “Same verdict”.`}
      </p>
    </Empty>
  );
}

/** The count behind each tab's name. */
function countOf({ comparison, before, after }: CompareState, tab: CompareTab): number {
  switch (tab) {
    case 'flips':
      return comparison?.rows.length ?? 0;
    case 'quiet':
      return (comparison?.quiet.length ?? 0) + (comparison?.undecided.length ?? 0);
    case 'changes':
      return comparison?.lines.length ?? 0;
    case 'graph':
      return comparison?.lines.filter(({ kind }) => kind === 'rule').length ?? 0;
    case 'text':
      return before === undefined || after === undefined
        ? 0
        : changedFiles(before.files, after.files).length;
  }
}

const tabs: readonly { readonly tab: CompareTab; readonly label: string }[] = [
  { tab: 'flips', label: 'Flips' },
  { tab: 'quiet', label: 'Same verdict' },
  { tab: 'changes', label: 'What changed' },
  { tab: 'graph', label: 'Graph' },
  { tab: 'text', label: 'Text' },
];

function Trigger({ tab, label }: { readonly tab: CompareTab; readonly label: string }) {
  const count = useCompare((state) => countOf(state, tab));
  return (
    <Tabs.Trigger className={tabStyles['tab']} value={tab}>
      {label} <span className={styles['count']}>{numbers.format(count)}</span>
    </Tabs.Trigger>
  );
}

/** The numbers, and below them what they are made of. */
export function CompareBody() {
  const store = useCompareStore();
  const tab = useCompare((state) => state.tab);
  const failure = useCompare((state) => state.failure);
  const importProblem = useCompare((state) => state.importProblem);
  const note = useCompare((state) => state.note);
  const known = useCompare((state) => state.comparison !== undefined);
  const flips = useCompare((state) => state.comparison?.rows.length ?? 0);
  const hasTexts = useCompare((state) => state.after !== undefined && failure !== undefined);
  const isAlone = useCompare(
    (state) => state.before?.side.kind === 'working' && state.after?.side.kind === 'working',
  );
  return (
    <>
      <Progress />
      {importProblem === undefined ? null : (
        <p className={styles['failure']} role="alert">
          {importProblem}
        </p>
      )}
      {known && !isAlone ? <FlipNumbers /> : null}
      {failure === undefined ? null : (
        <p className={styles['failure']} role="alert">
          {failure}
        </p>
      )}
      {note === undefined || !known ? null : (
        <p className={styles['note']} role="status">
          {note}
        </p>
      )}
      {!known && failure === undefined ? <Empty>Comparing…</Empty> : null}
      {isAlone ? (
        <Empty>
          <h3>The working copy is on both sides</h3>
          <p>
            Choose a version or another pack on one of them. What “Save version” keeps can be chosen
            from then on.
          </p>
        </Empty>
      ) : null}
      {!isAlone && (known || hasTexts) ? (
        <Tabs.Root
          className={`${tabStyles['tabs'] ?? ''} ${tabStyles['roomy'] ?? ''}`}
          value={known ? tab : 'text'}
          onValueChange={(value) => {
            const next = tabs.find((each) => each.tab === value);
            if (next !== undefined) store.setState({ tab: next.tab });
          }}
        >
          <Tabs.List className={tabStyles['tabList']} aria-label="What to look at">
            {tabs.map((each) =>
              known || each.tab === 'text' ? <Trigger key={each.tab} {...each} /> : null,
            )}
          </Tabs.List>
          <Tabs.Content className={styles['content']} value="flips" tabIndex={-1}>
            {flips === 0 ? <NoFlips /> : <FlipTable kind="rows" />}
          </Tabs.Content>
          <Tabs.Content className={styles['content']} value="quiet" tabIndex={-1}>
            <FlipTable kind="quiet" />
          </Tabs.Content>
          <Tabs.Content className={styles['content']} value="changes" tabIndex={-1}>
            <ChangeList />
          </Tabs.Content>
          <Tabs.Content className={styles['content']} value="graph" tabIndex={-1}>
            <Suspense fallback={<Empty>Loading the graph…</Empty>}>
              <GraphDiff />
            </Suspense>
          </Tabs.Content>
          <Tabs.Content className={styles['content']} value="text" tabIndex={-1}>
            <Suspense fallback={<Empty>Loading the texts…</Empty>}>
              <TextDiff />
            </Suspense>
          </Tabs.Content>
        </Tabs.Root>
      ) : null}
    </>
  );
}
