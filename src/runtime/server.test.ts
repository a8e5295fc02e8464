import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { forge } from '../bundle/testing/forge.ts';
import { createClient } from './client.ts';
import { runProgram } from './program.ts';
import type { Serving } from './server/serve.ts';
import {
  ask,
  bundleFolder,
  get,
  LOADED,
  nextDoor,
  OWNER,
  quietHost,
  raw,
  remove,
  serveFolder,
} from './testing/serving.ts';

// Many tests share the machine: what is slow there is not wrong.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
const PATIENCE = { timeout: 30_000 };

let folder = '';
let serving: Serving;
let check = '';

beforeAll(async () => {
  folder = await bundleFolder();
  serving = await serveFolder(folder);
  check = `${serving.url}/check`;
});

afterAll(async () => {
  await serving.stop(100);
  await remove(folder);
});

const refused = (status: number, error: string) => ({ status, body: { error } });

describe('POST /check', () => {
  test('answers with the record, under the id that the client gave', async () => {
    const { status, body, headers } = await ask(check, OWNER, { 'x-request-id': 'run-7' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ verdict: 'ALLOW', decision: 'GO', request_id: 'run-7' });
    expect(body['timestamp']).toBe(LOADED / 1000);
    expect(headers.get('x-request-id')).toBe('run-7');
    expect(headers.get('x-stage0-unsigned')).toBeNull();
    const guest = await ask(check, { ...OWNER, context: { actor_role: 'guest' } });
    expect(guest.body).toMatchObject({ verdict: 'DEFER', defer_questions: [expect.any(String)] });
  });

  test('has one body for every error, which names the request', async () => {
    const { status, body } = await ask(check, '{"goal":', { 'x-request-id': 'run-8' });
    expect(status).toBe(400);
    expect(body['message']).toContain('Expected a value');
    expect(body).toEqual({
      message: body['message'],
      error: 'INVALID_JSON',
      request_id: 'run-8',
      detail: { detail: body['message'], request_id: 'run-8' },
    });
  });

  test('names every wrong field', async () => {
    const { status, body } = await ask(check, { tools: 'door', constraint: ['x'], pro: 1 });
    expect({ status, error: body['error'] }).toEqual({ status: 422, error: 'INVALID_REQUEST' });
    for (const field of ['goal', 'tools', 'constraint', 'pro']) {
      expect(body['message']).toMatch(new RegExp(`\\b${field}\\b`));
    }
  });

  test('refuses another pack version than the one that is loaded', async () => {
    const body = { ...OWNER, policy_pack_version: 'door@9.0.0' };
    expect(await ask(check, body)).toMatchObject(refused(422, 'PACK_VERSION_MISMATCH'));
    const right = await ask(check, { ...OWNER, policy_pack_version: 'door@1.0.0' });
    expect(right.status).toBe(200);
  });

  test.each([
    ['too deep', `{"goal":"x","context":{"a":${'['.repeat(5000)}${']'.repeat(5000)}}}`, 400],
    ['a key twice', '{"goal":"a","goal":"b"}', 400],
    ['half a surrogate pair', String.raw`{"goal":"\ud800"}`, 400],
    ['no object', '[]', 422],
    ['null', 'null', 422],
    ['nothing', '', 400],
    ['an own __proto__', '{"goal":"x","__proto__":{"pro":true}}', 422],
    ['a goal too long', `{"goal":"${'x'.repeat(8001)}"}`, 422],
  ])('refuses a body that is %s', async (_what, body, status) => {
    expect((await ask(check, body)).status).toBe(status);
  });

  test('facts called like parts of every object are facts and no more', async () => {
    const body =
      '{"goal":"Open the front door","tools":["door"],"context":{"__proto__":{"actor_role":"guest"},"constructor":1,"actor_role":"owner"}}';
    expect((await ask(check, body)).body).toMatchObject({ verdict: 'ALLOW' });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('takes a million bytes and no more, announced or not', async () => {
    const padded = (size: number): string => {
      const start = JSON.stringify(OWNER);
      return start + ' '.repeat(size - start.length);
    };
    expect((await ask(check, padded(1_000_000))).status).toBe(200);
    expect(await ask(check, padded(1_000_001))).toMatchObject(refused(413, 'BODY_TOO_LARGE'));
    const head = 'POST /check HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    const chunk = `${(400_000).toString(16)}\r\n${' '.repeat(400_000)}\r\n`;
    const endless = await raw(
      check,
      `${head}Transfer-Encoding: chunked\r\n\r\n`,
      chunk,
      chunk,
      chunk,
    );
    expect(endless).toMatch(/^HTTP\/1\.1 413 [^]*BODY_TOO_LARGE/);
  });

  test('takes JSON in UTF-8 alone', async () => {
    const type = { 'content-type': 'text/plain' };
    expect(await ask(check, OWNER, type)).toMatchObject(refused(415, 'CONTENT_TYPE_UNSUPPORTED'));
    const gzip = { 'content-encoding': 'gzip' };
    expect(await ask(check, OWNER, gzip)).toMatchObject(refused(415, 'CONTENT_TYPE_UNSUPPORTED'));
    const bytes = new Uint8Array([0x22, 0xff, 0x22]);
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const answer = await fetch(check, { method: 'POST', headers, body: bytes });
    expect(answer.status).toBe(400);
  });

  test('an id that could break a header or a log is replaced', async () => {
    for (const id of ['a b', 'x'.repeat(129), '"}', 'é']) {
      const { headers } = await ask(check, OWNER, { 'x-request-id': id });
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    const body = JSON.stringify(OWNER);
    const split = await raw(
      check,
      `POST /check HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nX-Request-Id: a\rX-Evil: 1\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(split).toMatch(/^HTTP\/1\.1 400 /);
    expect(split.toLowerCase()).not.toContain('x-evil');
  });

  test('other methods and addresses are refused in the same body', async () => {
    expect(await get(check)).toMatchObject(refused(405, 'METHOD_NOT_ALLOWED'));
    expect(await get(`${serving.url}/admin`)).toMatchObject(refused(404, 'NOT_FOUND'));
  });
});

describe('beside it', () => {
  test('/check/explain tells each rule and each condition', async () => {
    const { body } = await ask(`${check}/explain`, OWNER);
    expect(body).toMatchObject({
      record: { verdict: 'ALLOW' },
      tools: [
        {
          tool: 'door',
          satisfied: ['open'],
          policies: [
            { policy: 'open', line: 1, outcome: 'satisfied' },
            {
              policy: 'guests-wait',
              path: 'policies/door.cedar',
              outcome: 'unsatisfied',
              conditions: [
                {
                  kind: 'when',
                  outcome: false,
                  body: {
                    value: 'false',
                    words: 'actor role is given and actor role is guest',
                    children: [{ value: 'true' }, { value: 'false' }],
                  },
                },
              ],
            },
          ],
        },
      ],
    });
  });

  test('/check/batch answers each check, and says with its status whether all were decided', async () => {
    const both = await ask(`${check}/batch`, { checks: [OWNER, OWNER] }, { 'x-request-id': 'b' });
    expect(both).toMatchObject({ status: 200, body: { results: [{ status: 200 }, {}] } });
    expect(both.body).toMatchObject({ results: [{}, { body: { request_id: 'b-1' } }] });
    const one = await ask(`${check}/batch`, { checks: [OWNER, {}] });
    expect(one).toMatchObject({
      status: 207,
      body: {
        results: [
          { body: { verdict: 'ALLOW' } },
          { status: 422, body: { error: 'INVALID_REQUEST' } },
        ],
      },
    });
    for (const body of [{ checks: [] }, { checks: [OWNER], more: 1 }, [OWNER]]) {
      expect((await ask(`${check}/batch`, body)).status).toBe(422);
    }
  });

  test('/policy, /healthz and /readyz say what is loaded', async () => {
    expect(await get(`${serving.url}/policy`)).toMatchObject({
      status: 200,
      body: { name: 'door', version: '1.0.0', signed: true, signers: ['Alice'], rules: 2 },
    });
    expect((await get(`${serving.url}/healthz`)).status).toBe(200);
    expect(await get(`${serving.url}/readyz`)).toMatchObject({
      status: 200,
      body: { status: 'ready', policy: 'door@1.0.0', last_reload: 'ok' },
    });
  });

  test('HTTP/1.0 without a Host is answered as well', async () => {
    for (const path of ['/healthz', '/readyz']) {
      expect(await raw(serving.url, `GET ${path} HTTP/1.0\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 200 OK\r\n/,
      );
    }
  });

  test('/metrics counts decisions and refusals', async () => {
    const count = async (line: string): Promise<number> => {
      const text = await (await fetch(`${serving.url}/metrics`)).text();
      const found = text.split('\n').find((one) => one.startsWith(`${line} `));
      return Number(found?.slice(line.length) ?? 0);
    };
    const lines = [
      'stage0_decisions_total{verdict="DEFER"}',
      'stage0_issues_total{code="GUEST"}',
      'stage0_refusals_total{error="INVALID_REQUEST"}',
      'stage0_check_duration_seconds_count',
    ];
    const before = await Promise.all(lines.map(count));
    await ask(check, { ...OWNER, context: { actor_role: 'guest' } });
    await ask(check, {});
    const after = await Promise.all(lines.map(count));
    expect(after.map((value, index) => value - (before[index] ?? 0))).toEqual([1, 1, 1, 2]);
    expect(await count('stage0_ready')).toBe(1);
  });
});

describe('life', () => {
  const started: Serving[] = [];
  const folders: string[] = [];

  afterEach(async () => {
    await Promise.all(started.splice(0).map((one) => one.stop(0)));
    await Promise.all(folders.splice(0).map(remove));
  });

  async function own(...more: readonly Parameters<typeof serveFolder>[1][]) {
    const place = await bundleFolder();
    folders.push(place);
    const server = await serveFolder(place, ...more);
    started.push(server);
    return { place, server, bundle: join(place, 'door.cjar') };
  }

  test('a new bundle takes over; a bad or an older one changes nothing', async () => {
    const { server, bundle } = await own();
    const version = async () => (await get(`${server.url}/policy`)).body['version'];
    await writeFile(bundle, await nextDoor('1.1.0'));
    await server.reload();
    expect(await version()).toBe('1.1.0');
    const broken = Buffer.from(await nextDoor('1.2.0'));
    broken.writeUInt8(broken.readUInt8(600) ^ 1, 600);
    for (const bytes of [broken, await nextDoor('1.0.5'), Buffer.from('no archive')]) {
      await writeFile(bundle, bytes);
      await server.reload();
      expect(await version()).toBe('1.1.0');
      expect((await ask(`${server.url}/check`, OWNER)).status).toBe(200);
      expect((await get(`${server.url}/readyz`)).body).toMatchObject({ last_reload: 'failed' });
    }
    expect(server.said()).toContain('E_ROLLBACK');
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('stage0_policy_reloads_total{result="failed"} 3');
  });

  test('a hundred signals load twice at most, and the last of them sees what is there', async () => {
    const { server, bundle } = await own();
    const first = Array.from({ length: 50 }, () => server.reload());
    await writeFile(bundle, await nextDoor('1.1.0'));
    await Promise.all([...first, ...Array.from({ length: 50 }, () => server.reload())]);
    expect((await get(`${server.url}/policy`)).body['version']).toBe('1.1.0');
    expect(server.said().match(/Loaded/g)?.length).toBeLessThanOrEqual(4);
  });

  test('a bundle that is put in the place of the old one is seen', async () => {
    const { server, bundle, place } = await own();
    const watching = await serveFolder(place, { watched: [bundle], interval: 20 });
    started.push(watching);
    await writeFile(`${bundle}.new`, await nextDoor('1.1.0'));
    await rename(`${bundle}.new`, bundle);
    await vi.waitFor(
      async () =>
        expect((await get(`${watching.url}/policy`)).body).toMatchObject({ version: '1.1.0' }),
      PATIENCE,
    );
    expect((await get(`${server.url}/policy`)).body).toMatchObject({ version: '1.0.0' });
  });

  test('without a bundle to trust nothing is decided, until there is one', async () => {
    const { server, bundle, place } = await own();
    await writeFile(bundle, 'none');
    const bare = await serveFolder(place);
    started.push(bare);
    expect(await ask(`${bare.url}/check`, OWNER)).toMatchObject(refused(503, 'NO_TRUSTED_POLICY'));
    expect((await get(`${bare.url}/readyz`)).status).toBe(503);
    expect((await get(`${bare.url}/healthz`)).status).toBe(200);
    await writeFile(bundle, await forge());
    await bare.reload();
    expect((await ask(`${bare.url}/check`, OWNER)).status).toBe(200);
    expect((await ask(`${server.url}/check`, OWNER)).status).toBe(200);
  });

  test('a dry run allows everything, and says everywhere that it is one and what it would have said', async () => {
    const { server, place } = await own();
    const path = join(place, 'decisions.log');
    const log = { path, maxBytes: 1_000_000, masks: [], onFailure: 'refuse' } as const;
    const dry = await serveFolder(place, { dryRun: true, log });
    started.push(dry);
    const guest = { ...OWNER, context: { actor_role: 'guest' } };
    const { body, headers } = await ask(`${dry.url}/check`, guest);
    expect(headers.get('x-stage0-dry-run')).toBe('true');
    expect(body).toMatchObject({
      verdict: 'ALLOW',
      decision: 'GO',
      issues: [],
      reason: expect.stringMatching(/^DRY RUN: .* would have been DEFER: GUEST/) as unknown,
      dry_run: { verdict: 'DEFER', issues: [{ code: 'GUEST' }] },
    });
    expect(await createClient({ url: dry.url }).check(guest)).toMatchObject({ verdict: 'ALLOW' });
    const [line = ''] = (await readFile(path, 'utf8')).split('\n');
    expect(JSON.parse(line)).toMatchObject({ dry_run: true, result: { verdict: 'DEFER' } });
    expect(dry.said()).toContain('DRY RUN');
    expect((await get(`${dry.url}/readyz`)).body).toMatchObject({ dry_run: true });
    const metrics = await (await fetch(`${dry.url}/metrics`)).text();
    expect(metrics).toContain('\nstage0_dry_run 1\n');
    expect(metrics).toContain('stage0_decisions_total{verdict="DEFER"} 2');
    // What cannot be decided is not allowed either.
    expect((await ask(`${dry.url}/check`, {})).status).toBe(422);
    const usual = await ask(`${server.url}/check`, guest);
    expect(usual.headers.get('x-stage0-dry-run')).toBeNull();
    expect(usual.body).not.toHaveProperty('dry_run');
  });

  test('a bundle that expires while it is served stops deciding', async () => {
    let now = LOADED;
    const place = await bundleFolder({
      manifest: (manifest) => ({ ...manifest, expires: '2026-11-01T14:00:00Z' }),
    });
    folders.push(place);
    const server = await serveFolder(place, { now: () => now });
    started.push(server);
    expect((await ask(`${server.url}/check`, OWNER)).status).toBe(200);
    now = Date.parse('2026-11-01T14:00:00Z');
    expect(await ask(`${server.url}/check`, OWNER)).toMatchObject(
      refused(503, 'NO_TRUSTED_POLICY'),
    );
    expect((await get(`${server.url}/readyz`)).status).toBe(503);
  });

  test('who sends too slowly is cut off, and nobody else waits', async () => {
    const { server } = await own({ arrival: 600 });
    const slow = raw(
      server.url,
      'POST /check HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    expect((await ask(`${server.url}/check`, OWNER)).status).toBe(200);
    expect(await slow).toMatch(/^(?:HTTP\/1\.1 408 [^]*)?$/);
  });

  test('stopping lets what is under way be answered, and takes nothing new', async () => {
    const { server } = await own();
    const body = JSON.stringify(OWNER);
    const { hostname, port } = new URL(server.url);
    const { connect } = await import('node:net');
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /check HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
    );
    // Node's answer says that the request has arrived.
    const first = await new Promise<string>((resolve) => {
      socket.once('data', (data) => resolve(String(data)));
    });
    expect(first).toContain('100 Continue');
    const stopped = server.stop(5000);
    let answered = '';
    socket.on('data', (data) => (answered += String(data)));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(body);
    await Promise.all([stopped, closed]);
    expect(answered).toMatch(/^HTTP\/1\.1 200 [^]*connection: close[^]*"verdict":"ALLOW"/i);
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow('fetch failed');
  });
});

describe('stage0 serve', () => {
  test('serves an unsigned pack, which it says everywhere, until SIGTERM', async () => {
    const host = quietHost();
    const pack = new URL('../../policies/payments', import.meta.url).pathname;
    const ended = runProgram(['serve', '--pack', pack, '--port', '0'], host);
    const url = await vi.waitFor(() => {
      const [, found] = /Answering at (\S+)/.exec(host.said()) ?? [];
      if (found === undefined) throw new Error('not yet');
      return found;
    }, PATIENCE);
    expect(host.said()).toContain('UNSIGNED');
    const { status, headers } = await ask(`${url}/check`, OWNER);
    expect({ status, unsigned: headers.get('x-stage0-unsigned') }).toEqual({
      status: 200,
      unsigned: 'true',
    });
    expect((await get(`${url}/readyz`)).body).toMatchObject({ signed: false });
    process.emit('SIGHUP');
    await vi.waitFor(() => expect(host.said().match(/Loaded payments/g)).toHaveLength(2), PATIENCE);
    process.emit('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('is ready for signals when it says that it answers', async () => {
    const SIGNALS = ['SIGHUP', 'SIGTERM', 'SIGINT'] as const;
    const before = SIGNALS.map((signal) => process.listenerCount(signal));
    const heard: number[] = [];
    const host = {
      ...quietHost(),
      out: (): void => {
        heard.push(...SIGNALS.map((signal) => process.listenerCount(signal)));
        setImmediate(() => process.emit('SIGTERM'));
      },
    };
    const pack = new URL('../../policies/payments', import.meta.url).pathname;
    expect(await runProgram(['serve', '--pack', pack, '--port', '0'], host)).toBe(0);
    expect(heard).toEqual(before.map((count) => count + 1));
  });

  test('serves nothing that is neither signed nor called unsigned', async () => {
    const host = quietHost();
    expect(await runProgram(['serve', '--bundle', 'x.cjar'], host)).toBe(1);
    expect(await runProgram(['serve', '--bundle', 'x', '--trust', 'y', '--pack', 'z'], host)).toBe(
      1,
    );
  });
});
