/** What made one scenario come out differently: rule by rule, on both sides. */
import { err, ok, type Result } from '../base/result.ts';
import type { Check } from '../decision/check.ts';
import { explainDecision, type ExplainedDecision } from '../decision/decide.ts';
import type { Scenario } from '../pack/scenario.ts';
import { decisionSentence } from '../simulation/flow-sentence.ts';
import type { RuleChange } from '../simulation/rule-changes.ts';
import type { FlipDetail, FlipSide, RuleTurn } from './compare-api.ts';
import type { Side } from './compare-sides.ts';
import type { EngineFailure } from './engine-api.ts';
import type { PolicyTrace } from './trace-api.ts';
import { ruleTraceOf } from './trace.ts';

/** Explains one row; see `Compare.explainFlip`. */
export function explainRow(
  before: Side,
  after: Side,
  changes: readonly RuleChange[],
  scenario: Scenario,
): Result<FlipDetail, EngineFailure> {
  const first = explained(before, scenario);
  if (!first.ok) return first;
  const second = explained(after, scenario);
  if (!second.ok) return second;
  return ok({
    before: sideOf(before, first.value),
    after: sideOf(after, second.value),
    rules: turns(tracesOf(before, first.value), tracesOf(after, second.value), changes),
  });
}

/** A decision, and what was asked. */
interface Decided extends ExplainedDecision {
  readonly check: Check;
}

function explained({ pack }: Side, { id, run }: Scenario): Result<Decided, EngineFailure> {
  const refused = (message: string): Result<never, EngineFailure> =>
    err({ code: 'REQUEST_INVALID', message, problems: [] });
  if (!run.ok) return refused(run.error[0]?.message ?? 'The scenario cannot be read.');
  const { check, now } = run.value;
  const answer = explainDecision(pack.policies, check, { now, requestId: `scenario:${id}` });
  return answer.ok ? ok({ ...answer.value, check }) : refused(answer.error.message);
}

function sideOf({ pack }: Side, decision: ExplainedDecision): FlipSide {
  const { verdict, issues, risk_score: risk } = decision.record;
  return { verdict, sentence: decisionSentence(decision, pack.policies).text, issues, risk };
}

/** Every rule's trace on every tool, by both. */
function tracesOf(
  { pack: { policies }, sources }: Side,
  { tools, explanations, check }: Decided,
): ReadonlyMap<string, ToolRule> {
  const traces = new Map<string, ToolRule>();
  for (const [index, decided] of tools.entries()) {
    const { tool } = decided;
    for (const explanation of explanations[index]?.policies ?? []) {
      const source = sources.get(explanation.policyId);
      if (source === undefined) continue;
      const trace = (): PolicyTrace =>
        ruleTraceOf(explanation, source, { policies, check, tool: decided });
      const { outcome, scope, policyId: ruleId } = explanation;
      const asked = scope.principal && scope.action && scope.resource;
      traces.set(`${tool} ${ruleId}`, { tool, ruleId, outcome, asked, trace });
    }
  }
  return traces;
}

interface ToolRule {
  readonly tool: string;
  readonly ruleId: string;
  readonly outcome: PolicyTrace['outcome'];
  /** Whether the request is in its scope. */
  readonly asked: boolean;
  /** Made only for the few that are shown. */
  readonly trace: () => PolicyTrace;
}

function turns(
  before: ReadonlyMap<string, ToolRule>,
  after: ReadonlyMap<string, ToolRule>,
  changes: readonly RuleChange[],
): readonly RuleTurn[] {
  const turned: RuleTurn[] = [];
  const reworded: RuleTurn[] = [];
  for (const key of new Set([...after.keys(), ...before.keys()])) {
    const [was, is] = [before.get(key), after.get(key)];
    const { tool, ruleId } = is ?? was ?? { tool: '', ruleId: '' };
    const own = changes.filter((change) => change.ruleId === ruleId);
    const counts = (was?.outcome ?? 'unsatisfied') !== (is?.outcome ?? 'unsatisfied');
    const asked = own.length > 0 && (was?.asked === true || is?.asked === true);
    if (!counts && !asked) continue;
    (counts ? turned : reworded).push({
      tool,
      ruleId,
      ...(was === undefined ? {} : { before: was.trace() }),
      ...(is === undefined ? {} : { after: is.trace() }),
      changes: own,
    });
  }
  return [...turned, ...reworded];
}
