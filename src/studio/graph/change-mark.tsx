import { Minus, Pencil, Plus } from 'lucide-react';
import type { FlowChange } from '../../worker/flow-api.ts';
import styles from './change-mark.module.css';
import { useGraph } from './graph-context.ts';

function iconOf(change: FlowChange) {
  switch (change) {
    case 'added':
      return Plus;
    case 'removed':
      return Minus;
    case 'changed':
    case 'reworded':
      return Pencil;
  }
}

/** What became of a rule between two states of a pack: an icon and a word. Nothing outside of a comparison. */
export function ChangeMark({ id }: { readonly id: string }) {
  const change = useGraph((state) => state.changes?.get(id));
  if (change === undefined) return null;
  const Icon = iconOf(change);
  return (
    <span className={styles['change']} data-change={change}>
      <Icon size={12} aria-hidden="true" /> {change}
    </span>
  );
}
