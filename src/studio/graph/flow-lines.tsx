import { useReactFlow, ViewportPortal } from '@xyflow/react';
import { useMemo, useState, type PointerEvent } from 'react';
import type { FlowViewEdge } from '../../simulation/flow-groups.ts';
import type { FlowPicture } from '../../worker/flow-api.ts';
import styles from './flow-lines.module.css';
import { useGraph, useGraphStore } from './graph-context.ts';
import { edgeMark, markText, type Mark } from './graph-marks.ts';
import type { GraphState } from './graph-state.ts';

/** All lines that look alike, as one path: a browser draws a thousand lines in one as fast as a few. */
interface Bunch {
  readonly key: string;
  readonly state: Mark['state'];
  readonly decisive: boolean;
  /** The `d` of each. */
  readonly routes: string[];
}

/** Nearly every rule could fail and nearly none does: such a line is drawn when it is taken. */
function isDrawn({ kind }: FlowViewEdge, { state, count }: Mark): boolean {
  return kind !== 'fails' || state === 'true' || (count !== undefined && count !== '0');
}

function bunchesOf(state: GraphState): readonly Bunch[] {
  const { picture } = state;
  const bunches = new Map<string, Bunch>();
  for (const edge of picture?.view.edges ?? []) {
    const mark = edgeMark(state, edge);
    const route = picture?.layout.routes.get(edge.id);
    if (route === undefined || !isDrawn(edge, mark)) continue;
    const key = `${mark.state ?? ''} ${mark.decisive}`;
    const known = bunches.get(key);
    if (known !== undefined) known.routes.push(route);
    else {
      const { state: came, decisive } = mark;
      bunches.set(key, { key, state: came, decisive, routes: [route] });
    }
  }
  return [...bunches.values()].toSorted((a, b) => weight(a) - weight(b));
}

/** What is more telling lies on top. */
function weight({ state, decisive }: Bunch): number {
  return decisive ? 2 : state === 'true' || state === 'error' ? 1 : 0;
}

/** What passes along an edge, for its tooltip. */
const kinds: Readonly<Record<FlowViewEdge['kind'], string>> = {
  applies: 'Leads on to what concerns the check',
  says: 'What the rule says to the ladder',
  fails: 'A rule that cannot be evaluated denies',
  risk: 'The risk that the rule adds',
  next: 'On to the next step',
  decides: 'The verdict',
};

function nameIn(picture: FlowPicture, id: string): string {
  const node = picture.view.nodes.find((each) => each.id === id);
  return node?.kind === 'rule' ? node.ruleId : (node?.text ?? '');
}

/** "everything → approval-has-a-time: true", for each edge at a point. */
function textAt(state: GraphState, x: number, y: number): string {
  const { picture } = state;
  const context = document.createElement('canvas').getContext('2d');
  if (picture === undefined || context === null) return '';
  context.lineWidth = 12;
  return picture.view.edges
    .flatMap((edge) => {
      const mark = edgeMark(state, edge);
      const route = picture.layout.routes.get(edge.id);
      if (route === undefined || !isDrawn(edge, mark)) return [];
      if (!context.isPointInStroke(new Path2D(route), x, y)) return [];
      const text = markText(mark);
      const names = `${nameIn(picture, edge.from)} → ${nameIn(picture, edge.to)}`;
      return [
        `${names}: ${text === '' ? kinds[edge.kind] : text}${mark.decisive ? ', decided' : ''}`,
      ];
    })
    .slice(0, 12)
    .join('\n');
}

/** How many checks of a run pass along each edge, where it ends. */
function Counts() {
  const picture = useGraph((state) => state.picture);
  const counts = useGraph((state) => (state.mode === 'run' ? state.counts : undefined));
  const graph = useGraphStore();
  if (picture === undefined || counts === undefined) return null;
  const state = graph.getState();
  // Lines that end in the same place have a number in the card already.
  const seen = new Set<string>();
  return picture.view.edges.map((edge) => {
    const to = picture.layout.boxes.get(edge.to);
    const { count } = edgeMark(state, edge);
    if (to === undefined || count === undefined || seen.has(edge.to)) return null;
    seen.add(edge.to);
    return (
      <text key={edge.id} className={styles['count']} x={to.x - 4} y={to.y + to.height / 2 - 5}>
        {count}
      </text>
    );
  });
}

/** All lines of the drawing, with what passed along them as their tooltip. */
export function FlowLines() {
  const flow = useReactFlow();
  const graph = useGraphStore();
  const picture = useGraph((state) => state.picture);
  const trace = useGraph((state) => state.trace);
  const counts = useGraph((state) => state.counts);
  const mode = useGraph((state) => state.mode);
  const stepped = useGraph((state) => state.stepped);
  const [title, setTitle] = useState('');
  const bunches = useMemo(
    () => bunchesOf({ ...graph.getState(), picture, trace, counts, mode, stepped }),
    [graph, picture, trace, counts, mode, stepped],
  );
  return (
    <ViewportPortal>
      <svg className={styles['lines']} aria-hidden="true">
        {bunches.map(({ key, state, decisive, routes }) => (
          <path
            key={key}
            d={routes.join('')}
            className={styles['line']}
            data-state={state}
            data-decisive={decisive || undefined}
          />
        ))}
        <path
          className={styles['hit']}
          d={bunches.flatMap(({ routes }) => routes).join('')}
          onPointerMove={(event: PointerEvent) => {
            // While the drawing is dragged nobody reads.
            if (event.buttons !== 0) return;
            const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
            setTitle(textAt(graph.getState(), x, y));
          }}
        >
          <title>{title}</title>
        </path>
        <Counts />
      </svg>
    </ViewportPortal>
  );
}
