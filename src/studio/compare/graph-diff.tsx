import { ReactFlowProvider } from '@xyflow/react';
import { useEffect, useState } from 'react';
import { Drawing } from '../graph/drawing.tsx';
import { FlowList } from '../graph/flow-list.tsx';
import { GraphContext, useGraph, useGraphStore } from '../graph/graph-context.ts';
import { createGraphState } from '../graph/graph-state.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import { useCompare, useCompareStore } from './compare-state.ts';
import styles from './graph-diff.module.css';

/** Keeps the picture in step with the comparison and with what of it is asked for. */
function useComparedFlow(onlyChanged: boolean): void {
  const studio = useStudio();
  const graph = useGraphStore();
  const compare = useCompareStore();
  const packId = useStudioState((state) => state.packId);
  const id = useCompare((state) => state.comparison?.id);
  const query = useGraph((state) => state.query);
  const changed = useGraph((state) => state.changes);
  const rules = onlyChanged && changed !== undefined ? [...changed.keys()].join('\n') : undefined;
  useEffect(() => {
    if (packId === undefined || id === undefined) return undefined;
    let current = true;
    void (async () => {
      const answer = await studio.parts.engine.comparedFlow(packId, id, {
        ...query,
        ...(rules !== undefined && { rules: rules.split('\n') }),
      });
      if (!current) return;
      if (answer.ok) {
        const { picture, changes } = answer.value;
        const known = graph.getState().changes;
        // The same marks again are no change: what is asked for hangs on them.
        const isSame =
          known !== undefined && [...known.keys()].join() === [...changes.keys()].join();
        graph.setState({
          picture,
          changes: isSame ? known : changes,
          failure: undefined,
        });
      } else if (answer.error.code === 'COMPARISON_GONE') {
        compare.setState(({ attempt }) => ({ attempt: attempt + 1 }));
      } else if (answer.error.code !== 'SUPERSEDED') {
        graph.setState({ failure: answer.error.message });
      }
    })();
    return () => {
      current = false;
    };
  }, [studio, graph, compare, packId, id, query, rules]);
}

function Both() {
  const [onlyChanged, setOnlyChanged] = useState(false);
  const graph = useGraphStore();
  const known = useGraph((state) => state.picture !== undefined);
  const count = useGraph((state) => state.changes?.size ?? 0);
  const failure = useGraph((state) => state.failure);
  const asList = useGraph((state) => state.asList);
  useComparedFlow(onlyChanged && count > 0);
  return (
    <section className={styles['both']} aria-label="Both rule flows as one">
      <div className={styles['tools']}>
        <label className={styles['check']}>
          <input
            type="checkbox"
            checked={onlyChanged}
            disabled={count === 0}
            onChange={(event) => {
              setOnlyChanged(event.target.checked);
            }}
          />
          Only rules that changed
        </label>
        <label className={styles['check']}>
          <input
            type="checkbox"
            checked={asList}
            onChange={(event) => {
              graph.setState({ asList: event.target.checked });
            }}
          />
          As a list
        </label>
        <span className={styles['count']} role="status">
          {count === 0
            ? 'No rule changed.'
            : `${count} ${count === 1 ? 'rule' : 'rules'} changed; those that are gone are ghosts.`}
        </span>
      </div>
      {failure === undefined ? null : (
        <p className={styles['failure']} role="alert">
          {failure}
        </p>
      )}
      {known ? asList ? <FlowList /> : <Drawing /> : <p className={styles['none']}>Drawing…</p>}
    </section>
  );
}

/** Graph over graph: the later flow, with what was added and changed marked and what is gone as ghosts. */
export function GraphDiff() {
  const [store] = useState(() => {
    const graph = createGraphState();
    graph.setState({ mode: 'plain' });
    return graph;
  });
  return (
    <GraphContext value={store}>
      <ReactFlowProvider>
        <Both />
      </ReactFlowProvider>
    </GraphContext>
  );
}
