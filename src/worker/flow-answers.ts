import { err, ok, type Result } from '../base/result.ts';
import { explainDecision } from '../decision/decide.ts';
import type { Pack } from '../pack/read.ts';
import { brokenRules } from '../simulation/flow-broken.ts';
import { FlowCounter, type FlowCounts } from '../simulation/flow-counts.ts';
import { decisionSentence } from '../simulation/flow-sentence.ts';
import { flowStates } from '../simulation/flow-states.ts';
import { flowSteps } from '../simulation/flow-steps.ts';
import { flowView } from '../simulation/flow-view.ts';
import { brokenFlow, type FlowGraph } from '../simulation/flow.ts';
import { finish } from '../base/slices.ts';
import type { Sliced } from '../simulation/sliced.ts';
import { otherVersion, readyFor, REQUEST_ID } from './answers.ts';
import type { CheckTarget, EngineFailure } from './engine-api.ts';
import type { FlowPicture, FlowQuery, FlowTrace } from './flow-api.ts';
import { graphOf } from './flow-graphs.ts';
import { layoutFlow } from './flow-layout.ts';
import { inSlices, type OnDone } from './in-slices.ts';
import { Newest } from './newest.ts';
import type { OpenPack } from './open-pack.ts';
import type { Clock } from './turns.ts';

type Question = 'flow' | 'flowCounts';
type Outcome<T> = Promise<Result<T, EngineFailure>>;

/** Answers `Flow` for packs that are open. */
export class FlowArtist {
  readonly #clock: Clock;
  readonly #newest = new Newest<Question>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** See `Engine.flow`. A pack that never compiled is its ladder alone. */
  draw(open: OpenPack, query: FlowQuery, onDone?: OnDone): Outcome<FlowPicture> {
    return this.#sliced('flow', open, pictureOf(open, query), onDone);
  }

  /** See `Engine.flowCounts`. */
  async count(open: OpenPack, onDone?: OnDone): Outcome<FlowCounts> {
    const { pack } = open.sound();
    if (pack === undefined) return err(neverCompiled());
    return this.#sliced('flowCounts', open, countsOf(pack), onDone);
  }

  /** Ends what is under way. */
  cancel(): void {
    this.#newest.cancel('flow');
    this.#newest.cancel('flowCounts');
  }

  /** Long work goes on while nothing newer of its kind is asked and the pack stays as it is. */
  #sliced<T>(kind: Question, open: OpenPack, work: Sliced<T>, onDone?: OnDone): Outcome<T> {
    return inSlices(this.#clock, work, this.#newest.begin(kind, open), onDone);
  }
}

function* pictureOf(open: OpenPack, query: FlowQuery): Sliced<FlowPicture> {
  const { pack, stale } = open.sound();
  const problems = open.readProblems();
  const graph = pack === undefined ? brokenFlow(problems.length) : yield* graphOf(pack);
  const broken = stale ? brokenRules(graph, open.files, problems) : new Map<string, string>();
  return { ...drawn(graph, query), stale, broken };
}

/** The part of a graph that is asked for, laid out. */
export function drawn(
  graph: FlowGraph,
  query: FlowQuery,
): Pick<FlowPicture, 'graph' | 'view' | 'layout'> {
  const { group, text, verdicts, focus, rules, toggledGroups = [], openRules = [] } = query;
  const view = flowView(graph, {
    ...(group !== undefined && { group }),
    ...(text !== undefined && { text }),
    ...(verdicts !== undefined && { verdicts: new Set(verdicts) }),
    ...(focus !== undefined && { focus }),
    ...(rules !== undefined && { rules: new Set(rules) }),
    toggled: new Set(toggledGroups),
  });
  const layout = layoutFlow(view, new Set(openRules));
  return { graph, view, layout };
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
  if (pack === undefined) return err(neverCompiled());
  const { policies, check, now } = ready.value;
  const explained = explainDecision(policies, check, { now, requestId: REQUEST_ID });
  if (!explained.ok) return err(otherVersion(explained.error));
  const graph = finish(graphOf(pack));
  const states = flowStates(graph, { policies, check, explained: explained.value }, toolIndex);
  return ok({
    states,
    steps: states === undefined ? [] : flowSteps(graph, states),
    sentence: decisionSentence(explained.value, policies),
  });
}

/** Counts scenarios. */
function* countsOf(pack: Pack): Sliced<FlowCounts> {
  const counter = new FlowCounter(yield* graphOf(pack));
  const { policies, scenarios } = pack;
  for (const [index, { run }] of scenarios.entries()) {
    yield { done: index, total: scenarios.length };
    if (!run.ok) continue;
    const { check, now } = run.value;
    const explained = explainDecision(policies, check, { now, requestId: REQUEST_ID });
    if (explained.ok) counter.add({ policies, check, explained: explained.value });
  }
  return counter.counts();
}

function neverCompiled(): EngineFailure {
  return { code: 'PACK_BROKEN', message: 'No state of this pack has compiled yet.' };
}
