import { CircleHelp } from 'lucide-react';
import { Tabs } from 'radix-ui';
import type { Explanation } from '../../worker/engine-api.ts';
import { VerdictBadge, type VerdictMark } from '../parts/verdict.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { isStale, selectedRow } from '../state/selectors.ts';
import type { DecisionTab } from '../state/state.ts';
import tabStyles from '../parts/tabs.module.css';
import { ChangePanel } from './change-panel.tsx';
import { RequestTab } from '../request/request-tab.tsx';
import styles from './decision-panel.module.css';
import { DecisionSummary, IssueList } from './decision-summary.tsx';
import { ExpectationLine, Refusal } from './outcome.tsx';
import { RuleTrace } from './rule-trace.tsx';
import { ScenarioMenu } from './scenario-menu.tsx';

const tabs: readonly { readonly value: DecisionTab; readonly label: string }[] = [
  { value: 'why', label: 'Why' },
  { value: 'request', label: 'Request' },
  { value: 'record', label: 'Record' },
];

function Why({
  scenarioId,
  explanation,
}: {
  readonly scenarioId: string;
  readonly explanation: Explanation;
}) {
  return (
    <>
      <DecisionSummary record={explanation.record} sentence={explanation.sentence} />
      <ChangePanel scenarioId={scenarioId} />
      <RuleTrace tools={explanation.tools} />
      <IssueList record={explanation.record} />
    </>
  );
}

function Body({ scenarioId }: { readonly scenarioId: string }) {
  const decision = useStudioState((state) =>
    state.decision?.scenarioId === scenarioId ? state.decision : undefined,
  );
  const result = decision?.result;
  const studio = useStudio();
  const tab = useStudioState((state) => state.decisionTab);
  return (
    <Tabs.Root
      className={tabStyles['tabs']}
      value={tab}
      // The focus that comes back to a tab, as from the palette, chooses nothing.
      activationMode="manual"
      onValueChange={(chosen) => {
        const decisionTab = tabs.find(({ value }) => value === chosen)?.value ?? 'why';
        studio.set({ decisionTab, requestPlace: undefined });
      }}
    >
      <Tabs.List className={tabStyles['tabList']} aria-label="Decision views">
        {tabs.map(({ value, label }) => (
          <Tabs.Trigger
            key={value}
            className={tabStyles['tab']}
            value={value}
            data-autofocus={value === tab ? '' : undefined}
          >
            {label}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content className={styles['content']} value="why">
        {result === undefined ? <p className={styles['empty']}>Deciding…</p> : null}
        {result?.ok === true ? <Why scenarioId={scenarioId} explanation={result.value} /> : null}
        {result?.ok === false ? <Refusal failure={result.error} /> : null}
      </Tabs.Content>
      <Tabs.Content className={styles['content']} value="request">
        <RequestTab key={scenarioId} scenarioId={scenarioId} />
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
