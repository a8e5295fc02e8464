import { hash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { acceptedState, NO_STATE, stateText } from '../bundle/state.ts';
import { forge, REQUEST } from '../bundle/testing/forge.ts';
import { smallPack } from '../bundle/testing/small-pack.ts';
import { bundleLoader } from './bundles/bundle-loader.ts';
import { fetchBundle } from './bundles/fetch-bundle.ts';
import { runProgram } from './program.ts';
import type { ServeOptions, Serving } from './server/serve.ts';
import {
  ask,
  bundleFolder,
  get,
  LOADED,
  nextDoor,
  OWNER,
  quietHost,
  remove,
  serveFolder,
} from './testing/serving.ts';

// Many tests share the machine: what is slow there is not wrong.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
const PATIENCE = { timeout: 30_000, interval: 20 };

let folder = '';
let trust = '';
const ends: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await bundleFolder();
  trust = join(folder, 'trust.json');
});

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
  await remove(folder);
});

type Handler = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** A web server on the loopback. */
async function web(handler: Handler): Promise<string> {
  const server: Server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

/** Serves what comes from a place. */
async function serve(
  bundle: string,
  more: Partial<ServeOptions> = {},
): Promise<Serving & { said: () => string }> {
  const accepted = join(folder, 'accepted.json');
  const load = bundleLoader(quietHost(), { bundle, trust, accepted });
  const server = await serveFolder(folder, { load, interval: 20, ...more });
  ends.push(() => server.stop(0));
  return server;
}

const versionAt = async (server: Serving) => (await get(`${server.url}/policy`)).body['version'];
const metricsOf = async (server: Serving) => (await fetch(`${server.url}/metrics`)).text();

describe('an address', () => {
  /** An object store with one object. */
  class Store {
    bytes: Uint8Array = new Uint8Array();
    up = true;
    silent = false;
    readonly asked: (string | undefined)[] = [];

    readonly handler: Handler = (incoming, outgoing) => {
      const etag = `"${hash('sha256', this.bytes)}"`;
      this.asked.push(incoming.headers['if-none-match']);
      if (this.silent) return;
      if (!this.up) outgoing.writeHead(500).end();
      else if (incoming.headers['if-none-match'] === etag) outgoing.writeHead(304).end();
      else outgoing.writeHead(200, { etag }).end(this.bytes);
    };
  }

  test('is asked again and again: a new bundle takes over, a bad one or none changes nothing', async () => {
    const store = new Store();
    store.bytes = await forge();
    const url = `${await web(store.handler)}/door.cjar?signature=secret`;
    const server = await serve(url, { poll: 20 });
    expect(await versionAt(server)).toBe('1.0.0');
    await vi.waitFor(() => expect(store.asked.length).toBeGreaterThan(3), PATIENCE);
    expect(store.asked[0]).toBeUndefined();
    expect(new Set(store.asked.slice(1))).toEqual(new Set([expect.any(String)]));
    expect(await metricsOf(server)).toContain('stage0_policy_reloads_total{result="ok"} 1\n');

    store.bytes = await nextDoor('1.1.0');
    await vi.waitFor(async () => expect(await versionAt(server)).toBe('1.1.0'), PATIENCE);

    store.bytes = Buffer.from('no archive at all,');
    await vi.waitFor(
      async () =>
        expect((await get(`${server.url}/readyz`)).body).toMatchObject({ last_reload: 'failed' }),
      PATIENCE,
    );
    const asked = store.asked.length;
    await vi.waitFor(() => expect(store.asked.length).toBeGreaterThan(asked + 3), PATIENCE);
    expect(await versionAt(server)).toBe('1.1.0');
    expect((await ask(`${server.url}/check`, OWNER)).status).toBe(200);
    // Looked at once, and said once.
    expect(await metricsOf(server)).toContain('stage0_policy_reloads_total{result="failed"} 1\n');
    expect(await metricsOf(server)).toContain('stage0_policy_reload_failed 1\n');
    expect(server.said().match(/E_ARCHIVE/g)).toHaveLength(1);

    store.up = false;
    await vi.waitFor(() => expect(server.said()).toContain('it answered 500'), PATIENCE);
    store.up = true;
    store.bytes = await nextDoor('1.2.0');
    await vi.waitFor(async () => expect(await versionAt(server)).toBe('1.2.0'), PATIENCE);
    expect(await metricsOf(server)).toContain('stage0_policy_reload_failed 0\n');
    expect(server.said()).not.toContain('secret');

    // What was accepted outlives the process.
    store.bytes = await forge();
    const restarted = await serve(url);
    expect(restarted.said()).toContain('E_ROLLBACK');
    expect(await versionAt(restarted)).toBe('1.2.0');
    for (const name of await readdir(folder)) {
      if (name.startsWith('accepted.json.')) await rm(join(folder, name));
    }
    const bare = await serve(url);
    expect(bare.said()).toContain('E_ROLLBACK');
    expect((await ask(`${bare.url}/check`, OWNER)).status).toBe(503);
  });

  /** A server that was started with an address and stopped, and whose address is away now. */
  async function stopped(first: Uint8Array) {
    const store = new Store();
    store.bytes = first;
    const url = `${await web(store.handler)}/door.cjar?signature=secret`;
    const server = await serve(url);
    expect((await get(`${server.url}/policy`)).body).toMatchObject({ from_copy: false });
    await server.stop(0);
    store.up = false;
    const name =
      (await readdir(folder)).find((file) => /^accepted\.json\..*cjar$/.test(file)) ?? '';
    return { store, url, copy: join(folder, name) };
  }

  test('a server that starts while it is away begins with the copy that was kept, and says so', async () => {
    const { store, url, copy } = await stopped(await forge());
    expect((await stat(copy)).mode & 0o777).toBe(0o600);
    const server = await serve(url, { poll: 20 });
    expect(await get(`${server.url}/readyz`)).toMatchObject({
      status: 200,
      body: { policy: 'door@1.0.0', signed: true, last_reload: 'failed' },
    });
    expect((await get(`${server.url}/policy`)).body).toMatchObject({ from_copy: true });
    expect(await metricsOf(server)).toContain(
      'stage0_policy_from_copy{name="door",version="1.0.0"} 1\n',
    );
    expect((await ask(`${server.url}/check`, OWNER)).status).toBe(200);
    const asked = store.asked.length;
    await vi.waitFor(() => expect(store.asked.length).toBeGreaterThan(asked + 3), PATIENCE);
    expect(server.said()).toContain('it answered 500\nNot loaded: the copy that was kept is.\n');
    expect(server.said()).toMatch(/^Loaded door@1\.0\.0 sha256:\w+ from .*\.cjar$/m);
    expect(server.said().match(/it answered 500/g)).toHaveLength(1);

    store.up = true;
    await vi.waitFor(
      async () =>
        expect((await get(`${server.url}/policy`)).body).toMatchObject({ from_copy: false }),
      PATIENCE,
    );
    store.bytes = await nextDoor('1.1.0');
    await vi.waitFor(async () => expect(await versionAt(server)).toBe('1.1.0'), PATIENCE);
    expect(await readFile(copy)).toEqual(Buffer.from(store.bytes));
    await server.stop(0);
    // What is there and does not verify is no better than nothing.
    store.bytes = Buffer.from('broken');
    const again = await serve(url);
    expect((await get(`${again.url}/policy`)).body).toMatchObject({
      version: '1.1.0',
      from_copy: true,
    });
    expect(again.said()).toContain('E_ARCHIVE');
    expect(again.said()).not.toContain('secret');
  });

  test('a copy is verified as anything else: nothing decides when it is changed, old or expired', async () => {
    const { url, copy } = await stopped(
      await forge({ manifest: (manifest) => ({ ...manifest, expires: '2026-11-01T14:00:00Z' }) }),
    );
    const good = await readFile(copy);
    const refusal = async (more: Partial<ServeOptions> = {}) => {
      const server = await serve(url, more);
      expect((await get(`${server.url}/readyz`)).status).toBe(503);
      expect((await ask(`${server.url}/check`, OWNER)).status).toBe(503);
      expect(server.said()).toContain('it answered 500');
      return server.said();
    };
    expect(await refusal({ now: () => Date.parse('2026-11-01T14:00:00Z') })).toContain('E_EXPIRED');
    const changed = Buffer.from(good);
    changed.writeUInt8(changed.readUInt8(600) ^ 1, 600);
    await writeFile(copy, changed);
    expect(await refusal()).toMatch(/E_(?:ARCHIVE|DIGEST|SIG)/);
    await writeFile(copy, await forge());
    expect(await refusal()).toContain('E_EQUIVOCATION');
    await writeFile(copy, good);
    await writeFile(
      join(folder, 'accepted.json'),
      stateText(
        acceptedState(NO_STATE, 'door', { version: '1.0.1', id: `sha256:${'0'.repeat(64)}` }),
      ),
    );
    expect(await refusal()).toContain('E_ROLLBACK');
    // Nor is anything kept for who remembers nothing.
    await rm(copy);
    expect(await refusal()).toContain('nothing is decided');
  });

  test('that is silent keeps no server from starting: with its copy at once, else alive and not ready', async () => {
    const { store, url } = await stopped(await forge());
    // It takes the question, and that is all.
    const silent = await web(() => undefined);
    const accepted = join(folder, 'accepted.json');
    const bare = await serve(silent, { patience: 50 });
    expect((await get(`${bare.url}/healthz`)).status).toBe(200);
    expect((await get(`${bare.url}/readyz`)).status).toBe(503);
    expect((await ask(`${bare.url}/check`, OWNER)).status).toBe(503);
    // Nor from ending.
    const ending = new AbortController();
    const loading = bundleLoader(quietHost(), { bundle: silent, trust, signal: ending.signal })(
      LOADED,
    );
    ending.abort();
    expect(await loading).toMatchObject({ ok: false });

    store.silent = true;
    const load = bundleLoader(quietHost(), { bundle: url, trust, accepted, patience: 50 });
    const server = await serve(url, { load, patience: 30_000, poll: 20 });
    expect((await get(`${server.url}/policy`)).body).toMatchObject({ from_copy: true });
    expect(server.said()).toContain('it did not arrive in time');
    store.silent = false;
    store.up = true;
  });

  test('that knows no ETags gives the same bundle again and again: it is loaded once', async () => {
    let asked = 0;
    let bytes: Uint8Array = await forge();
    const url = await web((_incoming, outgoing) => {
      asked += 1;
      outgoing.writeHead(200).end(bytes);
    });
    const server = await serve(url, { poll: 20 });
    await vi.waitFor(() => expect(asked).toBeGreaterThan(4), PATIENCE);
    expect(server.said().match(/Loaded/g)).toHaveLength(1);
    bytes = await nextDoor('1.1.0');
    await vi.waitFor(async () => expect(await versionAt(server)).toBe('1.1.0'), PATIENCE);
    // A signal means it.
    await server.reload();
    expect(server.said().match(/Loaded/g)).toHaveLength(3);
  });

  test('is asked for the whole again after what time may mend, and not after what is wrong in itself', async () => {
    const store = new Store();
    store.bytes = await forge();
    let now = Date.parse('2020-01-01T00:00:00Z');
    const server = await serve(await web(store.handler), { poll: 20, now: () => now });
    expect(server.said()).toContain('E_NOT_YET');
    now = LOADED;
    await vi.waitFor(async () => expect(await versionAt(server)).toBe('1.0.0'), PATIENCE);
    store.bytes = Buffer.from('broken');
    await vi.waitFor(() => expect(server.said()).toContain('E_ARCHIVE'), PATIENCE);
    const asked = store.asked.length;
    await vi.waitFor(() => expect(store.asked.length).toBeGreaterThan(asked + 3), PATIENCE);
    expect(store.asked.slice(asked + 1)).not.toContain(undefined);
  });

  test('gets no more than its bytes, its time and its redirects', async () => {
    const many = Buffer.alloc(2000);
    const url = await web((incoming, outgoing) => {
      const path = incoming.url ?? '';
      if (path === '/announced') outgoing.writeHead(200, { 'content-length': 2000 }).end(many);
      else if (path === '/endless') {
        outgoing.writeHead(200);
        for (let n = 0; n < 10; n += 1) outgoing.write(many);
        outgoing.end();
      } else if (path === '/silent') outgoing.writeHead(200).write('x');
      else if (path === '/loop') outgoing.writeHead(302, { location: '/loop' }).end();
      else if (path === '/file') outgoing.writeHead(302, { location: 'file:///etc/passwd' }).end();
      else if (path === '/nowhere') outgoing.writeHead(302, { location: 'http://' }).end();
      else if (path === '/once') outgoing.writeHead(301, { location: '/small' }).end();
      else if (path === '/not-modified') outgoing.writeHead(304).end();
      else if (path === '/small') outgoing.writeHead(200, { etag: '"1"' }).end('small');
      else outgoing.writeHead(404).end();
    });
    const limits = { timeout: 20_000, bytes: 1000, redirects: 3 };
    const fetched = async (path: string, more = {}) => {
      const result = await fetchBundle(`${url}${path}`, undefined, { ...limits, ...more });
      return result.ok ? result.value : result.error;
    };
    expect(await fetched('/once')).toMatchObject({
      bytes: new TextEncoder().encode('small'),
      etag: '"1"',
    });
    expect(await fetched('/announced')).toBe('it has more than 1000 bytes');
    expect(await fetched('/endless')).toBe('it has more than 1000 bytes');
    expect(await fetched('/silent', { timeout: 200 })).toBe('it did not arrive in time');
    expect(await fetched('/loop')).toBe('it redirects more than 3 times');
    expect(await fetched('/file')).toBe('it redirects to file:');
    expect(await fetched('/nowhere')).toBe('it redirects to no address');
    expect(await fetched('/gone')).toBe('it answered 404');
    // Nobody asked whether it changed.
    expect(await fetched('/not-modified')).toBe('it answered 304');
    const refused = await fetchBundle('http://127.0.0.1:1/', undefined, limits);
    expect(refused.ok ? '' : refused.error).toMatch(/^it cannot be fetched/);
  });
});

test('a shadow is loaded again as what decides is, and one that fails is seen', async () => {
  const next = join(folder, 'next.cjar');
  let now = LOADED;
  const server = await serve(join(folder, 'door.cjar'), {
    now: () => now,
    shadow: bundleLoader(quietHost(), { bundle: next, trust }),
    watched: [next],
  });
  const shadowAt = async () => (await get(`${server.url}/readyz`)).body['shadow'];
  const gauges = async () =>
    (await metricsOf(server)).split('\n').filter((line) => line.startsWith('stage0_shadow_'));
  // Nothing looks on, which is no reason not to be ready.
  expect(await get(`${server.url}/readyz`)).toMatchObject({
    status: 200,
    body: { status: 'ready', last_reload: 'ok', shadow: { policy: null, last_reload: 'failed' } },
  });
  expect(await gauges()).toEqual([
    'stage0_shadow_reloads_total{result="failed"} 1',
    'stage0_shadow_reload_failed 1',
    'stage0_shadow_ready 0',
  ]);
  expect(server.said()).toContain('The shadow was not loaded: nothing looks on.');

  await writeFile(`${next}.part`, await nextDoor('1.1.0'));
  await rename(`${next}.part`, next);
  const there = { policy: 'door@1.1.0', last_reload: 'ok' };
  await vi.waitFor(async () => expect(await shadowAt()).toEqual(there), PATIENCE);
  expect(server.said()).toContain('Shadow: door@1.1.0 sha256:');
  await writeFile(next, 'broken');
  const kept = { policy: 'door@1.1.0', last_reload: 'failed' };
  await vi.waitFor(async () => expect(await shadowAt()).toEqual(kept), PATIENCE);
  const [failed, ok, ...rest] = await gauges();
  expect([failed, ok]).toEqual([
    expect.stringMatching(/^stage0_shadow_reloads_total\{result="failed"\} \d+$/),
    'stage0_shadow_reloads_total{result="ok"} 1',
  ]);
  expect(rest).toEqual([
    'stage0_shadow_reload_failed 1',
    'stage0_shadow_ready 1',
    expect.stringMatching(/^stage0_shadow_info\{name="door",version="1\.1\.0",.* 1$/),
  ]);
  // Neither counts as a failure of what decides.
  expect(await metricsOf(server)).toContain('stage0_policy_reload_failed 0\n');
  const expiring = await forge({
    manifest: (manifest) => ({ ...manifest, version: '1.2.0', expires: '2026-11-01T14:00:00Z' }),
    pack: smallPack('1.2.0'),
    request: { ...REQUEST, files: smallPack('1.2.0') },
  });
  await writeFile(`${next}.part`, expiring);
  await rename(`${next}.part`, next);
  const last = { policy: 'door@1.2.0', last_reload: 'ok' };
  await vi.waitFor(async () => expect(await shadowAt()).toEqual(last), PATIENCE);
  now = Date.parse('2026-11-01T14:00:00Z');
  expect(await gauges()).toContain('stage0_shadow_ready 0');
  expect(await shadowAt()).toMatchObject({ last_reload: 'failed' });
});

test('what is given up because the server stops is not said to have failed', async () => {
  let giveUp: (() => void) | undefined;
  const shadow = () =>
    new Promise<{ readonly ok: false; readonly error: string }>((resolve) => {
      giveUp = () => resolve({ ok: false, error: 'It was given up.' });
    });
  const server = await serveFolder(folder, { shadow, patience: 100 });
  await vi.waitFor(() => expect(giveUp).toBeDefined(), PATIENCE);
  await server.stop(0);
  giveUp?.();
  await server.reload();
  expect(server.said()).not.toContain('given up');
});

describe('a folder', () => {
  test('gives the newest bundle that verifies, and says why others do not', async () => {
    const drop = join(folder, 'bundles');
    await mkdir(drop);
    const server = await serve(drop, { watched: [drop] });
    expect(server.said()).toContain('holds no bundle');
    expect((await ask(`${server.url}/check`, OWNER)).status).toBe(503);
    await writeFile(join(drop, 'door-1.0.0.cjar'), await forge());
    await vi.waitFor(async () => expect(await versionAt(server)).toBe('1.0.0'), PATIENCE);
    await writeFile(join(drop, 'door-1.10.0.cjar'), await nextDoor('1.10.0'));
    await vi.waitFor(async () => expect(await versionAt(server)).toBe('1.10.0'), PATIENCE);
    // By number, not by letters; and a newer one that is broken changes nothing but what is said.
    await writeFile(join(drop, 'door-1.9.0.cjar'), await nextDoor('1.9.0'));
    await writeFile(join(drop, 'door-2.0.0.cjar'), 'broken');
    await vi.waitFor(() => expect(server.said()).toContain('door-2.0.0.cjar: E_ARCHIVE'), PATIENCE);
    await vi.waitFor(
      async () =>
        expect((await get(`${server.url}/readyz`)).body).toMatchObject({ last_reload: 'failed' }),
      PATIENCE,
    );
    expect(await versionAt(server)).toBe('1.10.0');

    const restarted = await serve(drop);
    expect(await versionAt(restarted)).toBe('1.10.0');
    expect(await readFile(join(folder, 'accepted.json'), 'utf8')).toContain('"1.10.0"');
    await rm(join(drop, 'door-2.0.0.cjar'));
    await restarted.reload();
    expect((await get(`${restarted.url}/readyz`)).body).toMatchObject({ last_reload: 'ok' });
  });
});

test('a folder that is empty is still said to be when it is looked at again', async () => {
  const drop = join(folder, 'bundles');
  const file = join(drop, 'door-1.0.0.cjar');
  await mkdir(drop);
  await writeFile(file, await forge());
  const load = bundleLoader(quietHost(), { bundle: drop, trust });
  const first = await load(LOADED, true);
  expect(first).toMatchObject({ ok: true });
  expect(await load(LOADED, false)).toBe(first);
  await rm(file);
  const empty = { ok: false, error: expect.stringContaining('holds no bundle') as unknown };
  expect(await load(LOADED, true)).toEqual(empty);
  expect(await load(LOADED, false)).toEqual(empty);
});

test('what may pass is tried again, whatever else is wrong for good', async () => {
  const drop = join(folder, 'bundles');
  await mkdir(drop);
  await writeFile(join(drop, 'door-1.0.0.cjar'), await forge());
  await writeFile(join(drop, 'door-2.0.0.cjar'), 'broken');
  const accepted = join(folder, 'not-there-yet', 'accepted.json');
  const load = bundleLoader(quietHost(), { bundle: drop, trust, accepted });
  const first = await load(LOADED, true);
  expect(first).toMatchObject({ error: expect.stringContaining('cannot be written') as unknown });
  expect(first).toMatchObject({ error: expect.stringContaining('E_ARCHIVE') as unknown });
  await mkdir(join(folder, 'not-there-yet'));
  expect(await load(LOADED, false)).toMatchObject({ value: { pack: { version: '1.0.0' } } });
});

test('what only time mends is tried again without a change of the file, and said once', async () => {
  const drop = join(folder, 'bundles');
  await mkdir(drop);
  await writeFile(join(drop, 'door-1.0.0.cjar'), await forge());
  const later = await forge({
    manifest: (manifest) => ({ ...manifest, version: '1.1.0', issuedAt: '2026-11-01T14:00:00Z' }),
    pack: smallPack('1.1.0'),
    request: { ...REQUEST, files: smallPack('1.1.0') },
  });
  await writeFile(join(drop, 'door-1.1.0.cjar'), later);
  let now = Date.parse('2020-01-01T00:00:00Z');
  let looked = 0;
  const look = bundleLoader(quietHost(), { bundle: drop, trust });
  const load: typeof look = (at, again) => {
    looked += 1;
    return look(at, again);
  };
  const server = await serve(drop, { load, poll: 20, now: () => now });
  expect(server.said()).toContain('E_NOT_YET');
  expect((await ask(`${server.url}/check`, OWNER)).status).toBe(503);
  now = LOADED;
  await vi.waitFor(async () => expect(await versionAt(server)).toBe('1.0.0'), PATIENCE);
  const before = looked;
  await vi.waitFor(() => expect(looked).toBeGreaterThan(before + 3), PATIENCE);
  expect(server.said().match(/Loaded/g)).toHaveLength(1);
  now = Date.parse('2026-11-01T14:00:00Z');
  await vi.waitFor(async () => expect(await versionAt(server)).toBe('1.1.0'), PATIENCE);
  expect(await metricsOf(server)).toContain('stage0_policy_reload_failed 0\n');
});

test('two versions of one pack, and one twice, are each one series of the metrics', async () => {
  await writeFile(join(folder, 'next.cjar'), await nextDoor('1.1.0'));
  const load = ['door.cjar', 'next.cjar', 'next.cjar'].map((name) =>
    bundleLoader(quietHost(), { bundle: join(folder, name), trust }),
  );
  const lines = (await metricsOf(await serve(folder, { load }))).split('\n');
  const series = lines.flatMap((line) => (line.startsWith('#') ? [] : line.replace(/ [^ ]*$/, '')));
  expect(series.filter((each) => each.startsWith('stage0_policy_loaded'))).toHaveLength(2);
  expect(new Set(series.filter((each) => each !== '')).size).toBe(series.length - 1);
});

test('stage0 serve takes a folder or an address, and a time between two questions', async () => {
  const host = quietHost();
  const asked = await runProgram(
    ['serve', '--bundle', 'https://x.example/a.cjar', '--trust', trust, '--poll', '0'],
    host,
  );
  expect([asked, host.said()]).toEqual([1, expect.stringContaining('from 1 to 86400')]);
});
