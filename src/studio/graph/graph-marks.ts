/** How what is drawn came out: its state in the check that is shown, or its counts in a whole run. */
import type { FlowGroup, FlowViewEdge } from '../../simulation/flow-groups.ts';
import type { FlowInput } from '../../simulation/flow-inputs.ts';
import type { FlowNodeState, FlowState } from '../../simulation/flow-states.ts';
import type { FlowPicture } from '../../worker/flow-api.ts';
import type { GraphState } from './graph-state.ts';

/** What a node, a group, a clause, a condition or an edge is drawn with. */
export interface Mark {
  readonly state: FlowState | 'never' | undefined;
  readonly decisive: boolean;
  readonly detail: FlowNodeState | undefined;
  /** What stands for the state where that is not one word: how many, of how many. */
  readonly count: string | undefined;
}

const unmarked: Mark = { state: undefined, decisive: false, detail: undefined, count: undefined };

/** The groups of each picture by id: marks are asked for again and again while it is looked at. */
const groupsOf = new WeakMap<FlowPicture, ReadonlyMap<string, FlowGroup>>();

function groupIn(picture: FlowPicture | undefined, id: string): FlowGroup | undefined {
  if (picture === undefined || !id.startsWith('group:')) return undefined;
  const known =
    groupsOf.get(picture) ??
    new Map(picture.view.nodes.flatMap((node) => (node.kind === 'group' ? [[node.id, node]] : [])));
  groupsOf.set(picture, known);
  return known.get(id);
}

/** The mark of a node, group, clause or condition in the state that is shown. */
export function markOf(state: GraphState, id: string): Mark {
  const group = groupIn(state.picture, id);
  if (group !== undefined) return groupMark(state, group);
  switch (state.mode) {
    case 'plain':
      return unmarked;
    case 'scenario': {
      const detail = state.trace?.states?.nodes.get(id);
      if (detail === undefined) return unmarked;
      if (state.stepped !== undefined) {
        const reached = state.stepped.get(id) ?? 'not-reached';
        return { state: reached, decisive: false, detail, count: undefined };
      }
      return { state: detail.state, decisive: detail.isDecisive, detail, count: undefined };
    }
    case 'run': {
      const tally = state.counts?.nodes.get(id);
      if (state.counts === undefined) return unmarked;
      if (tally === undefined) return { ...unmarked, state: 'never' };
      return {
        ...unmarked,
        state: tally.true === 0 ? 'never' : undefined,
        count: `${tally.true} of ${state.counts.checks}`,
      };
    }
  }
}

/** What came of several as one: any that is true, failed or decided speaks for all. */
function joined(states: readonly (FlowState | 'never' | undefined)[]): FlowState | undefined {
  return (['error', 'true', 'false', 'not-reached'] as const).find((each) => states.includes(each));
}

function groupMark(state: GraphState, { ruleIds }: FlowGroup): Mark {
  const marks = ruleIds.map((id) => markOf(state, id));
  const all = ruleIds.length;
  if (state.mode === 'run' && state.counts !== undefined) {
    const fired = marks.filter((mark) => mark.state !== 'never').length;
    return { ...unmarked, state: fired === 0 ? 'never' : undefined, count: `${fired} of ${all}` };
  }
  const found = joined(marks.map((mark) => mark.state));
  if (found === undefined) return unmarked;
  const hold = marks.filter((mark) => mark.state === 'true').length;
  return {
    ...unmarked,
    state: found,
    decisive: marks.some(({ decisive }) => decisive),
    count: `${hold} of ${all}`,
  };
}

/** Node ids of the rules of a group that decided. */
export function decidersIn(state: GraphState, { ruleIds }: FlowGroup): readonly string[] {
  return ruleIds.filter((id) => markOf(state, id).decisive);
}

/** The mark of an edge; of one that stands for several, of all of them. */
export function edgeMark(state: GraphState, { of }: FlowViewEdge): Mark {
  if (state.mode === 'run') {
    if (state.counts === undefined) return unmarked;
    const passed = Math.max(0, ...of.map((id) => state.counts?.edges.get(id) ?? 0));
    return {
      ...unmarked,
      state: passed === 0 ? 'never' : undefined,
      // A check may pass several of the edges that are drawn as one.
      count: passed === 0 ? undefined : of.length === 1 ? String(passed) : `≥ ${passed}`,
    };
  }
  if (state.mode === 'plain' || state.stepped !== undefined) return unmarked;
  const known = of.map((id) => state.trace?.states?.edges.get(id));
  return {
    ...unmarked,
    state: joined(known.map((each) => each?.state)),
    decisive: known.some((each) => each?.isDecisive === true),
  };
}

/** The words for a mark, for people who do not see colours. */
export function markText(mark: Mark): string {
  if (mark.count !== undefined) return mark.count;
  switch (mark.state) {
    case 'true':
      return 'true';
    case 'false':
      return 'false';
    case 'error':
      return 'error';
    case 'not-reached':
      return 'not reached';
    case 'never':
      return 'never';
    case undefined:
      return '';
  }
}

/** What a condition looked at, one field a line: `context.approved_by = not given`. */
export function inputsText(inputs: readonly FlowInput[] = []): string {
  return inputs.map((input) => `${input.text} = ${input.value ?? 'not given'}`).join('\n');
}
