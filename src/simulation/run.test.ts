import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPack, type Pack } from '../pack/read.ts';
import { runInSlices, runScenario, runScenarios } from './run.ts';

/** Every example pack, by name. */
const EXAMPLES = Object.entries(
  import.meta.glob<string>('../../policies/**/*', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
).reduce((packs, [path, text]) => {
  const [name = '', ...file] = path.replace('../../policies/', '').split('/');
  const files = packs.get(name) ?? new Map<string, string>();
  return packs.set(name, files.set(file.join('/'), text));
}, new Map<string, Map<string, string>>());

function example(name: string, changes: Readonly<Record<string, string>> = {}): Pack {
  const files = new Map([...(EXAMPLES.get(name) ?? []), ...Object.entries(changes)]);
  const { pack, problems } = readPack(files);
  if (pack === undefined) throw new Error(JSON.stringify(problems));
  return pack;
}

describe.each([...EXAMPLES.keys()])('%s', (name) => {
  test('every scenario comes out as it expects', () => {
    const results = runScenarios(example(name));
    const others = results.filter(({ state }) => state !== 'pass');
    expect(results.length).toBeGreaterThan(0);
    expect(others.map(({ id, problem }) => `${id}: ${problem}`)).toEqual([]);
  });
});

const REQUEST = { goal: 'Search the handbook for the holiday rules', tools: ['search'] };

function scenario(change: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const whole = { name: 'X', at: '2026-03-16T10:00:00Z', request: REQUEST, ...change };
  return { 'scenarios/x.json': JSON.stringify(whole) };
}

function run(change: Readonly<Record<string, unknown>>) {
  const pack = example('guard', scenario(change));
  const found = pack.scenarios.find(({ id }) => id === 'x');
  if (found === undefined) throw new Error('The scenario is not in the list');
  return runScenario(pack, found);
}

describe('one scenario', () => {
  test('passes when verdict and issues are as expected', () => {
    expect(run({ expect: { verdict: 'ALLOW', issues: [] } })).toMatchObject({
      id: 'x',
      state: 'pass',
      verdict: 'ALLOW',
      record: { verdict: 'ALLOW', request_id: 'scenario:x', timestamp: 1773655200 },
    });
  });

  test('fails with both verdicts in one sentence', () => {
    const result = run({ expect: { verdict: 'DENY', issues: ['NO_SUCH', 'NOR_THIS'] } });
    expect(result).toMatchObject({
      state: 'fail',
      verdict: 'ALLOW',
      problem: 'The verdict is ALLOW and not DENY; missing among the issues: NO_SUCH, NOR_THIS.',
    });
  });

  test('fails when only an issue is missing, and not when there are more', () => {
    const request = { ...REQUEST, side_effects: ['publish'] };
    const denied = run({ request, expect: { verdict: 'DENY', issues: [] } });
    expect(denied).toMatchObject({ state: 'pass' });
    expect(denied.issues).toContain('SIDE_EFFECTS_NEED_GUARDRAILS');
    expect(run({ request, expect: { verdict: 'DENY', issues: ['X'] } })).toMatchObject({
      state: 'fail',
      problem: 'Missing among the issues: X.',
    });
  });

  test.each([
    [
      'its request breaks the contract',
      { request: { goal: 1 } },
      'goal must be text, not the number 1.',
    ],
    ['its file has an unknown field', { given: 1 }, 'given is not a field that is known here.'],
    [
      'it asks for another pack',
      { request: { ...REQUEST, policy_pack_version: 'guard@9.9.9' } },
      'The check asks for guard@9.9.9; loaded is guard@1.0.0.',
    ],
  ])('is an error when %s', (_name, change, problem) => {
    const result = run({ expect: { verdict: 'ALLOW' }, ...change });
    expect(result).toMatchObject({ id: 'x', state: 'error', problem, issues: [] });
    expect(result.verdict).toBeUndefined();
  });

  test('fails when an issue is there that it must not have, and names it', () => {
    const request = { ...REQUEST, side_effects: ['publish'] };
    const first = run({ request, expect: { verdict: 'ALLOW' } });
    const [code = ''] = first.issues;
    expect(code).not.toBe('');
    const { verdict } = first;
    const without = (codes: readonly string[]) =>
      run({ request, expect: { verdict, without: codes } });
    expect(without(['SOMETHING_ELSE'])).toMatchObject({ state: 'pass' });
    expect(without(['SOMETHING_ELSE', code])).toMatchObject({
      state: 'fail',
      problem: `Unwanted among the issues: ${code}.`,
    });
  });

  test('is an error when the engine failed, whatever it expects', () => {
    const pack = example('guard', scenario({ expect: { verdict: 'DENY' } }));
    const clock = (): never => {
      throw new Error('broken');
    };
    const broken = { ...pack, policies: { ...pack.policies, clock } };
    const states = runScenarios(broken).map(({ state, verdict }) => `${state} ${verdict}`);
    expect(new Set(states)).toEqual(new Set(['error DENY']));
  });
});

describe('many scenarios', () => {
  const pack = example('guard');
  const whole = runScenarios(pack);

  test('their order does not matter', () => {
    const byId = new Map(whole.map((result) => [result.id, result]));
    const shuffled = fc.shuffledSubarray([...pack.scenarios]);
    fc.assert(
      fc.property(shuffled, (scenarios) => {
        const expected = scenarios.map(({ id }) => byId.get(id));
        expect(runScenarios(pack, scenarios)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  test.each([1, 7, 1000, 0, Number.NaN])('slices of %d are the whole', (size) => {
    expect([...runInSlices(pack, pack.scenarios, size)].flat()).toEqual(whole);
  });

  test('whoever stops stepping stops the run', () => {
    const slices = runInSlices(pack, pack.scenarios, 3);
    expect(slices.next().value).toHaveLength(3);
    slices.return();
    expect(slices.next()).toEqual({ done: true, value: undefined });
  });
});
