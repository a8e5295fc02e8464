import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EngineProblem, EngineSnapshot, RuleRow, ScenarioRow } from './engine-api.ts';
import { applyDelta, snapshotDelta } from './snapshot-delta.ts';

const span = fc.record({ start: fc.nat(3), end: fc.nat(3) });
const verdict = fc.constantFrom('ALLOW' as const, 'DENY' as const, 'DEFER' as const);

const row: fc.Arbitrary<ScenarioRow> = fc.record(
  {
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    path: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    name: fc.constantFrom('x', 'y'),
    description: fc.constant(''),
    tags: fc.subarray(['s', 't']),
    state: fc.constantFrom('pass', 'fail', 'error', 'stale', 'not-run'),
    issueCodes: fc.subarray(['I']),
    satisfied: fc.subarray(['I']),
    verdict,
    problem: fc.constantFrom('p', 'q'),
    expected: fc.record({ verdict, issues: fc.subarray(['I']) }),
  },
  {
    requiredKeys: ['id', 'path', 'name', 'description', 'tags', 'state', 'issueCodes', 'satisfied'],
    noNullPrototype: true,
  },
);

const rule: fc.Arbitrary<RuleRow> = fc.record(
  {
    id: fc.constantFrom('r', 's', 't'),
    effect: fc.constantFrom('permit', 'forbid'),
    verdict,
    path: fc.constant('p'),
    span,
    annotations: fc.dictionary(fc.constantFrom('id', 'issue'), fc.constantFrom('1', '2')),
  },
  { noNullPrototype: true },
);

const problem: fc.Arbitrary<EngineProblem> = fc.record(
  {
    path: fc.constantFrom('p', 'q'),
    span,
    severity: fc.constantFrom('error', 'warning'),
    code: fc.constantFrom('C', 'D'),
    message: fc.constant('m'),
  },
  { requiredKeys: ['path', 'severity', 'code', 'message'], noNullPrototype: true },
);

function snapshot(revision: number): fc.Arbitrary<EngineSnapshot> {
  return fc.record(
    {
      packId: fc.constant('p'),
      revision: fc.constant(revision),
      durationMs: fc.nat(),
      packVersion: fc.constantFrom('p@1', 'p@2'),
      problems: fc.array(problem, { maxLength: 5 }),
      rules: fc.uniqueArray(rule, { selector: ({ id }) => id }),
      scenarios: fc.uniqueArray(row, { selector: ({ path }) => path }),
      stale: fc.boolean(),
      complete: fc.boolean(),
      checksRun: fc.nat(),
      checksMs: fc.nat(),
      digest: fc.constant(''),
    },
    {
      requiredKeys: [
        'packId',
        'revision',
        'durationMs',
        'problems',
        'rules',
        'scenarios',
        'stale',
        'complete',
        'checksRun',
        'checksMs',
        'digest',
      ],
      noNullPrototype: true,
    },
  );
}

test('what crosses the border makes the very next snapshot, whatever it was', () => {
  fc.assert(
    fc.property(snapshot(1), snapshot(2), (before, after) => {
      const whole = structuredClone(snapshotDelta(undefined, before));
      expect(applyDelta(undefined, whole)).toEqual(before);
      const delta = structuredClone(snapshotDelta(before, after));
      expect(applyDelta(before, delta)).toEqual(after);
    }),
    { numRuns: 500 },
  );
});

function rowsOf(count: number, state: ScenarioRow['state']): readonly ScenarioRow[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `s-${index}`,
    path: `scenarios/s-${index}.json`,
    name: `Scenario ${index}`,
    description: 'One of many',
    tags: ['many'],
    state,
    verdict: 'ALLOW',
    issueCodes: ['ISSUE'],
    satisfied: ['ISSUE'],
  }));
}

function withRows(revision: number, scenarios: readonly ScenarioRow[]): EngineSnapshot {
  return {
    packId: 'p',
    revision,
    durationMs: 1,
    problems: [],
    rules: [],
    scenarios,
    stale: false,
    complete: true,
    checksRun: 0,
    checksMs: 0,
    digest: '',
  };
}

test('what did not change does not cross the border, and stays the same object', () => {
  const before = withRows(1, rowsOf(1000, 'pass'));
  const rows = [...rowsOf(1000, 'pass')];
  const same = applyDelta(before, snapshotDelta(before, withRows(2, rows)));
  expect(same?.scenarios).toBe(before.scenarios);
  expect(same?.rules).toBe(before.rules);

  const failed = { ...before.scenarios[500], state: 'fail', problem: 'no' } as ScenarioRow;
  const one = snapshotDelta(before, withRows(2, rows.with(500, failed)));
  const next = applyDelta(before, one);
  expect(next?.scenarios[500]).toEqual(failed);
  expect(next?.scenarios.filter((each, index) => each !== before.scenarios[index])).toHaveLength(1);

  const added = { ...failed, id: 'new', path: 'scenarios/new.json' };
  const spliced = snapshotDelta(before, withRows(2, rows.toSpliced(7, 1, added)));
  expect(spliced.scenarios).toEqual({ at: 7, remove: 1, insert: [added], set: [] });
});

test('a list whose rows all change their state crosses as a few bytes a row', () => {
  const before = withRows(1, rowsOf(1000, 'pass'));
  const stale = snapshotDelta(before, withRows(2, rowsOf(1000, 'stale')));
  expect(stale.scenarios).toEqual({ at: 1000, remove: 0, insert: [], set: [] });
  expect(stale.restated.indexes).toHaveLength(1000);
  expect(applyDelta(before, stale)?.scenarios).toEqual(rowsOf(1000, 'stale'));
});

test('a delta to another snapshot is refused', () => {
  const [first, second] = [withRows(1, []), withRows(2, rowsOf(1, 'pass'))];
  const delta = snapshotDelta(first, second);
  expect(applyDelta(second, delta)).toBeUndefined();
  expect(applyDelta(undefined, delta)).toBeUndefined();
});
