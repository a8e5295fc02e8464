import { ShieldAlert } from 'lucide-react';
import { VerdictIcon } from '../parts/verdict.tsx';
import type { Verdict } from '../../worker/engine-api.ts';
import { useCompare, useCompareStore } from './compare-state.ts';
import styles from './flip-numbers.module.css';

const numbers = new Intl.NumberFormat();

function FlipNumber({
  to,
  count,
  words,
}: {
  readonly to: Verdict;
  readonly count: number;
  readonly words: string;
}) {
  const store = useCompareStore();
  const turn = useCompare((state) => state.filter.turn);
  const wanted = ` ${to}`;
  const isLoud = to === 'ALLOW' && count > 0;
  return (
    <button
      type="button"
      className={styles['number']}
      data-loud={isLoud || undefined}
      data-none={count === 0 || undefined}
      aria-pressed={turn === wanted}
      onClick={() => {
        store.setState(({ filter }) => ({
          tab: 'flips',
          filter: { ...filter, turn: turn === wanted ? '' : wanted },
        }));
      }}
    >
      {isLoud ? (
        <ShieldAlert size={20} aria-hidden="true" />
      ) : (
        <VerdictIcon mark={count === 0 ? 'NONE' : to} size={16} />
      )}
      <span className={styles['count']}>{numbers.format(count)}</span> {words}
    </button>
  );
}

/** Three numbers first, what is newly allowed the loudest; then what else there is to say in a line. */
export function FlipNumbers() {
  const comparison = useCompare((state) => state.comparison);
  if (comparison === undefined) return null;
  const { newlyAllowed, newlyDenied, newlyDeferred, compared, bump, before, after } = comparison;
  const isOnePack = before.name === after.name && before.digest !== after.digest;
  const may = bump.mayAllow.slice(0, 3).join(', ');
  const more = bump.mayAllow.length > 3 ? ` and ${bump.mayAllow.length - 3} more` : '';
  return (
    <div className={styles['numbers']}>
      <FlipNumber to="ALLOW" count={newlyAllowed} words="newly allowed" />
      <FlipNumber to="DENY" count={newlyDenied} words="newly denied" />
      <FlipNumber to="DEFER" count={newlyDeferred} words="newly deferred" />
      <p className={styles['rest']} role="status">
        {[
          compared === 1 ? 'Of 1 scenario.' : `Of ${numbers.format(compared)} scenarios.`,
          ...(before.digest === after.digest ? ['Both sides are the same.'] : []),
          ...(isOnePack ? [`Fits a ${bump.bump} version.`] : []),
          ...(isOnePack && may !== ''
            ? [`May allow more than the scenarios show: ${may}${more}.`]
            : []),
        ].join(' ')}
      </p>
    </div>
  );
}
