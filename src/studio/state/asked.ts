/** What is asked of the engine about the selected scenario. */
import type { Result } from '../../base/result.ts';
import type { ChangeAnswer } from '../../simulation/change.ts';
import type { CheckTarget, EngineFailure } from '../../worker/engine-api.ts';
import type { PolicyTrace } from '../../worker/trace-api.ts';
import { scenarioPath } from './paths.ts';
import { scenarioTime } from './scenario-text.ts';
import type { StudioState } from './state.ts';
import type { Studio } from './studio.ts';

/** A check of the open pack. */
interface Asked {
  readonly packId: string;
  readonly scenarioId: string;
  readonly target: CheckTarget;
  /** Epoch milliseconds. */
  readonly at: number | undefined;
}

/** What the selected scenario is decided from: its edited request when there is one. */
export function askedOf(state: StudioState): Asked | undefined {
  const { packId, scenarioId, requestDrafts, files } = state;
  if (packId === undefined || scenarioId === undefined) return undefined;
  const draft = requestDrafts.get(scenarioId);
  const target: CheckTarget =
    draft === undefined ? { kind: 'scenario', id: scenarioId } : { kind: 'text', text: draft };
  const at = scenarioTime(files.get(scenarioPath(scenarioId)) ?? '');
  return { packId, scenarioId, target, at };
}

/** What would change the verdict of the selected scenario; undefined when nothing is selected. */
export async function searchChange({
  state,
  parts,
}: Studio): Promise<Result<ChangeAnswer, EngineFailure> | undefined> {
  const asked = askedOf(state);
  if (asked === undefined) return undefined;
  return parts.engine.change(asked.packId, asked.target, asked.at);
}

/** One rule's conditions on one tool of the selected scenario, where the explanation left them out. */
export async function explainRule(
  { state, parts }: Studio,
  tool: string,
  ruleId: string,
): Promise<Result<PolicyTrace, EngineFailure> | undefined> {
  const asked = askedOf(state);
  if (asked === undefined) return undefined;
  return parts.engine.explainRule(asked.packId, asked.target, tool, ruleId, asked.at);
}
