import { describe, expect, test } from 'vitest';
import type { PackFiles } from '../pack/files.ts';
import { boundariesInSlices, type Boundary } from './boundary.ts';
import { runScenarios } from './run.ts';
import { finish } from '../base/slices.ts';
import { changed, edited, examplePacks, packOf } from './testing/examples.ts';

const EXAMPLES = examplePacks(
  import.meta.glob<string>('../../policies/**/*', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
);
const GUARD = EXAMPLES.get('guard') ?? new Map<string, string>();

function boundaries(files: PackFiles): readonly Boundary[] {
  return finish(boundariesInSlices(packOf(files)));
}

/** The guard pack's own text replaced by one rule beside the permits. */
function ruled(condition: string): PackFiles {
  const kept = [...GUARD].filter(([path]) => !/^(?:policies|scenarios)\//.test(path));
  const text = `@id("open") permit (principal, action, resource);
@id("it") @verdict("DEFER") forbid (principal, action, resource) when { ${condition} };`;
  return new Map([...kept, ['policies/p.cedar', text]]);
}

const verdicts = ({ cases }: Boundary) =>
  cases.map(({ offset, verdict }) => `${offset} ${verdict}`);

describe('the cases', () => {
  test.each([
    ['context has retry_count && context.retry_count > 3', ['-1 ALLOW', '0 ALLOW', '1 DEFER']],
    ['context has retry_count && 3 >= context.retry_count', ['-1 ALLOW', '0 DEFER', '1 DEFER']],
    [
      'context has cumulative_cost_usd && context.cumulative_cost_usd.lessThan(decimal("2.5"))',
      ['-1 DEFER', '0 ALLOW', '1 ALLOW'],
    ],
    [
      'context has approved_at && context.session.now.durationSince(context.approved_at) <= duration("1h")',
      ['-1 DEFER', '0 DEFER', '1 ALLOW'],
    ],
    ['context.session.minute_of_day < 540', ['-1 DEFER', '0 ALLOW', '1 ALLOW']],
    [
      'context.limits has max_retries && context has retry_count && context.retry_count >= context.limits.max_retries',
      ['-1 ALLOW', '0 DEFER', '1 DEFER'],
    ],
  ] as const)('%s', (condition, expected) => {
    const [boundary, ...others] = boundaries(ruled(condition));
    expect(others).toEqual([]);
    expect(boundary === undefined ? [] : verdicts(boundary)).toEqual(expected);
    expect(boundary?.surprising).toBe(false);
  });

  test('past the end of a type there is no neighbour', () => {
    const [boundary] = boundaries(ruled('context.session.minute_of_day < 0'));
    expect(boundary === undefined ? [] : verdicts(boundary)).toEqual(['0 ALLOW', '1 ALLOW']);
  });

  test('neighbours that differ twice are surprising', () => {
    const found = boundaries(
      ruled('context has retry_count && context.retry_count >= 3 && context.retry_count <= 3'),
    );
    expect(found.map(({ surprising }) => surprising)).toEqual([true, true]);
    expect(verdicts(found[0] as Boundary)).toEqual(['-1 ALLOW', '0 DEFER', '1 ALLOW']);
  });
});

describe.each([...EXAMPLES.keys()])('%s', (name) => {
  const files = EXAMPLES.get(name) ?? new Map<string, string>();
  const found = boundaries(files);

  test('every comparison has its three cases, and none surprises', () => {
    // A pack about commands and files compares little.
    expect(found.length).toBeGreaterThan(name === 'coding-agent' ? 0 : 10);
    expect(found.filter(({ cases }) => cases.length < 3)).toEqual([]);
    expect(found.filter(({ surprising }) => surprising)).toEqual([]);
  });

  test('the cases are what they say: saved and run, they pass', () => {
    const saved = Object.fromEntries(
      found.flatMap(({ cases }, index) =>
        cases.map(({ offset, scenario }) => [`scenarios/${index}.${offset}.json`, scenario.text]),
      ),
    );
    const without = [...files].filter(([path]) => !path.startsWith('scenarios/'));
    const results = runScenarios(packOf(changed(new Map(without), saved)));
    expect(results).toHaveLength(found.length * 3);
    expect(results.filter(({ state }) => state !== 'pass')).toEqual([]);
  });
});

test('comes in slices', () => {
  const work = boundariesInSlices(packOf(edited(GUARD, 'policies/clarity.cedar', () => '')));
  const first = work.next();
  expect(first).toMatchObject({ done: false, value: { done: 1 } });
});
