import { Button } from '../parts/button.tsx';
import styles from './bundles.module.css';
import { useDesk, useDeskState } from './desk.ts';
import { forget } from './history-actions.ts';
import keyStyles from './keys.module.css';

/** What was accepted here before, which decides what may follow. */
export function HistoryPanel() {
  const desk = useDesk();
  const accepted = useDeskState((state) => state.accepted) ?? [];
  return (
    <section className={styles['part']} aria-label="Accepted here before">
      <h3 className={styles['heading']}>Accepted here before</h3>
      {accepted.length === 0 ? (
        <p className={styles['quiet']}>
          Nothing yet. Once a verified bundle is accepted, one that is older, or another of the same
          version, is refused here.
        </p>
      ) : (
        <ul className={keyStyles['list']}>
          {accepted.map(({ name, version, id }) => (
            <li key={name} className={keyStyles['row']}>
              <span className={keyStyles['words']}>
                <span className={keyStyles['label']}>{`${name} ${version}`}</span>
                <code className={keyStyles['fingerprint']}>{id}</code>
              </span>
              <Button
                aria-label={`Forget which ${name} was accepted`}
                onClick={() => {
                  void forget(desk, name);
                }}
              >
                Forget
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
