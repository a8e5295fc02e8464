import { err, ok, type Result } from '../base/result.ts';
import { jsonFromUnknown } from '../cedar/json/from-unknown.ts';
import type { Json } from '../cedar/json/lossless.ts';
import { readCheck, type Check } from '../decision/check.ts';
import { decide, explainDecision, type PackVersionMismatch } from '../decision/decide.ts';
import { placedProblems, readJsonFile } from '../pack/json-file.ts';
import type { PackProblem } from '../pack/problem.ts';
import type {
  CheckOutcome,
  CheckTarget,
  EngineFailure,
  Explanation,
  RequestProblem,
} from './engine-api.ts';
import type { PolicyTrace, ToolTrace } from './trace-api.ts';
import { decisionSentence } from '../simulation/flow-sentence.ts';
import type { OpenPack } from './open-pack.ts';
import { ruleTraceOf, traceOf } from './trace.ts';
import type { Clock } from './turns.ts';

/** The `request_id` of decisions made in the studio: there is no client that could have sent one. */
export const REQUEST_ID = 'studio';

/** Decides a check; see `Engine.check`. */
export function checkPack(
  pack: OpenPack,
  target: CheckTarget,
  at: number | undefined,
  clock: Clock,
): Result<CheckOutcome, EngineFailure> {
  const ready = readyFor(pack, target, at);
  if (!ready.ok) return ready;
  const { policies, check, now, stale } = ready.value;
  const began = clock.now();
  const decision = decide(policies, check, { now, requestId: REQUEST_ID });
  if (!decision.ok) return err(otherVersion(decision.error));
  return ok({ record: decision.value.record, stale, durationMs: clock.now() - began });
}

/** Decides a check and explains it; see `Engine.explain`. */
export function explainCheck(
  pack: OpenPack,
  target: CheckTarget,
  at: number | undefined,
  clock: Clock,
): Result<Explanation, EngineFailure> {
  const ready = readyFor(pack, target, at);
  if (!ready.ok) return ready;
  const { policies, check, now, stale, rules } = ready.value;
  const began = clock.now();
  const explained = explainDecision(policies, check, { now, requestId: REQUEST_ID });
  if (!explained.ok) return err(otherVersion(explained.error));
  const { record, tools, explanations } = explained.value;
  const traces = tools.map((tool, index): ToolTrace => ({
    tool: tool.tool,
    verdict: tool.verdict,
    principal: tool.request.principal.toString(),
    action: tool.request.action.toString(),
    resource: tool.request.resource.toString(),
    policies: traceOf(explanations[index]?.policies ?? [], rules, { policies, check, tool }),
  }));
  const sentence = decisionSentence(explained.value, policies).text;
  return ok({ record, sentence, tools: traces, stale, durationMs: clock.now() - began });
}

/** Explains one rule whole; see `Engine.explainRule`. */
export function explainRule(
  pack: OpenPack,
  target: CheckTarget,
  tool: string,
  ruleId: string,
  at: number | undefined,
): Result<PolicyTrace, EngineFailure> {
  const ready = readyFor(pack, target, at);
  if (!ready.ok) return ready;
  const { policies, check, now, rules } = ready.value;
  const explained = explainDecision(policies, check, { now, requestId: REQUEST_ID });
  if (!explained.ok) return err(otherVersion(explained.error));
  const { tools, explanations } = explained.value;
  const index = tools.findIndex((each) => each.tool === tool);
  const explanation = explanations[index]?.policies.find(({ policyId }) => policyId === ruleId);
  const source = rules.get(ruleId);
  const decided = tools[index];
  if (explanation === undefined || source === undefined || decided === undefined) {
    const message = `There is no rule “${ruleId}” that was asked about “${tool}”.`;
    return err({ code: 'RULE_UNKNOWN', message });
  }
  return ok(ruleTraceOf(explanation, source, { policies, check, tool: decided }));
}

interface Ready extends NonNullable<ReturnType<OpenPack['deciding']>> {
  readonly check: Check;
  /** The body as it was asked. */
  readonly request: Json;
  readonly now: number;
}

/** What it takes to decide a target, or why it cannot be decided. */
export function readyFor(
  pack: OpenPack,
  target: CheckTarget,
  at: number | undefined,
): Result<Ready, EngineFailure> {
  const asked = readTarget(pack, target);
  if (!asked.ok) return asked;
  const deciding = pack.deciding();
  if (deciding === undefined) {
    const message = 'The pack has errors, and no earlier state of it can decide: mend them first.';
    return err({ code: 'PACK_BROKEN', message });
  }
  const { check, request, now } = asked.value;
  return ok({ ...deciding, check, request, now: at ?? now ?? Date.now() });
}

interface Asked {
  readonly check: Check;
  readonly request: Json;
  /** Epoch milliseconds, where the target names a moment. */
  readonly now?: number;
}

function readTarget(pack: OpenPack, target: CheckTarget): Result<Asked, EngineFailure> {
  switch (target.kind) {
    case 'scenario': {
      const scenario = pack.scenario(target.id);
      if (scenario === undefined) {
        const message = `There is no scenario “${target.id}” in this pack.`;
        return err({ code: 'SCENARIO_UNKNOWN', message });
      }
      return scenario.run.ok ? scenario.run : err(invalid(scenario.run.error.map(inRequest)));
    }
    case 'text': {
      const json = readJsonFile('', target.text);
      if (!json.ok) return err(invalid(json.error.map(inRequest)));
      const check = readCheck(json.value);
      if (check.ok) return ok({ check: check.value, request: json.value });
      return err(invalid(placedProblems(check.error, '', target.text).map(inRequest)));
    }
    case 'request': {
      const request = jsonFromUnknown(target.request);
      if (!request.ok) {
        const { path: pointer, code, message } = request.error;
        return err(invalid([{ pointer, code, message }]));
      }
      const check = readCheck(request.value);
      if (check.ok) return ok({ check: check.value, request: request.value });
      const problems = check.error.map(({ path, code, message }) => ({
        pointer: path,
        code,
        message,
      }));
      return err(invalid(problems));
    }
  }
}

function inRequest({ pointer, span, code, message }: PackProblem): RequestProblem {
  return { pointer: pointer ?? '', ...(span === undefined ? {} : { span }), code, message };
}

/** The failure for a request that asks for another pack version. */
export function otherVersion({ code, message }: PackVersionMismatch): EngineFailure {
  return invalid([{ pointer: '/policy_pack_version', code, message }]);
}

function invalid(problems: readonly RequestProblem[]): EngineFailure {
  const [first] = problems;
  const message = first === undefined ? 'The request breaks the contract.' : first.message;
  return { code: 'REQUEST_INVALID', message, problems };
}
