/**
 * Where each node of the rule flow stands. The flow has the same columns for every pack (check, scopes,
 * rules, ladder, verdicts), so places follow from order alone: it costs one pass over the nodes, and
 * editing one rule moves only what stands below it. Rules fill rows from left to right, one tier under
 * the other; a rule at the end of a tier moves none of its fellows.
 */
import type { FlowGroup } from '../simulation/flow-groups.ts';
import type { FlowView } from '../simulation/flow-view.ts';
import type { FlowNode, FlowRule, FlowTier } from '../simulation/flow.ts';
import { FLOW_TIERS } from '../simulation/flow.ts';
import { routeOf, type Tracks } from './flow-routes.ts';
import { nodeHeight, RULE_WIDTH } from './flow-sizes.ts';

/** A node's place, in pixels at zoom 1. */
export interface FlowBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface FlowLayout {
  /** By node id. */
  readonly boxes: ReadonlyMap<string, FlowBox>;
  /** By edge id: the line as the `d` of an SVG path. */
  readonly routes: ReadonlyMap<string, string>;
  readonly width: number;
  readonly height: number;
}

type ViewNode = FlowNode | FlowGroup;
type Card = FlowRule | FlowGroup;

const CHECK = { x: 0, width: 140 };
const SCOPE = { x: 190, width: 200 };
const RULES_X = 470;
const LADDER_WIDTH = 190;
const VERDICT_WIDTH = 132;
/** Between two cards: room for the lines that pass. */
const GAP = 26;
const TIER_GAP = 54;
/** A tier of so many cards at most stands in one, two, three … columns. */
const COLUMNS = [6, 20, 60, 140] as const;

/** Lays a view out. `open`: ids of the rules that show their conditions. */
export function layoutFlow(view: FlowView, open: ReadonlySet<string>): FlowLayout {
  const boxes = new Map<string, FlowBox>();
  const of = <K extends ViewNode['kind']>(kind: K) =>
    view.nodes.filter((node): node is Extract<ViewNode, { kind: K }> => node.kind === kind);
  const cards = view.nodes.filter((node) => node.kind === 'rule' || node.kind === 'group');
  const tiers = FLOW_TIERS.map((tier) => cards.filter((card) => card.tier === tier));
  const columns = columnsFor(Math.max(...tiers.map((tier) => tier.length)));
  const rulesEnd = RULES_X + columns * RULE_WIDTH + (columns - 1) * GAP;
  const ladderColumn = { x: rulesEnd + 90, width: LADDER_WIDTH };
  const verdictColumn = { x: ladderColumn.x + LADDER_WIDTH + 70, width: VERDICT_WIDTH };

  let y = 0;
  const tierCentre = new Map<FlowTier, number>();
  for (const [index, tier] of FLOW_TIERS.entries()) {
    const bottom = placeTier(tiers[index] ?? [], y, columns, open, boxes);
    tierCentre.set(tier, (y + bottom) / 2);
    if (bottom > y) y = bottom + TIER_GAP;
  }

  const targets = new Map<string, number[]>();
  for (const { from, to } of view.edges) {
    const box = boxes.get(to);
    if (box === undefined) continue;
    const known = targets.get(from);
    if (known === undefined) targets.set(from, [centre(box)]);
    else known.push(centre(box));
  }
  const scopes = of('scope')
    .map((node) => ({ node, wish: mean(targets.get(node.id) ?? []) }))
    .toSorted((a, b) => a.wish - b.wish);
  stack(scopes, SCOPE, open, boxes);
  const top = Math.min(0, ...scopes.map(({ node }) => boxes.get(node.id)?.y ?? 0));
  const engine = of('engine').map((node) => ({ node, wish: top - 60 }));
  stack(engine, SCOPE, open, boxes);

  const ladder = of('ladder').map((node) => ({
    node,
    wish: node.step === 'risk' ? y : (tierCentre.get(node.step) ?? 0),
  }));
  stack(ladder, ladderColumn, open, boxes);
  const steps = new Map(of('ladder').map((node) => [node.step, centre(boxes.get(node.id))]));
  const wishes = {
    DENY: steps.get('deny') ?? 0,
    DEFER: steps.get('defer') ?? 0,
    ALLOW: steps.get('risk') ?? 0,
  };
  const verdicts = of('verdict').map((node) => ({ node, wish: wishes[node.verdict] }));
  stack(
    verdicts.toSorted((a, b) => a.wish - b.wish),
    verdictColumn,
    open,
    boxes,
  );
  const check = of('check').map((node) => ({
    node,
    wish: mean(scopes.map((scope) => centre(boxes.get(scope.node.id)))),
  }));
  stack(check, CHECK, open, boxes);

  const tracks: Tracks = { scopesX: SCOPE.x, rulesX: RULES_X, ladderX: ladderColumn.x, gap: GAP };
  const routes = new Map(
    view.edges.flatMap((edge) => {
      const [from, to] = [boxes.get(edge.from), boxes.get(edge.to)];
      return from === undefined || to === undefined
        ? []
        : [[edge.id, routeOf(edge, from, to, tracks)] as const];
    }),
  );
  let [least, most] = [0, 0];
  for (const box of boxes.values()) {
    least = Math.min(least, box.y);
    most = Math.max(most, box.y + box.height);
  }
  return { boxes, routes, width: verdictColumn.x + VERDICT_WIDTH, height: most - least };
}

function columnsFor(cards: number): number {
  const at = COLUMNS.findIndex((most) => cards <= most);
  return at < 0 ? COLUMNS.length + 2 : at + 1;
}

/** Fills rows with a tier's cards; an open group's heading has a row of its own. Gives the lower end. */
function placeTier(
  cards: readonly Card[],
  top: number,
  columns: number,
  open: ReadonlySet<string>,
  boxes: Map<string, FlowBox>,
): number {
  const width = columns * RULE_WIDTH + (columns - 1) * GAP;
  let [y, column, rowHeight] = [top, 0, 0];
  const endRow = (): void => {
    if (column > 0) y += rowHeight + GAP;
    [column, rowHeight] = [0, 0];
  };
  let isInGroup = false;
  for (const card of cards) {
    const height = nodeHeight(card, open);
    if (card.kind === 'group' && card.isOpen) {
      endRow();
      boxes.set(card.id, { x: RULES_X, y, width, height });
      y += height + GAP;
      isInGroup = true;
      continue;
    }
    // What follows an open group is not part of it.
    if (card.kind === 'group' && isInGroup) {
      endRow();
      isInGroup = false;
    }
    boxes.set(card.id, { x: RULES_X + column * (RULE_WIDTH + GAP), y, width: RULE_WIDTH, height });
    rowHeight = Math.max(rowHeight, height);
    column += 1;
    if (column === columns) endRow();
  }
  endRow();
  return y > top ? y - GAP : y;
}

function centre(box: FlowBox | undefined): number {
  return box === undefined ? 0 : box.y + box.height / 2;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Stacks nodes at the heights they wish for, pushed down where they would overlap. */
function stack(
  nodes: readonly { readonly node: ViewNode; readonly wish: number }[],
  column: { readonly x: number; readonly width: number },
  open: ReadonlySet<string>,
  boxes: Map<string, FlowBox>,
): void {
  let free = Number.NEGATIVE_INFINITY;
  for (const { node, wish } of nodes) {
    const height = nodeHeight(node, open);
    const y = Math.max(wish - height / 2, free);
    boxes.set(node.id, { ...column, y, height });
    free = y + height + GAP;
  }
}
