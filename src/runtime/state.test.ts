import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { byCodeUnits } from '../base/canonical-json.ts';
import { packLoader } from './server/policy-source.ts';
import type { Serving } from './server/serve.ts';
import { LocalStore } from './state/local-store.ts';
import { giveBack, step, type Run, type Step } from './state/run.ts';
import { ask, quietHost, remove, serveFolder } from './testing/serving.ts';

// Many tests share the machine: what is slow there is not wrong.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const GUARD = new URL('../../policies/guard', import.meta.url).pathname;
/** Monday, in hours. */
const NOON = Date.parse('2026-03-16T12:00:00Z');

let folder = '';
const started: Serving[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stage0-state-'));
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop(0)));
  await remove(folder);
});

const STEP: Step = { now: NOON, tools: ['search'], price: 100, unpriced: false };

function stepped(run: Run | undefined, more: Partial<Step> = {}) {
  return step(run, { ...STEP, ...more });
}

describe('a run', () => {
  test('counts checks, time, calls and dollars for who sends none', () => {
    const first = stepped(undefined);
    expect(first.counters).toEqual({
      iteration: 1,
      elapsed: 0,
      cost: 0,
      tools: [],
      full: false,
      backwards: {},
    });
    const second = stepped(first.run, { now: NOON + 1600 });
    expect(second.counters).toMatchObject({ iteration: 2, elapsed: 1, cost: 100 });
    expect(second.counters.tools).toEqual(['search']);
    // Parts of seconds add up.
    const third = stepped(second.run, { now: NOON + 3200 });
    expect(third.counters).toMatchObject({ iteration: 3, elapsed: 3, cost: 200 });
    expect(third.counters.tools).toEqual(['search', 'search']);
  });

  test('what was not allowed was not called', () => {
    const first = stepped(undefined);
    const back = giveBack(first.run, STEP);
    expect(stepped(back).counters).toMatchObject({ iteration: 2, cost: 0, tools: [] });
    // Two at once, of which the first is not allowed: the other still counts, once.
    const second = stepped(first.run, { tools: ['pay'] });
    const left = giveBack(second.run, STEP);
    expect(stepped(left).counters).toMatchObject({ iteration: 3, tools: ['pay'] });
  });

  test('a counter that goes backwards is raised, whoever had counted before', () => {
    const sent = stepped(undefined, { iteration: 7, elapsed: 90, cost: 5000 });
    expect(sent.counters).toMatchObject({ iteration: 7, elapsed: 90, cost: 5000, backwards: {} });
    const same = stepped(sent.run, { iteration: 7, elapsed: 90, cost: 5000 });
    expect(same.counters.backwards).toEqual({});
    const less = stepped(same.run, { iteration: 1, elapsed: 0, cost: 1 });
    expect(less.counters).toMatchObject({ iteration: 7, elapsed: 90, cost: 5000 });
    expect(less.counters.backwards).toEqual({ iteration: 7, elapsed: 90, cost: 5000 });
    const silent = stepped(less.run);
    expect(silent.counters).toMatchObject({ iteration: 8, elapsed: 90, backwards: {} });
    expect(stepped(silent.run, { iteration: 2 }).counters.backwards).toEqual({ iteration: 8 });
  });

  test('a clock that jumps back takes no time away', () => {
    const later = stepped(stepped(undefined).run, { now: NOON + 60_000 });
    const back = stepped(later.run, { now: NOON - 3_600_000 });
    expect(back.counters.elapsed).toBe(60);
    expect(stepped(back.run, { now: NOON - 3_599_000 }).counters.elapsed).toBe(61);
  });

  test('says nothing about dollars when it knows no price, and what it knows when it knows some', () => {
    const unknown = stepped(undefined, { price: 0, unpriced: true });
    expect(stepped(unknown.run, { price: 30 }).counters.cost).toBeUndefined();
    const known = stepped(unknown.run, { price: 30 });
    expect(stepped(known.run).counters.cost).toBe(30);
  });

  test('once it has called more than is remembered it stays so', () => {
    let run: Run | undefined;
    for (let n = 0; n < 1001; n += 1) ({ run } = stepped(run));
    const { counters } = stepped(run === undefined ? run : giveBack(run, STEP));
    expect(counters.full).toBe(true);
    expect(counters.tools).toHaveLength(1000);
  });
});

describe('the file', () => {
  const RUN = { key: 'k', run: 'r' };
  const LIMITS = { per_minute: 100, per_day: null, per_month: null };

  async function opened(path: string, large?: number): Promise<LocalStore> {
    const store = LocalStore.open(path, large);
    if (!store.ok) throw new Error(store.error);
    return Promise.resolve(store.value);
  }

  test('wherever it was cut, what was whole is there again and it goes on', async () => {
    const path = join(folder, 'state');
    const store = await opened(path);
    await store.take('k', LIMITS, 1, NOON);
    await store.step(RUN, STEP);
    await store.giveBack(RUN, STEP);
    await store.take('k', LIMITS, 1, NOON);
    await store.close();
    const whole = await readFile(path);
    const ends = [...whole.entries()].flatMap(([at, byte]) => (byte === 10 ? [at] : []));
    for (let end = 0; end <= whole.length; end += 7) {
      await writeFile(path, whole.subarray(0, end));
      const again = await opened(path);
      const changes = ends.filter((at) => at < end).length - 1;
      const { minute } = await again.counts('k', NOON);
      expect([end, minute.used]).toEqual([end, changes < 1 ? 0 : changes < 4 ? 1 : 2]);
      const counters = await again.step(RUN, STEP);
      expect(counters).toMatchObject({
        iteration: changes < 2 ? 1 : 2,
        tools: changes === 2 ? ['search'] : [],
      });
      await again.close();
      expect(LocalStore.open(path).ok).toBe(true);
    }
  });

  test('is made smaller when it is large, and says the same', async () => {
    const path = join(folder, 'state');
    const store = await opened(path, 4000);
    for (let n = 1; n <= 300; n += 1) {
      await store.take('k', LIMITS, 1, NOON + n * 60_000);
      await store.step({ key: 'k', run: `r${n % 3}` }, { ...STEP, now: NOON + n });
    }
    await store.close();
    expect((await readFile(path)).length).toBeLessThan(12_000);
    const again = await opened(path);
    expect((await again.counts('k', NOON + 300 * 60_000)).day.used).toBe(300);
    expect(await again.step({ key: 'k', run: 'r0' }, STEP)).toMatchObject({ iteration: 101 });
    await again.close();
  });

  test('that cannot be made smaller leaves nothing beside it', async () => {
    const path = join(folder, 'state');
    const store = LocalStore.open(path, 2000);
    if (!store.ok) throw new Error(store.error);
    // Nothing can take the place of a folder that is not empty.
    await rename(path, `${path}.moved`);
    await mkdir(join(path, 'in the way'), { recursive: true });
    for (let n = 0; n < 100; n += 1) await store.value.step({ key: 'k', run: 'r' }, STEP);
    expect((await readdir(folder)).toSorted(byCodeUnits)).toEqual(['state', 'state.moved']);
    expect(await store.value.step({ key: 'k', run: 'r' }, STEP)).toMatchObject({ iteration: 101 });
    await store.value.close();
  });

  test('is not believed when it is damaged, another one, or written to by others', async () => {
    const path = join(folder, 'state');
    const store = await opened(path);
    await store.take('k', LIMITS, 1, NOON);
    await appendFile(path, 'x');
    expect(await store.take('k', LIMITS, 1, NOON)).toMatchObject({
      kind: 'unavailable',
      why: `${path}: the state cannot be written: something else has written to it`,
    });
    await truncate(path, (await readFile(path)).length - 1);
    expect(await store.take('k', LIMITS, 1, NOON)).toEqual({ kind: 'taken' });
    await rm(path);
    expect(await store.step(RUN, STEP)).toMatchObject({ kind: 'unavailable' });
    await store.close();

    const other = await opened(path);
    for (const n of [1, 2, 3]) await other.take('k', LIMITS, n, NOON);
    await other.close();
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"used":3', '"used":0'));
    expect(LocalStore.open(path)).toMatchObject({
      error: `${path}: the state cannot be opened: line 3 is damaged`,
    });
    await writeFile(path, '{"accepted":{}}\n');
    expect(LocalStore.open(path)).toMatchObject({
      error: `${path}: the state cannot be opened: it is no state file`,
    });
  });

  test('forgets a run that was idle for a day, and the oldest of very many', async () => {
    const store = await opened(join(folder, 'state'));
    await store.step(RUN, STEP);
    const day = 24 * 3_600_000;
    expect(await store.step(RUN, { ...STEP, now: NOON + day })).toMatchObject({ iteration: 2 });
    expect(await store.step(RUN, { ...STEP, now: NOON + 3 * day })).toMatchObject({ iteration: 1 });
    await store.close();
    const memory = new LocalStore();
    const many = Array.from({ length: 999 }, (_, n) => `tool-${n}`);
    const again = (run: number, key = 'k') =>
      memory.step({ key, run: String(run) }, { ...STEP, tools: many });
    await again(0, 'other');
    for (let n = 0; n <= 200; n += 1) await again(n);
    expect(await again(200)).toMatchObject({ iteration: 2 });
    expect(await again(0)).toMatchObject({ iteration: 1 });
    expect(await again(0, 'other')).toMatchObject({ iteration: 2 });
  });
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that are held on to. */
async function inUse(): Promise<number> {
  // What is under way ends first, and lets go of more.
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    collect();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('a server that counts runs', () => {
  const LOOP = {
    goal: 'Look for the newest report',
    success_criteria: ['found'],
    tools: ['search'],
    constraints: ['max_iterations: 3', 'same_tool_limit: 2', 'timeout_seconds: 60'],
  };

  async function serve(now: () => number, more: object = {}) {
    const server = await serveFolder(folder, {
      load: packLoader(quietHost(), GUARD),
      now,
      ...more,
    });
    started.push(server);
    return async (context: object, body: object = {}) => {
      const answer = await ask(`${server.url}/check`, {
        ...LOOP,
        ...body,
        context: { actor_role: 'analyst', run_id: 'run-1', ...context },
      });
      const issues = answer.body['issues'] as readonly { code: string; details: object }[];
      return { status: answer.status, ...answer.body, codes: issues.map(({ code }) => code) };
    };
  }

  test('past a limit the same rules defer as if the client had counted', async () => {
    let now = NOON;
    const check = await serve(() => now);
    const verdicts: unknown[] = [];
    for (let n = 0; n < 4; n += 1) verdicts.push((await check({}))['codes']);
    // The third call of the tool, then the fourth iteration as well.
    expect(verdicts.map((codes) => String(codes).includes('LOOP_THRESHOLD_EXCEEDED'))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    const other = await check({ run_id: 'run-2' });
    expect(other.codes).not.toContain('LOOP_THRESHOLD_EXCEEDED');
    const tenant = await check({ tenant_id: 'acme' });
    expect(tenant.codes).not.toContain('LOOP_THRESHOLD_EXCEEDED');
    now += 61_000;
    expect((await check({ run_id: 'run-2' })).codes).toContain('TIME_LIMIT_EXCEEDED');
    const none = await check({ run_id: null });
    expect(none.codes).not.toContain('LOOP_THRESHOLD_EXCEEDED');
  });

  test('a counter that goes backwards defers and is in the log, which can be decided again', async () => {
    const path = join(folder, 'decisions.log');
    const log = { path, maxBytes: 1_000_000, masks: [], onFailure: 'refuse' };
    const check = await serve(() => NOON, { log });
    const sent = { current_iteration: 2, recent_tools: [], cumulative_cost_usd: 0.25 };
    expect((await check(sent)).codes).not.toContain('CONTEXT_DOUBTED');
    const back = await check({ ...sent, current_iteration: 1, cumulative_cost_usd: 0.2 });
    expect(back).toMatchObject({ verdict: 'DEFER' });
    expect(back.codes.filter((code) => code === 'CONTEXT_DOUBTED')).toHaveLength(2);
    const [, line = ''] = (await readFile(path, 'utf8')).split('\n');
    expect(line).toContain('"cumulative_cost_usd":0.25');
    expect(JSON.parse(line)).toMatchObject({
      input: { context: { current_iteration: 2, elapsed_seconds: 0 } },
      run: {
        filled: ['elapsed_seconds'],
        doubted: {
          current_iteration: 'It was 2 before, and has become less.',
          cumulative_cost_usd: 'It was 0.25 before, and has become less.',
        },
      },
    });
  });

  test('remembers of a request what it counts, and not the whole body', async () => {
    const check = await serve(() => NOON);
    const pad = 'x'.repeat(900_000);
    const calls = async (from: number): Promise<void> => {
      for (let n = from; n < from + 40; n += 1) {
        const asked = await check(
          { run_id: `run-${n}`, pad, [`a_fact_of_the_check_${n}`]: true },
          { tools: [`search_archive_${n}`], side_effects: [`reading of archive ${n}`] },
        );
        expect(asked).toMatchObject({ verdict: 'ALLOW' });
      }
    };
    await calls(0);
    const before = await inUse();
    await calls(40);
    expect((await inUse()) - before).toBeLessThan(10_000_000);
  });

  test('a run that cannot be told apart defers', async () => {
    const check = await serve(() => NOON);
    for (const run_id of [7, ['run-1'], 'x'.repeat(257)]) {
      expect((await check({ run_id })).codes).toContain('CONTEXT_DOUBTED');
    }
    const long = await check({}, { tools: ['x'.repeat(201)] });
    expect(long.codes).toContain('CONTEXT_DOUBTED');
  });
});
