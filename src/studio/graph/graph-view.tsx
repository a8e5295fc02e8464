import { ReactFlowProvider } from '@xyflow/react';
import { useState } from 'react';
import { Button } from '../parts/button.tsx';
import { useStudio } from '../state/context.ts';
import { Drawing } from './drawing.tsx';
import { FlowList } from './flow-list.tsx';
import { setGroupsOpen } from './graph-actions.ts';
import { GraphContext, useGraph, useGraphStore } from './graph-context.ts';
import { createGraphState } from './graph-state.ts';
import { GraphToolbar } from './graph-toolbar.tsx';
import styles from './graph-view.module.css';
import { useFlowPicture, useFlowTrace, useSelectedRule } from './use-flow.ts';

function Notes() {
  const graph = useGraphStore();
  const notes = useGraph((state) => state.picture?.graph.notes);
  const stale = useGraph((state) => state.picture?.stale === true);
  const failure = useGraph((state) => state.failure);
  const collapsed = useGraph((state) =>
    state.picture?.view.isCollapsed === true && (state.query.toggledGroups?.length ?? 0) === 0
      ? state.picture.view.matching
      : undefined,
  );
  const lines = [
    ...(stale ? ['Stale: this is the flow of the last policies that could be read.'] : []),
    ...(notes ?? []).map((note) => note.message),
    ...(failure === undefined ? [] : [failure]),
  ];
  return (
    <>
      {lines.length === 0 ? null : (
        <ul className={styles['notes']} role="status">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {collapsed === undefined ? null : (
        <div className={styles['collapsed']}>
          <span>{`${collapsed} rules are many to look at: they are shown in groups.`}</span>
          <Button
            onClick={() => {
              setGroupsOpen(graph, true);
            }}
          >
            Open all groups
          </Button>
        </div>
      )}
    </>
  );
}

/** How far a large flow, or the count of a run, is; with the way to stop it. */
function Progress() {
  const studio = useStudio();
  const progress = useGraph((state) => state.progress);
  if (progress === undefined) return null;
  const { what, done, total } = progress;
  return (
    <div className={styles['progress']} role="status">
      <span>{`${what}: ${done} of ${total}`}</span>
      <progress value={done} max={total} aria-label={what} />
      <Button
        onClick={() => {
          void studio.parts.engine.cancelFlow();
        }}
      >
        Cancel
      </Button>
    </div>
  );
}

function Graph() {
  const asList = useGraph((state) => state.asList);
  const known = useGraph((state) => state.picture !== undefined);
  const failed = useGraph((state) => state.failure !== undefined);
  useFlowPicture();
  useFlowTrace();
  useSelectedRule();
  return (
    <section className={styles['graph']} aria-label="Rule flow">
      <GraphToolbar />
      <Notes />
      <Progress />
      {known ? (
        asList ? (
          <FlowList />
        ) : (
          <Drawing />
        )
      ) : (
        <p className={styles['empty']}>{failed ? 'There is nothing to draw.' : 'Drawing…'}</p>
      )}
    </section>
  );
}

/** The rules of the pack as a flow from check to verdict. */
export function GraphView() {
  const [store] = useState(createGraphState);
  return (
    <GraphContext value={store}>
      <ReactFlowProvider>
        <Graph />
      </ReactFlowProvider>
    </GraphContext>
  );
}
