import styles from './flow-nodes.module.css';
import { useGraph } from './graph-context.ts';
import { markOf, markText, type Mark } from './graph-marks.ts';

/** A sign for each state: letters, which a browser draws faster by the thousand than icons. */
const signs: Readonly<Record<NonNullable<Mark['state']>, string>> = {
  true: '✓',
  false: '✕',
  error: '!',
  'not-reached': '–',
  never: '∅',
};

/** How something came out: a sign and a word, never a colour alone. */
export function StateMark({ id }: { readonly id: string }) {
  const state = useGraph((graph) => markOf(graph, id).state);
  const text = useGraph((graph) => markText(markOf(graph, id)));
  const counts = useGraph((graph) => markOf(graph, id).count !== undefined);
  if (text === '') return null;
  return (
    <span className={styles['mark']} data-state={state}>
      {state === undefined ? null : (
        <span className={styles['sign']} aria-hidden="true">
          {signs[state]}
        </span>
      )}
      <span className={styles['markText']}>{text}</span>
      {counts ? (
        <span className={styles['short']} aria-hidden="true">
          {text.replace(/ of \d+$/u, '')}
        </span>
      ) : null}
    </span>
  );
}
