import type { EngineProblem, RuleRow, ScenarioRow } from '../../worker/engine-api.ts';
import type { StudioState } from './state.ts';

const none: readonly never[] = [];

/** The scenarios as last run, headline ones first. */
export function scenarioRows(state: StudioState): readonly ScenarioRow[] {
  return state.snapshot?.scenarios ?? none;
}

/** The rules of the last pack that compiled. */
export function ruleRows(state: StudioState): readonly RuleRow[] {
  return state.snapshot?.rules ?? none;
}

/** Everything wrong with the pack as it is now. */
export function problemRows(state: StudioState): readonly EngineProblem[] {
  return state.snapshot?.problems ?? none;
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
