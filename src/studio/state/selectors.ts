import type { Problem } from '../../authoring/problem.ts';
import type { EngineProblem, RuleRow, ScenarioRow } from '../../worker/engine-api.ts';
import type { StudioState } from './state.ts';
import { changedFiles } from './changed-files.ts';

const none: readonly never[] = [];

/** The scenarios as last run, headline ones first. */
export function scenarioRows(state: StudioState): readonly ScenarioRow[] {
  return state.snapshot?.scenarios ?? none;
}

/** The rules of the last pack that compiled. */
export function ruleRows(state: StudioState): readonly RuleRow[] {
  return state.snapshot?.rules ?? none;
}

/** The snapshot's problems in the shape of the language service's, one list for each snapshot. */
const asProblems = new WeakMap<readonly EngineProblem[], readonly Problem[]>();

function problemsOf(engine: readonly EngineProblem[]): readonly Problem[] {
  const known = asProblems.get(engine);
  if (known !== undefined) return known;
  const problems = engine.map((problem): Problem => ({ ...problem, source: 'pack', fixes: [] }));
  asProblems.set(engine, problems);
  return problems;
}

/**
 * Everything wrong with the pack as it is now: the language service's list, which holds the pack's own
 * problems too, and until it has spoken those alone.
 */
export function allProblems(state: StudioState): readonly Problem[] {
  return state.advice ?? problemsOf(state.snapshot?.problems ?? none);
}

/** Whether the verdicts on the screen are those of an earlier text. */
export function isStale(state: StudioState): boolean {
  return state.snapshot?.stale === true;
}

/** The row of the selected scenario. */
export function selectedRow(state: StudioState): ScenarioRow | undefined {
  return state.snapshot?.scenarios.find((row) => row.id === state.scenarioId);
}

/** The entry of the open pack. */
export function openPackInfo(state: StudioState) {
  return state.packs.find((pack) => pack.id === state.packId);
}

/** How many scenarios are in which state. */
export interface Tally {
  readonly pass: number;
  readonly fail: number;
  readonly error: number;
  readonly total: number;
}

/** Counts the scenarios' states. Stale ones are counted by `total` alone. */
export function tally(rows: readonly ScenarioRow[]): Tally {
  const count = { pass: 0, fail: 0, error: 0, total: rows.length };
  for (const row of rows) {
    if (row.state === 'pass' || row.state === 'fail' || row.state === 'error') {
      count[row.state] += 1;
    }
  }
  return count;
}

/** Of the files last asked about: how many differ from the version they were made from. */
const changedCounts = new WeakMap<ReadonlyMap<string, string>, readonly [unknown, number]>();

/** How many files of the working copy differ from the version that it was made from. */
export function changedSinceBase({ base, files }: StudioState): number {
  if (base === undefined) return 0;
  const known = changedCounts.get(files);
  if (known?.[0] === base.files) return known[1];
  const count = changedFiles(base.files, files).length;
  changedCounts.set(files, [base.files, count]);
  return count;
}

/** Why a scenario's request, as it is shown, could not be decided. */
export function failureOf({ decision }: StudioState, scenarioId: string) {
  return decision?.scenarioId !== scenarioId || decision.result.ok
    ? undefined
    : decision.result.error;
}
