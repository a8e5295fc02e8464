import { afterEach, describe, expect, test } from 'vitest';
import { readPack } from '../pack/read.ts';
import { createEngine } from './engine-client.ts';
import { createLocalEngine } from './engine.ts';
import type { EngineClient } from './engine-api.ts';
import type { CompareSide } from './compare-api.ts';
import { must } from './engine-parity.test.ts';
import { Outcomes } from './outcomes.ts';
import { Pool, type PoolOptions } from './pool.ts';
import { tinyPack, tinyScenario } from './tiny-pack.ts';
import { CLOCK } from './turns.ts';

const MANY = 1200;
const guests = 'policies/guests.cedar';
const stopsAll =
  '@id("no-guests")\n@issue("GUEST")\nforbid (principal, action, resource)\nwhen { context has actor_role };\n';

/** Every third scenario has a number in its request that only survives as text. */
function manyScenarios(): Map<string, string> {
  const files = tinyPack(0);
  for (let index = 0; index < MANY; index += 1) {
    const text = tinyScenario(index % 3 === 0 ? 'guest' : 'operator', 'ALLOW');
    const context = index % 3 === 0 ? '"context":{"amount":0.42,' : '"context":{';
    files.set(`scenarios/s-${index}.json`, text.replace('"context":{', context));
  }
  return files;
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function pool(options: PoolOptions = {}): Pool {
  const made = new Pool({ size: 2, ...options });
  closing.push(() => {
    made.close();
  });
  return made;
}

function start(): EngineClient {
  const client = createEngine({ pauseMs: 1_000_000 });
  closing.push(() => {
    client.close();
  });
  return client;
}

/** What the pack's scenarios come to in a pool, and in this thread. */
async function both(inPool: Pool | undefined, files = manyScenarios()) {
  const { pack } = readPack(files);
  if (pack === undefined) throw new Error('no pack');
  const side = { key: 'a', files, pack, sources: new Map() };
  const outcomesOf = async (one: Pool | undefined) => {
    const outcomes = new Outcomes(CLOCK, one);
    const found = await outcomes.find([side], pack.scenarios, {
      onDone: () => undefined,
      isOver: () => false,
    });
    return found.ok ? pack.scenarios.map((scenario) => outcomes.get(side, scenario)) : found;
  };
  return { here: await outcomesOf(undefined), there: await outcomesOf(inPool) };
}

/** A worker that dies at the first message. */
function dying(): Worker {
  const text = 'addEventListener("message", () => { throw new Error("it broke"); });';
  const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  return new Worker(address);
}

function healthy(): Worker {
  return new Worker(new URL('./pool.worker.ts', import.meta.url), { type: 'module' });
}

describe('the pool', () => {
  test('makes of every scenario what this thread makes of it', async () => {
    const { here, there } = await both(pool());
    expect(there).toEqual(here);
    expect(new Set(Array.isArray(here) ? here.map((one) => one?.verdict) : [])).toEqual(
      new Set(['ALLOW', 'DENY']),
    );
  });

  test('replaces a worker that died, and loses nothing', async () => {
    let started = 0;
    const spawn = () => {
      started += 1;
      return started <= 2 ? dying() : healthy();
    };
    const { here, there } = await both(pool({ spawn }));
    expect(there).toEqual(here);
    expect(started).toBeGreaterThan(2);
  });

  test('says so when its workers keep dying', async () => {
    const { there } = await both(pool({ spawn: dying }));
    expect(there).toMatchObject({ ok: false, error: { code: 'ENGINE_CRASHED' } });
  });

  test('does without workers where none can be started', async () => {
    const spawn = (): Worker => {
      throw new Error('not allowed');
    };
    const { here, there } = await both(pool({ spawn }));
    expect(there).toEqual(here);
  });

  test('keeps no worker alive for somebody who fails while listening', async () => {
    let ended = 0;
    const spawn = () => {
      const worker = healthy();
      const terminate = worker.terminate.bind(worker);
      worker.terminate = () => {
        ended += 1;
        terminate();
      };
      return worker;
    };
    const run = pool({ spawn, idleMs: 10 }).run(
      ['a'],
      (lane, key) => lane.give([{ key, files: tinyPack(0) }]),
      {
        done: () => {
          throw new Error('not listening');
        },
        isOver: () => false,
      },
    );
    await expect(run).rejects.toThrow('not listening');
    await expect.poll(() => ended).toBeGreaterThan(0);
  });

  test('begins anew after its workers have ended', async () => {
    const one = pool();
    await both(one);
    one.close();
    const { here, there } = await both(one);
    expect(there).toEqual(here);
  });
});

describe('a comparison in the engine’s worker', () => {
  const working: CompareSide = { kind: 'working' };

  test('is what it is without workers, with progress until it is cancelled', async () => {
    const before: CompareSide = { kind: 'files', key: 'v1', files: manyScenarios() };
    const after = manyScenarios().set(guests, stopsAll);
    const [there, here] = [start(), createLocalEngine()];
    must(await there.open('p', after));
    must(await here.open('p', after));
    const theirs = must(await there.compare('p', before, working));
    const ours = must(await here.compare('p', before, working));
    expect({ ...theirs, id: 0 }).toEqual({ ...ours, id: 0 });
    expect(theirs.newlyDenied).toBe((MANY / 3) * 2);
    expect(must(await there.summarize('p', before))).toEqual(
      must(await here.summarize('p', before)),
    );

    // Another side, of which nothing is known.
    const other: CompareSide = {
      kind: 'files',
      key: 'v2',
      files: manyScenarios().set(guests, `${stopsAll}// other\n`),
    };
    const running = there.compare('p', other, working);
    await there.cancelCompare('p');
    expect(await running).toMatchObject({ error: { code: 'SUPERSEDED' } });
    expect(must(await there.compare('p', other, working)).rows).toEqual([]);
  });
});
