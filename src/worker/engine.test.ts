import { describe, expect, test } from 'vitest';
import type { Result } from '../base/result.ts';
import { createLocalEngine } from './engine.ts';
import type { Engine, EngineFailure, EngineSnapshot } from './engine-api.ts';
import { tinyPack, tinyScenario } from './tiny-pack.ts';
import { CLOCK, type Clock } from './turns.ts';

function must<T>(result: Result<T, EngineFailure>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

function codeOf(result: Result<unknown, EngineFailure>): string {
  return result.ok ? 'ok' : result.error.code;
}

function statesOf(snapshot: EngineSnapshot): Record<string, string> {
  return Object.fromEntries(snapshot.scenarios.map(({ id, state }) => [id, state]));
}

/** Time that passes with every look at it, so that each check of a run has a slice of its own. */
function hastyClock(): Clock {
  let now = 0;
  return {
    now: () => {
      now += 50;
      return now;
    },
    pause: CLOCK.pause,
  };
}

const GUESTS = 'policies/guests.cedar';

describe('what is run again', () => {
  test('after a change of one scenario: that one', async () => {
    const engine = createLocalEngine();
    must(await engine.open('p', tinyPack(5)));
    const text = tinyScenario('guest', 'ALLOW');
    const snapshot = must(await engine.update('p', [{ path: 'scenarios/s-3.json', text }]));
    expect(snapshot.checksRun).toBe(1);
    expect(snapshot.revision).toBe(2);
    expect(statesOf(snapshot)).toEqual({
      's-0': 'pass',
      's-1': 'pass',
      's-2': 'pass',
      's-3': 'fail',
      's-4': 'pass',
    });
    expect(snapshot.scenarios[3]).toMatchObject({ verdict: 'DENY', issueCodes: ['GUEST'] });
  });

  test('after a change of what decides: all', async () => {
    const engine = createLocalEngine();
    must(await engine.open('p', tinyPack(5)));
    const text = '@id("nobody")\nforbid (principal, action, resource);';
    const snapshot = must(await engine.update('p', [{ path: GUESTS, text }]));
    expect(snapshot.checksRun).toBe(5);
    expect(new Set(Object.values(statesOf(snapshot)))).toEqual(new Set(['fail']));
    expect(snapshot.rules.map(({ id }) => id)).toEqual(['allow-all', 'nobody']);
  });

  test('after a change of nothing, or of a file that decides nothing: none', async () => {
    const engine = createLocalEngine();
    const files = tinyPack(5);
    must(await engine.open('p', files));
    const same = [{ path: GUESTS, text: files.get(GUESTS) }];
    expect(must(await engine.update('p', same)).checksRun).toBe(0);
    const notes = [{ path: 'README.md', text: 'x' }];
    expect(must(await engine.update('p', notes)).checksRun).toBe(0);
    expect(must(await engine.open('p', files)).checksRun).toBe(0);
  });

  test('a deleted scenario is gone, a new one is run', async () => {
    const engine = createLocalEngine();
    must(await engine.open('p', tinyPack(2)));
    const snapshot = must(
      await engine.update('p', [
        { path: 'scenarios/s-0.json', text: undefined },
        { path: 'scenarios/new.json', text: tinyScenario('guest', 'DENY') },
      ]),
    );
    expect(statesOf(snapshot)).toEqual({ new: 'pass', 's-1': 'pass' });
    expect(snapshot.checksRun).toBe(1);
  });
});

describe('a broken pack', () => {
  const broken = [{ path: GUESTS, text: '@id("no-guests") forbid (' }];

  test('keeps its verdicts as stale, and the last good rules decide requests', async () => {
    const engine = createLocalEngine();
    must(await engine.open('p', tinyPack(2)));
    const snapshot = must(await engine.update('p', broken));
    expect(snapshot).toMatchObject({ stale: true, checksRun: 0, packVersion: 'tiny@1.0.0' });
    expect(statesOf(snapshot)).toEqual({ 's-0': 'stale', 's-1': 'stale' });
    const guest = { goal: 'x', tools: ['ledger'], context: { actor_role: 'guest' } };
    const outcome = must(await engine.check('p', { kind: 'request', request: guest }, 0));
    expect(outcome).toMatchObject({ stale: true, record: { verdict: 'DENY' } });
  });

  test('a scenario that came while it is broken has not run', async () => {
    const engine = createLocalEngine();
    must(await engine.open('p', tinyPack(1)));
    must(await engine.update('p', broken));
    const added = { path: 'scenarios/new.json', text: tinyScenario('guest', 'DENY') };
    const snapshot = must(await engine.update('p', [added]));
    expect(statesOf(snapshot)).toEqual({ new: 'not-run', 's-0': 'stale' });
    const explained = must(await engine.explain('p', { kind: 'scenario', id: 'new' }));
    expect(explained).toMatchObject({ stale: true, record: { verdict: 'DENY' } });
  });

  test('that never compiled decides nothing', async () => {
    const engine = createLocalEngine();
    const files = tinyPack(1).set(GUESTS, 'forbid (');
    const snapshot = must(await engine.open('p', files));
    expect(snapshot.rules).toEqual([]);
    expect(snapshot.packVersion).toBeUndefined();
    expect(statesOf(snapshot)).toEqual({ 's-0': 'not-run' });
    const target = { kind: 'scenario', id: 's-0' } as const;
    expect(codeOf(await engine.check('p', target))).toBe('PACK_BROKEN');
  });

  test('with names that clash still lists its scenarios', async () => {
    const engine = createLocalEngine();
    must(await engine.open('p', tinyPack(2)));
    const clash = [{ path: 'Stage0.json', text: '{}' }];
    const snapshot = must(await engine.update('p', clash));
    expect(snapshot.problems).toMatchObject([{ code: 'PATH_CLASH' }]);
    expect(statesOf(snapshot)).toEqual({ 's-0': 'stale', 's-1': 'stale' });
  });

  test('a broken scenario is only itself broken', async () => {
    const engine = createLocalEngine();
    must(await engine.open('p', tinyPack(2)));
    const text = tinyScenario('guest', 'DENY').replace('"tools"', '"tolls"');
    const path = 'scenarios/s-1.json';
    const snapshot = must(await engine.update('p', [{ path, text }]));
    expect(snapshot.stale).toBe(false);
    expect(statesOf(snapshot)).toEqual({ 's-0': 'pass', 's-1': 'error' });
    expect(snapshot.scenarios[1]?.problem).toContain('tolls');
    expect(snapshot.problems).toMatchObject([{ path, pointer: '/request/tolls' }]);
    const target = { kind: 'scenario', id: 's-1' } as const;
    expect(await engine.explain('p', target)).toMatchObject({
      error: { code: 'REQUEST_INVALID', problems: [{ pointer: '/request/tolls' }] },
    });
  });
});

describe('requests', () => {
  async function ready(): Promise<Engine> {
    const engine = createLocalEngine();
    must(await engine.open('p', tinyPack(1)));
    return engine;
  }

  test('a text that is no JSON says where', async () => {
    const engine = await ready();
    const result = await engine.check('p', { kind: 'text', text: '{"goal": }' });
    expect(result).toMatchObject({
      error: { code: 'REQUEST_INVALID', problems: [{ code: 'JSON_SYNTAX', span: { start: 9 } }] },
    });
  });

  test('every field that breaks the contract is named with its place', async () => {
    const engine = await ready();
    const text = '{"goal": 7, "tools": ["a", null], "gaol": ""}';
    const result = await engine.check('p', { kind: 'text', text });
    if (result.ok || result.error.code !== 'REQUEST_INVALID') throw new Error('accepted');
    const places = result.error.problems.map(({ pointer, span }) => [
      pointer,
      text.slice(span?.start, span?.end),
    ]);
    expect(Object.fromEntries(places)).toEqual({
      '/gaol': '"gaol"',
      '/goal': '7',
      '/tools/1': 'null',
    });
  });

  test('another version of the pack is refused', async () => {
    const engine = await ready();
    const request = { goal: '', policy_pack_version: 'tiny@2.0.0' };
    expect(await engine.check('p', { kind: 'request', request })).toMatchObject({
      error: { code: 'REQUEST_INVALID', problems: [{ pointer: '/policy_pack_version' }] },
    });
  });

  test('what is not there is named', async () => {
    const engine = await ready();
    const target = { kind: 'scenario', id: 'nowhere' } as const;
    expect(codeOf(await engine.explain('p', target))).toBe('SCENARIO_UNKNOWN');
    expect(codeOf(await engine.explain('q', target))).toBe('PACK_NOT_OPEN');
    expect(codeOf(await engine.update('q', []))).toBe('PACK_NOT_OPEN');
    await engine.forget('p');
    expect(codeOf(await engine.update('p', []))).toBe('PACK_NOT_OPEN');
  });

  test('an explanation is plain data and shows the values that decided', async () => {
    const engine = await ready();
    const request = { goal: '', tools: ['ledger'], context: { actor_role: 'guest' } };
    const explained = must(await engine.explain('p', { kind: 'request', request }, 0));
    expect(structuredClone(explained)).toEqual(explained);
    expect(explained.tools).toMatchObject([
      { tool: 'ledger', verdict: 'DENY', action: 'Action::"ledger"' },
    ]);
    const guests = explained.tools[0]?.policies.find(({ id }) => id === 'no-guests');
    expect(guests).toMatchObject({
      outcome: 'satisfied',
      verdict: 'DENY',
      path: GUESTS,
      conditions: [{ kind: 'when', outcome: 'true', body: { kind: 'and', value: 'true' } }],
    });
    expect(JSON.stringify(guests)).toContain('\\"guest\\"');
  });

  test('a question sees the newest files, even before their run', async () => {
    const engine = await ready();
    const text = '@id("nobody")\n@issue("NOBODY")\nforbid (principal, action, resource);';
    const update = engine.update('p', [{ path: GUESTS, text }]);
    const outcome = must(await engine.check('p', { kind: 'request', request: { goal: '' } }, 0));
    expect(outcome.record.issues.map(({ code }) => code)).toContain('NOBODY');
    must(await update);
  });
});

describe('long runs', () => {
  test('a newer edit ends the run; only its snapshot comes, and it is right', async () => {
    const engine = createLocalEngine({ clock: hastyClock() });
    const opening = engine.open('p', tinyPack(40));
    const text = tinyScenario('guest', 'ALLOW');
    const first = engine.update('p', [{ path: 'scenarios/s-0.json', text }]);
    const second = engine.update('p', [{ path: 'scenarios/s-1.json', text }]);
    expect([await opening, await first].map(codeOf)).toEqual(['SUPERSEDED', 'SUPERSEDED']);
    const snapshot = must(await second);
    const failing = snapshot.scenarios.filter(({ state }) => state === 'fail');
    expect(failing.map(({ id }) => id)).toEqual(['s-0', 's-1']);
    expect(snapshot).toMatchObject({ revision: 3, complete: true });
  });

  test('an edit in mid-run keeps what was found out about scenarios it leaves alone', async () => {
    let update: ReturnType<Engine['update']> | undefined;
    const engine = createLocalEngine({
      clock: hastyClock(),
      onProgress: (_packId, done) => {
        if (done < 10 || update !== undefined) return;
        const text = tinyScenario('guest', 'DENY');
        update = engine.update('p', [{ path: 'scenarios/s-0.json', text }]);
      },
    });
    expect(codeOf(await engine.open('p', tinyPack(40)))).toBe('SUPERSEDED');
    if (update === undefined) throw new Error('no progress was reported');
    const snapshot = must(await update);
    expect(snapshot.checksRun).toBeLessThan(40);
    expect(new Set(Object.values(statesOf(snapshot)))).toEqual(new Set(['pass']));
  });

  test('report progress, can be called off, and go on with the next update', async () => {
    const reports: [number, number][] = [];
    let willing = true;
    const engine = createLocalEngine({
      clock: hastyClock(),
      onProgress: (packId, done, total) => {
        reports.push([done, total]);
        if (willing && done > 5) void engine.cancel(packId);
      },
    });
    const cancelled = must(await engine.open('p', tinyPack(40)));
    expect(cancelled.complete).toBe(false);
    expect(cancelled.checksRun).toBeLessThan(40);
    expect(Object.values(statesOf(cancelled))).toContain('not-run');
    expect(reports.every(([done, total]) => done < total && total === 40)).toBe(true);

    willing = false;
    const resumed = must(await engine.update('p', []));
    expect(resumed.complete).toBe(true);
    expect(resumed.checksRun).toBe(40 - cancelled.checksRun);
    expect(new Set(Object.values(statesOf(resumed)))).toEqual(new Set(['pass']));
  });
});
