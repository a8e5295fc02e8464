/**
 * A snapshot as what differs from the one before it. Thousands of rows would cost the page's thread tens of
 * milliseconds to take in with every keystroke; most keystrokes change a few of them, or only how far
 * they can be trusted.
 *
 *     applyDelta(before, snapshotDelta(before, after))   equals `after`, and shares the rows of `before`
 */
import type {
  EngineProblem,
  EngineSnapshot,
  RuleRow,
  ScenarioRow,
  ScenarioState,
} from './engine-api.ts';

/** How one list becomes the next: a splice, then single rows. */
interface ListDelta<Row> {
  readonly at: number;
  readonly remove: number;
  readonly insert: readonly Row[];
  /** By index in the list as it is then. */
  readonly set: readonly (readonly [number, Row])[];
}

/** Rows that differ in nothing but their state, packed, because whole lists change so at once. */
interface Restated {
  readonly indexes: Uint32Array;
  /** Indexes in `STATES`. */
  readonly states: Uint8Array;
  /** The reasons that go with the states, by index in `indexes`. */
  readonly problems: readonly (readonly [number, string])[];
}

export interface SnapshotDelta {
  /** The revision that this is the difference to; absent for a whole snapshot. */
  readonly base?: number;
  readonly head: Omit<EngineSnapshot, 'problems' | 'rules' | 'scenarios'>;
  readonly problems: ListDelta<EngineProblem>;
  readonly rules: ListDelta<RuleRow>;
  readonly scenarios: ListDelta<ScenarioRow>;
  readonly restated: Restated;
}

const STATES: readonly ScenarioState[] = ['pass', 'fail', 'error', 'stale', 'not-run'];

/** What leads from one snapshot to the next. */
export function snapshotDelta(
  before: EngineSnapshot | undefined,
  after: EngineSnapshot,
): SnapshotDelta {
  const { problems, rules, scenarios, ...head } = after;
  const changes = listDelta(before?.scenarios ?? [], scenarios, ({ path }) => path);
  const { restated, changed } = partRestated(before?.scenarios ?? [], changes);
  return {
    ...(before === undefined ? {} : { base: before.revision }),
    head,
    problems: listDelta(before?.problems ?? [], problems, ({ path, code }) => `${code} ${path}`),
    rules: listDelta(before?.rules ?? [], rules, ({ id }) => id),
    scenarios: { ...changes, set: changed },
    restated,
  };
}

/** The next snapshot; `undefined` when the delta is not about `before`. */
export function applyDelta(
  before: EngineSnapshot | undefined,
  delta: SnapshotDelta,
): EngineSnapshot | undefined {
  if (delta.base !== undefined && delta.base !== before?.revision) return undefined;
  const base = delta.base === undefined ? undefined : before;
  return {
    ...delta.head,
    problems: applyList(base?.problems ?? [], delta.problems),
    rules: applyList(base?.rules ?? [], delta.rules),
    scenarios: restate(applyList(base?.scenarios ?? [], delta.scenarios), delta.restated),
  };
}

function listDelta<Row>(
  before: readonly Row[],
  after: readonly Row[],
  keyOf: (row: Row) => string,
): ListDelta<Row> {
  const same = (a: Row | undefined, b: Row | undefined) =>
    a === b || (a !== undefined && b !== undefined && keyOf(a) === keyOf(b));
  const shorter = Math.min(before.length, after.length);
  let at = 0;
  while (at < shorter && same(before[at], after[at])) at += 1;
  let tail = 0;
  while (tail < shorter - at && same(before.at(-1 - tail), after.at(-1 - tail))) tail += 1;
  const remove = before.length - at - tail;
  const insert = after.slice(at, after.length - tail);
  const shift = after.length - before.length;
  const set = after.flatMap((row, index): (readonly [number, Row])[] => {
    if (index >= at && index < at + insert.length) return [];
    const old = before[index < at ? index : index - shift];
    return plainEqual(old, row) ? [] : [[index, row]];
  });
  return { at, remove, insert, set };
}

/** The very list that was there, when nothing differs: whoever looks at it need not look again. */
function applyList<Row>(before: readonly Row[], delta: ListDelta<Row>): readonly Row[] {
  const { at, remove, insert, set } = delta;
  if (remove === 0 && insert.length === 0 && set.length === 0) return before;
  const rows = [...before.slice(0, at), ...insert, ...before.slice(at + remove)];
  for (const [index, row] of set) rows[index] = row;
  return rows;
}

function partRestated(before: readonly ScenarioRow[], delta: ListDelta<ScenarioRow>) {
  const { at, remove, insert, set } = delta;
  const changed: (readonly [number, ScenarioRow])[] = [];
  const found: { readonly index: number; readonly row: ScenarioRow }[] = [];
  for (const [index, row] of set) {
    const old = before[index < at ? index : index - insert.length + remove];
    const restates = old !== undefined && plainEqual(restatedRow(old, row.state, row.problem), row);
    if (restates) found.push({ index, row });
    else changed.push([index, row]);
  }
  const restated: Restated = {
    indexes: Uint32Array.from(found, ({ index }) => index),
    states: Uint8Array.from(found, ({ row }) => STATES.indexOf(row.state)),
    problems: found.flatMap(({ row }, index) =>
      row.problem === undefined ? [] : [[index, row.problem] as const],
    ),
  };
  return { restated, changed };
}

function restate(
  rows: readonly ScenarioRow[],
  { indexes, states, problems }: Restated,
): readonly ScenarioRow[] {
  if (indexes.length === 0) return rows;
  const next = [...rows];
  const reasons = new Map(problems);
  for (const [position, index] of indexes.entries()) {
    const row = next[index];
    const state = STATES[states[position] ?? -1];
    if (row !== undefined && state !== undefined) {
      next[index] = restatedRow(row, state, reasons.get(position));
    }
  }
  return next;
}

function restatedRow(
  { problem: _problem, ...rest }: ScenarioRow,
  state: ScenarioState,
  problem: string | undefined,
): ScenarioRow {
  return { ...rest, state, ...(problem === undefined ? {} : { problem }) };
}

/** Whether two pieces of plain data are the same. An absent field and an undefined one are not. */
function plainEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  const right = new Map<string, unknown>(Object.entries(b));
  return (
    left.length === right.size &&
    left.every(([name, value]) => right.has(name) && plainEqual(value, right.get(name)))
  );
}
