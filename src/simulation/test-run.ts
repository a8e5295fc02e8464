import type { PackVersion } from './flips.ts';
import { versionOf } from './flips.ts';
import { CoverageCollector, type Coverage } from './coverage.ts';
import { runScenario, type ScenarioResult } from './run.ts';
import type { Sliced } from './sliced.ts';
import type { Pack } from '../pack/read.ts';
import type { Scenario } from '../pack/scenario.ts';

/** A pack's scenarios, run and compared with what they expect, and what they cover. */
export interface TestRun {
  readonly pack: PackVersion;
  readonly passed: number;
  readonly failed: number;
  /** Scenarios that could not be decided. */
  readonly errors: number;
  readonly results: readonly TestResult[];
  readonly coverage: Coverage;
}

export interface TestResult extends ScenarioResult {
  readonly name: string;
  readonly path: string;
  readonly tags: readonly string[];
}

/** Runs all scenarios of a pack with coverage. Steps are scenarios. */
export function* testInSlices(pack: Pack, size = 20): Sliced<TestRun> {
  const coverage = new CoverageCollector(pack);
  const results: TestResult[] = [];
  const { scenarios } = pack;
  const step = size >= 1 ? Math.trunc(size) : 1;
  for (let at = 0; at < scenarios.length; at += step) {
    for (const scenario of scenarios.slice(at, at + step)) {
      results.push(resultOf(pack, scenario));
      coverage.add(scenario);
    }
    yield { done: results.length, total: scenarios.length };
  }
  const inState = (state: TestResult['state']): number =>
    results.filter((result) => result.state === state).length;
  return {
    pack: versionOf(pack),
    passed: inState('pass'),
    failed: inState('fail'),
    errors: inState('error'),
    results,
    coverage: coverage.report(),
  };
}

function resultOf(pack: Pack, scenario: Scenario): TestResult {
  const { name, path, tags } = scenario;
  return { ...runScenario(pack, scenario), name, path, tags };
}
