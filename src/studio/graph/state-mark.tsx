import { Check, CircleSlash, Minus, TriangleAlert, X } from 'lucide-react';
import styles from './flow-nodes.module.css';
import { useGraph } from './graph-context.ts';
import { markOf, markText, type Mark } from './graph-marks.ts';

function iconOf(state: Mark['state']) {
  switch (state) {
    case 'true':
      return Check;
    case 'false':
      return X;
    case 'error':
      return TriangleAlert;
    case 'not-reached':
      return Minus;
    case 'never':
      return CircleSlash;
    case undefined:
      return undefined;
  }
}

/** How something came out: an icon and a word, never a colour alone. */
export function StateMark({ id }: { readonly id: string }) {
  const state = useGraph((graph) => markOf(graph, id).state);
  const text = useGraph((graph) => markText(markOf(graph, id)));
  const counts = useGraph((graph) => markOf(graph, id).count !== undefined);
  if (text === '') return null;
  const Icon = iconOf(state);
  return (
    <span className={styles['mark']} data-state={state}>
      {Icon === undefined ? null : <Icon size={12} aria-hidden="true" />}
      <span className={styles['markText']}>{text}</span>
      {counts ? (
        <span className={styles['short']} aria-hidden="true">
          {text.replace(/ of \d+$/u, '')}
        </span>
      ) : null}
    </span>
  );
}
