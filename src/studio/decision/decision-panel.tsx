import { CircleHelp, Ellipsis, TriangleAlert } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { lazy, Suspense } from 'react';
import type { EngineFailure, Explanation, ScenarioRow } from '../../worker/engine-api.ts';
import { IconButton } from '../parts/button.tsx';
import { Menu } from '../parts/menu.tsx';
import { VerdictBadge, type VerdictMark } from '../parts/verdict.tsx';
import { askNewScenario, askRenameScenario } from '../shell/commands.ts';
import { useOverlay } from '../shell/dialogs.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import { deleteFile, duplicateScenario, expectActual } from '../state/pack-actions.ts';
import { scenarioPath } from '../state/paths.ts';
import { isStale, selectedRow } from '../state/selectors.ts';
import styles from './decision-panel.module.css';
import { DecisionSummary } from './decision-summary.tsx';
import { RuleTrace } from './rule-trace.tsx';

const RequestEditor = lazy(async () => {
  const { RequestEditor: component } = await import('./request-editor.tsx');
  return { default: component };
});

function ScenarioMenu({ id }: { readonly id: string }) {
  const studio = useStudio();
  const show = useOverlay();
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label="Actions for this scenario">
          <Ellipsis size={16} />
        </IconButton>
      }
      items={[
        {
          label: 'Open its file',
          run: () => {
            studio.openFile(scenarioPath(id));
          },
        },
        {
          label: 'Expect the verdict shown',
          run: () => {
            expectActual(studio, id);
          },
        },
        null,
        {
          label: 'Duplicate',
          run: () => {
            void duplicateScenario(studio, id);
          },
        },
        {
          label: 'Save as a new scenario…',
          run: () => {
            askNewScenario(studio, show, id);
          },
        },
        {
          label: 'Rename…',
          keys: 'F2',
          run: () => {
            askRenameScenario(studio, show, id);
          },
        },
        {
          label: 'Delete',
          keys: 'Del',
          danger: true,
          run: () => {
            void deleteFile(studio, scenarioPath(id));
          },
        },
      ]}
    />
  );
}

function ExpectationLine({
  row,
  edited,
  failed,
}: {
  readonly row: ScenarioRow | undefined;
  readonly edited: boolean;
  readonly failed: boolean;
}) {
  if (edited && failed) {
    return (
      <p className={styles['expectation']} data-tone="bad">
        The edited request cannot be decided.
      </p>
    );
  }
  if (edited) {
    return (
      <p className={styles['expectation']}>Decided from the edited request, which is not saved.</p>
    );
  }
  switch (row?.state) {
    case 'pass':
      return <p className={styles['expectation']}>As expected.</p>;
    case 'fail':
      return (
        <p className={styles['expectation']} data-tone="bad">
          {row.problem ?? `Expected ${row.expected?.verdict ?? 'another verdict'}.`}
        </p>
      );
    case 'error':
      return (
        <p className={styles['expectation']} data-tone="bad">
          {row.problem}
        </p>
      );
    case 'stale':
      return (
        <p className={styles['expectation']} data-tone="stale">
          Stale: decided by the last policies that could be read.
        </p>
      );
    case 'not-run':
    case undefined:
      return <p className={styles['expectation']}>Not run yet.</p>;
  }
}

/** Why there is no decision, field by field where the request is at fault. */
function Refusal({ failure }: { readonly failure: EngineFailure }) {
  const problems = failure.code === 'REQUEST_INVALID' ? failure.problems : [];
  return (
    <section className={styles['refusal']} role="status">
      <h3>
        <TriangleAlert size={15} aria-hidden="true" /> Nothing was decided
      </h3>
      <p>{failure.message}</p>
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.pointer} ${problem.message}`}>
            <code>{problem.pointer === '' ? 'request' : problem.pointer}</code> {problem.message}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Why({ explanation }: { readonly explanation: Explanation }) {
  return (
    <>
      <DecisionSummary record={explanation.record} />
      <RuleTrace tools={explanation.tools} />
    </>
  );
}

function Body({ scenarioId }: { readonly scenarioId: string }) {
  const decision = useStudioState((state) =>
    state.decision?.scenarioId === scenarioId ? state.decision : undefined,
  );
  const result = decision?.result;
  return (
    <Tabs.Root className={styles['tabs']} defaultValue="why">
      <Tabs.List className={styles['tabList']} aria-label="Decision views">
        <Tabs.Trigger className={styles['tab']} value="why" data-autofocus="">
          Why
        </Tabs.Trigger>
        <Tabs.Trigger className={styles['tab']} value="request">
          Request
        </Tabs.Trigger>
        <Tabs.Trigger className={styles['tab']} value="record">
          Record
        </Tabs.Trigger>
      </Tabs.List>
      <Tabs.Content className={styles['content']} value="why">
        {result === undefined ? <p className={styles['empty']}>Deciding…</p> : null}
        {result?.ok === true ? <Why explanation={result.value} /> : null}
        {result?.ok === false ? <Refusal failure={result.error} /> : null}
      </Tabs.Content>
      <Tabs.Content className={styles['content']} value="request">
        <Suspense fallback={<p className={styles['empty']}>Loading the editor…</p>}>
          <RequestEditor key={scenarioId} scenarioId={scenarioId} />
        </Suspense>
      </Tabs.Content>
      <Tabs.Content className={styles['content']} value="record">
        {result?.ok === true ? (
          <pre className={styles['record']} tabIndex={0} aria-label="Decision record as JSON">
            {JSON.stringify(result.value.record, null, 2)}
          </pre>
        ) : (
          <p className={styles['empty']}>There is no record: nothing was decided.</p>
        )}
      </Tabs.Content>
    </Tabs.Root>
  );
}

/** The selected scenario: its verdict, why it is so, and its request to try other facts with. */
export function DecisionPanel() {
  const phase = useStudioState((state) => state.phase);
  const scenarioId = useStudioState((state) => state.scenarioId);
  const row = useStudioState(selectedRow);
  const stale = useStudioState(isStale);
  const decision = useStudioState((state) => state.decision);
  const edited = useStudioState((state) => state.requestDrafts.has(state.scenarioId ?? ''));
  if (scenarioId === undefined) {
    return (
      <aside className={styles['panel']} aria-label="Decision" data-pane="decision" tabIndex={-1}>
        <p className={styles['empty']}>
          <CircleHelp size={15} aria-hidden="true" />
          {phase === 'starting'
            ? 'Opening the pack…'
            : 'Choose a scenario on the left to see its verdict and the reasons for it.'}
        </p>
      </aside>
    );
  }
  const current = decision?.scenarioId === scenarioId ? decision.result : undefined;
  let mark: VerdictMark = row?.verdict ?? 'NONE';
  if (current?.ok === true) mark = current.value.record.verdict;
  if (current?.ok === false) mark = 'ERROR';
  return (
    <aside className={styles['panel']} aria-label="Decision" data-pane="decision" tabIndex={-1}>
      <header className={styles['head']}>
        <div className={styles['titleRow']}>
          <h2 className={styles['title']}>{row?.name ?? scenarioId}</h2>
          <ScenarioMenu id={scenarioId} />
        </div>
        <div className={styles['verdictRow']} data-stale={stale || undefined}>
          <VerdictBadge mark={mark} large />
          <ExpectationLine row={row} edited={edited} failed={current?.ok === false} />
        </div>
      </header>
      <Body scenarioId={scenarioId} />
    </aside>
  );
}
