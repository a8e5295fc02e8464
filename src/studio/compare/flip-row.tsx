import { ArrowRight } from 'lucide-react';
import type { ComparedRow } from '../../worker/compare-api.ts';
import { VerdictBadge } from '../parts/verdict.tsx';
import { useStudioState } from '../state/context.ts';
import { scenarioRows } from '../state/selectors.ts';
import { useCompare } from './compare-state.ts';
import styles from './flip-table.module.css';

/** Where a scenario stands, when one side alone has it so. */
function standing({ standsIn }: ComparedRow): string | undefined {
  switch (standsIn) {
    case 'both':
      return undefined;
    case 'before':
      return 'as it was before';
    case 'after':
      return 'new or edited';
  }
}

/** Issues that came and went, and the risk where it moved. */
function Reasons({ row }: { readonly row: ComparedRow }) {
  const { issuesNew, issuesGone, risk, because } = row;
  const isBare = issuesNew.length + issuesGone.length === 0 && risk[0] === risk[1];
  if (isBare) return <span className={styles['because']}>{because}</span>;
  return (
    <span className={styles['because']}>
      {issuesNew.map((code) => (
        <span key={code} className={styles['issue']}>
          {`+ ${code}`}
        </span>
      ))}
      {issuesGone.map((code) => (
        <span key={code} className={styles['issue']} data-gone="">
          {`− ${code}`}
        </span>
      ))}
      {risk[0] === risk[1] ? null : <span>{`risk ${risk[0]} → ${risk[1]}`}</span>}
    </span>
  );
}

/** One scenario that came out differently, in two lines. */
export function FlipRow({ row }: { readonly row: ComparedRow }) {
  const isWorking = useCompare((state) => state.after?.side.kind === 'working');
  const isExpected = useStudioState((state) =>
    scenarioRows(state).some(({ id, state: outcome }) => id === row.id && outcome === 'pass'),
  );
  const place = standing(row);
  const flips = row.from !== row.to;
  return (
    <>
      <span className={styles['first']}>
        {flips ? (
          <>
            <VerdictBadge mark={row.from} />
            <ArrowRight size={13} aria-hidden="true" />
            <span className={styles['hidden']}>to</span>
          </>
        ) : null}
        <VerdictBadge mark={row.to} />
        <span className={styles['name']}>{row.name}</span>
        {place === undefined ? null : <span className={styles['mark']}>{place}</span>}
        {flips && isWorking && isExpected && row.standsIn !== 'before' ? (
          <span className={styles['mark']}>as expected</span>
        ) : null}
      </span>
      <Reasons row={row} />
    </>
  );
}
