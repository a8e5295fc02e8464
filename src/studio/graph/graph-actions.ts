import type { FlowQuery } from '../../worker/flow-api.ts';
import type { GraphStore } from './graph-state.ts';

function toggled(list: readonly string[] | undefined, id: string): readonly string[] {
  const open = list ?? [];
  return open.includes(id) ? open.filter((each) => each !== id) : [...open, id];
}

function change(graph: GraphStore, part: Partial<FlowQuery>): void {
  graph.setState(({ query }) => ({ query: { ...query, ...part } }));
}

/** Opens or closes the conditions of a rule. */
export function toggleRule(graph: GraphStore, id: string): void {
  change(graph, { openRules: toggled(graph.getState().query.openRules, id) });
}

/** Opens or closes a group of rules. */
export function toggleGroup(graph: GraphStore, id: string): void {
  change(graph, { toggledGroups: toggled(graph.getState().query.toggledGroups, id) });
}

/** Shows one node with its neighbours alone, or all of them. */
export function focusOn(graph: GraphStore, id: string | undefined): void {
  graph.setState(({ query: { focus: _old, ...rest } }) => ({
    query: id === undefined ? rest : { ...rest, focus: id },
  }));
}

/** Opens all groups, or closes them. */
export function setGroupsOpen(graph: GraphStore, isOpen: boolean): void {
  const view = graph.getState().picture?.view;
  const groups = view?.nodes.filter((node) => node.kind === 'group') ?? [];
  const isDefault = isOpen !== view?.isCollapsed;
  change(graph, { toggledGroups: isDefault ? [] : groups.map(({ id }) => id) });
}

/** Opens all rules, or closes them. */
export function setAllOpen(graph: GraphStore, isOpen: boolean): void {
  const rules = graph.getState().picture?.graph.rules ?? [];
  change(graph, { openRules: isOpen ? rules.map((rule) => rule.id) : [] });
}

/** Shows the evaluation up to its `count`th step; undefined shows all of it. */
export function showStep(graph: GraphStore, count: number | undefined): void {
  const { trace } = graph.getState();
  if (count === undefined || trace?.states === undefined) {
    graph.setState({ step: undefined, stepped: undefined });
    return;
  }
  const step = Math.min(Math.max(count, 0), trace.steps.length);
  const stepped = new Map(trace.steps.slice(0, step).map(({ id, state }) => [id, state]));
  graph.setState({ step, stepped });
}
