/** What of a flow graph is shown: filtered, focused, grouped, and collapsed where it would be too much. */
import type { Verdict } from '../decision/verdict.ts';
import {
  groupingWithin,
  groupsOf,
  withGroups,
  type FlowGroup,
  type FlowGrouping,
  type FlowViewEdge,
} from './flow-groups.ts';
import { FLOW_TIERS, type FlowEdge, type FlowGraph, type FlowNode, type FlowRule } from './flow.ts';

export interface FlowViewOptions {
  readonly group?: FlowGrouping;
  /** Only rules that hold all of these words, in id, issue, sentence, message or path. */
  readonly text?: string;
  readonly verdicts?: ReadonlySet<Verdict>;
  /** Only these rules, by node id: those that decided, for one. */
  readonly rules?: ReadonlySet<string>;
  /** A node with what leads to it and from it. */
  readonly focus?: string;
  /** Groups that are not as they would be: open where there are too many rules, closed where not. */
  readonly toggled?: ReadonlySet<string>;
  /** More rules than this collapse into groups. */
  readonly limit?: number;
}

export interface FlowView {
  /** In reading order: check, engine, scopes, the tiers with their rules, ladder, verdicts. */
  readonly nodes: readonly (FlowNode | FlowGroup)[];
  readonly edges: readonly FlowViewEdge[];
  /** How the rules are grouped; absent when they are not. */
  readonly grouping?: FlowGrouping;
  /** Whether there were too many rules, so that groups start out closed. */
  readonly isCollapsed: boolean;
  /** Rules that the filter leaves, of all. */
  readonly matching: number;
}

const FLOW_LIMIT = 300;

/** Applies filter, focus, grouping and the limit, in this order. */
export function flowView(graph: FlowGraph, options: FlowViewOptions = {}): FlowView {
  const { group, focus, toggled = new Set<string>(), limit = FLOW_LIMIT } = options;
  const rules = graph.rules.filter((rule) => matches(rule, options));
  const kept = new Set(rules.map(({ id }) => id));
  const filtered = restrict(graph, (node) => node.kind !== 'rule' || kept.has(node.id));
  const focused = focus === undefined ? filtered : focusOn(filtered, focus);
  const shown = byTier(focused.nodes.filter((node) => node.kind === 'rule'));

  const matching = rules.length;
  const isCollapsed = shown.length > limit;
  const grouping = isCollapsed ? groupingWithin(shown, group ?? 'file', limit) : group;
  if (grouping === undefined) {
    const edges = focused.edges.map((edge) => ({ ...edge, of: [edge.id] }));
    return { nodes: inReadingOrder(focused.nodes, shown), edges, isCollapsed, matching };
  }
  const groups = groupsOf(shown, grouping, (id) => isCollapsed === toggled.has(id));
  return { ...withGroups(focused.nodes, focused.edges, groups), grouping, isCollapsed, matching };
}

function byTier(rules: readonly FlowRule[]): readonly FlowRule[] {
  return FLOW_TIERS.flatMap((tier) => rules.filter((rule) => rule.tier === tier));
}

/** With the rules tier by tier, between what leads to them and the ladder. */
function inReadingOrder(
  nodes: readonly FlowNode[],
  rules: readonly FlowRule[],
): readonly FlowNode[] {
  const others = nodes.filter(({ kind }) => kind !== 'rule');
  const at = others.findIndex(({ kind }) => kind === 'ladder');
  return [...others.slice(0, at), ...rules, ...others.slice(at)];
}

function matches(rule: FlowRule, { text = '', verdicts, rules }: FlowViewOptions): boolean {
  if (rules !== undefined && !rules.has(rule.id)) return false;
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
