import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Result } from '../base/result.ts';
import { readPack } from '../pack/read.ts';
import { coverInSlices } from '../simulation/coverage.ts';
import { flipsInSlices } from '../simulation/flips.ts';
import { runScenario } from '../simulation/run.ts';
import { finish } from '../base/slices.ts';
import { createLocalEngine } from './engine.ts';
import type { EngineFailure } from './engine-api.ts';
import type { CompareSide } from './compare-api.ts';
import { tinyPack, tinyScenario } from './tiny-pack.ts';

function must<T>(result: Result<T, EngineFailure>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

const working: CompareSide = { kind: 'working' };
const guests = 'policies/guests.cedar';
const stopsAll =
  '@id("no-guests")\n@issue("GUEST")\nforbid (principal, action, resource)\nwhen { context has actor_role };\n';

/** The tiny pack with one guest among its scenarios. */
function tiny(): Map<string, string> {
  return tinyPack(3).set('scenarios/guest.json', tinyScenario('guest', 'DENY'));
}

function filesSide(files: ReadonlyMap<string, string>, key = 'v1'): CompareSide {
  return { kind: 'files', key, files };
}

async function engineWith(changes: readonly (readonly [string, string])[]) {
  const engine = createLocalEngine();
  must(await engine.open('tiny', new Map([...tiny(), ...changes])));
  return engine;
}

describe('two states of a pack are compared', () => {
  test('and the flips are those that running both one by one shows', async () => {
    const after = new Map([...tiny(), [guests, stopsAll] as const]);
    const engine = await engineWith([[guests, stopsAll]]);
    const found = must(await engine.compare('tiny', filesSide(tiny()), working));
    const verdicts = [tiny(), after].map((files) => {
      const { pack } = readPack(files);
      return new Map(
        pack?.scenarios.map((one) => [one.id, runScenario(pack, one).verdict] as const),
      );
    });
    const differ = [...(verdicts[0] ?? [])].filter(([id, was]) => verdicts[1]?.get(id) !== was);
    expect(found.rows.map(({ id }) => id)).toEqual(differ.map(([id]) => id).toSorted());
    expect(found).toMatchObject({ newlyAllowed: 0, newlyDenied: 3, newlyDeferred: 0, compared: 4 });
    expect(found.rows[0]).toMatchObject({ from: 'ALLOW', to: 'DENY', rules: ['no-guests'] });
    expect(found.lines).toEqual([{ kind: 'rule', name: 'no-guests', what: 'changed' }]);
  });

  test('and a row is explained by both sides, with the place that changed', async () => {
    const engine = await engineWith([[guests, stopsAll]]);
    const found = must(await engine.compare('tiny', filesSide(tiny()), working));
    const detail = must(await engine.explainFlip('tiny', found.id, found.rows[0]?.key ?? ''));
    expect(detail).toMatchObject({
      before: { verdict: 'ALLOW' },
      after: { verdict: 'DENY' },
      rules: [
        {
          ruleId: 'no-guests',
          before: { outcome: 'unsatisfied' },
          after: { outcome: 'satisfied' },
          changes: [{ part: 'condition', after: { path: guests } }],
        },
      ],
    });
  });

  test('and nothing flips when only the layout differs', async () => {
    const engine = await engineWith([[guests, `// why\n${tiny().get(guests) ?? ''}`]]);
    const found = must(await engine.compare('tiny', filesSide(tiny()), working));
    expect(found).toMatchObject({ rows: [], quiet: [], lines: [], bump: { bump: 'patch' } });
    const markdown = must(await engine.comparisonText('tiny', found.id, 'markdown'));
    expect(markdown).toContain('No verdict flips');
  });

  test('in short, the numbers are the same', async () => {
    const engine = await engineWith([[guests, stopsAll]]);
    const whole = must(await engine.compare('tiny', filesSide(tiny()), working));
    const short = must(await engine.summarize('tiny', filesSide(tiny())));
    expect(whole).toMatchObject({ ...short });
    expect(short.bump.bump).toBe('minor');
  });

  test('but never with an older state of a working copy that is broken', async () => {
    const engine = await engineWith([]);
    await engine.update('tiny', [{ path: guests, text: 'forbid (' }]);
    expect(await engine.compare('tiny', filesSide(tiny()), working)).toMatchObject({
      ok: false,
      error: { code: 'PACK_BROKEN' },
    });
    expect(await engine.coverage('tiny')).toMatchObject({ error: { code: 'PACK_BROKEN' } });
    const broken = filesSide(new Map([...tiny(), [guests, 'forbid ('] as const]), 'broken');
    expect(await engine.compare('tiny', filesSide(tiny()), broken)).toMatchObject({
      error: { code: 'PACK_BROKEN' },
    });
  });

  test('until it is cancelled or the pack changes, and progress is told meanwhile', async () => {
    let now = 0;
    const engine = createLocalEngine({
      // A slice and a report are due at every look at the clock.
      clock: { now: () => (now += 200), pause: () => Promise.resolve() },
    });
    must(await engine.open('tiny', tinyPack(40)));
    const heard: number[] = [];
    const running = engine.compare('tiny', filesSide(tiny()), working, (done) => {
      heard.push(done);
    });
    await engine.cancelCompare('tiny');
    expect(await running).toMatchObject({ error: { code: 'SUPERSEDED' } });
    expect(heard.length).toBeGreaterThan(0);

    const next = engine.compare('tiny', filesSide(tiny()), working);
    void engine.update('tiny', [{ path: guests, text: stopsAll }]);
    expect(await next).toMatchObject({ error: { code: 'SUPERSEDED' } });
  });

  test('and what is no longer kept is said to be gone', async () => {
    const engine = await engineWith([[guests, stopsAll]]);
    const first = must(await engine.compare('tiny', filesSide(tiny()), working));
    for (let again = 0; again < 3; again += 1) {
      must(await engine.compare('tiny', filesSide(tiny()), working));
    }
    const key = first.rows[0]?.key ?? '';
    expect(await engine.explainFlip('tiny', first.id, key)).toMatchObject({
      error: { code: 'COMPARISON_GONE' },
    });
  });
});

test('what is kept of earlier comparisons never changes what one shows', async () => {
  const permits = 'policies/allow.cedar';
  const texts: Readonly<Record<string, readonly (string | undefined)[]>> = {
    [guests]: [tiny().get(guests), stopsAll, undefined, `@risk("30")\n${stopsAll}`],
    [permits]: [
      tiny().get(permits),
      '@id("allow-all")\npermit (principal, action, resource)\nwhen { !(context has actor_role) };\n',
    ],
    'scenarios/guest.json': [
      tinyScenario('guest', 'DENY'),
      tinyScenario('guest', 'ALLOW'),
      tinyScenario('clerk', 'ALLOW'),
      undefined,
      '{',
    ],
  };
  const state = fc
    .record(
      Object.fromEntries(
        Object.entries(texts).map(([path, list]) => [path, fc.constantFrom(...list)]),
      ),
    )
    .map((changes) => {
      const files = tiny();
      for (const [path, text] of Object.entries(changes)) {
        if (text === undefined) files.delete(path);
        else files.set(path, text);
      }
      return files;
    });
  const engine = createLocalEngine();
  let count = 0;
  await fc.assert(
    fc.asyncProperty(state, state, async (before, after) => {
      count += 1;
      must(await engine.open('p', after));
      const side = filesSide(before, `state ${count}`);
      const found = must(await engine.compare('p', side, working));
      const [first, second] = [readPack(before).pack, readPack(after).pack];
      if (first === undefined || second === undefined) throw new Error('no pack');
      const { rows, quiet, undecided, ...numbers } = finish(flipsInSlices(first, second));
      const short = (row: { id: string; from: string; to: string; standsIn: string }) =>
        `${row.id} ${row.standsIn} ${row.from} ${row.to}`;
      expect(found).toMatchObject({ ...numbers, undecided });
      expect(found.rows.map(short)).toEqual(rows.map(short));
      expect(found.quiet.map(short)).toEqual(quiet.map(short));
      expect(must(await engine.summarize('p', side))).toMatchObject(numbers);
    }),
    { numRuns: 60 },
  );
});

test('coverage is that of the pack’s own scenarios', async () => {
  const engine = await engineWith([]);
  const { pack } = readPack(tiny());
  expect(pack).toBeDefined();
  if (pack === undefined) return;
  expect(must(await engine.coverage('tiny'))).toEqual(finish(coverInSlices(pack)));
});

test('a version is written into the metadata, or refused', async () => {
  const engine = await engineWith([]);
  const change = must(await engine.versionChange('tiny', '2.1.0'));
  expect(change.path).toBe('metadata.json');
  expect(change.text).toContain('"2.1.0"');
  expect(must(await engine.versionChange('tiny', '1.0.0')).text).toBe(tiny().get('metadata.json'));
  expect(await engine.versionChange('tiny', 'two')).toMatchObject({
    error: { code: 'VERSION_REFUSED' },
  });
});

test('a matrix is what each version makes of the scenarios as they are now', async () => {
  const engine = await engineWith([[guests, stopsAll]]);
  const broken = new Map([...tiny(), [guests, 'forbid ('] as const]);
  const versions = [tiny(), broken, new Map([...tiny(), [guests, stopsAll] as const])];
  const matrix = must(
    await engine.matrix(
      'tiny',
      versions.map((files, index) => ({ key: `v${index}`, files })),
    ),
  );
  expect(matrix.scenarios).toEqual(['guest', 's-0', 's-1', 's-2']);
  expect(matrix.columns).toBe(4);
  // ALLOW is 1, DENY 2; what is broken decides nothing and says why.
  const clerks = [1, 0, 2, 2];
  expect([...matrix.cells]).toEqual([2, 0, 2, 2, ...clerks, ...clerks, ...clerks]);
  expect(matrix.problems.map((problem) => problem?.includes(guests))).toEqual([
    undefined,
    true,
    undefined,
    undefined,
  ]);
});

test('both flows are one picture, with what is gone in it', async () => {
  const engine = await engineWith([
    [guests, '@id("others")\nforbid (principal, action, resource);\n'],
  ]);
  const { id } = must(await engine.compare('tiny', filesSide(tiny()), working));
  const { picture, changes } = must(await engine.comparedFlow('tiny', id, {}));
  expect(Object.fromEntries(changes)).toEqual({
    'rule:no-guests': 'removed',
    'rule:others': 'added',
  });
  for (const rule of changes.keys()) expect(picture.layout.boxes.has(rule)).toBe(true);
  const few = must(await engine.comparedFlow('tiny', id, { rules: [...changes.keys()] }));
  expect(few.picture.view.matching).toBe(2);
  expect(await engine.comparedFlow('tiny', 99, {})).toMatchObject({
    error: { code: 'COMPARISON_GONE' },
  });
});
