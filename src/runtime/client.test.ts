import { createServer, type RequestListener, type Server } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createClient } from './client.ts';
import { createRuntime } from './in-process.ts';
import type { Serving } from './server/serve.ts';
import { ask, bundleFolder, OWNER, nextDoor, remove, serveFolder } from './testing/serving.ts';

// Many tests share the machine: what is slow there is not wrong.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folders: string[] = [];
const serving: Serving[] = [];
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(serving.splice(0).map((one) => one.stop(0)));
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
  await Promise.all(folders.splice(0).map(remove));
});

async function door(): Promise<{ readonly folder: string; readonly url: string }> {
  const folder = await bundleFolder();
  folders.push(folder);
  const server = await serveFolder(folder);
  serving.push(server);
  return { folder, url: server.url };
}

/** A server that answers as the test wants. */
async function answering(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return `http://127.0.0.1:${address.port}`;
}

const DENIED = { decided: false, verdict: 'DENY' };

describe('createClient', () => {
  test('gives the decision', async () => {
    const { check } = createClient({ url: `${(await door()).url}/` });
    expect(await check(OWNER)).toMatchObject({ decided: true, verdict: 'ALLOW' });
    const guest = await check({ ...OWNER, context: { actor_role: 'guest' } });
    expect(guest).toMatchObject({ verdict: 'DEFER', record: { defer_questions: [{}] } });
    const wrong = await check({ ...OWNER, policy_pack_version: 'door@2.0.0' });
    expect(wrong).toMatchObject({ ...DENIED, error: 'PACK_VERSION_MISMATCH' });
  });

  test('never takes for a decision what is none', async () => {
    const { body } = await ask(`${(await door()).url}/check`, OWNER);
    const issue = { code: 'X', severity: 'HIGH', message: '', details: {} };
    const answers: readonly (readonly [string, number, string | object])[] = [
      ['nothing', 200, ''],
      ['a page', 200, '<html>'],
      ['the verdict alone', 200, { verdict: 'ALLOW' }],
      ['an answer to another request', 200, body],
      ['a GO that denies', 200, { ...body, decision: 'NO_GO' }],
      ['an ALLOW that is grave', 200, { ...body, issues: [issue] }],
      ['an ALLOW at full risk', 200, { ...body, risk_score: 100 }],
      ['another verdict', 200, { ...body, verdict: 'MAYBE' }],
      ['another status', 201, body],
      ['a failure', 500, body],
    ];
    for (const [what, status, content] of answers) {
      const url = await answering((request, response) => {
        const id =
          what === 'an answer to another request'
            ? {}
            : { request_id: request.headers['x-request-id'] };
        const told = typeof content === 'object' ? JSON.stringify({ ...content, ...id }) : content;
        response.writeHead(status, { 'content-type': 'application/json' }).end(told);
      });
      const result = await createClient({ url }).check(OWNER);
      expect([what, result]).toEqual([
        what,
        expect.objectContaining({ ...DENIED, error: 'INVALID_ANSWER' }),
      ]);
    }
    // What was changed above is all that was wrong with it.
    const url = await answering((request, response) => {
      response.end(JSON.stringify({ ...body, request_id: request.headers['x-request-id'] }));
    });
    expect(await createClient({ url }).check(OWNER)).toMatchObject({ verdict: 'ALLOW' });
  });

  test('asks again when the server is busy, and not longer than it may take', async () => {
    const { body } = await ask(`${(await door()).url}/check`, OWNER);
    let asked = 0;
    const busy = (status: number, times: number, more: object = {}) =>
      answering((request, response) => {
        asked += 1;
        const told =
          asked <= times
            ? { error: 'BUSY', message: 'Later.', ...more }
            : { ...body, request_id: request.headers['x-request-id'] };
        response.writeHead(asked <= times ? status : 200).end(JSON.stringify(told));
      });
    expect(
      await createClient({ url: await busy(503, 2), timeout: 30_000 }).check(OWNER),
    ).toMatchObject({
      verdict: 'ALLOW',
    });
    expect(asked).toBe(3);
    asked = 0;
    const client = createClient({ url: await busy(429, 9), retries: 1, timeout: 30_000 });
    expect(await client.check(OWNER)).toMatchObject({ ...DENIED, error: 'BUSY' });
    expect(asked).toBe(2);
    asked = 0;
    const later = createClient({ url: await busy(429, 9, { retry_after_seconds: 3600 }) });
    expect(await later.check(OWNER)).toMatchObject({ ...DENIED, error: 'BUSY' });
    expect(asked).toBe(1);
    asked = 0;
    expect(await createClient({ url: await busy(500, 9) }).check(OWNER)).toMatchObject(DENIED);
    expect(asked).toBe(1);
  });

  test('denies when nobody answers, too late, or somewhere else', async () => {
    const gone = await answering(() => undefined);
    const late = createClient({ url: gone, timeout: 50 });
    expect(await late.check(OWNER)).toMatchObject({ ...DENIED, error: 'TIMEOUT' });
    let key: unknown = 'not asked';
    const thief = await answering((request, response) => {
      key = request.headers['x-api-key'];
      response.end();
    });
    const away = await answering((_request, response) => {
      response.writeHead(307, { location: `${thief}/check` }).end();
    });
    const moved = createClient({ url: away, key: 's0_secret' });
    expect(await moved.check(OWNER)).toMatchObject({ ...DENIED, error: 'UNREACHABLE' });
    expect(key).toBe('not asked');
    for (const url of ['http://127.0.0.1:1', 'no address']) {
      expect(await createClient({ url }).check(OWNER)).toMatchObject({ error: 'UNREACHABLE' });
    }
    const split = createClient({ url: gone, key: 'a\r\nx-evil: 1' });
    expect(await split.check(OWNER)).toMatchObject(DENIED);
  });

  test('sends what it was given, or nothing', async () => {
    const { folder, url } = await door();
    const runtime = await createRuntime({
      bundle: join(folder, 'door.cjar'),
      trust: join(folder, 'trust.json'),
    });
    const client = createClient({ url });
    const circle: Record<string, unknown> = {};
    circle['itself'] = circle;
    // Each of them JSON.stringify would make another fact of, or none.
    for (const fact of [
      Number.NaN,
      Infinity,
      () => 1,
      [undefined],
      new Set([1]),
      circle,
      '\uD800',
    ]) {
      const input = { ...OWNER, context: { ...OWNER.context, fact } };
      for (const { check } of [client, runtime]) {
        expect(await check(input)).toMatchObject({ ...DENIED, error: 'INVALID_REQUEST' });
      }
    }
    const broken = {
      get fact(): unknown {
        throw new Error('not now');
      },
    };
    for (const { check } of [client, runtime]) {
      expect(await check({ ...OWNER, context: broken })).toMatchObject(DENIED);
    }
    const whole = { ...OWNER, context: { ...OWNER.context, n: 2n ** 62n, none: undefined } };
    for (const { check } of [client, runtime]) {
      expect(await check(whole)).toMatchObject({ verdict: 'ALLOW' });
    }
  });

  test('comes again when it is told to, and not at once', async () => {
    let asked: number[] = [];
    const busy = (headers: Readonly<Record<string, string>>, body: object | string) =>
      answering((_request, response) => {
        asked.push(performance.now());
        response.writeHead(503, headers);
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      });
    const soon = { error: 'BUSY', message: 'Later.', retry_after_seconds: 0 };
    const hasty = createClient({ url: await busy({}, soon), retries: 1, timeout: 30_000 });
    expect(await hasty.check(OWNER)).toMatchObject({ ...DENIED, error: 'BUSY' });
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThan(90);
    for (const after of ['3600', new Date(Date.now() + 3_600_000).toUTCString()]) {
      asked = [];
      const url = await busy({ 'retry-after': after }, '<html>');
      expect(await createClient({ url }).check(OWNER)).toMatchObject(DENIED);
      expect(asked).toHaveLength(1);
    }
    for (const after of ['-1', 'soon', 'Thu, 01 Jan 1970 00:00:00 GMT']) {
      asked = [];
      const url = await busy({ 'retry-after': after }, '<html>');
      const client = createClient({ url, retries: 1, timeout: 30_000 });
      expect(await client.check(OWNER)).toMatchObject({ ...DENIED, error: 'INVALID_ANSWER' });
      expect(asked).toHaveLength(2);
    }
  });

  test('reads no answer without end', async () => {
    let sent = 0;
    const url = await answering((_request, response) => {
      response.on('close', () => (sent = -sent));
      const more = (): void => {
        while (!response.destroyed && response.write(' '.repeat(1_000_000))) sent += 1;
        sent += 1;
      };
      response.on('drain', more);
      more();
    });
    const client = createClient({ url, timeout: 60_000 });
    expect(await client.check(OWNER)).toMatchObject({ ...DENIED, error: 'INVALID_ANSWER' });
    await vi.waitFor(() => expect(sent).toBeLessThan(0), 30_000);
  });
});

describe('createRuntime', () => {
  test('decides as the server does', async () => {
    const { folder, url } = await door();
    const options = { bundle: join(folder, 'door.cjar'), trust: join(folder, 'trust.json') };
    const runtime = await createRuntime(options);
    expect(runtime.problem()).toBeUndefined();
    const client = createClient({ url });
    for (const input of [OWNER, { ...OWNER, context: { actor_role: 'guest' } }, { goal: '' }]) {
      const [here, there] = [await runtime.check(input), await client.check(input)];
      if (!here.decided || !there.decided) throw new Error('not decided');
      const { request_id: _a, timestamp: _b, evaluated_at: _c, ...own } = here.record;
      expect(there.record).toMatchObject(own);
    }
    const asks = Object.assign({ ...OWNER }, { more: 1 });
    expect(await runtime.check(asks)).toMatchObject({ ...DENIED, error: 'INVALID_REQUEST' });
  });

  test('denies without a bundle to trust, and keeps the last good one', async () => {
    const { folder } = await door();
    const bundle = join(folder, 'door.cjar');
    const options = { bundle, trust: join(folder, 'trust.json') };
    const good = await createRuntime(options);
    const bytes = await nextDoor('1.1.0');
    await writeFile(bundle, bytes.subarray(1));
    expect(await good.reload()).toContain('E_ARCHIVE');
    expect(await good.check(OWNER)).toMatchObject({ verdict: 'ALLOW' });
    const bare = await createRuntime(options);
    expect(bare.problem()).toContain('E_ARCHIVE');
    expect(await bare.check(OWNER)).toMatchObject({ ...DENIED, error: 'NO_TRUSTED_POLICY' });
    await writeFile(bundle, bytes);
    expect(await bare.reload()).toBeUndefined();
    expect(await bare.check(OWNER)).toMatchObject({ record: { policy_version: 'door@1.1.0' } });
  });
});
