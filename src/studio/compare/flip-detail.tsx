import { useEffect, useState } from 'react';
import type { Result } from '../../base/result.ts';
import type { ComparedRow, FlipDetail as Detail, FlipSide } from '../../worker/compare-api.ts';
import type { EngineFailure } from '../../worker/engine-api.ts';
import { Button } from '../parts/button.tsx';
import { VerdictBadge } from '../parts/verdict.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { scenarioRows } from '../state/selectors.ts';
import { acceptFlips, scenarioToAccept } from './compare-actions.ts';
import { useCompare, useCompareStore } from './compare-state.ts';
import styles from './flip-detail.module.css';
import { RuleTurns } from './rule-turns.tsx';

/** Why a row came out differently, asked for when it is opened; asked anew when it is no longer kept. */
function useDetail(row: ComparedRow): Result<Detail, EngineFailure> | undefined {
  const studio = useStudio();
  const store = useCompareStore();
  const id = useCompare((state) => state.comparison?.id);
  const key = `${id ?? ''} ${row.key}`;
  const [known, setKnown] = useState<{ key: string; detail: Result<Detail, EngineFailure> }>();
  useEffect(() => {
    const { packId } = studio.state;
    if (id === undefined || packId === undefined) return undefined;
    let current = true;
    void (async () => {
      const detail = await studio.parts.engine.explainFlip(packId, id, row.key);
      if (!current) return;
      if (!detail.ok && detail.error.code === 'COMPARISON_GONE') {
        store.setState(({ attempt }) => ({ attempt: attempt + 1 }));
      } else setKnown({ key, detail });
    })();
    return () => {
      current = false;
    };
  }, [studio, store, id, key, row.key]);
  return known?.key === key ? known.detail : undefined;
}

function Side({
  title,
  side,
  marked,
  mark,
}: {
  readonly title: string;
  readonly side: FlipSide;
  /** Issue codes that only this side has. */
  readonly marked: readonly string[];
  readonly mark: 'new' | 'gone';
}) {
  return (
    <section className={styles['side']} aria-label={title}>
      <h4 className={styles['sideHead']}>
        <span>{title}</span> <VerdictBadge mark={side.verdict} />
      </h4>
      <p>{side.sentence}</p>
      <p className={styles['risk']}>{`Risk ${side.risk}`}</p>
      <ul>
        {side.issues.map((issue) => (
          <li
            key={`${issue.code} ${JSON.stringify(issue.details)}`}
            className={styles['issue']}
            data-mark={marked.includes(issue.code) ? mark : undefined}
          >
            <code>{issue.code}</code>
            {marked.includes(issue.code) ? <span className={styles['mark']}>{mark}</span> : null}
            <span className={styles['message']}>{issue.message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What can be done about a flip: take it as expected, or go and look at the scenario. */
function Actions({ row }: { readonly row: ComparedRow }) {
  const studio = useStudio();
  const isWorking = useCompare((state) => state.after?.side.kind === 'working');
  const canAccept = useStudioState(
    (state) => scenarioToAccept(scenarioRows(state), row) !== undefined,
  );
  const isThere = useStudioState((state) => state.files.has(row.path));
  return (
    <div className={styles['actions']}>
      {isWorking && canAccept ? (
        <Button
          onClick={() => {
            acceptFlips(studio, [row]);
          }}
        >
          {row.from === row.to ? 'Expect these issues' : `Accept: expect ${row.to}`}
        </Button>
      ) : null}
      {isThere ? (
        <Button
          onClick={() => {
            studio.selectScenario(row.id);
          }}
        >
          Show the scenario
        </Button>
      ) : null}
    </div>
  );
}

/** One scenario on both sides: issues and reasons, and the rules that made the difference. */
export function FlipDetail({ row }: { readonly row: ComparedRow }) {
  const detail = useDetail(row);
  const before = useCompare((state) => state.before?.label ?? 'Before');
  const after = useCompare((state) => state.after?.label ?? 'After');
  return (
    <section className={styles['detail']} aria-label={`Why: ${row.name}`} tabIndex={-1}>
      <header className={styles['head']}>
        <h3 className={styles['name']}>{row.name}</h3>
        <Actions row={row} />
      </header>
      {detail === undefined ? <p className={styles['none']}>Looking at both sides…</p> : null}
      {detail?.ok === false ? (
        <p className={styles['none']} role="alert">
          {detail.error.message}
        </p>
      ) : null}
      {detail?.ok === true ? (
        <>
          <div className={styles['sides']}>
            <Side title={before} side={detail.value.before} marked={row.issuesGone} mark="gone" />
            <Side title={after} side={detail.value.after} marked={row.issuesNew} mark="new" />
          </div>
          <RuleTurns turns={detail.value.rules} />
        </>
      ) : null}
    </section>
  );
}
