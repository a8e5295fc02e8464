import { describe, expect, test, vi } from 'vitest';
import type { PackFiles } from '../pack/files.ts';
import { killInSlices } from './kill.ts';
import { mutantsOfPack, mutateInSlices, mutationReport, type MutationReport } from './mutation.ts';
import { finish } from '../base/slices.ts';
import { changed, examplePacks, packOf } from './testing/examples.ts';

// Hundreds of mutants over hundreds of scenarios: seconds, where a machine has other work too.
vi.setConfig({ testTimeout: 60_000 });

const EXAMPLES = examplePacks(
  import.meta.glob<string>('../../policies/**/*', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
);

function mutate(files: PackFiles): MutationReport {
  return finish(mutateInSlices(packOf(files)));
}

/**
 * Why no scenario can notice: the mistake changes no verdict and takes away no issue. The packs say many
 * things twice on purpose, once as a permit and once as a forbid that tells people what to do.
 */
const ROLE_RULE = 'a forbid about the role denies whoever the wider permit lets in';
const SAME_SCOPE = 'another permit has the same scope, and the risk alone reaches no threshold';
const ELSEWHERE = 'outside production the risks never add up to the threshold, or a forbid denies';
const SAME_TOOLS = 'its condition names the tools again';
const LOW_RISK = 'it only adds risk and a notice, and too little of it to reach the threshold';

const SURVIVORS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  guard: {
    'agents-may-plan: any action': 'agents-may-use-tools permits every other action',
    'agents-may-use-tools: any action': 'agents-may-plan permits the one other action',
    'production-carries-risk: without `when { !context.side_effects.isEmpty() }`': LOW_RISK,
  },
  'internal-tools': {
    'employees-may-write: any principal': ROLE_RULE,
    'leads-may-change-in-bulk: any principal': ROLE_RULE,
    'exporters-may-export: without the rule': SAME_SCOPE,
    'exporters-may-export: any principal': ROLE_RULE,
    'it-admins-may-administer: any principal': ROLE_RULE,
    'exports-carry-risk: any principal': ROLE_RULE,
    'production-exports-carry-more: any principal': ROLE_RULE,
    'exports-after-outsiders-text-carry-more: any principal': ROLE_RULE,
    'tools-fit-the-role: any action': SAME_TOOLS,
    'changes-name-their-scope: any action': SAME_TOOLS,
    'outsiders-do-not-steer: any action': SAME_TOOLS,
  },
  payments: {
    'operators-may-pay: without the rule': SAME_SCOPE,
    'operators-may-pay: any principal': ROLE_RULE,
    'customer-desk-may-refund: any principal': ROLE_RULE,
    'payouts-carry-risk: any principal': ROLE_RULE,
    'large-payouts-carry-more: any principal': ROLE_RULE,
    'foreign-currency-carries-risk: any principal': ROLE_RULE,
  },
  'production-changes': {
    'engineers-may-change-non-production: any resource': ROLE_RULE,
    'deployers-may-deploy: any principal': ROLE_RULE,
    'deployers-may-deploy: any resource': ELSEWHERE,
    'migrators-may-migrate: any principal': ROLE_RULE,
    'migrators-may-migrate: any resource': ELSEWHERE,
    'data-custodians-may-delete: without the rule': SAME_SCOPE,
    'data-custodians-may-delete: any principal': ROLE_RULE,
    'secret-custodians-may-rotate: any principal': ROLE_RULE,
    'production-deploys-carry-risk: any principal': ROLE_RULE,
    'production-deploys-carry-risk: any resource': ELSEWHERE,
    'full-traffic-carries-risk: any principal': ROLE_RULE,
    'full-traffic-carries-risk: any resource': ELSEWHERE,
    'deletions-carry-risk: without the rule': SAME_SCOPE,
    'deletions-carry-risk: any principal': ROLE_RULE,
  },
};

describe.each([...EXAMPLES.keys()])('%s', (name) => {
  test('at most 3 % of its mutants survive, each for a reason', () => {
    const { total, noticed, percent, survivors } = mutate(EXAMPLES.get(name) ?? new Map());
    const explained = SURVIVORS[name] ?? {};
    expect(total).toBeGreaterThan(500);
    expect(percent).toBeGreaterThanOrEqual(97);
    expect(total - noticed).toBe(survivors.length);
    expect(survivors.map(({ key }) => key).filter((key) => explained[key] === undefined)).toEqual(
      [],
    );
    const alive = new Set(survivors.map(({ key }) => key));
    expect(Object.keys(explained).filter((key) => !alive.has(key))).toEqual([]);
  });
});

describe('scenarios for survivors', () => {
  const GUARD = EXAMPLES.get('guard') ?? new Map<string, string>();
  /** The rules about loops alone, with a permit, and without any scenario. */
  const files = new Map([
    ...[...GUARD].filter(([path]) => !/^(?:policies|scenarios)\//.test(path)),
    ['policies/loops.cedar', GUARD.get('policies/loops.cedar') ?? ''],
    ['policies/baseline.cedar', GUARD.get('policies/baseline.cedar') ?? ''],
  ]);

  test('without scenarios nothing is noticed; with those proposed nearly everything', () => {
    const pack = packOf(files);
    const mutants = mutantsOfPack(pack).filter((_, index) => index % 4 === 0);
    expect(finish(mutateInSlices(pack, mutants))).toMatchObject({ noticed: 0, percent: 0 });
    const kills = finish(killInSlices(pack, mutants));
    const saved = kills.flatMap(({ scenario }, index) =>
      scenario === undefined ? [] : [[`scenarios/s${index}.json`, scenario.text] as const],
    );
    const better = packOf(changed(files, Object.fromEntries(saved)));
    const after = finish(mutateInSlices(better, mutants));
    expect(after.percent).toBeGreaterThan(95);
    const unsolved = kills.filter(({ scenario }) => scenario === undefined);
    expect(after.survivors).toHaveLength(unsolved.length);
  });

  test('a scenario that fails anyway notices nothing', () => {
    const pack = packOf(
      changed(files, {
        'scenarios/wrong.json': JSON.stringify({
          name: 'Wrong',
          at: '2026-03-16T10:00:00Z',
          request: { goal: 'Try again', tools: ['x'] },
          expect: { verdict: 'DENY', issues: [] },
        }),
      }),
    );
    expect(finish(mutateInSlices(pack))).toMatchObject({ noticed: 0, percent: 0 });
  });

  test('parts that are tried apart add up to the same report', () => {
    const pack = packOf(GUARD);
    const mutants = mutantsOfPack(pack).slice(0, 60);
    const parts = [mutants.slice(0, 20), mutants.slice(20)].map((part) =>
      finish(mutateInSlices(pack, part)),
    );
    const survivors = parts.flatMap((part) => part.survivors);
    expect(mutationReport(mutants, survivors)).toEqual(finish(mutateInSlices(pack, mutants)));
  });

  test('stops when told to', () => {
    const work = mutateInSlices(packOf(files));
    const first = work.next();
    expect(first).toMatchObject({ done: false, value: { done: 1 } });
    work.return(finish(mutateInSlices(packOf(files), [])));
    expect(work.next().done).toBe(true);
  });
});
