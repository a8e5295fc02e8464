/** A request that is still being worked on: what a scenario holds, with one tool at most. */
import type { Json, JsonObject } from '../../cedar/json/lossless.ts';
import type { Request } from '../../cedar/authorize.ts';
import type { Entities } from '../../cedar/entities.ts';
import type { Check } from '../../decision/check.ts';
import { decide, type Decision } from '../../decision/decide.ts';
import { mapCheck } from '../../decision/map.ts';
import type { DecisionPolicies } from '../../decision/policies.ts';
import type { ScenarioRun } from '../../pack/scenario.ts';
import { printJson } from '../json-text.ts';

export interface Draft {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly goal: string;
  readonly criteria: readonly string[];
  readonly constraints: readonly string[];
  /** Absent: the check only plans. */
  readonly tool: string | undefined;
  readonly sideEffects: readonly string[];
  readonly context: JsonObject;
}

/** A draft as the engine sees it. */
export interface Tried {
  readonly draft: Draft;
  readonly request: Request;
  readonly entities: Entities;
  /** Whether the engine could read all of it: a request with malformed facts proves nothing. */
  readonly clean: boolean;
}

/** The drafts of a saved check, one for each of its tools. */
export function draftsOf({ check, now }: ScenarioRun): readonly Draft[] {
  const tools = check.tools.length === 0 ? [undefined] : check.tools;
  return tools.map((tool) => ({
    at: now,
    goal: check.goal,
    criteria: check.success_criteria,
    constraints: check.constraints,
    tool,
    sideEffects: check.side_effects,
    context: check.context,
  }));
}

/** As the engine takes it in. */
function checkOf(draft: Draft): Check {
  return {
    goal: draft.goal,
    success_criteria: draft.criteria,
    constraints: draft.constraints,
    tools: draft.tool === undefined ? [] : [draft.tool],
    side_effects: draft.sideEffects,
    context: draft.context,
    pro: false,
    debug_store_input: false,
    policy_pack_version: '',
  };
}

/** As the body of a request: what is empty is left out, the goal never is. */
export function requestOf(draft: Draft): JsonObject {
  const members: (readonly [string, Json])[] = [['goal', draft.goal]];
  if (draft.criteria.length > 0) members.push(['success_criteria', draft.criteria]);
  if (draft.constraints.length > 0) members.push(['constraints', draft.constraints]);
  if (draft.tool !== undefined) members.push(['tools', [draft.tool]]);
  if (draft.sideEffects.length > 0) members.push(['side_effects', draft.sideEffects]);
  if (draft.context.size > 0) members.push(['context', draft.context]);
  return new Map(members);
}

/** Two drafts with one key are the same. */
export function draftKey(draft: Draft): string {
  return `${draft.at} ${printJson(requestOf(draft), 'sorted')}`;
}

/** The decision of a draft; `undefined` when the engine failed on it. */
export function decideDraft(policies: DecisionPolicies, draft: Draft): Decision | undefined {
  const decision = decide(policies, checkOf(draft), { now: draft.at, requestId: 'draft' });
  return decision.ok && decision.value.record.decision !== 'ERROR' ? decision.value : undefined;
}

/** What the policies would be asked. `undefined` when the engine cannot make a request of it. */
export function tryDraft(policies: DecisionPolicies, draft: Draft): Tried | undefined {
  const mapped = mapCheck(policies, checkOf(draft), draft.at);
  const tool = mapped.ok ? mapped.value.tools[0] : undefined;
  if (tool === undefined) return undefined;
  const { request, entities, noticed } = tool;
  return { draft, request, entities, clean: noticed.length === 0 };
}
