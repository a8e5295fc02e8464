import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PackFiles } from '../pack/files.ts';
import { PackReader, type Pack } from '../pack/read.ts';
import {
  compareScenario,
  flipReport,
  flipsInSlices,
  unionOfScenarios,
  type FlipReport,
} from './flips.ts';
import { runScenario } from './run.ts';
import { finish } from '../base/slices.ts';
import { changed, edited, examplePacks, packOf } from './testing/examples.ts';

const EXAMPLES = examplePacks(
  import.meta.glob<string>('../../policies/**/*', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
);
/** With those scenarios alone that people would read first: the laws hold for any. */
const PAYMENTS: PackFiles = new Map(
  [...(EXAMPLES.get('payments') ?? [])].filter(([, text]) => !text.includes('"precision"')),
);
const AMOUNTS = 'policies/amounts.cedar';
const payments = packOf(PAYMENTS);

function flips(before: Pack, after: Pack): FlipReport {
  return finish(flipsInSlices(before, after));
}

/** Edits that each change some verdict, issue or risk, in any combination. */
const EDITS: readonly ((files: PackFiles) => PackFiles)[] = [
  (files) => edited(files, AMOUNTS, (text) => text.replaceAll('5000.00', '1.00')),
  (files) => edited(files, AMOUNTS, (text) => text.replace('@verdict("DEFER")', '')),
  (files) => edited(files, 'policies/hours.cedar', (text) => text.replaceAll('540', '0')),
  (files) => edited(files, 'policies/hours.cedar', (text) => text.replaceAll('<= 5', '<= 7')),
  (files) => edited(files, 'policies/risk.cedar', (text) => text.replace('"30"', '"90"')),
  (files) => changed(files, { 'policies/approval.cedar': undefined }),
  (files) => changed(files, { 'policies/permits.cedar': undefined }),
  (files) => changed(files, { 'scenarios/payout-without-approval.json': undefined }),
  (files) => edited(files, 'stage0.json', (text) => text.replace('85', '20')),
];

const reader = new PackReader();

function editedBy(chosen: readonly number[]): Pack {
  const files = chosen.reduce((sofar, index) => EDITS[index]?.(sofar) ?? sofar, PAYMENTS);
  return reader.read(files).pack ?? payments;
}

describe('flips', () => {
  test('a pack against itself has none', () => {
    const report = flips(payments, payments);
    expect(report).toMatchObject({ newlyAllowed: 0, newlyDenied: 0, newlyDeferred: 0 });
    expect([report.rows, report.quiet, report.undecided]).toEqual([[], [], []]);
    expect(report.compared).toBe(payments.scenarios.length);
  });

  test('are exactly the verdicts that differ when both are run one by one', () => {
    const edits = fc.subarray(EDITS.map((_, index) => index));
    fc.assert(
      fc.property(edits, edits, (first, second) => {
        const [before, after] = [editedBy(first), editedBy(second)];
        const scenarios = new Map(
          [...before.scenarios, ...after.scenarios].map((scenario) => [scenario.id, scenario]),
        );
        const expected = [...scenarios.values()].flatMap((scenario) => {
          const [from, to] = [before, after].map((pack) => runScenario(pack, scenario).verdict);
          return from === to ? [] : [`${scenario.id} ${from} ${to}`];
        });
        const report = flips(before, after);
        const found = report.rows.map(({ id, from, to }) => `${id} ${from} ${to}`);
        expect(found.toSorted()).toEqual(expected.toSorted());
        expect(report.newlyAllowed + report.newlyDenied + report.newlyDeferred).toBe(found.length);
        expect(report.compared).toBe(scenarios.size);
      }),
      { numRuns: 12 },
    );
  });

  test('what is newly allowed stands on top, DENY → ALLOW before DEFER → ALLOW', () => {
    const open = `@id("open")\npermit (principal, action, resource);`;
    const files = [...PAYMENTS].filter(([path]) => !path.startsWith('policies/'));
    const report = flips(payments, packOf(new Map([...files, ['policies/open.cedar', open]])));
    const order = report.rows.map(({ from, to }) => `${from} ${to}`);
    expect(new Set(order)).toEqual(new Set(['DENY ALLOW', 'DEFER ALLOW']));
    expect(order).toEqual(order.toSorted((a, b) => b.localeCompare(a)));
    expect(report.newlyAllowed).toBe(order.length);
  });

  test('another issue or risk under the same verdict is told apart', () => {
    const after = packOf(
      edited(PAYMENTS, AMOUNTS, (text) =>
        text.replace('AMOUNT_MISSING', 'AMOUNT_UNSAID').replace('@risk("30")', '@risk("31")'),
      ),
    );
    const { rows, quiet } = flips(payments, after);
    expect(rows).toEqual([]);
    expect(quiet.length).toBeGreaterThan(0);
    const [first] = quiet;
    expect(first).toMatchObject({
      issuesGone: ['AMOUNT_MISSING'],
      issuesNew: ['AMOUNT_UNSAID'],
    });
    expect((first?.risk[1] ?? 0) - (first?.risk[0] ?? 0)).toBe(1);
  });

  test('a scenario that was rewritten is asked both as before and as after', () => {
    const path = 'scenarios/payout-without-approval.json';
    const rewritten = edited(PAYMENTS, path, (text) =>
      text.replace('"context": {', '"context": { "request_channel": "chat",'),
    );
    const loose = changed(rewritten, { 'policies/approval.cedar': undefined });
    const { rows, compared } = flips(payments, packOf(loose));
    const asked = rows.filter(({ id }) => id === 'payout-without-approval');
    expect(asked.map(({ standsIn }) => standsIn).toSorted()).toEqual(['after', 'before']);
    expect(compared).toBe(payments.scenarios.length + 1);
  });

  test('a scenario that cannot be decided is listed and flips nothing', () => {
    const broken = changed(PAYMENTS, { 'scenarios/broken.json': '{' });
    const { undecided, rows } = flips(payments, packOf(broken));
    expect(undecided.map(({ id }) => id)).toEqual(['broken']);
    expect(rows).toEqual([]);
  });

  test('parts that are compared apart, in any order, add up to the same report', () => {
    const after = editedBy([0, 3, 6]);
    const union = unionOfScenarios(payments, after);
    const parts = [union.slice(40), union.slice(0, 40)].flatMap((part) =>
      part.map((one) => compareScenario(payments, after, one)),
    );
    expect(flipReport(payments, after, parts)).toEqual(flips(payments, after));
  });

  test('runs in slices, tells how far it is, and stops when told to', () => {
    const work = flipsInSlices(payments, payments, 30);
    const total = payments.scenarios.length;
    expect(work.next()).toEqual({ done: false, value: { done: 30, total } });
    expect(work.next()).toEqual({ done: false, value: { done: 60, total } });
    work.return({ ...flips(payments, payments), compared: -1 });
    expect(work.next()).toMatchObject({ done: true });
  });
});
