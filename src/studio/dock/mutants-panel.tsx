import { useMemo, useState } from 'react';
import type { Survivor } from '../../worker/probe-api.ts';
import { Button } from '../parts/button.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { cancelMutation, runMutation, type MutationState } from '../state/mutation.ts';
import { isStale } from '../state/selectors.ts';
import { distinctScenarios, saveScenarios } from '../state/save-scenarios.ts';
import dock from './dock.module.css';
import { kindWords, scoreWords } from './mutant-words.ts';
import styles from './mutants-panel.module.css';
import { RowVerdict, SaveRow } from './scenario-preview.tsx';
import { ChooseButton, SplitList } from './split-list.tsx';
import { SurvivorDetail } from './survivor-detail.tsx';

const numbers = new Intl.NumberFormat();
const none: readonly never[] = [];

/** A run under way: how far it is, and the way to end it. */
function Running({ mutation }: { readonly mutation: MutationState }) {
  const studio = useStudio();
  const { run, result, noticing, isSearching } = mutation;
  const done = isSearching
    ? (result?.survivors.filter(({ key }) => noticing.has(key)).length ?? 0)
    : (run?.done ?? 0);
  const total = isSearching ? (result?.survivors.length ?? 0) : (run?.total ?? 0);
  const what = isSearching ? 'Looking for scenarios that would notice' : 'Trying mistakes';
  return (
    <>
      <progress
        className={styles['bar']}
        aria-label={what}
        {...(total === 0 ? {} : { value: done, max: total })}
      />
      <span role="status">
        {total === 0 ? `${what}…` : `${what}: ${numbers.format(done)} of ${numbers.format(total)}`}
      </span>
      <Button
        onClick={() => {
          cancelMutation(studio);
        }}
      >
        Cancel
      </Button>
    </>
  );
}

/** The score in a line, and what can be done next. */
function Head({ mutation }: { readonly mutation: MutationState | undefined }) {
  const studio = useStudio();
  const broken = useStudioState(isStale);
  const noScenario = useStudioState((state) => state.snapshot?.scenarios.length === 0);
  const busy = mutation?.run !== undefined || mutation?.isSearching === true;
  const result = mutation?.result;
  const found = useMemo(
    () =>
      distinctScenarios(
        (result?.survivors ?? []).flatMap(({ key }) => mutation?.noticing.get(key)?.scenario ?? []),
      ),
    [result, mutation?.noticing],
  );
  return (
    <div className={dock['tools']}>
      {mutation !== undefined && busy ? (
        <Running mutation={mutation} />
      ) : (
        <Button
          tone={result === undefined || mutation?.isStale === true ? 'primary' : 'plain'}
          disabled={broken || noScenario}
          onClick={() => void runMutation(studio)}
        >
          {result === undefined ? 'Try mistakes' : 'Try again'}
        </Button>
      )}
      {mutation?.failure === undefined ? null : <span role="alert">{mutation.failure}</span>}
      {result === undefined ? null : (
        <span className={styles['score']} title={kindWords(result.kinds)}>
          {mutation?.isStale === true ? (
            <strong className={styles['stale']}>Stale: the pack was edited. </strong>
          ) : null}
          {scoreWords(result)}
        </span>
      )}
      {found.length < 2 ? null : (
        <Button
          disabled={busy || mutation?.isStale === true}
          onClick={() => void saveScenarios(studio, found)}
        >
          {`Save all ${numbers.format(found.length)}`}
        </Button>
      )}
    </div>
  );
}

/** What this is for, until somebody has run it. */
function Lead() {
  const broken = useStudioState(isStale);
  const noScenario = useStudioState((state) => state.snapshot?.scenarios.length === 0);
  return (
    <p className={dock['note']}>
      {broken
        ? 'The pack has errors: nothing can be run.'
        : noScenario
          ? 'There is no scenario yet, so nothing would notice any mistake. Coverage proposes some.'
          : 'Makes one small mistake in a rule after the other (a condition dropped, an operator flipped, a limit off by one, a scope too wide, a rule lost, DENY turned into DEFER) and runs the scenarios on each. What no scenario notices would go unnoticed in your edits too.'}
    </p>
  );
}

function Row({
  survivor,
  mutation,
  isChosen,
  onChoose,
}: {
  readonly survivor: Survivor;
  readonly mutation: MutationState;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}) {
  const found = mutation.noticing.get(survivor.key);
  return (
    <>
      <ChooseButton isChosen={isChosen} title={survivor.key} onChoose={onChoose}>
        <span className={styles['rule']}>{survivor.ruleId}</span>
        <span className={dock['message']}>{survivor.what.replaceAll('`', '')}</span>
      </ChooseButton>
      {found?.scenario === undefined ? (
        <span className={styles['quiet']}>
          {found === undefined
            ? mutation.isSearching
              ? 'searching…'
              : 'not searched'
            : 'none found'}
        </span>
      ) : (
        <>
          <RowVerdict verdict={found.scenario.verdict} />
          <SaveRow scenario={found.scenario} />
        </>
      )}
    </>
  );
}

/** Those first that a scenario can be saved against, once all were searched: rows must not jump meanwhile. */
function ranked({ result, noticing, isSearching }: MutationState): readonly Survivor[] {
  const survivors = result?.survivors ?? none;
  if (isSearching) return survivors;
  const rank = ({ key }: Survivor): number => (noticing.get(key)?.scenario === undefined ? 1 : 0);
  return survivors.toSorted((a, b) => rank(a) - rank(b));
}

/** Which small mistakes in the rules no scenario would notice, each with the scenario that would. */
export function MutantsPanel() {
  const mutation = useStudioState((state) => state.mutation);
  const [chosenKey, setChosenKey] = useState<string>();
  const result = mutation?.result;
  const survivors = useMemo(() => (mutation === undefined ? none : ranked(mutation)), [mutation]);
  const chosen = survivors.find(({ key }) => key === chosenKey) ?? survivors[0];
  return (
    <>
      <Head mutation={mutation} />
      {result === undefined && mutation?.run === undefined ? <Lead /> : null}
      {result !== undefined && result.total > 0 && survivors.length === 0 ? (
        <p className={dock['note']}>Every mistake is noticed by a scenario.</p>
      ) : null}
      {mutation === undefined || chosen === undefined ? null : (
        <SplitList
          label="Mistakes that no scenario notices"
          items={survivors}
          chosen={chosen}
          renderRow={(survivor, isChosen) => (
            <Row
              survivor={survivor}
              mutation={mutation}
              isChosen={isChosen}
              onChoose={() => {
                setChosenKey(survivor.key);
              }}
            />
          )}
          detail={<SurvivorDetail survivor={chosen} mutation={mutation} />}
        />
      )}
    </>
  );
}
