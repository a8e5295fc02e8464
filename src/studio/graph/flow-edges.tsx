import {
  BaseEdge,
  EdgeLabelRenderer,
  getBezierPath,
  type Edge,
  type EdgeProps,
} from '@xyflow/react';
import type { FlowEdge } from '../../simulation/flow.ts';
import styles from './flow-nodes.module.css';
import { useGraph } from './graph-context.ts';
import type { GraphState } from './graph-state.ts';

interface EdgeMark {
  readonly state: string | undefined;
  readonly decisive: boolean;
  readonly count: number | undefined;
}

/** How an edge is drawn in the state that is shown, as one text that compares by value. */
function edgeMark(state: GraphState, id: string): EdgeMark {
  if (state.mode === 'run') {
    const count = state.counts?.edges.get(id) ?? 0;
    return { state: count === 0 ? 'never' : undefined, decisive: false, count };
  }
  if (state.mode === 'plain' || state.stepped !== undefined) {
    return { state: undefined, decisive: false, count: undefined };
  }
  const own = state.trace?.states?.edges.get(id);
  return { state: own?.state, decisive: own?.isDecisive === true, count: undefined };
}

function FlowEdgeLine(props: EdgeProps<Edge<{ readonly edge: FlowEdge }>>) {
  const { id } = props;
  const shown = useGraph((state) => edgeMark(state, id).state);
  const decisive = useGraph((state) => edgeMark(state, id).decisive);
  const count = useGraph((state) => edgeMark(state, id).count);
  const [path, x, y] = getBezierPath(props);
  return (
    <>
      <g
        className={styles['edge']}
        data-state={shown}
        data-decisive={decisive || undefined}
        data-kind={props.data?.edge.kind}
      >
        <BaseEdge path={path} interactionWidth={0} />
      </g>
      {count === undefined || count === 0 ? null : (
        <EdgeLabelRenderer>
          <span
            className={styles['edgeCount']}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          >
            {count}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

/** The drawing of edges. Made once: xyflow compares it by identity. */
export const edgeTypes = { flow: FlowEdgeLine };
