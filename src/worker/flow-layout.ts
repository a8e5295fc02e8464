/**
 * Where each node of the rule flow stands. The flow has the same columns for every pack (check, scopes,
 * rules, ladder, verdicts), so places follow from order alone: it costs one pass over the nodes, and
 * editing one rule moves only what stands below it.
 */
import type { FlowCondition, FlowNode, FlowRule, FlowTier } from '../simulation/flow.ts';
import { FLOW_TIERS } from '../simulation/flow.ts';
import type { FlowGroup, FlowView } from '../simulation/flow-view.ts';

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
  readonly width: number;
  readonly height: number;
}

type ViewNode = FlowNode | FlowGroup;

const RULE_WIDTH = 340;
/** Between two rules side by side: room for the lines that pass. */
const RULE_GAP = 40;
/** A tier of more rules than this stands in two columns. */
const TALL_TIER = 8;

const COLUMNS = {
  check: { x: 0, width: 180 },
  scope: { x: 250, width: 220 },
  rule: { x: 560, width: RULE_WIDTH },
  secondRule: { x: 560 + RULE_WIDTH + RULE_GAP, width: RULE_WIDTH },
  ladder: { x: 560 + 2 * RULE_WIDTH + RULE_GAP + 110, width: 200 },
  verdict: { x: 560 + 2 * RULE_WIDTH + RULE_GAP + 410, width: 130 },
} as const;

const GAP = 14;
const TIER_GAP = 54;
const LINE = 18;
const PADDING = 20;
/** Letters that surely fit into a line: the font is proportional, so this is on the safe side. */
const LETTERS = { rule: 44, scope: 20, ladder: 20 } as const;

function lines(text: string, letters: number): number {
  return Math.max(1, Math.ceil(text.length / letters));
}

/** The height of a condition tree as `condition-words.tsx` draws it. */
function treeHeight(condition: FlowCondition, depth: number): number {
  const letters = Math.max(18, LETTERS.rule - 4 - depth * 3);
  if (condition.parts.length === 0) return lines(condition.text, letters) * LINE + 4;
  return condition.parts.reduce((sum, part) => sum + treeHeight(part, depth + 1), LINE + 4);
}

/** The height of a rule's card: two lines, or whole with its conditions when it is open. */
function ruleHeight(rule: FlowRule, isOpen: boolean): number {
  if (!isOpen) return PADDING + 22 + LINE;
  const head = PADDING + 22 + (rule.issue === undefined ? 0 : LINE);
  const body = lines(rule.text, LETTERS.rule) * LINE;
  return rule.clauses.reduce(
    (sum, clause) => sum + LINE + 6 + treeHeight(clause.condition, 1),
    head + body + 6,
  );
}

function nodeHeight(node: ViewNode, open: ReadonlySet<string>): number {
  switch (node.kind) {
    case 'rule':
      return ruleHeight(node, open.has(node.id));
    case 'group':
      return PADDING + 22 + LINE;
    case 'scope':
      return PADDING + lines(node.text, LETTERS.scope) * LINE;
    case 'check':
    case 'engine':
    case 'ladder':
      return PADDING + lines(node.text, LETTERS.ladder) * LINE;
    case 'verdict':
      return 44;
  }
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

/** Lays a view out. `open`: ids of the rules that show their conditions. */
export function layoutFlow(view: FlowView, open: ReadonlySet<string>): FlowLayout {
  const boxes = new Map<string, FlowBox>();
  const of = <K extends ViewNode['kind']>(kind: K) =>
    view.nodes.filter((node): node is Extract<ViewNode, { kind: K }> => node.kind === kind);
  const cards: readonly (FlowRule | FlowGroup)[] = [...of('rule'), ...of('group')];

  let y = 0;
  const tierCentre = new Map<FlowTier, number>();
  for (const tier of FLOW_TIERS) {
    const top = y;
    const own = cards.filter((one) => one.tier === tier);
    const half = own.length > TALL_TIER ? Math.ceil(own.length / 2) : own.length;
    for (const [column, part] of [
      [COLUMNS.rule, own.slice(0, half)],
      [COLUMNS.secondRule, own.slice(half)],
    ] as const) {
      let free = top;
      for (const card of part) {
        const height = nodeHeight(card, open);
        boxes.set(card.id, { ...column, y: free, height });
        free += height + GAP;
      }
      y = Math.max(y, free);
    }
    tierCentre.set(tier, (top + y) / 2);
    if (y > top) y += TIER_GAP;
  }

  const targets = new Map<string, number[]>();
  for (const { from, to } of view.edges) {
    const box = boxes.get(to);
    if (box !== undefined) targets.set(from, [...(targets.get(from) ?? []), centre(box)]);
  }
  const scopes = of('scope')
    .map((node) => ({ node, wish: mean(targets.get(node.id) ?? []) }))
    .toSorted((a, b) => a.wish - b.wish);
  stack(scopes, COLUMNS.scope, open, boxes);

  const ladder = of('ladder').map((node) => ({
    node,
    wish: node.step === 'risk' ? y + 30 : (tierCentre.get(node.step) ?? 0),
  }));
  stack(ladder, COLUMNS.ladder, open, boxes);

  const engine = of('engine').map((node) => ({ node, wish: -70 }));
  stack(engine, COLUMNS.scope, open, boxes);
  const scopeCentres = scopes.map(({ node }) => centre(boxes.get(node.id)));
  stack(
    of('check').map((node) => ({ node, wish: mean(scopeCentres) })),
    COLUMNS.check,
    open,
    boxes,
  );

  const deciders = (id: string) =>
    view.edges
      .filter((edge) => edge.to === id && edge.kind === 'decides')
      .map((edge) => centre(boxes.get(edge.from)));
  const verdicts = of('verdict')
    .map((node) => ({
      node,
      wish:
        node.verdict === 'ALLOW' ? Math.max(0, ...deciders(node.id)) + 60 : mean(deciders(node.id)),
    }))
    .toSorted((a, b) => a.wish - b.wish);
  stack(verdicts, COLUMNS.verdict, open, boxes);

  const all = [...boxes.values()];
  return {
    boxes,
    width: COLUMNS.verdict.x + COLUMNS.verdict.width,
    height:
      Math.max(0, ...all.map((box) => box.y + box.height)) -
      Math.min(0, ...all.map((box) => box.y)),
  };
}
