import type { Node, NodeProps } from '@xyflow/react';
import { useId, type ReactNode } from 'react';
import type { FlowNode, FlowRule } from '../../simulation/flow.ts';
import { VerdictBadge } from '../parts/verdict.tsx';
import { Frame } from './flow-frame.tsx';
import styles from './flow-nodes.module.css';
import { GroupNode, RuleNode } from './flow-rules.tsx';
import { focusOn } from './graph-actions.ts';
import { useGraph, useGraphStore } from './graph-context.ts';
import { markOf } from './graph-marks.ts';
import { StateMark } from './state-mark.tsx';

type Props<T> = NodeProps<Node<{ readonly node: T }>>;

/** Check, engine, scope, ladder and verdict: pressed, it is shown with its neighbours alone. */
function PlainButton({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  const graph = useGraphStore();
  const why = useGraph((state) => markOf(state, id).detail?.why);
  const focused = useGraph((state) => state.query.focus === id);
  const describing = useId();
  return (
    <>
      <button
        type="button"
        className={styles['plain']}
        data-node-button=""
        aria-pressed={focused}
        aria-describedby={why === undefined ? undefined : describing}
        title={why}
        onClick={() => {
          focusOn(graph, focused ? undefined : id);
        }}
      >
        {children}
      </button>
      {why === undefined ? null : (
        <span id={describing} hidden>
          {why}
        </span>
      )}
    </>
  );
}

function PlainNode({ id, data }: Props<Exclude<FlowNode, FlowRule>>) {
  return (
    <Frame id={id} kind={data.node.kind}>
      <PlainButton id={id}>
        <span className={styles['words']}>{data.node.text}</span>
        {data.node.kind === 'check' ? null : <StateMark id={id} />}
      </PlainButton>
    </Frame>
  );
}

function VerdictNode({ id, data }: Props<Extract<FlowNode, { kind: 'verdict' }>>) {
  return (
    <Frame id={id} kind="verdict" verdict={data.node.verdict}>
      <PlainButton id={id}>
        <VerdictBadge mark={data.node.verdict} large />
      </PlainButton>
    </Frame>
  );
}

/** The drawings of all kinds of nodes. Made once: xyflow compares it by identity. */
export const nodeTypes = {
  check: PlainNode,
  engine: PlainNode,
  scope: PlainNode,
  ladder: PlainNode,
  verdict: VerdictNode,
  rule: RuleNode,
  // Not "group": the library draws a box of its own around those.
  rules: GroupNode,
};
