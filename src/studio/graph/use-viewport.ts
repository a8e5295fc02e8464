import { useReactFlow, useStore, useStoreApi } from '@xyflow/react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import type { FlowBox } from '../../worker/flow-layout.ts';
import { useStudioState } from '../state/context.ts';
import { useGraph, useGraphStore } from './graph-context.ts';
import { edgeMark, markOf } from './graph-marks.ts';
import type { GraphState } from './graph-state.ts';

/** From so near cards can be read as they are. */
const READABLE = 0.6;
/** From further away not even their names, drawn large, can be. */
const LEAST = 0.22;

/** Ids of rules and of groups of them. */
const RULES = /^(?:rule|group):/u;

export type ZoomLevel = 'near' | 'far' | 'farthest';

/** From how far the drawing is seen: the style sheet shows less and larger from afar. */
export function useZoomLevel(): ZoomLevel {
  return useStore(({ transform: [, , zoom] }) =>
    zoom >= READABLE ? 'near' : zoom >= 0.4 ? 'far' : 'farthest',
  );
}

/** Milliseconds of a move; none where the system asks for less motion. */
function moveMs(): number {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 150;
}

/** Moves of the viewport. */
function useMoves() {
  const flow = useReactFlow();
  const store = useStoreApi();
  const graph = useGraphStore();
  const boxOf = (id: string): FlowBox | undefined => graph.getState().picture?.layout.boxes.get(id);

  function center(box: FlowBox): void {
    void flow.setCenter(box.x + box.width / 2, box.y + box.height / 2, {
      zoom: Math.max(flow.getZoom(), 0.75),
      duration: moveMs(),
    });
  }

  return {
    boxOf,
    center,
    /** Brings a node into view, unless it is there and can be read. */
    show: (id: string): void => {
      const box = boxOf(id);
      if (box === undefined) return;
      const { width, height } = store.getState();
      const { x, y, zoom } = flow.getViewport();
      const [left, top] = [box.x * zoom + x, box.y * zoom + y];
      const isInside =
        left >= 0 &&
        top >= 0 &&
        left + box.width * zoom <= width &&
        top + Math.min(box.height, 200) * zoom <= height;
      if (!isInside || zoom < READABLE) center(box);
    },
    /** Fits boxes into view, as long as they can then be made out; else the first of them is shown. */
    fit: (boxes: readonly FlowBox[]): void => {
      const [first] = boxes;
      if (first === undefined) return;
      const x = Math.min(...boxes.map((box) => box.x));
      const y = Math.min(...boxes.map((box) => box.y));
      const width = Math.max(...boxes.map((box) => box.x + box.width)) - x;
      const height = Math.max(...boxes.map((box) => box.y + box.height)) - y;
      const stage = store.getState();
      const zoom = Math.min(stage.width / width, stage.height / height);
      if (zoom < LEAST) center(first);
      else void flow.fitBounds({ x, y, width, height }, { padding: 0.06, duration: moveMs() });
    },
  };
}

/** Brings the selected rule into view, unless it was selected here. */
export function useFollowSelection(): void {
  const { boxOf, center } = useMoves();
  const selection = useStudioState((state) => state.selection);
  const isLaidOut = useGraph((state) => state.picture !== undefined);
  const followed = useRef<unknown>(undefined);
  useEffect(() => {
    if (selection === undefined || selection.source === 'graph') return;
    if (followed.current === selection || !isLaidOut) return;
    const box = boxOf(`rule:${selection.ruleId}`);
    if (box === undefined) return;
    followed.current = selection;
    center(box);
  }, [boxOf, center, selection, isLaidOut]);
}

/** Brings the way that decided into view when another check, or another part of the flow, is shown. */
export function useFollowDecision(): void {
  const { boxOf, fit } = useMoves();
  const traced = useGraph((state) => state.traced);
  const mode = useGraph((state) => state.mode);
  const layout = useGraph((state) => state.picture?.layout);
  const shape = useGraph((state) => shapeOf(state));
  const graph = useGraphStore();
  const shown = useRef<string>(undefined);
  useEffect(() => {
    if (layout === undefined) return;
    const key = `${mode} ${mode === 'scenario' ? (traced ?? '') : ''} ${shape}`;
    if (shown.current === key) return;
    shown.current = key;
    const state = graph.getState();
    const all = [...layout.boxes.keys()];
    const decisive = all.filter((id) => markOf(state, id).decisive);
    // Rules first: they are what is looked for where not all of it fits.
    const rulesFirst = (decisive.length === 0 ? all : decisive).toSorted(
      (a, b) => Number(RULES.test(b)) - Number(RULES.test(a)),
    );
    fit(rulesFirst.flatMap((id) => boxOf(id) ?? []));
  }, [boxOf, fit, graph, traced, mode, layout, shape]);
}

/** What of the flow is asked for, apart from cards that are opened and closed. */
function shapeOf({ query: { focus, group, text }, onlyWay, picture }: GraphState): string {
  return JSON.stringify([focus, group, text, onlyWay, picture?.view.matching]);
}

/**
 * Arrow keys between nodes: down and up in reading order, right and left along the lines, first along
 * the way that decided. A node that gets the focus is brought into view.
 */
export function useNodeKeys() {
  const { show } = useMoves();
  const graph = useGraphStore();

  function focus(id: string): void {
    show(id);
    const attempt = (left: number): void => {
      const button = document.querySelector<HTMLElement>(
        `.react-flow__node[data-id="${CSS.escape(id)}"] [data-node-button]`,
      );
      if (button !== null) button.focus({ preventScroll: true });
      // Nodes out of view are drawn when the view has moved there.
      else if (left > 0) requestAnimationFrame(() => attempt(left - 1));
    };
    attempt(40);
  }

  return {
    /** Brings a node into view, near enough to be read. */
    show,
    onFocus: (event: { readonly target: EventTarget }): void => {
      const id = nodeIdOf(event.target);
      const isByKey = event.target instanceof Element && event.target.matches(':focus-visible');
      if (id !== undefined && isByKey) show(id);
    },
    onKeyDown: (event: KeyboardEvent): void => {
      const id = nodeIdOf(event.target);
      if (id === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      const next = nextNode(graph.getState(), id, event.key);
      if (next === undefined) return;
      event.preventDefault();
      focus(next);
    },
  };
}

function nodeIdOf(target: EventTarget): string | undefined {
  if (!(target instanceof Element)) return undefined;
  return target.closest('.react-flow__node')?.getAttribute('data-id') ?? undefined;
}

function nextNode(state: GraphState, id: string, key: string): string | undefined {
  const { view } = state.picture ?? {};
  if (view === undefined) return undefined;
  const at = view.nodes.findIndex((node) => node.id === id);
  switch (key) {
    case 'ArrowDown':
      return view.nodes[at + 1]?.id;
    case 'ArrowUp':
      return view.nodes[at - 1]?.id;
    case 'Home':
      return view.nodes[0]?.id;
    case 'End':
      return view.nodes.at(-1)?.id;
    case 'ArrowRight':
    case 'ArrowLeft': {
      const [near, far] =
        key === 'ArrowRight' ? (['from', 'to'] as const) : (['to', 'from'] as const);
      const edges = view.edges.filter((edge) => edge[near] === id);
      const edge = edges.find((each) => edgeMark(state, each).decisive) ?? edges[0];
      return edge?.[far];
    }
    default:
      return undefined;
  }
}
