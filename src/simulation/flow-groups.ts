/** Rules of a flow graph gathered into groups, open or shown as one. */
import {
  CHECK_NODE,
  edgeId,
  type FlowEdge,
  type FlowNode,
  type FlowRule,
  type FlowTier,
} from './flow.ts';

export type FlowGrouping = 'file' | 'action' | 'issue' | 'verdict';

/** Rules under one heading, or shown as one. */
export interface FlowGroup {
  readonly kind: 'group';
  readonly id: string;
  /** "policies/approval.cedar", "APPROVAL_REQUIRED", "DEFER". */
  readonly text: string;
  /** A group never mixes tiers: its rules say the same to the ladder. */
  readonly tier: FlowTier;
  /** Node ids. */
  readonly ruleIds: readonly string[];
  /** Whether its rules are shown, below it. */
  readonly isOpen: boolean;
}

/** An edge that is drawn: one of the graph's, or several that a group joins. */
export interface FlowViewEdge extends FlowEdge {
  /** Ids of the graph's edges that it stands for. */
  readonly of: readonly string[];
}

/** So many scopes are shown beside groups; more are left to the groups. */
const MANY_SCOPES = 30;

/** The rules in groups, each of one tier; in the order of their first rules. */
export function groupsOf(
  rules: readonly FlowRule[],
  by: FlowGrouping,
  isOpen: (id: string) => boolean = () => true,
): readonly FlowGroup[] {
  const groups = new Map<string, FlowGroup & { readonly ruleIds: string[] }>();
  for (const rule of rules) {
    const text = groupText(rule, by);
    const id = `group:${by}:${rule.tier}:${text}`;
    const known = groups.get(id);
    if (known !== undefined) known.ruleIds.push(rule.id);
    else {
      const { tier } = rule;
      groups.set(id, { kind: 'group', id, text, tier, ruleIds: [rule.id], isOpen: isOpen(id) });
    }
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

/** The grouping asked for, or a coarser one where that would still be too many groups. */
export function groupingWithin(
  rules: readonly FlowRule[],
  asked: FlowGrouping,
  limit: number,
): FlowGrouping {
  return ([asked, 'file'] as const).find((by) => groupsOf(rules, by).length <= limit) ?? 'verdict';
}

/** Groups among the rules: each above its own, or in place of them. */
export function withGroups(
  nodes: readonly FlowNode[],
  edges: readonly FlowEdge[],
  groups: readonly FlowGroup[],
): { readonly nodes: readonly (FlowNode | FlowGroup)[]; readonly edges: readonly FlowViewEdge[] } {
  const inside = new Map(
    groups.flatMap((group) => (group.isOpen ? [] : group.ruleIds.map((id) => [id, group.id]))),
  );
  const scopes = nodes.filter(({ kind }) => kind === 'scope');
  const direct = new Set(edges.filter(({ to }) => !inside.has(to)).map(({ from }) => from));
  const areMany = scopes.length > MANY_SCOPES;
  const place = (id: string): string => {
    const group = inside.get(id);
    if (group !== undefined) return group;
    // Many scopes lead into few groups: the groups stand for them too, at the check.
    return areMany && id.startsWith('scope:') && !direct.has(id) ? CHECK_NODE : id;
  };
  const joined = new Map<string, FlowViewEdge & { readonly of: string[] }>();
  for (const { id: own, from, to, kind } of edges) {
    const [start, end] = [place(from), place(to)];
    if (start === end) continue;
    const id = edgeId(start, end, kind);
    const known = joined.get(id);
    if (known === undefined) joined.set(id, { id, from: start, to: end, kind, of: [own] });
    else known.of.push(own);
  }
  const rules = new Map(nodes.flatMap((node) => (node.kind === 'rule' ? [[node.id, node]] : [])));
  const grouped = groups.flatMap((group) => [
    group,
    ...(group.isOpen ? group.ruleIds.flatMap((id) => rules.get(id) ?? []) : []),
  ]);
  const others = nodes.filter(({ id, kind }) => kind !== 'rule' && place(id) === id);
  const at = others.findIndex(({ kind }) => kind === 'ladder');
  return {
    nodes: [...others.slice(0, at), ...grouped, ...others.slice(at)],
    edges: [...joined.values()],
  };
}
