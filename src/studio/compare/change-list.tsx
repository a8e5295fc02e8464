import type { ChangeLine } from '../../simulation/review.ts';
import { useCompare } from './compare-state.ts';
import styles from './change-list.module.css';
import { ChangePlace } from './rule-turns.tsx';

const groups: readonly { readonly what: readonly ChangeLine['what'][]; readonly title: string }[] =
  [
    { what: ['added'], title: 'Added' },
    { what: ['changed'], title: 'Changed' },
    { what: ['reworded'], title: 'Says the same in other words' },
    { what: ['removed'], title: 'Removed' },
  ];

const none: readonly never[] = [];

function Line({ line }: { readonly line: ChangeLine }) {
  const all = useCompare((state) => state.comparison?.changes ?? none);
  const changes = line.kind === 'rule' ? all.filter(({ ruleId }) => ruleId === line.name) : none;
  return (
    <li className={styles['line']}>
      <span className={styles['kind']}>{line.kind}</span>
      <code className={styles['name']}>{line.name}</code>
      <span className={styles['places']}>
        {changes.map((change) => (
          <ChangePlace key={JSON.stringify(change)} change={change} />
        ))}
      </span>
    </li>
  );
}

/** What changed, rule by rule and not line by line: formatting is no change. */
export function ChangeList() {
  const lines = useCompare((state) => state.comparison?.lines ?? none);
  const reasons = useCompare((state) => state.comparison?.bump.reasons ?? none);
  const bump = useCompare((state) => state.comparison?.bump.bump ?? 'none');
  const isOnePack = useCompare(
    ({ comparison }) => comparison?.before.name === comparison?.after.name,
  );
  if (lines.length === 0) {
    return (
      <p className={styles['none']}>
        Both sides say the same. What differs in their texts, if anything, is layout.
      </p>
    );
  }
  return (
    <div className={styles['list']}>
      {isOnePack ? <p className={styles['why']}>{`${bump}: ${reasons.join(' ')}`}</p> : null}
      {groups.map(({ what, title }) => {
        const own = lines.filter((line) => what.includes(line.what));
        return own.length === 0 ? null : (
          <section key={title} aria-label={title}>
            <h3 className={styles['title']}>
              {title} <span className={styles['count']}>{own.length}</span>
            </h3>
            <ul>
              {own.map((line) => (
                <Line key={`${line.kind} ${line.name}`} line={line} />
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}
