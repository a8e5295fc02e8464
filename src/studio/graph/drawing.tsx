import { Controls, MiniMap, ReactFlow, type Node } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useMemo, useRef } from 'react';
import { useStudio, useStudioState } from '../state/context.ts';
import { FlowLines } from './flow-lines.tsx';
import { nodeTypes } from './flow-nodes.tsx';
import { useGraph } from './graph-context.ts';
import styles from './graph-view.module.css';
import {
  useFollowDecision,
  useFollowSelection,
  useNodeKeys,
  useZoomLevel,
} from './use-viewport.ts';

/** More nodes than this come and go with the view; fewer are cheaper to keep. */
const KEPT = 150;

/** The flow as a drawing. */
export function Drawing() {
  const picture = useGraph((state) => state.picture);
  const studio = useStudio();
  const theme = useStudioState((state) => state.theme);
  const zoom = useZoomLevel();
  const { show, ...keys } = useNodeKeys();
  const stage = useRef<HTMLDivElement>(null);
  const verdict = useGraph((state) =>
    state.mode === 'scenario' ? state.trace?.states?.verdict : undefined,
  );
  useFollowSelection();
  useFollowDecision();
  const nodes = useMemo<Node[]>(
    () =>
      (picture?.view.nodes ?? []).flatMap((node) => {
        const box = picture?.layout.boxes.get(node.id);
        if (box === undefined) return [];
        const { x, y, width, height } = box;
        return [
          {
            id: node.id,
            type: node.kind === 'group' ? 'rules' : node.kind,
            position: { x, y },
            width,
            height,
            data: { node },
          },
        ];
      }),
    [picture],
  );
  return (
    <div
      ref={stage}
      className={styles['stage']}
      data-nodes={nodes.length}
      data-zoom={zoom}
      data-verdict={verdict}
      {...keys}
    >
      <ReactFlow
        colorMode={theme}
        nodes={nodes}
        nodeTypes={nodeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        // Without a handler xyflow lets the pointer fall through to the pane, past the buttons of a card.
        onNodeClick={(_event, node) => {
          const rule = picture?.graph.rules.find((each) => each.id === node.id);
          if (rule === undefined) return;
          show(node.id);
          studio.select({ ruleId: rule.ruleId, path: rule.path, span: rule.span }, 'graph');
        }}
        // Written past React: nothing but the style sheet has to know.
        onMoveStart={(event) => {
          // Moves of our own are short, and tell of no end when another follows.
          if (event !== null) stage.current?.setAttribute('data-moving', '');
        }}
        onMoveEnd={() => stage.current?.removeAttribute('data-moving')}
        onlyRenderVisibleElements={nodes.length > KEPT}
        minZoom={0.05}
        maxZoom={2}
        proOptions={{ hideAttribution: true }}
        aria-label="Rule flow"
      >
        <FlowLines />
        <MiniMap
          position="bottom-left"
          pannable
          zoomable
          ariaLabel="Map of the rule flow"
          style={{ width: 120, height: 84 }}
        />
        <Controls showInteractive={false} fitViewOptions={{ padding: 0.06, maxZoom: 1 }} />
      </ReactFlow>
    </div>
  );
}
