/** What of a flow graph is shown: filtered, focused, grouped, and collapsed where it would be too much. */
import type { Verdict } from '../decision/verdict.ts';
import {
  edgeId,
  type FlowEdge,
  type FlowGraph,
  type FlowNode,
  type FlowRule,
  type FlowTier,
} from './flow.ts';

export type FlowGrouping = 'file' | 'action' | 'issue' | 'verdict';

/** Rules shown as one. */
export interface FlowGroup {
  readonly kind: 'group';
  readonly id: string;
  /** "policies/approval.cedar", "APPROVAL_REQUIRED", "DEFER". */
  readonly text: string;
  /** A group never mixes tiers: its rules say the same to the ladder. */
  readonly tier: FlowTier;
  readonly ruleIds: readonly string[];
}

export interface FlowViewOptions {
  readonly group?: FlowGrouping;
  /** Only rules that hold all of these words, in id, issue, sentence, message or path. */
  readonly text?: string;
  readonly verdicts?: ReadonlySet<Verdict>;
  /** A node with what leads to it and from it. */
  readonly focus?: string;
  /** Groups that stay open though there are too many nodes. */
  readonly open?: ReadonlySet<string>;
  /** More nodes than this collapse into groups. */
  readonly limit?: number;
}

export interface FlowView {
  readonly nodes: readonly (FlowNode | FlowGroup)[];
  readonly edges: readonly FlowEdge[];
  /** All groups of the shown rules, collapsed or not; empty without a grouping. */
  readonly groups: readonly FlowGroup[];
  /** Whether some rules are shown as groups only. */
  readonly isCollapsed: boolean;
  /** Rules that the filter leaves, of all. */
  readonly matching: number;
}

const FLOW_LIMIT = 300;

/** Applies filter, focus, grouping and the limit, in this order. */
export function flowView(graph: FlowGraph, options: FlowViewOptions = {}): FlowView {
  const { group, focus, open = new Set<string>(), limit = FLOW_LIMIT } = options;
  const rules = graph.rules.filter((rule) => matches(rule, options));
  const kept = new Set(rules.map(({ id }) => id));
  const filtered = restrict(graph, (node) => node.kind !== 'rule' || kept.has(node.id));
  const focused = focus === undefined ? filtered : focusOn(filtered, focus);

  const shown = focused.nodes.filter((node) => node.kind === 'rule');
  const isCollapsed = focused.nodes.length > limit;
  const by = isCollapsed ? groupingWithin(shown, group ?? 'file', limit) : group;
  const groups = by === undefined ? [] : groupsOf(shown, by);
  const matching = rules.length;
  if (!isCollapsed) return { ...focused, groups, isCollapsed, matching };
  const closed = groups.filter(({ id }) => !open.has(id));
  return { ...collapse(focused, closed), groups, isCollapsed: closed.length > 0, matching };
}

function matches(rule: FlowRule, { text = '', verdicts }: FlowViewOptions): boolean {
  if (verdicts !== undefined && !verdicts.has(rule.verdict)) return false;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { ruleId, issue = '', message = '', path } = rule;
  const hay = [ruleId, issue, message, path, rule.text].join('\n').toLowerCase();
  return words.every((word) => hay.includes(word));
}

// ---------------------------------------------------------------- parts of a graph

interface Part {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
}

/** The nodes that are kept, without scopes that then lead nowhere. */
function restrict({ nodes, edges }: Part, keep: (node: FlowNode) => boolean): Part {
  const kept = new Set(nodes.filter(keep).map(({ id }) => id));
  const leading = new Set(edges.filter(({ to }) => kept.has(to)).map(({ from }) => from));
  const left = nodes.filter(
    ({ id, kind }) => kept.has(id) && (kind !== 'scope' || leading.has(id)),
  );
  const ids = new Set(left.map(({ id }) => id));
  return { nodes: left, edges: edges.filter(({ from, to }) => ids.has(from) && ids.has(to)) };
}

/** A node and all that leads to it and from it, up to the check and the verdicts. */
function focusOn(part: Part, id: string): Part {
  if (!part.nodes.some((node) => node.id === id)) return part;
  const back = reach(
    id,
    part.edges,
    ({ to }) => to,
    ({ from }) => from,
  );
  const on = reach(
    id,
    part.edges,
    ({ from }) => from,
    ({ to }) => to,
  );
  return restrict(part, (node) => back.has(node.id) || on.has(node.id));
}

function reach(
  start: string,
  edges: readonly FlowEdge[],
  near: (edge: FlowEdge) => string,
  far: (edge: FlowEdge) => string,
): ReadonlySet<string> {
  const onward = new Map<string, string[]>();
  for (const edge of edges) {
    const list = onward.get(near(edge)) ?? [];
    list.push(far(edge));
    onward.set(near(edge), list);
  }
  const found = new Set([start]);
  // A set grows while it is walked, so this visits what it finds.
  for (const id of found) for (const next of onward.get(id) ?? []) found.add(next);
  return found;
}

/** The nodes one edge away, those that lead here before those that this leads to. */
export function neighboursOf(graph: Part, id: string): readonly string[] {
  const before = graph.edges.filter(({ to }) => to === id).map(({ from }) => from);
  const after = graph.edges.filter(({ from }) => from === id).map(({ to }) => to);
  return [...new Set([...before, ...after])];
}

// ---------------------------------------------------------------- groups

/** The rules in groups, each of one tier; in the order of their first rules. */
export function groupsOf(rules: readonly FlowRule[], by: FlowGrouping): readonly FlowGroup[] {
  const groups = new Map<string, FlowGroup & { readonly ruleIds: string[] }>();
  for (const rule of rules) {
    const text = groupText(rule, by);
    const id = `group:${by}:${rule.tier}:${text}`;
    const group = groups.get(id) ?? { kind: 'group', id, text, tier: rule.tier, ruleIds: [] };
    group.ruleIds.push(rule.id);
    groups.set(id, group);
  }
  return [...groups.values()];
}

function groupText(rule: FlowRule, by: FlowGrouping): string {
  switch (by) {
    case 'file':
      return rule.path;
    case 'action':
      return rule.action;
    case 'issue':
      return rule.issue ?? 'no issue';
    case 'verdict':
      return rule.verdict;
  }
}

/** The grouping asked for, or a coarser one where that would still be too many nodes. */
function groupingWithin(
  rules: readonly FlowRule[],
  asked: FlowGrouping,
  limit: number,
): FlowGrouping {
  const room = Math.max(limit - 20, 3);
  return ([asked, 'file'] as const).find((by) => groupsOf(rules, by).length <= room) ?? 'verdict';
}

/** Groups in place of their rules. Scopes that only lead to collapsed rules go with them. */
function collapse(part: Part, groups: readonly FlowGroup[]): Pick<FlowView, 'nodes' | 'edges'> {
  const inside = new Map(groups.flatMap((group) => group.ruleIds.map((id) => [id, group.id])));
  const open = new Set(
    part.edges
      .filter(({ from, to }) => from.startsWith('scope:') && !inside.has(to))
      .map(({ from }) => from),
  );
  const place = (id: string): string => {
    const group = inside.get(id);
    if (group !== undefined) return group;
    // Many scopes lead into one group: the group stands for them too, at the check.
    return id.startsWith('scope:') && !open.has(id) ? 'check' : id;
  };
  const edges = new Map<string, FlowEdge>();
  for (const { from, to, kind } of part.edges) {
    const [start, end] = [place(from), place(to)];
    if (start === end) continue;
    const id = edgeId(start, end, kind);
    edges.set(id, { id, from: start, to: end, kind });
  }
  const nodes = part.nodes.filter(({ id }) => place(id) === id);
  const at = nodes.findIndex(({ kind }) => kind === 'ladder');
  return {
    nodes: [...nodes.slice(0, at), ...groups, ...nodes.slice(at)],
    edges: [...edges.values()],
  };
}
