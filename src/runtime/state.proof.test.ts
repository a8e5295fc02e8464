/** What is counted, through processes that are killed, disks that are full and a Redis that goes and comes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { verifyLog } from './log/verify-log.ts';
import { runProgram } from './program.ts';
import { packLoader } from './server/policy-source.ts';
import type { ServeOptions, Serving } from './server/serve.ts';
import { openRedis } from './state/redis-store.ts';
import type { StateStore } from './state/store.ts';
import { freePort, hasRedis, kill, startRedis } from './testing/redis.ts';
import { ask, get, quietHost, remove, serveFolder } from './testing/serving.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GUARD = join(ROOT, 'policies/guard');
const RUN = { actor_role: 'analyst', run_id: 'run-1' };
const CHECK = {
  goal: 'Look for the newest report',
  success_criteria: ['found'],
  tools: ['search'],
  constraints: ['max_iterations: 1000000'],
  context: RUN,
};

/** A folder inside the project, so that what is built in it finds the packages. */
let built = '';
let folder = '';
const children: ChildProcess[] = [];

beforeAll(async () => {
  built = await mkdtemp(join(ROOT, 'node_modules/.cache/stage0-cli-'));
  await build({
    configFile: false,
    logLevel: 'silent',
    build: { ssr: join(ROOT, 'src/runtime/cli.ts'), outDir: built, target: 'node20' },
  });
});

afterAll(() => remove(built));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stage0-state-'));
});

afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  await remove(folder);
});

/** A real `stage0 serve`. `before`: what a shell does first. */
async function serve(options: readonly string[], before = '') {
  const words = ['serve', '--pack', GUARD, '--port', '0', ...options];
  const script = `${before} exec "$0" "$@"`;
  const child = spawn('sh', ['-c', script, process.execPath, join(built, 'cli.js'), ...words]);
  children.push(child);
  let errors = '';
  child.stderr.on('data', (data) => void (errors += String(data)));
  const said = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data) => resolve(String(data)));
    child.once('exit', () => reject(new Error(errors)));
  });
  return { url: /http\S+/.exec(said)?.[0] ?? '', child };
}

async function newKey(file: string): Promise<string> {
  let key = '';
  const host = { ...quietHost(), out: (text: string): void => void (key += text.trim()) };
  const label = ['--label', 'test', '--plan', 'unlimited'];
  expect(await runProgram(['keys', 'add', '--file', file, ...label], host)).toBe(0);
  return key;
}

/** Asks on and on, several at a time, until nobody answers. Gives how many were decided. */
async function askUntilGone(url: string, key: string, onAnswer?: (n: number) => void) {
  let decided = 0;
  const one = async (): Promise<void> => {
    for (;;) {
      const answer = await ask(`${url}/check`, CHECK, { 'x-api-key': key }).catch(() => undefined);
      if (answer?.status !== 200) return;
      decided += 1;
      onAnswer?.(decided);
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
  return decided;
}

describe('a server that is killed', () => {
  test('forgets nothing that it answered, and its log holds to the last whole line', async () => {
    const keys = join(folder, 'keys.json');
    const log = join(folder, 'decisions.log');
    const key = await newKey(keys);
    const options = ['--keys', keys, '--state', join(folder, 'state'), '--log', log];
    let answered = 0;
    for (const enough of [20, 33]) {
      const { url, child } = await serve(options);
      answered += await askUntilGone(url, key, (n) => {
        if (n === enough) child.kill('SIGKILL');
      });
      await kill(child);
      const chain = await verifyLog([log]);
      expect(chain.ok && chain.value.lines).toBeGreaterThanOrEqual(answered);
    }
    const { url } = await serve(options);
    const used = Number((await get(`${url}/usage`, { 'x-api-key': key })).body['monthly_used']);
    // What was under way when it was killed may have been counted: eight at a time, twice.
    expect(used).toBeGreaterThanOrEqual(answered);
    expect(used).toBeLessThanOrEqual(answered + 16);
    await ask(`${url}/check`, CHECK, { 'x-api-key': key });
    const last = (await readFile(log, 'utf8')).trimEnd().split('\n').at(-1) ?? '';
    const { input } = JSON.parse(last) as { input: { context: { current_iteration: number } } };
    expect(input.context.current_iteration).toBeGreaterThan(answered);
    expect(input.context.current_iteration).toBeLessThanOrEqual(used + 1);
  });

  test.runIf(process.platform === 'linux')(
    'where nothing more can be written nothing more is decided, and what was is kept',
    async () => {
      const keys = join(folder, 'keys.json');
      const key = await newKey(keys);
      const options = ['--keys', keys, '--state', join(folder, 'state')];
      // No file may grow past 16 blocks of 512 bytes: to who writes that is what a full disk is.
      const small = await serve(options, `trap '' XFSZ; ulimit -f 16;`);
      const answered = await askUntilGone(small.url, key);
      expect(answered).toBeGreaterThan(5);
      const refused = await ask(`${small.url}/check`, CHECK, { 'x-api-key': key });
      expect(refused).toMatchObject({ status: 503, body: { error: 'STATE_UNAVAILABLE' } });
      await kill(small.child);
      const { url } = await serve(options);
      const used = Number((await get(`${url}/usage`, { 'x-api-key': key })).body['monthly_used']);
      expect(used).toBeGreaterThanOrEqual(answered);
      expect((await ask(`${url}/check`, CHECK, { 'x-api-key': key })).status).toBe(200);
    },
  );
});

test('a server goes on when nobody reads any longer what it says', async () => {
  const { url, child } = await serve([]);
  child.stderr.destroy();
  child.stdout.destroy();
  for (const loads of [2, 3, 4]) {
    child.kill('SIGHUP');
    await vi.waitFor(async () => {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics).toContain(`stage0_policy_reloads_total{result="ok"} ${loads}\n`);
    }, 60_000);
  }
  expect((await ask(`${url}/check`, CHECK)).status).toBe(200);
});

describe.skipIf(!hasRedis())('Redis (needs redis-server)', () => {
  const started: Serving[] = [];
  const stores: StateStore[] = [];

  afterEach(async () => {
    await Promise.all(started.splice(0).map((one) => one.stop(0)));
    await Promise.all(stores.splice(0).map((one) => one.close()));
  });

  async function redis() {
    const port = await freePort();
    const start = async (): Promise<ChildProcess> => {
      const child = await startRedis(port, folder);
      children.push(child);
      return child;
    };
    return { url: `redis://127.0.0.1:${port}`, start, running: await start() };
  }

  async function open(url: string): Promise<StateStore> {
    const store = await openRedis(url, () => undefined);
    stores.push(store);
    return store;
  }

  test('several servers never allow more than one would', async () => {
    const { url } = await redis();
    const [one, two] = [await open(url), await open(url)];
    const now = Date.parse('2026-03-16T12:00:00Z');
    const limits = { per_minute: null, per_day: 60, per_month: 1000 };
    const taken = await Promise.all(
      Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? one : two).take('k', limits, 1, now)),
    );
    expect(taken.filter(({ kind }) => kind === 'taken')).toHaveLength(60);
    expect(taken.at(-1)).toEqual({ kind: 'full', wait: 12 * 3600 });
    expect(await one.counts('k', now)).toMatchObject({ day: { used: 60 } });
    const step = { now, tools: ['search'], price: 1, unpriced: false };
    const name = { key: 'k', run: 'r' };
    const steps = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one : two).step(name, step)),
    );
    const seen = steps.map((each) =>
      'iteration' in each ? [each.iteration, each.tools.length] : each,
    );
    const wanted = Array.from({ length: 20 }, (_, n) => [n + 1, n]);
    expect(new Set(seen.map(String))).toEqual(new Set(wanted.map(String)));
    await two.giveBack(name, step);
    expect(await one.step(name, step)).toMatchObject({ iteration: 21, cost: 19 });
  });

  test('gone: nothing is decided, or all is and counted, as set; back: all goes on as before', async () => {
    const { url: state, start, running } = await redis();
    const serve_ = async (stateFailure: 'refuse' | 'count') => {
      const options: Partial<ServeOptions> = { state, stateFailure };
      const load = packLoader(quietHost(), GUARD);
      const server = await serveFolder(folder, { ...options, load, now: Date.now });
      started.push(server);
      return server;
    };
    const [strict, lenient] = [await serve_('refuse'), await serve_('count')];
    const check = async ({ url }: Serving) => (await ask(`${url}/check`, CHECK)).status;
    expect([await check(strict), await check(lenient)]).toEqual([200, 200]);
    await kill(running);
    expect([await check(strict), await check(lenient)]).toEqual([503, 200]);
    const metrics = await (await fetch(`${lenient.url}/metrics`)).text();
    expect(metrics).toContain('\nstage0_state_failures_total 1\n');
    await start();
    await vi.waitFor(async () => expect(await check(strict)).toBe(200), { timeout: 30_000 });
    expect(strict.said()).toContain('The state in Redis can be reached again.');
    const limited = { ...CHECK, constraints: ['max_iterations: 1'] };
    // What was counted before is still counted.
    const { body } = await ask(`${strict.url}/check`, limited);
    expect(JSON.stringify(body)).toContain('LOOP_THRESHOLD_EXCEEDED');
  });

  test('who goes while it is asked takes up no place among those under way', async () => {
    const { url: state, running } = await redis();
    const file = join(folder, 'keys.json');
    const key = await newKey(file);
    const known = JSON.parse(await readFile(file, 'utf8')) as { plans: { unlimited: object } };
    Object.assign(known.plans.unlimited, { concurrent: 2 });
    await writeFile(file, JSON.stringify(known));
    const load = packLoader(quietHost(), GUARD);
    const server = await serveFolder(folder, { state, load, gate: { keys: file }, now: Date.now });
    started.push(server);
    const { hostname, port } = new URL(server.url);
    running.kill('SIGSTOP');
    for (const _ of [1, 2]) {
      const socket = connect(Number(port), hostname);
      socket.write(
        `POST /check HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${key}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n`,
      );
      // Node's answer says that the request has begun.
      await once(socket, 'data');
      socket.destroy();
    }
    // A turn of the server, in which it hears that they have gone.
    await get(`${server.url}/healthz`);
    await get(`${server.url}/healthz`);
    running.kill('SIGCONT');
    await vi.waitFor(async () => {
      const answer = await ask(`${server.url}/check`, CHECK, { 'x-api-key': key });
      expect(answer.status).toBe(200);
    }, 30_000);
  });

  test('a server starts without it, says so, and hides the password', async () => {
    const said: string[] = [];
    const store = await openRedis('redis://:secret@127.0.0.1:1', (line) => said.push(line));
    stores.push(store);
    expect(await store.counts('k', 0)).toMatchObject({ kind: 'unavailable' });
    expect(said.join('')).toContain('cannot be reached');
    expect(said.join('')).not.toContain('secret');
  });
});
