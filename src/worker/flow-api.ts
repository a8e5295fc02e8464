/** What the studio asks about the rule flow of a pack: plain data, shaped for drawing. */
import type { FlowGrouping } from '../simulation/flow-groups.ts';
import type { FlowView } from '../simulation/flow-view.ts';
import type { FlowGraph } from '../simulation/flow.ts';
import type { DecisionSentence } from '../simulation/flow-sentence.ts';
import type { FlowStates } from '../simulation/flow-states.ts';
import type { FlowStep } from '../simulation/flow-steps.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { FlowLayout } from './flow-layout.ts';

/** Which part of the flow to show, and which rules and groups stand open. */
export interface FlowQuery {
  readonly group?: FlowGrouping;
  readonly text?: string;
  readonly verdicts?: readonly Verdict[];
  /** Id of a node that is shown with its neighbours alone. */
  readonly focus?: string;
  /** Only these rules, by node id. */
  readonly rules?: readonly string[];
  /** Ids of the groups that are open where they would be closed, or the other way round. */
  readonly toggledGroups?: readonly string[];
  /** Ids of the rule nodes that show their conditions. */
  readonly openRules?: readonly string[];
}

/** The flow as it is drawn. */
export interface FlowPicture {
  readonly graph: FlowGraph;
  readonly view: FlowView;
  readonly layout: FlowLayout;
  /** True when the pack is broken and this is the flow of the last one that compiled. */
  readonly stale: boolean;
  /** Rules whose text is broken now, by node id, each with what is wrong. */
  readonly broken: ReadonlyMap<string, string>;
}

/** What became of a rule: `reworded` says the same in other words. */
export type FlowChange = 'added' | 'removed' | 'changed' | 'reworded';

/** The flow of the later side of a comparison, with the rules that are gone as ghosts. */
export interface ComparedFlow {
  readonly picture: FlowPicture;
  /** By node id; rules that stayed as they were are not in it. */
  readonly changes: ReadonlyMap<string, FlowChange>;
}

/** One decision's way through the flow. */
export interface FlowTrace {
  /** Undefined when the engine failed and there is no way to show. */
  readonly states: FlowStates | undefined;
  readonly steps: readonly FlowStep[];
  readonly sentence: DecisionSentence;
}
