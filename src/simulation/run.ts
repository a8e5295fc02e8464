/**
 * Runs saved scenarios. Each is decided on its own, at its own time, so that neither their order nor what
 * ran before can change a result; a worker may run them in slices and stop between two.
 */
import { decide } from '../decision/decide.ts';
import type { DecisionRecord } from '../decision/record.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { Pack } from '../pack/read.ts';
import type { Expectation, Scenario } from '../pack/scenario.ts';

/**
 * `pass`: the record is as expected. `fail`: it is not. `error`: the scenario could not be decided: its
 * file is broken, it asks for another pack version, or the engine failed.
 */
export type ScenarioState = 'pass' | 'fail' | 'error';

export interface ScenarioResult {
  readonly id: string;
  readonly state: ScenarioState;
  readonly expect: Expectation | undefined;
  /** Absent when no record was made. */
  readonly verdict?: Verdict;
  readonly record?: DecisionRecord;
  /** Codes of the record's issues, in its order. */
  readonly issues: readonly string[];
  /** Ids of the rules that any of its tools satisfied, in the pack's order. */
  readonly satisfied: readonly string[];
  /** Why it did not pass, in one sentence. */
  readonly problem?: string;
}

/** Decides one scenario and compares the record with what it expects. */
export function runScenario(pack: Pack, scenario: Scenario): ScenarioResult {
  const { id, expect, run } = scenario;
  const failed = (problem: string): ScenarioResult => ({
    id,
    state: 'error',
    expect,
    issues: [],
    satisfied: [],
    problem,
  });
  if (!run.ok) return failed(run.error[0]?.message ?? 'The scenario cannot be read.');
  if (expect === undefined) return failed('The scenario expects nothing.');

  const requestId = `scenario:${id}`;
  const decision = decide(pack.policies, run.value.check, { now: run.value.now, requestId });
  if (!decision.ok) return failed(decision.error.message);
  const { record, tools } = decision.value;
  const issues = record.issues.map(({ code }) => code);
  const satisfied = [...new Set(tools.flatMap((tool) => tool.satisfied))];
  const result = { id, expect, verdict: record.verdict, record, issues, satisfied };
  if (record.decision === 'ERROR') return { ...result, state: 'error', problem: record.reason };
  const difference = differenceTo(expect, record.verdict, issues);
  return difference === undefined
    ? { ...result, state: 'pass' }
    : { ...result, state: 'fail', problem: difference };
}

/** Runs scenarios, all of the pack's unless some are given, in the order given. */
export function runScenarios(
  pack: Pack,
  scenarios: readonly Scenario[] = pack.scenarios,
): readonly ScenarioResult[] {
  return scenarios.map((scenario) => runScenario(pack, scenario));
}

/**
 * Runs scenarios a few at a time: each step gives the next results. Whoever steps decides when to go on,
 * and may stop for good.
 */
export function* runInSlices(
  pack: Pack,
  scenarios: readonly Scenario[] = pack.scenarios,
  size = 50,
): Generator<readonly ScenarioResult[], void, void> {
  // Anything that is no size is one: a slice of nothing would end the run with nothing run.
  const step = size >= 1 ? Math.trunc(size) : 1;
  for (let at = 0; at < scenarios.length; at += step) {
    yield runScenarios(pack, scenarios.slice(at, at + step));
  }
}

/** What differs from the expectation, in one sentence; `undefined` when nothing does. */
function differenceTo(
  expect: Expectation,
  verdict: Verdict,
  issues: readonly string[],
): string | undefined {
  const missing = expect.issues.filter((code) => !issues.includes(code));
  const unwanted = (expect.without ?? []).filter((code) => issues.includes(code));
  const differences = [
    ...(verdict === expect.verdict ? [] : [`the verdict is ${verdict} and not ${expect.verdict}`]),
    ...(missing.length === 0 ? [] : [`missing among the issues: ${missing.join(', ')}`]),
    ...(unwanted.length === 0 ? [] : [`unwanted among the issues: ${unwanted.join(', ')}`]),
  ];
  if (differences.length === 0) return undefined;
  const sentence = differences.join('; ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}
