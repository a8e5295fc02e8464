import * as official from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, test } from 'vitest';
import type { PackFiles } from '../pack/files.ts';
import { coverInSlices, type Coverage } from './coverage.ts';
import { coverageAsLcov } from './lcov.ts';
import { runScenarios } from './run.ts';
import { finish } from '../base/slices.ts';
import { changed, examplePacks, packOf } from './testing/examples.ts';

const EXAMPLES = examplePacks(
  import.meta.glob<string>('../../policies/**/*', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
);
const GUARD = EXAMPLES.get('guard') ?? new Map<string, string>();

function cover(files: PackFiles): Coverage {
  return finish(coverInSlices(packOf(files)));
}

/** A policy file as the official formatter lays it out in few columns; any other file as it is. */
function officiallyFormatted(path: string, policyText: string): string {
  if (!path.endsWith('.cedar')) return policyText;
  const answer = official.formatPolicies({ policyText, lineWidth: 48, indentWidth: 5 });
  if (answer.type !== 'success') throw new Error(JSON.stringify(answer.errors));
  return answer.formatted_policy;
}

/** The guard pack with one rule file and these scenarios alone. */
function small(
  policies: string,
  scenarios: readonly Readonly<Record<string, unknown>>[],
): PackFiles {
  const kept = [...GUARD].filter(([path]) => !/^(?:policies|scenarios)\//.test(path));
  const files = scenarios.map((request, index): [string, string] => [
    `scenarios/s${index}.json`,
    JSON.stringify({
      name: `S${index}`,
      at: '2026-03-16T10:00:00Z',
      request: { goal: 'Something to do', tools: ['tool'], ...request },
      expect: { verdict: 'ALLOW', issues: [] },
    }),
  ]);
  return new Map([...kept, ['policies/p.cedar', policies], ...files]);
}

const TWO = `@id("open") permit (principal, action, resource);
@id("two") @issue("TWO") forbid (principal, action, resource)
when { context has retry_count && context.retry_count > 3 || context.side_effects.contains("x") };`;
const rule = (coverage: Coverage, id: string) => coverage.rules.find((one) => one.id === id);
const seen = (coverage: Coverage) =>
  rule(coverage, 'two')?.branches.map((branch) => [
    branch.seenTrue,
    branch.seenFalse,
    branch.decidesTrue,
    branch.decidesFalse,
  ]);

describe('branches', () => {
  test('true, false, and what decides', () => {
    const coverage = cover(
      small(TWO, [
        { context: { retry_count: 4 } },
        { context: { retry_count: 3 } },
        { side_effects: ['x'] },
        {},
      ]),
    );
    expect(seen(coverage)).toEqual([
      [2, 2, true, true],
      [1, 1, true, true],
      [1, 2, true, true],
    ]);
    expect(rule(coverage, 'two')).toMatchObject({
      state: 'covered',
      satisfied: 2,
      evaluatedFalse: 2,
    });
    expect(coverage.decisive).toEqual({ covered: 6, total: 6 });
    expect(coverage.issues).toEqual([{ name: 'TWO', count: 2 }]);
  });

  test('seen both ways is not yet decided both ways', () => {
    // The first part is true only where the second makes it count for nothing.
    const coverage = cover(small(TWO, [{ context: { retry_count: 1 } }, { side_effects: ['x'] }]));
    expect(seen(coverage)).toEqual([
      [1, 1, false, false],
      [0, 1, false, true],
      [1, 1, true, true],
    ]);
  });

  test('a part that fails counts as neither, and its rule as failed', () => {
    const failing = TWO.replace('context has retry_count && ', '');
    const coverage = cover(small(failing, [{}]));
    expect(rule(coverage, 'two')).toMatchObject({ state: 'error', error: 1, satisfied: 0 });
    expect(rule(coverage, 'two')?.branches[0]).toMatchObject({
      error: 1,
      seenTrue: 0,
      seenFalse: 0,
    });
  });

  test('a rule whose scope nothing meets was never reached; one that always holds is one-sided', () => {
    const scoped = TWO.replace(
      'forbid (principal, action,',
      'forbid (principal, action == Action::"plan",',
    );
    const coverage = cover(small(scoped, [{}]));
    expect(rule(coverage, 'two')).toMatchObject({ state: 'never-reached', outOfScope: 1 });
    expect(rule(coverage, 'open')).toMatchObject({
      state: 'one-sided',
      satisfied: 1,
      example: 's0',
    });
  });
});

describe.each([...EXAMPLES.keys()])('%s', (name) => {
  const files = EXAMPLES.get(name) ?? new Map<string, string>();

  test('covered, and the same however the text is laid out', () => {
    const counted = (coverage: Coverage): string =>
      JSON.stringify(coverage, (key, value: unknown) => (key === 'span' ? undefined : value));
    const reformatted = [...files].map(
      ([path, text]) =>
        [
          path,
          path.endsWith('.cedar') ? text.replace(/\s*\n\s*(?!\/\/)/g, '\n\n  ') : text,
        ] as const,
    );
    const coverage = cover(files);
    expect(counted(cover(new Map(reformatted)))).toEqual(counted(coverage));
    const formatted = [...files].map(
      ([path, text]) => [path, officiallyFormatted(path, text)] as const,
    );
    expect(formatted.filter(([path, text]) => files.get(path) !== text)).not.toEqual([]);
    expect(counted(cover(new Map(formatted)))).toEqual(counted(coverage));
    expect(coverage.rules.filter(({ state }) => state === 'never-reached')).toEqual([]);
    expect(coverage.percent).toBeGreaterThan(75);
  });

  test('counts what the runs say', () => {
    const pack = packOf(files);
    const coverage = cover(files);
    const codes = new Map<string, number>();
    for (const { issues } of runScenarios(pack)) {
      for (const code of issues) codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    for (const { name: code, count } of coverage.issues) expect(count).toBe(codes.get(code) ?? 0);
    expect(coverage.scenarios).toBe(pack.scenarios.length);
  });

  test('LCOV adds up', () => {
    const lcov = coverageAsLcov(cover(files), files, `policies/${name}/`);
    for (const record of lcov.split('end_of_record\n').filter((text) => text !== '')) {
      const all = (field: string) => [...record.matchAll(new RegExp(`^${field}:(.*)$`, 'gm'))];
      const number = (field: string) => Number(all(field)[0]?.[1]);
      expect(record).toMatch(new RegExp(`^SF:policies/${name}/policies/.+\\.cedar$`, 'm'));
      expect(number('FNF')).toBe(all('FNDA').length);
      expect(number('BRF')).toBe(all('BRDA').length);
      expect(number('BRH')).toBe(all('BRDA').filter(([text]) => !/,(?:0|-)$/.test(text)).length);
      expect(number('LF')).toBe(all('DA').length);
      expect(number('LH')).toBe(all('DA').filter(([text]) => !text.endsWith(',0')).length);
      const lines = files.get(record.match(/SF:policies\/[^/]+\/(.*)/)?.[1] ?? '')?.split('\n');
      for (const [, where = ''] of all('FN')) {
        const [line, id] = where.split(',');
        expect(lines?.[Number(line) - 1]).toContain(`@id("${id}")`);
      }
    }
  });
});

test('no scenarios cover nothing, and no rules leave nothing to cover', () => {
  expect(cover(small(TWO, []))).toMatchObject({ covered: 0, scenarios: 0, percent: 0 });
  expect(cover(changed(small('', [{}]), {}))).toMatchObject({ total: 0, percent: 100 });
});
