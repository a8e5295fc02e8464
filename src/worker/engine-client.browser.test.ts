import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { createLocalEngine } from './engine.ts';
import type { Engine, EngineClient, EngineEvent, EngineSnapshot } from './engine-api.ts';
import { createEngine, type EngineClientOptions } from './engine-client.ts';
import { engineSuite, examplePacks, lasting, must } from './engine-parity.test.ts';
import { createToolchain } from './toolchain-client.ts';
import { tinyPack, tinyScenario } from './tiny-pack.ts';

/** A worker takes its time to load, on a busy machine above all. */
const PATIENT = { timeout: 10_000 };

const clients: EngineClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

function start(options: EngineClientOptions = {}): EngineClient {
  // Unless a test is about them, no problems come between its events.
  const client = createEngine({ pauseMs: 1_000_000, ...options });
  clients.push(client);
  return client;
}

function listen(client: EngineClient): EngineEvent[] {
  const events: EngineEvent[] = [];
  client.subscribe((event) => events.push(event));
  return events;
}

function kindsOf(events: readonly EngineEvent[]): readonly string[] {
  return events.map(({ kind }) => kind);
}

const shared = createEngine();
afterAll(() => {
  shared.close();
});

engineSuite('in a worker', shared);

describe('the same in both threads', () => {
  test.each([...examplePacks])('pack %s', async (name, files) => {
    const there: Engine = shared;
    await there.forget(name);
    const here = createLocalEngine();
    const [theirs, ours] = [
      must(await there.open(name, files)),
      must(await here.open(name, files)),
    ];
    expect(lasting(theirs)).toEqual(lasting(ours));
    for (const { id } of ours.scenarios) {
      const target = { kind: 'scenario', id } as const;
      const explained = must(await there.explain(name, target));
      expect({ ...explained, durationMs: 0 }).toEqual({
        ...must(await here.explain(name, target)),
        durationMs: 0,
      });
    }
  });
});

describe('the newest only', () => {
  test('of a burst of edits one snapshot arrives, and it is the last one’s', async () => {
    const client = start();
    must(await client.open('p', tinyPack(3)));
    const events = listen(client);
    const edits = ['guest', 'operator', 'guest'].map((role) =>
      client.update('p', [{ path: 'scenarios/s-1.json', text: tinyScenario(role, 'ALLOW') }]),
    );
    const answers = await Promise.all(edits);
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.error.code))).toEqual([
      'SUPERSEDED',
      'SUPERSEDED',
      'ok',
    ]);
    expect(kindsOf(events)).toEqual(['snapshot']);
    expect(events[0]).toMatchObject({
      snapshot: { scenarios: [{ state: 'pass' }, { state: 'fail' }, { state: 'pass' }] },
    });
  });

  test('a long run reports progress and can be called off', async () => {
    const client = start();
    const events = listen(client);
    client.subscribe((event) => {
      if (event.kind === 'progress') void client.cancel(event.packId);
    });
    // Each scenario asks for every one of many tools, which makes the run long enough to be sliced.
    const files = tinyPack(400);
    const tools = Array.from({ length: 200 }, (_, index) => `tool-${index}`);
    for (const [path, text] of files) {
      if (!path.startsWith('scenarios/')) continue;
      files.set(path, text.replace('"tools":["ledger"]', `"tools":${JSON.stringify(tools)}`));
    }
    const snapshot = must(await client.open('p', files));
    expect(kindsOf(events)).toContain('progress');
    expect(snapshot.complete).toBe(false);
    expect(snapshot.checksRun).toBeLessThan(400);
    expect(snapshot.scenarios).toHaveLength(400);
  });
});

describe('what crosses between the threads', () => {
  test('rows that did not change stay the same objects', async () => {
    const client = start();
    const before = must(await client.open('p', tinyPack(50)));
    const edit = { path: 'scenarios/s-7.json', text: tinyScenario('guest', 'ALLOW') };
    const after = must(await client.update('p', [edit]));
    const changed = after.scenarios.filter((row, index) => row !== before.scenarios[index]);
    expect(changed).toMatchObject([{ id: 's-7', state: 'fail' }]);
    expect(after.rules).toBe(before.rules);
    const broken = must(
      await client.update('p', [{ path: 'policies/allow.cedar', text: 'permit (' }]),
    );
    expect(broken.scenarios.map(({ state }) => state)).toEqual(Array(50).fill('stale'));
    await client.forget('p');
    expect(must(await client.open('p', tinyPack(50))).scenarios).toEqual(before.scenarios);
  });
});

describe('problems', () => {
  const bad = {
    path: 'policies/guests.cedar',
    text: '@id("x")\nforbid (principal, action, resource) when { context.goal == "аdmin" };',
  };

  function lists(events: readonly EngineEvent[]) {
    return events.flatMap((event) => (event.kind === 'problems' ? [event.list] : []));
  }

  test('follow a snapshot when typing pauses, and again with the official word', async () => {
    const toolchain = createToolchain();
    const client = start({ toolchain, pauseMs: 20 });
    const events = listen(client);
    must(await client.open('p', tinyPack(2)));
    must(await client.update('p', [bad]));
    await vi.waitFor(() => {
      expect(lists(events).at(-1)?.official).toBe(true);
    }, PATIENT);
    const [own, whole] = lists(events).slice(-2);
    expect(own).toMatchObject({ official: false, revision: 2 });
    expect(own?.problems.map(({ code }) => code)).toContain('forbid-without-issue');
    expect(whole?.problems).toContainEqual(
      expect.objectContaining({ source: 'official', code: 'mixed-scripts', path: bad.path }),
    );
    // A scenario is none of the validator's business: its word still stands.
    must(
      await client.update('p', [
        { path: 'scenarios/s-0.json', text: tinyScenario('guest', 'DENY') },
      ]),
    );
    await vi.waitFor(() => {
      expect(lists(events).at(-1)).toMatchObject({ official: true, revision: 3 });
    }, PATIENT);
    toolchain.close();
  });

  test('go on without the official word when there is none', async () => {
    const failing = { code: 'TOOLCHAIN_UNAVAILABLE', message: 'offline' } as const;
    const validate = () => Promise.resolve({ ok: false, error: failing } as const);
    const client = start({ toolchain: { validate }, pauseMs: 20 });
    const events = listen(client);
    must(await client.open('p', tinyPack(2)));
    must(await client.update('p', [bad]));
    await vi.waitFor(() => {
      expect(lists(events).at(-1)).toMatchObject({ official: false, revision: 2 });
    }, PATIENT);
  });
});

describe('a worker that fails', () => {
  const engineUrl = new URL('./engine.worker.ts', import.meta.url).href;

  /** The real worker, which also crashes or hangs when it is told to. */
  function spawnFragile(): Worker {
    const source = `
      import ${JSON.stringify(engineUrl)};
      self.addEventListener('message', ({ data }) => {
        if (data === 'crash') setTimeout(() => { throw new Error('out of memory'); });
        if (data === 'hang') for (;;);
      });
    `;
    const blob = new Blob([source], { type: 'text/javascript' });
    return new Worker(URL.createObjectURL(blob), { type: 'module' });
  }

  function fragile(options: EngineClientOptions = {}) {
    const workers: Worker[] = [];
    const client = start({
      ...options,
      spawn: () => {
        const worker = spawnFragile();
        workers.push(worker);
        return worker;
      },
    });
    return {
      client,
      workers,
      tell: (what: 'crash' | 'hang') => {
        workers.at(-1)?.postMessage(what);
      },
    };
  }

  function lastSnapshot(events: readonly EngineEvent[]): EngineSnapshot | undefined {
    return events.findLast((event) => event.kind === 'snapshot')?.snapshot;
  }

  test('after a crash another one has the packs as they were last', async () => {
    const { client, workers, tell } = fragile();
    must(await client.open('p', tinyPack(3)));
    const edit = { path: 'scenarios/s-1.json', text: tinyScenario('guest', 'ALLOW') };
    const before = must(await client.update('p', [edit]));
    const events = listen(client);
    tell('crash');
    await vi.waitFor(() => {
      expect(kindsOf(events)).toEqual(['respawned', 'snapshot']);
    }, PATIENT);
    expect(events[0]).toMatchObject({ failure: { code: 'ENGINE_CRASHED' } });
    const after = lastSnapshot(events);
    expect(after?.scenarios).toEqual(before.scenarios);
    expect(after?.digest).toBe(before.digest);
    expect(workers).toHaveLength(2);
    const target = { kind: 'scenario', id: 's-1' } as const;
    expect(must(await client.check('p', target)).record.verdict).toBe('DENY');
  });

  test('one that hangs is replaced, and what was asked of it is answered', async () => {
    const { client, tell } = fragile({ pingMs: 100, missedPings: 10 });
    must(await client.open('p', tinyPack(3)));
    const events = listen(client);
    tell('hang');
    const question = client.check('p', { kind: 'scenario', id: 's-1' });
    const edit = { path: 'scenarios/s-1.json', text: tinyScenario('guest', 'ALLOW') };
    const update = client.update('p', [edit]);
    expect(await question).toMatchObject({ ok: false, error: { code: 'ENGINE_HUNG' } });
    await update;
    await vi.waitFor(() => {
      expect(kindsOf(events)).toEqual(['respawned', 'snapshot']);
    }, PATIENT);
    expect(lastSnapshot(events)?.scenarios[1]?.state).toBe('fail');
  });

  test('a healthy worker is not replaced, however long nobody asks it anything', async () => {
    const { client, workers } = fragile({ pingMs: 100, missedPings: 10 });
    must(await client.open('p', tinyPack(3)));
    await new Promise((resolve) => {
      setTimeout(resolve, 1500);
    });
    must(await client.update('p', []));
    expect(workers).toHaveLength(1);
  });

  test('workers that crash at once are given up, until something changes', async () => {
    let healthy = false;
    let spawned = 0;
    const client = start({
      spawn: () => {
        spawned += 1;
        if (healthy) return spawnFragile();
        const blob = new Blob(['throw new Error("broken")'], { type: 'text/javascript' });
        return new Worker(URL.createObjectURL(blob), { type: 'module' });
      },
    });
    const events = listen(client);
    await client.open('p', tinyPack(1));
    await vi.waitFor(() => {
      expect(kindsOf(events).at(-1)).toBe('down');
    }, PATIENT);
    expect(spawned).toBe(3);
    healthy = true;
    expect(must(await client.update('p', [])).scenarios).toMatchObject([{ state: 'pass' }]);
  });

  test('one that cannot be started is an answer', async () => {
    const client = start({
      spawn: () => {
        throw new DOMException('refused', 'SecurityError');
      },
    });
    const answer = await client.open('p', tinyPack(1));
    expect(answer).toMatchObject({ ok: false, error: { code: 'ENGINE_UNAVAILABLE' } });
  });

  test('a closed client answers, too', async () => {
    const client = start();
    const opening = client.open('p', tinyPack(1));
    client.close();
    expect(await opening).toMatchObject({ error: { code: 'ENGINE_UNAVAILABLE' } });
    const target = { kind: 'scenario', id: 's-0' } as const;
    expect(await client.check('p', target)).toMatchObject({
      error: { code: 'ENGINE_UNAVAILABLE' },
    });
  });

  test('an unknown pack is named before any worker is asked', async () => {
    const { client, workers } = fragile();
    expect(await client.update('q', [])).toMatchObject({ error: { code: 'PACK_NOT_OPEN' } });
    expect(workers).toHaveLength(0);
  });
});
