import {
  Background,
  BackgroundVariant,
  Controls,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  type Edge,
  type Node,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStudio, useStudioState } from '../state/context.ts';
import { edgeTypes } from './flow-edges.tsx';
import { FlowList } from './flow-list.tsx';
import { nodeTypes } from './flow-nodes.tsx';
import { GraphContext, useGraph } from './graph-context.ts';
import { createGraphState } from './graph-state.ts';
import { GraphToolbar } from './graph-toolbar.tsx';
import styles from './graph-view.module.css';
import { useFlowPicture, useFlowTrace } from './use-flow.ts';

/** Without motion where the system asks for none. */
function moveMs(): number {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 150;
}

/** Brings the selected rule into view, unless it was selected here. */
function useFollowSelection(): void {
  const flow = useReactFlow();
  const selection = useStudioState((state) => state.selection);
  const picture = useGraph((state) => state.picture);
  useEffect(() => {
    if (selection === undefined || selection.source === 'graph') return;
    const box = picture?.layout.boxes.get(`rule:${selection.ruleId}`);
    if (box === undefined) return;
    void flow.setCenter(box.x + box.width / 2, box.y + box.height / 2, {
      zoom: Math.max(flow.getZoom(), 0.7),
      duration: moveMs(),
    });
  }, [flow, selection, picture]);
}

/** Brings the way that decided into view when another check is shown. */
function useFollowDecision(): void {
  const flow = useReactFlow();
  const states = useGraph((state) => state.trace?.states);
  const layout = useGraph((state) => state.picture?.layout);
  const shown = useRef<unknown>(undefined);
  useEffect(() => {
    if (states === undefined || layout === undefined || shown.current === states) return;
    shown.current = states;
    const boxes = [...layout.boxes].flatMap(([id, box]) =>
      states.nodes.get(id)?.isDecisive === true ? [box] : [],
    );
    if (boxes.length === 0) return;
    const x = Math.min(...boxes.map((box) => box.x));
    const y = Math.min(...boxes.map((box) => box.y));
    const right = Math.max(...boxes.map((box) => box.x + box.width));
    const bottom = Math.max(...boxes.map((box) => box.y + box.height));
    void flow.fitBounds(
      { x, y, width: right - x, height: bottom - y },
      { padding: 0.08, duration: moveMs() },
    );
  }, [flow, states, layout]);
}

function Drawing() {
  const picture = useGraph((state) => state.picture);
  const studio = useStudio();
  const theme = useStudioState((state) => state.theme);
  useFollowSelection();
  useFollowDecision();
  const nodes = useMemo<Node[]>(
    () =>
      (picture?.view.nodes ?? []).flatMap((node) => {
        const box = picture?.layout.boxes.get(node.id);
        if (box === undefined) return [];
        const { x, y, width, height } = box;
        return [
          { id: node.id, type: node.kind, position: { x, y }, width, height, data: { node } },
        ];
      }),
    [picture],
  );
  const edges = useMemo<Edge[]>(
    () =>
      (picture?.view.edges ?? []).map((edge) => ({
        id: edge.id,
        source: edge.from,
        target: edge.to,
        type: 'flow',
        focusable: false,
        data: { edge },
      })),
    [picture],
  );
  return (
    <ReactFlow
      colorMode={theme}
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      // Without a handler xyflow lets the pointer fall through to the pane, past the buttons of a card.
      onNodeClick={(_event, node) => {
        const rule = picture?.graph.rules.find((each) => each.id === node.id);
        if (rule === undefined || studio.state.selection?.ruleId === rule.ruleId) return;
        studio.select({ ruleId: rule.ruleId, path: rule.path, span: rule.span }, 'graph');
      }}
      onlyRenderVisibleElements
      minZoom={0.05}
      maxZoom={2}
      fitView
      fitViewOptions={{ padding: 0.08, maxZoom: 1 }}
      proOptions={{ hideAttribution: true }}
      aria-label="Rule flow"
    >
      <Background variant={BackgroundVariant.Dots} gap={24} size={1} />
      <MiniMap
        pannable
        zoomable
        ariaLabel="Map of the rule flow"
        style={{ width: 130, height: 96 }}
      />
      <Controls showInteractive={false} />
    </ReactFlow>
  );
}

function Notes() {
  const notes = useGraph((state) => state.picture?.graph.notes);
  const stale = useGraph((state) => state.picture?.stale === true);
  const failure = useGraph((state) => state.failure);
  const lines = [
    ...(stale ? ['Stale: this is the flow of the last policies that could be read.'] : []),
    ...(notes ?? []).map((note) => note.message),
    ...(failure === undefined ? [] : [failure]),
  ];
  return lines.length === 0 ? null : (
    <ul className={styles['notes']} role="status">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function Graph() {
  const asList = useGraph((state) => state.asList);
  const known = useGraph((state) => state.picture !== undefined);
  useFlowPicture();
  useFlowTrace();
  return (
    <section className={styles['graph']} aria-label="Rule flow">
      <GraphToolbar />
      <Notes />
      <div className={styles['stage']}>
        {known ? asList ? <FlowList /> : <Drawing /> : <p className={styles['empty']}>Drawing…</p>}
      </div>
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
