import { err, ok, type Result } from '../base/result.ts';
import { explainDecision } from '../decision/decide.ts';
import { brokenRules } from '../simulation/flow-broken.ts';
import { FlowCounter, type FlowCounts } from '../simulation/flow-counts.ts';
import { decisionSentence } from '../simulation/flow-sentence.ts';
import { flowStates } from '../simulation/flow-states.ts';
import { flowSteps } from '../simulation/flow-steps.ts';
import { flowView } from '../simulation/flow-view.ts';
import { brokenFlow } from '../simulation/flow.ts';
import { otherVersion, readyFor, REQUEST_ID } from './answers.ts';
import type { CheckTarget, EngineFailure } from './engine-api.ts';
import type { FlowPicture, FlowQuery, FlowTrace } from './flow-api.ts';
import { graphOf } from './flow-graphs.ts';
import { layoutFlow } from './flow-layout.ts';
import type { OpenPack } from './open-pack.ts';

/** The flow of a pack as it is drawn; see `Engine.flow`. A pack that never compiled is its ladder alone. */
export function drawFlow(open: OpenPack, query: FlowQuery): FlowPicture {
  const { pack, stale } = open.sound();
  const problems = open.readProblems();
  const graph = pack === undefined ? brokenFlow(problems.length) : graphOf(pack);
  const { group, text, verdicts, focus, openGroups = [], openRules = [] } = query;
  const view = flowView(graph, {
    ...(group !== undefined && { group }),
    ...(text !== undefined && { text }),
    ...(verdicts !== undefined && { verdicts: new Set(verdicts) }),
    ...(focus !== undefined && { focus }),
    open: new Set(openGroups),
  });
  const layout = layoutFlow(view, new Set(openRules));
  const broken = stale ? brokenRules(graph, open.files, problems) : new Map<string, string>();
  return { graph, view, layout, stale, broken };
}

/** One decision's way through the flow; see `Engine.flowTrace`. */
export function traceFlow(
  open: OpenPack,
  target: CheckTarget,
  at: number | undefined,
  toolIndex: number | undefined,
): Result<FlowTrace, EngineFailure> {
  const ready = readyFor(open, target, at);
  if (!ready.ok) return ready;
  const { pack } = open.sound();
  if (pack === undefined) {
    return err({ code: 'PACK_BROKEN', message: 'No state of this pack has compiled yet.' });
  }
  const { policies, check, now } = ready.value;
  const explained = explainDecision(policies, check, { now, requestId: REQUEST_ID });
  if (!explained.ok) return err(otherVersion(explained.error));
  const graph = graphOf(pack);
  const states = flowStates(graph, { policies, check, explained: explained.value }, toolIndex);
  return ok({
    states,
    steps: states === undefined ? [] : flowSteps(graph, states),
    sentence: decisionSentence(explained.value, graph),
  });
}

/** How many scenarios pass each node and edge; see `Engine.flowCounts`. */
export function countFlow(open: OpenPack): Result<FlowCounts, EngineFailure> {
  const { pack } = open.sound();
  if (pack === undefined) {
    return err({ code: 'PACK_BROKEN', message: 'No state of this pack has compiled yet.' });
  }
  const counter = new FlowCounter(graphOf(pack));
  for (const { run } of pack.scenarios) {
    if (!run.ok) continue;
    const { check, now } = run.value;
    const { policies } = pack;
    const explained = explainDecision(policies, check, { now, requestId: REQUEST_ID });
    if (explained.ok) counter.add({ policies, check, explained: explained.value });
  }
  return ok(counter.counts());
}
