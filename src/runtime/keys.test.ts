import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { byCodeUnits } from '../base/canonical-json.ts';
import { bundleLoader } from './bundles/bundle-loader.ts';
import { changeAlone } from './file-bytes.ts';
import { hashOf, newApiKey, NO_KEYS, type ApiKey, type Plan } from './keys/key-file.ts';
import { KeyRing } from './keys/key-ring.ts';
import { runProgram } from './program.ts';
import { LocalStore } from './state/local-store.ts';
import { usageOf } from './state/quota.ts';
import type { ServeOptions, Serving } from './server/serve.ts';
import {
  ask,
  bundleFolder,
  get,
  LOADED,
  namedBundle,
  OWNER,
  quietHost,
  remove,
  serveFolder,
} from './testing/serving.ts';

// Many tests share the machine: what is slow there is not wrong.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder = '';
let file = '';
const started: Serving[] = [];

beforeEach(async () => {
  folder = await bundleFolder();
  file = join(folder, 'keys.json');
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop(0)));
  await remove(folder);
});

async function stage0(...args: readonly string[]) {
  let out = '';
  const host = { ...quietHost(), out: (text: string): void => void (out += text) };
  const code = await runProgram(args, host);
  return { code, out: out.trim(), error: host.said().replaceAll(folder, '') };
}

async function addKey(...more: readonly string[]): Promise<string> {
  const { code, out } = await stage0('keys', 'add', '--file', file, '--label', 'test', ...more);
  expect(code).toBe(0);
  return out;
}

async function setPlan(name: string, plan: Plan): Promise<void> {
  const text = JSON.stringify({ ...NO_KEYS, plans: { ...NO_KEYS.plans, [name]: plan } });
  await writeFile(file, text);
}

async function serve(more: Partial<ServeOptions> = {}) {
  const server = await serveFolder(folder, { gate: { keys: file }, ...more });
  started.push(server);
  return { server, check: `${server.url}/check`, usage: `${server.url}/usage` };
}

const STEP = { now: LOADED, tools: [], price: 0, unpriced: false };
const withKey = (key: string) => ({ 'x-api-key': key });

describe('stage0 keys', () => {
  test('a key is printed once, stored as its hash, listed without it and revoked for good', async () => {
    const key = await addKey('--plan', 'pro', '--environment', 'staging', 'test');
    expect(key).toMatch(/^s0_[0-9a-f]{12}_[\w-]{43}$/);
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain(key);
    expect(text).not.toContain(key.slice(16));
    const { out } = await stage0('keys', 'list', '--file', file, '--json');
    expect(JSON.parse(out)).toMatchObject([{ plan: 'pro', environments: ['staging', 'test'] }]);
    expect(out).not.toContain('sha256');
    const id = key.slice(3, 15);
    const { server, check } = await serve();
    const body = { ...OWNER, environment: 'test' };
    expect((await ask(check, body, withKey(key))).status).toBe(200);
    expect((await stage0('keys', 'revoke', id, '--file', file)).code).toBe(0);
    await server.reload();
    expect((await ask(check, body, withKey(key))).status).toBe(401);
    expect((await stage0('keys', 'list', '--file', file)).out).toMatch(`${id}  pro  revoked `);
  });

  test('those who change the file at once undo nothing of each other', async () => {
    const old = (await addKey()).slice(3, 15);
    const added = Promise.all(Array.from({ length: 6 }, () => addKey()));
    const { code } = await stage0('keys', 'revoke', old, '--file', file);
    expect(code).toBe(0);
    const ids = (await added).map((key) => key.slice(3, 15));
    const { out } = await stage0('keys', 'list', '--file', file, '--json');
    const listed = JSON.parse(out) as { id: string; revoked?: string }[];
    expect(listed.map(({ id }) => id).toSorted(byCodeUnits)).toEqual(
      [old, ...ids].toSorted(byCodeUnits),
    );
    expect(listed.filter(({ revoked }) => revoked !== undefined)).toMatchObject([{ id: old }]);
    expect(await readdir(folder)).not.toContain('keys.json.lock');
    await writeFile(`${file}.lock`, '');
    expect(await changeAlone(file, () => Promise.resolve(1), 50)).toMatchObject({
      ok: false,
      error: { file: `${file}.lock` },
    });
  });

  test('says what it cannot do', async () => {
    expect(
      (await stage0('keys', 'add', '--file', file, '--label', 'x', '--plan', 'gold')).error,
    ).toContain('there is no plan gold');
    await addKey();
    expect((await stage0('keys', 'revoke', 'ffffffffffff', '--file', file)).code).toBe(1);
    await writeFile(file, '{"format":"stage0-keys/v1","plans":{},"keys":[{"id":"x"}]}');
    const { code, error } = await stage0('keys', 'list', '--file', file);
    expect(code).toBe(1);
    expect(error).toMatch(/^\/keys\.json:1:\d+: \/keys\/0\/id: /);
    expect((await stage0('keys', 'add', '--file', file)).error).toContain(
      '(stage0 keys add --help',
    );
  });
});

describe('a server with keys', () => {
  test('answers nobody whose key it does not know', async () => {
    const key = await addKey();
    const { check, usage, server } = await serve();
    const other = newApiKey().secret;
    const wrong = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
    for (const presented of ['', other, wrong, `${key} `.slice(1), '__proto__', key.slice(0, 15)]) {
      const answer = await ask(check, OWNER, withKey(presented));
      expect(answer).toMatchObject({ status: 401, body: { error: 'UNKNOWN_KEY' } });
    }
    expect((await ask(check, OWNER)).status).toBe(401);
    expect((await get(usage)).status).toBe(401);
    expect((await get(`${server.url}/policy`)).status).toBe(401);
    expect((await get(`${server.url}/readyz`)).status).toBe(200);
    expect((await ask(check, OWNER, withKey(key))).status).toBe(200);
    const bearer = (presented: string) => ({ authorization: `Bearer ${presented}` });
    expect((await ask(check, OWNER, bearer(key))).status).toBe(200);
    expect((await ask(check, OWNER, bearer(other))).status).toBe(401);
    const evaluation = `${server.url}/access/v1/evaluation`;
    const unknown = await ask(evaluation, {}, bearer(wrong));
    expect(unknown.status).toBe(401);
    expect(unknown.headers.get('www-authenticate')).toBe('Bearer');
    // Known, and wrong in its request alone.
    expect((await ask(evaluation, {}, bearer(key))).status).toBe(400);
  });

  test('takes as many requests at once, and as large ones, as the plan allows', async () => {
    const open = { pro: false, per_minute: null, per_day: null, per_month: null };
    await setPlan('narrow', { ...open, concurrent: 2, max_bytes: 500 });
    const [key, other] = [await addKey('--plan', 'narrow'), await addKey('--plan', 'narrow')];
    const { check, server } = await serve();
    const large = await ask(check, { ...OWNER, goal: 'x'.repeat(500) }, withKey(key));
    expect(large).toMatchObject({ status: 413, body: { error: 'BODY_TOO_LARGE' } });
    const { hostname, port } = new URL(server.url);
    const begun = [1, 2].map(() => connect(Number(port), hostname));
    const head = `POST /check HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${key}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n`;
    for (const socket of begun) socket.write(head);
    // Node's answer says that the request has begun.
    await Promise.all(begun.map((socket) => once(socket, 'data')));
    const third = await ask(check, OWNER, withKey(key));
    expect(third).toMatchObject({ status: 429, body: { error: 'CONCURRENCY_EXCEEDED' } });
    expect(third.headers.get('retry-after')).toBe('1');
    expect((await ask(check, OWNER, withKey(other))).status).toBe(200);
    begun[0]?.destroy();
    await vi.waitFor(async () => expect((await ask(check, OWNER, withKey(key))).status).toBe(200), {
      timeout: 30_000,
    });
    begun[1]?.destroy();
  });

  test('counts checks, refuses past the quota, and says how long to wait', async () => {
    let now = Date.parse('2026-11-01T13:00:50Z');
    await setPlan('tiny', { pro: false, per_minute: 3, per_day: 5, per_month: null });
    const key = await addKey('--plan', 'tiny');
    const { check, usage } = await serve({ now: () => now });
    const asked = () => ask(check, OWNER, withKey(key));
    for (const _ of [1, 2, 3]) expect((await asked()).status).toBe(200);
    const refused = await asked();
    expect(refused).toMatchObject({
      status: 429,
      body: {
        error: 'QUOTA_EXCEEDED',
        retry_after_seconds: 10,
        detail: { retry_after_seconds: 10 },
      },
    });
    expect(refused.headers.get('retry-after')).toBe('10');
    now += 10_000;
    const batch = { checks: [OWNER, OWNER, OWNER] };
    const tooMany = await ask(`${check}/batch`, batch, withKey(key));
    expect(tooMany).toMatchObject({ status: 429, body: { retry_after_seconds: 39_540 } });
    expect((await get(usage, withKey(key))).body).toMatchObject({
      api_key_id: key.slice(3, 15),
      plan: 'tiny',
      month_key: '2026-11',
      monthly_quota: null,
      monthly_remaining: null,
      day_key: '2026-11-01',
      daily_quota: 5,
      daily_used: 4,
      daily_remaining: 1,
      per_minute_limit: 3,
      minute_used: 1,
      minute_remaining: 2,
      environment: '',
      evaluated_at: now / 1000,
    });
  });

  test('a request of more checks than a plan ever allows is not told to wait', async () => {
    await setPlan('tiny', { pro: false, per_minute: 3, per_day: null, per_month: 100 });
    const key = await addKey('--plan', 'tiny');
    const { server } = await serve();
    const batch = (count: number) =>
      ask(`${server.url}/check/batch`, { checks: Array<object>(count).fill(OWNER) }, withKey(key));
    const never = await batch(4);
    expect(never).toMatchObject({ status: 402, body: { error: 'PLAN_LACKS_FEATURE' } });
    expect(never.headers.get('retry-after')).toBeNull();
    // It counted as one, so that there is room for two.
    expect((await batch(3)).status).toBe(429);
    const evaluation = {
      subject: { type: 'agent', id: 'a' },
      action: { name: 'door' },
      resource: { type: 'door', id: 'front' },
      evaluations: [{}, {}, {}, {}],
    };
    const url = `${server.url}/access/v1/evaluations`;
    expect((await ask(url, evaluation, withKey(key))).status).toBe(403);
  });

  test('remembers what was used over a restart, and does not start on a file it cannot trust', async () => {
    await setPlan('tiny', { pro: false, per_minute: null, per_day: 2, per_month: 2 });
    const key = await addKey('--plan', 'tiny');
    const state = join(folder, 'state');
    const first = await serve({ state });
    for (const _ of [1, 2]) expect((await ask(first.check, OWNER, withKey(key))).status).toBe(200);
    await first.server.stop(100);
    const second = await serve({ state });
    expect((await ask(second.check, OWNER, withKey(key))).status).toBe(429);
    await expect(serve({ state: file })).rejects.toThrow('it is no state file');
  });

  test('a clock that starts in 1970 gives no quota anew, over restarts and in a smaller file', async () => {
    await setPlan('tiny', { pro: false, per_minute: null, per_day: null, per_month: 5 });
    const key = await addKey('--plan', 'tiny');
    let now = LOADED;
    const state = join(folder, 'state');
    let server: Serving | undefined;
    const asked = async (at: number) => {
      now = at;
      await server?.stop(100);
      const store = LocalStore.open(state, 1);
      // With so little allowed, the file is made smaller at each change.
      if (!store.ok) throw new Error(store.error);
      await store.value.step({ key: 'other', run: 'r' }, STEP);
      await store.value.close();
      const next = await serve({ state, now: () => now });
      ({ server } = next);
      return (await ask(next.check, OWNER, withKey(key))).status;
    };
    const minute = 60_000;
    for (const at of [LOADED, LOADED + minute, LOADED]) expect(await asked(at)).toBe(200);
    for (const at of [0, minute, 2 * minute]) expect([200, 503]).toContain(await asked(at));
    for (const at of [LOADED, LOADED + minute]) expect(await asked(at)).toBe(200);
    expect(await asked(LOADED + 2 * minute)).toBe(429);
  });

  test('refuses pro checks that the plan does not include', async () => {
    const [free, pro] = [await addKey(), await addKey('--plan', 'pro')];
    const { check } = await serve();
    const body = { ...OWNER, pro: true };
    const refused = await ask(check, body, withKey(free));
    expect(refused).toMatchObject({ status: 402, body: { error: 'PLAN_LACKS_FEATURE' } });
    expect((await ask(check, body, withKey(pro))).status).toBe(200);
  });

  test('holds a key to its environments and tenants', async () => {
    const key = await addKey('--environment', 'staging', '--tenant', 'acme');
    const { check } = await serve();
    const status = async (context: object, more: object = {}) =>
      (
        await ask(
          check,
          { ...OWNER, ...more, context: { actor_role: 'owner', ...context } },
          withKey(key),
        )
      ).status;
    const silent = await ask(check, OWNER, withKey(key));
    expect(silent.body).toMatchObject({ environment: 'staging' });
    expect(
      await status({ environment: 'staging', tenant_id: 'acme', target_tenants: ['acme'] }),
    ).toBe(200);
    expect(await status({ environment: null, tenant_id: '' })).toBe(200);
    for (const context of [
      { environment: 'production' },
      { environment: 'Staging' },
      { environment: ['staging'] },
      { tenant_id: 'other' },
      { tenant_id: 7 },
      { target_tenants: ['acme', 'other'] },
      { target_tenants: 'other' },
    ]) {
      expect([context, await status(context)]).toEqual([context, 403]);
    }
    expect(await status({ environment: 'staging' }, { environment: 'production' })).toBe(403);
    const two = await addKey('--environment', 'staging', 'test');
    const more = await serve();
    expect((await ask(more.check, OWNER, withKey(two))).status).toBe(403);
  });

  test('of several bundles a key reaches its own, and says which when it has more', async () => {
    await writeFile(join(folder, 'gate.cjar'), await namedBundle('gate'));
    const host = quietHost();
    const load = ['door', 'gate'].map((name) =>
      bundleLoader(host, {
        bundle: join(folder, `${name}.cjar`),
        trust: join(folder, 'trust.json'),
        accepted: join(folder, 'accepted.json'),
      }),
    );
    const keys = {
      door: await addKey('--bundle', 'door'),
      gate: await addKey('--bundle', 'gate'),
      both: await addKey('--bundle', 'door', 'gate'),
      any: await addKey(),
      none: await addKey('--bundle', 'window'),
    };
    const { check, server } = await serve({ load });
    const asked = async (key: keyof typeof keys, version?: string) => {
      const body = version === undefined ? OWNER : { ...OWNER, policy_pack_version: version };
      const answer = await ask(check, body, withKey(keys[key]));
      return answer.body['policy_version'] ?? `${answer.status} ${String(answer.body['error'])}`;
    };
    expect(await asked('door')).toBe('door@1.0.0');
    expect(await asked('door', 'door@1.0.0')).toBe('door@1.0.0');
    expect(await asked('door', 'gate@1.0.0')).toBe('403 OUTSIDE_KEY');
    expect(await asked('door', 'window@1.0.0')).toBe('403 OUTSIDE_KEY');
    expect(await asked('gate')).toBe('gate@1.0.0');
    expect(await asked('both')).toBe('422 PACK_NOT_NAMED');
    expect(await asked('both', 'gate@1.0.0')).toBe('gate@1.0.0');
    expect(await asked('both', 'gate@2.0.0')).toBe('422 PACK_VERSION_MISMATCH');
    expect(await asked('any', 'door@1.0.0')).toBe('door@1.0.0');
    expect(await asked('any', 'window@1.0.0')).toBe('422 PACK_VERSION_MISMATCH');
    expect(await asked('none')).toBe('503 NO_TRUSTED_POLICY');
    const policy = async (key: string, query = '') =>
      (await get(`${server.url}/policy${query}`, withKey(key))).body['name'];
    expect(await policy(keys.gate)).toBe('gate');
    expect(await policy(keys.both)).toBeUndefined();
    expect(await policy(keys.both, '?version=gate@1.0.0')).toBe('gate');
    for (const other of ['gate@2.0.0', 'window@1.0.0', 'gate', '%ff']) {
      expect(await policy(keys.any, `?version=${other}`)).toBeUndefined();
    }
    expect((await get(`${server.url}/readyz`)).body).toMatchObject({
      policy: 'door@1.0.0, gate@1.0.0',
    });
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics.match(/^stage0_policy_info\{name="(?:door|gate)"/gmu)).toHaveLength(2);
    // The rollback of one is remembered beside the other's.
    expect(await readFile(join(folder, 'accepted.json'), 'utf8')).toMatch(/"door".*"gate"/su);
  });

  test('a check that names no bundle is never decided by the one that is left', async () => {
    let now = LOADED;
    const soon = await bundleFolder({
      manifest: (manifest) => ({ ...manifest, expires: '2026-11-01T14:00:00Z' }),
    });
    const load = [soon, folder].map((place, index) =>
      bundleLoader(quietHost(), {
        bundle: join(place, ['door.cjar', 'gate.cjar'][index] ?? ''),
        trust: join(place, 'trust.json'),
      }),
    );
    const keys = [await addKey(), await addKey('--bundle', 'door', 'gate')];
    const own = await addKey('--bundle', 'gate');
    const { check, server } = await serve({ load, now: () => now });
    const asked = async (key: string, version: string) => {
      const answer = await ask(check, { ...OWNER, policy_pack_version: version }, withKey(key));
      return answer.body['policy_version'] ?? answer.body['error'];
    };
    for (const key of keys) {
      // The other is not there yet.
      expect(await asked(key, '')).toBe('PACK_NOT_NAMED');
      expect(await asked(key, 'door@1.0.0')).toBe('door@1.0.0');
    }
    await writeFile(join(folder, 'gate.cjar'), await namedBundle('gate'));
    await server.reload();
    now = Date.parse('2026-11-01T14:00:00Z');
    for (const key of keys) {
      expect(await asked(key, '')).toBe('PACK_NOT_NAMED');
      expect(await asked(key, 'gate@1.0.0')).toBe('gate@1.0.0');
    }
    expect(await asked(own, '')).toBe('gate@1.0.0');
    await remove(soon);
  });

  test('a broken file of keys changes nothing that works', async () => {
    const key = await addKey();
    const { server, check } = await serve();
    await writeFile(file, 'no keys');
    await server.reload();
    expect((await ask(check, OWNER, withKey(key))).status).toBe(200);
    await expect(serve()).rejects.toThrow('keys.json:1:1');
  });

  test('does not listen where others reach it without keys', async () => {
    const { code, error } = await stage0('serve', '--pack', folder, '--host', '0.0.0.0');
    expect({ code, error }).toEqual({
      code: 1,
      error: expect.stringContaining('--keys is needed') as unknown,
    });
  });
});

describe('parts', () => {
  const plan = { pro: false, per_minute: 2, per_day: 3, per_month: 100 };
  const { id, secret } = newApiKey();
  const key: ApiKey = {
    id,
    sha256: hashOf(secret).toString('hex'),
    label: '',
    plan: 'p',
    created: '2026-11-01T00:00:00Z',
  };

  test('a key of a plan that is not there opens nothing', () => {
    const with_ = (plans: Record<string, Plan>) => new KeyRing({ ...NO_KEYS, plans, keys: [key] });
    expect(with_({ p: plan }).find(secret)?.key.id).toBe(id);
    expect(with_({}).find(secret)).toBeUndefined();
    expect(new KeyRing(NO_KEYS).find(secret)).toBeUndefined();
  });

  test('a clock that jumps locks nobody out, and forgets nothing when it comes back', async () => {
    const store = new LocalStore();
    const at = Date.parse('2026-12-31T23:59:59.500Z');
    expect(await store.take(id, plan, 2, at)).toEqual({ kind: 'taken' });
    expect(await store.take(id, plan, 1, at)).toEqual({ kind: 'full', wait: 1 });
    expect(await store.take(id, plan, 1, at + 86_400_000 * 400)).toEqual({ kind: 'taken' });
    expect(await store.take(id, plan, 1, at)).toEqual({ kind: 'full', wait: 1 });
    expect(usageOf(await store.counts(id, at), plan)).toMatchObject({
      month_key: '2026-12',
      minute_remaining: 0,
    });
  });
});
