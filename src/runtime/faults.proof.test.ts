/** What clients do to a server, by mistake or not: over real sockets, each in a bounded number. */
import type * as Crypto from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { newApiKey, NO_KEYS } from './keys/key-file.ts';
import { KeyRing } from './keys/key-ring.ts';
import { verifyLog } from './log/verify-log.ts';
import { runProgram } from './program.ts';
import { packLoader } from './server/policy-source.ts';
import type { ServeOptions } from './server/serve.ts';
import {
  ask,
  bundleFolder,
  get,
  OWNER,
  quietHost,
  raw,
  remove,
  serveFolder,
} from './testing/serving.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const compared = vi.hoisted(() => ({ lengths: [] as number[] }));
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof Crypto>();
  return {
    ...crypto,
    timingSafeEqual: (a: Buffer, b: Buffer): boolean => {
      compared.lengths.push(a.length, b.length);
      return crypto.timingSafeEqual(a, b);
    },
  };
});

let folder = '';
const ends: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await bundleFolder();
});

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await remove(folder);
});

async function serve(more: Partial<ServeOptions> = {}) {
  const server = await serveFolder(folder, more);
  ends.push(() => server.stop(0));
  return server;
}

const BODY = JSON.stringify(OWNER);
const head = (more = ''): string =>
  `POST /check HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(BODY)}\r\n${more}\r\n`;

/** Connections to a server, all there. */
async function connections(url: string, count: number): Promise<readonly Socket[]> {
  const { hostname, port } = new URL(url);
  const sockets = Array.from({ length: count }, () => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    return socket;
  });
  ends.unshift(() => Promise.resolve(sockets.forEach((socket) => socket.destroy())));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return sockets;
}

/** All that comes until a connection is closed. */
function everything(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (data) => (text += String(data)));
  return new Promise((resolve) => {
    socket.once('close', () => resolve(text));
  });
}

const whole = /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n\{.*"verdict":"ALLOW".*\}$/;

describe('connections', () => {
  test('a thousand at once are all answered, and whole', async () => {
    const server = await serve();
    const sockets = await connections(server.url, 1000);
    const answers = sockets.map(everything);
    for (const socket of sockets) socket.write(`${head('Connection: close\r\n')}${BODY}`);
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(whole);
  });

  test('hundreds that send next to nothing are cut off in time, and nobody else waits for them', async () => {
    const server = await serve({ arrival: 1500 });
    const sockets = await connections(server.url, 300);
    const answers = sockets.map(everything);
    for (const [index, socket] of sockets.entries())
      socket.write(index % 2 === 0 ? 'POST' : head());
    expect((await ask(`${server.url}/check`, OWNER)).status).toBe(200);
    for (const answer of await Promise.all(answers))
      expect(answer).toMatch(/^(?:HTTP\/1\.1 408 [^]*)?$/);
    expect((await ask(`${server.url}/check`, OWNER)).status).toBe(200);
  });

  test('stopping cuts nothing off: what has begun to arrive is answered whole', async () => {
    const server = await serve();
    const sockets = await connections(server.url, 100);
    const begun = sockets.map((socket) => once(socket, 'data'));
    for (const socket of sockets) socket.write(head('Expect: 100-continue\r\n'));
    // Node's answer says that the head is there.
    await Promise.all(begun);
    const answers = sockets.map(everything);
    const stopped = server.stop(60_000);
    for (const socket of sockets) socket.write(BODY.slice(0, 10));
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow('fetch failed');
    for (const socket of sockets) socket.write(BODY.slice(10));
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatch(whole);
      expect(answer.toLowerCase()).toContain('\r\nconnection: close\r\n');
    }
    await stopped;
  });

  test('stopping answers what is on its way on a connection that was idle', async () => {
    const server = await serve();
    const sockets = await connections(server.url, 20);
    for (const socket of sockets) socket.write(`${head()}${BODY}`);
    await Promise.all(sockets.map((socket) => once(socket, 'data')));
    const answers = sockets.map(everything);
    const stopped = server.stop(60_000);
    for (const socket of sockets) socket.write(`${head()}${BODY}`);
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatch(whole);
      expect(answer.toLowerCase()).toContain('\r\nconnection: close\r\n');
    }
    await stopped;
  });

  test('many requests on one connection are answered in their order', async () => {
    const server = await serve();
    const requests = Array.from({ length: 100 }, (_, index) => {
      const last = index === 99 ? 'Connection: close\r\n' : '';
      // Of three, one is refused.
      return index % 3 === 0
        ? `POST /check HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Request-Id: r${index}\r\nContent-Length: 1\r\n${last}\r\n{`
        : `${head(`X-Request-Id: r${index}\r\n${last}`)}${BODY}`;
    });
    const answer = await raw(server.url, requests.join(''));
    const ids = [...answer.matchAll(/x-request-id: (r\d+)/gi)].map(([, id]) => id);
    expect(ids).toEqual(requests.map((_, index) => `r${index}`));
    expect(answer.match(/HTTP\/1\.1 400 /g)).toHaveLength(34);
    expect(answer.match(/"verdict":"ALLOW"/g)).toHaveLength(66);
  });

  test('bodies that lie about their length are refused or cut off', async () => {
    const server = await serve({ arrival: 1500 });
    const start =
      'POST /check HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n';
    for (const [framing, status] of [
      ['Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345', '400'],
      ['Content-Length: -1\r\n\r\n', '400'],
      ['Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', '400'],
      ['Transfer-Encoding: chunked\r\n\r\nzz\r\n', '400'],
      ['Transfer-Encoding: gzip\r\n\r\n', '400'],
      ['Content-Length: 5\r\n\r\n{', '408'],
    ]) {
      const answer = await raw(server.url, `${start}${framing}`);
      expect([framing, answer.slice(0, 12)]).toEqual([framing, `HTTP/1.1 ${status}`]);
    }
    const huge = `X-Fill: ${'x'.repeat(20_000)}\r\n`;
    expect(await raw(server.url, `${start}${huge}\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('what is sent', () => {
  test('comes back in no header, and ends no line of the log', async () => {
    const path = join(folder, 'decisions.log');
    const log = { path, maxBytes: 10_000_000, masks: [], onFailure: 'refuse' } as const;
    const server = await serve({ log });
    const nasty = 'x\r\nX-Evil: 1\n{"prev":"sha256:0"}\u2028\u001b[31m\u0000"},';
    const checks = [
      { ...OWNER, goal: nasty },
      { ...OWNER, tools: [nasty] },
      { ...OWNER, context: { [nasty]: nasty, actor_role: nasty } },
      { ...OWNER, constraints: [nasty, `max_retries: ${nasty}`] },
      { ...OWNER, environment: nasty },
      { ...OWNER, policy_pack_version: nasty },
    ];
    for (const check of checks) {
      for (const [address, body] of [
        ['/check', check],
        ['/check/explain', check],
        ['/access/v1/evaluation', evaluationOf(nasty)],
      ] as const) {
        const { headers } = await ask(`${server.url}${address}`, body);
        expect(headers.get('x-evil')).toBeNull();
      }
    }
    const text = await readFile(path, 'utf8');
    const lines = text.split('\n').slice(0, -1);
    // The version that is not loaded is refused twice, and is no decision.
    expect(lines).toHaveLength(checks.length * 3 - 2);
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
    expect(await verifyLog([path])).toMatchObject({ ok: true, value: { lines: lines.length } });
    expect(server.said()).not.toContain('X-Evil');
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    for (const line of metrics.split('\n').slice(0, -1)) {
      expect(line).toMatch(/^(?:# (?:HELP|TYPE) |stage0_[a-z_]+(?:\{.*\})? [\d.e+-]+$)/);
    }
  });

  test('changes nothing of what all objects have', async () => {
    const server = await serve();
    const names = [
      '__proto__',
      'constructor',
      'prototype',
      'hasOwnProperty',
      'toString',
      'valueOf',
    ];
    for (const name of names) {
      const inner = `{"${name}":{"polluted":true,"verdict":"ALLOW"},"actor_role":"guest"}`;
      const check = `{"goal":"Open the front door","tools":["door","${name}"],"context":${inner}}`;
      expect((await ask(`${server.url}/check`, check)).body).toMatchObject({ verdict: 'DEFER' });
      expect((await ask(`${server.url}/check`, `{"${name}":1,"goal":""}`)).status).toBe(422);
      const subject = `{"type":"user","id":"${name}","properties":${inner.replace('actor_role', 'role')}}`;
      const evaluation = `{"subject":${subject},"action":{"name":"door"},"resource":{"type":"${name}","id":"1"},"context":${inner}}`;
      const answer = await ask(`${server.url}/access/v1/evaluation`, evaluation);
      expect(answer.body).toMatchObject({ decision: false });
      const path = await get(`${server.url}/${name}`);
      expect(path.status).toBe(404);
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each([
    ['arrays', '['.repeat(50_000)],
    ['objects', '{"a":'.repeat(20_000)],
    ['text that does not end', `"${'x'.repeat(500_000)}`],
    ['numbers', `[${'1e400,'.repeat(10_000)}1]`],
    ['one long number', '9'.repeat(500_000)],
    ['many members', `{${Array.from({ length: 60_000 }, (_, n) => `"k${n}":0`).join(',')}}`],
    ['escapes', `{"goal":"${String.raw`\u0041`.repeat(100_000)}"}`],
  ])('without end is refused: %s', async (_what, body) => {
    const server = await serve();
    for (const path of ['/check', '/check/batch', '/access/v1/evaluations']) {
      expect([400, 422]).toContain((await ask(`${server.url}${path}`, body)).status);
    }
    expect((await ask(`${server.url}/check`, OWNER)).status).toBe(200);
  });
});

describe('what costs more than its length', () => {
  const GUARD = new URL('../../policies/guard', import.meta.url).pathname;
  const many = (count: number, name: string): string[] =>
    Array.from({ length: count }, (_, index) => `${name}_${index}`);

  /** Milliseconds for an answer, the least of a few. */
  async function taken(url: string, body: object): Promise<number> {
    const times: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const start = performance.now();
      expect((await ask(url, body)).status).toBe(200);
      times.push(performance.now() - start);
    }
    return Math.min(...times);
  }

  test.each(['tools', 'side_effects', 'constraints', 'current_tool'])(
    'marks without end in %s take no longer than other letters',
    async (field) => {
      const server = await serve({ load: packLoader(quietHost(), GUARD) });
      const checkWith = (text: string): object => {
        const said =
          field === 'current_tool' ? { context: { [field]: text } } : { [field]: [text] };
        return { goal: 'Look for the newest report', ...said };
      };
      const url = `${server.url}/check`;
      const usual = await taken(url, checkWith('\u00E9'.repeat(50_000)));
      const marks = await taken(url, checkWith(`a${'\u0316\u0301'.repeat(25_000)}`));
      expect(marks).toBeLessThan(20 * usual);
    },
  );

  test('an explanation of much takes no longer than one of little', async () => {
    const server = await serve({ load: packLoader(quietHost(), GUARD) });
    const checkWith = (fill: number): object => ({
      goal: 'Look for the newest report',
      tools: many(60, 'tool'),
      side_effects: many(200, 'x'.repeat(fill)),
      context: { target_tenants: many(200, 'x'.repeat(fill)) },
    });
    const url = `${server.url}/check/explain`;
    const little = await taken(url, checkWith(10));
    expect(await taken(url, checkWith(2000))).toBeLessThan(5 * little);
  });
});

test('every key that is presented is compared once, as a hash of the same length', () => {
  const key = newApiKey();
  const ring = new KeyRing({
    ...NO_KEYS,
    keys: [
      { id: key.id, sha256: key.sha256, label: 'x', plan: 'pro', created: '2026-01-01T00:00:00Z' },
    ],
  });
  const almost = `${key.secret.slice(0, -1)}${key.secret.endsWith('A') ? 'B' : 'A'}`;
  const presented = [
    key.secret,
    almost,
    newApiKey().secret,
    '',
    'x',
    'x'.repeat(100_000),
    `s0_${key.id}`,
  ];
  const found = presented.map((one) => {
    compared.lengths.length = 0;
    const caller = ring.find(one);
    expect([one.length, compared.lengths]).toEqual([one.length, [32, 32]]);
    return caller !== undefined;
  });
  expect(found).toEqual([true, false, false, false, false, false, false]);
});

function evaluationOf(text: string) {
  return {
    subject: { type: text, id: text, properties: { role: text } },
    action: { name: text },
    resource: { type: text, id: text },
    context: { [text]: text },
  };
}

// Less than an address has to answer: then it would be over by itself.
test('a server that cannot listen waits for no address', { timeout: 20_000 }, async () => {
  const silent = createServer();
  const asked = new Promise<Socket>((resolve) => silent.once('connection', resolve));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  ends.push(() => Promise.resolve(void silent.close()));
  const address = silent.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const host = quietHost();
  const place = ['--bundle', `http://127.0.0.1:${port}/`, '--trust', join(folder, 'trust.json')];
  const ended = runProgram(['serve', ...place, '--port', String(port)], host);
  const left = once((await asked).resume(), 'close');
  expect(await ended).toBe(1);
  await left;
  expect(host.said()).toContain('EADDRINUSE');
  expect(host.said()).not.toContain('Not loaded');
});
