import { TriangleAlert } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { BoundaryCase } from '../../simulation/boundary.ts';
import type { EngineClient } from '../../worker/engine-api.ts';
import type { BoundaryRow, OnProbed } from '../../worker/probe-api.ts';
import { Button } from '../parts/button.tsx';
import { VerdictIcon } from '../parts/verdict.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { saveScenarios } from '../state/save-scenarios.ts';
import styles from './boundaries-panel.module.css';
import dock from './dock.module.css';
import { Detail, ScenarioPreview } from './scenario-preview.tsx';
import { ChooseButton, SplitList } from './split-list.tsx';
import { useAnswer } from './use-answer.ts';

const numbers = new Intl.NumberFormat();
const where = { '-1': 'just below', '0': 'exactly', '1': 'just above' } as const;

interface Row extends BoundaryRow {
  readonly key: string;
}

function ask(engine: EngineClient, packId: string, onProbed: OnProbed) {
  return engine.boundaries(packId, onProbed);
}

/** Surprising ones first, and then those where not every case can be. */
function sorted(boundaries: readonly BoundaryRow[]): readonly Row[] {
  const rank = ({ surprising, cases }: BoundaryRow): number =>
    surprising ? 0 : cases.length < 3 ? 1 : 2;
  return boundaries
    .map((boundary): Row => ({ ...boundary, key: `${boundary.ruleId} ${boundary.at.join('.')}` }))
    .toSorted((a, b) => rank(a) - rank(b));
}

/** The cases as a strip: below, on, above. */
function Strip({
  cases,
  chosen,
  onChoose,
}: {
  readonly cases: readonly BoundaryCase[];
  readonly chosen: BoundaryCase | undefined;
  readonly onChoose: (one: BoundaryCase) => void;
}) {
  return (
    <span className={styles['strip']} role="group" aria-label="Cases">
      {cases.map((one) => (
        <button
          key={one.offset}
          type="button"
          className={styles['case']}
          data-verdict={one.verdict}
          aria-pressed={one === chosen}
          aria-label={`${where[one.offset]}: ${one.verdict}`}
          title={one.scenario.name}
          onClick={() => {
            onChoose(one);
          }}
        >
          <span className={styles['offset']}>{where[one.offset]}</span>
          <VerdictIcon mark={one.verdict} size={13} />
          <span className={styles['word']}>{one.verdict}</span>
        </button>
      ))}
    </span>
  );
}

function BoundaryDetail({
  boundary,
  chosen,
}: {
  readonly boundary: Row;
  readonly chosen: BoundaryCase | undefined;
}) {
  const studio = useStudio();
  const { ruleId, text, cases, surprising, path, span } = boundary;
  return (
    <Detail label={text}>
      <div className={styles['about']}>
        <code className={styles['text']}>{text}</code>
        <p className={styles['quiet']}>
          {`In ${ruleId}. `}
          <button
            type="button"
            className={dock['link']}
            onClick={() => {
              studio.reveal(path, span);
            }}
          >
            Show it in the text
          </button>
        </p>
        {surprising ? (
          <p>On the boundary it is decided otherwise than on either side of it: is that meant?</p>
        ) : null}
        {cases.length === 3 ? null : (
          <p className={styles['quiet']}>
            {cases.length === 0
              ? 'No request was found that comes near this boundary.'
              : 'No request can stand on every side of this boundary.'}
          </p>
        )}
        {cases.length < 2 ? null : (
          <Button
            onClick={() =>
              void saveScenarios(
                studio,
                cases.map(({ scenario }) => scenario),
              )
            }
          >
            {cases.length === 3 ? 'Save all three' : 'Save both'}
          </Button>
        )}
      </div>
      {chosen === undefined ? null : <ScenarioPreview scenario={chosen.scenario} />}
    </Detail>
  );
}

/** Every comparison, time window and limit, with the verdicts on it and a step to either side. */
export function BoundariesPanel() {
  const snapshot = useStudioState((state) => state.snapshot);
  const asked = snapshot?.stale === true ? undefined : snapshot;
  const { value, progress, failure } = useAnswer(ask, asked);
  const [choice, setChoice] = useState<{ readonly key: string; readonly offset: number }>();
  const rows = useMemo(() => (value === undefined ? undefined : sorted(value)), [value]);
  if (snapshot?.stale === true) {
    return <p className={dock['note']}>The pack has errors: nothing can be run.</p>;
  }
  if (rows === undefined) {
    return (
      <p className={dock['note']} role="status">
        {failure ??
          (progress === undefined
            ? 'Trying the boundaries…'
            : `Trying the boundaries: ${numbers.format(progress.done)} of ${numbers.format(progress.total)}`)}
      </p>
    );
  }
  const row = rows.find(({ key }) => key === choice?.key) ?? rows[0];
  if (row === undefined) {
    return <p className={dock['note']}>No rule of this pack compares anything.</p>;
  }
  const caseOf = ({ key, cases }: Row): BoundaryCase | undefined =>
    cases.find(({ offset }) => key === choice?.key && offset === choice.offset) ??
    cases.find(({ offset }) => offset === 0) ??
    cases[0];
  const surprising = rows.filter((one) => one.surprising).length;
  return (
    <>
      <p className={dock['note']}>
        {`${numbers.format(rows.length)} ${rows.length === 1 ? 'comparison' : 'comparisons'}, each tried on its boundary and a step to either side. `}
        {surprising === 0 ? 'None is surprising.' : `${numbers.format(surprising)} surprising.`}
      </p>
      <SplitList
        label="Boundaries"
        items={rows}
        chosen={row}
        renderRow={(one, isChosen) => (
          <>
            <ChooseButton
              isChosen={isChosen}
              title={one.text}
              onChoose={() => {
                setChoice({ key: one.key, offset: 0 });
              }}
            >
              {one.surprising ? (
                <TriangleAlert size={14} className={styles['warn']} aria-label="surprising" />
              ) : null}
              <span className={styles['rule']}>{one.ruleId}</span>
              <code className={dock['message']}>{one.text}</code>
            </ChooseButton>
            <Strip
              cases={one.cases}
              chosen={isChosen ? caseOf(one) : undefined}
              onChoose={({ offset }) => {
                setChoice({ key: one.key, offset });
              }}
            />
          </>
        )}
        detail={<BoundaryDetail boundary={row} chosen={caseOf(row)} />}
      />
    </>
  );
}
