import type { ReactNode } from 'react';
import styles from './flow-nodes.module.css';
import { useGraph } from './graph-context.ts';
import { markOf } from './graph-marks.ts';

/** The frame of every node: its state as data, so that the style sheet can speak. */
export function Frame({
  id,
  kind,
  selected = false,
  isOpen = false,
  verdict,
  children,
}: {
  readonly id: string;
  readonly kind: string;
  readonly selected?: boolean;
  readonly isOpen?: boolean;
  readonly verdict?: string;
  readonly children: ReactNode;
}) {
  const state = useGraph((graph) => markOf(graph, id).state);
  const decisive = useGraph((graph) => markOf(graph, id).decisive);
  const change = useGraph((graph) => graph.changes?.get(id));
  return (
    <div
      className={styles['node']}
      data-kind={kind}
      data-state={state}
      data-decisive={decisive || undefined}
      data-selected={selected || undefined}
      data-open={isOpen || undefined}
      data-verdict={verdict}
      data-change={change}
    >
      {children}
    </div>
  );
}
