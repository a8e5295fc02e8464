import { useMemo, useState } from 'react';
import { Choices } from '../parts/choices.tsx';
import { useStudioState } from '../state/context.ts';
import { isStale } from '../state/selectors.ts';
import { CoverageMenu } from './coverage-menu.tsx';
import styles from './coverage-panel.module.css';
import { coverageRows } from './coverage-rows.ts';
import { CoverageTable } from './coverage-table.tsx';
import dock from './dock.module.css';
import { UncoveredList } from './uncovered-list.tsx';

const percent = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const numbers = new Intl.NumberFormat();
const none: readonly never[] = [];

type View = 'all' | 'open';

/** All that there is, or what is missing. */
const choices: readonly { readonly value: View; readonly label: string }[] = [
  { value: 'all', label: 'Everything' },
  { value: 'open', label: 'What is not covered' },
];

/** What the pack's scenarios have seen of it, and requests for what they have not. */
export function CoveragePanel() {
  const coverage = useStudioState((state) => state.coverage);
  const stale = useStudioState(isStale);
  const [view, setView] = useState<View>('all');
  const rows = useMemo(() => (coverage === undefined ? none : coverageRows(coverage)), [coverage]);
  if (coverage === undefined) {
    return (
      <p className={dock['note']}>
        {stale ? 'The pack has errors: nothing can be run.' : 'Running the scenarios…'}
      </p>
    );
  }
  const { decisive, covered, total, scenarios } = coverage;
  const views = <Choices label="What to show" choices={choices} chosen={view} onChoose={setView} />;
  if (view === 'open') return <UncoveredList coverage={coverage} views={views} />;
  return (
    <>
      <div className={dock['tools']}>
        {views}
        <span
          className={styles['figures']}
          title="A rule has two sides, that it holds and that it does not; each part of its conditions has two, true and false."
        >
          {total === 0
            ? 'There is no rule to cover.'
            : `${percent.format(coverage.percent)} %: ${numbers.format(covered)} of ${numbers.format(total)} sides seen by ${numbers.format(scenarios)} scenarios; ${numbers.format(decisive.covered)} of ${numbers.format(decisive.total)} seen to decide.`}
        </span>
        <CoverageMenu />
      </div>
      <CoverageTable rows={rows} />
    </>
  );
}
