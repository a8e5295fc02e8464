import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from '../decision/zod.ts';
import { readCheck } from '../decision/check.ts';
import { runProgram } from './program.ts';
import type { Serving } from './server/serve.ts';
import {
  ask,
  bundleFolder,
  get,
  OWNER,
  quietHost,
  remove,
  serveFolder,
} from './testing/serving.ts';

// Many tests share the machine: what is slow there is not wrong.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder = '';
let serving: Serving;
let key = '';
let document: Record<string, unknown> = {};

beforeAll(async () => {
  folder = await bundleFolder();
  const file = join(folder, 'keys.json');
  const host = { ...quietHost(), out: (text: string): void => void (key += text.trim()) };
  await runProgram(['keys', 'add', '--file', file, '--label', 'test'], host);
  serving = await serveFolder(folder, { gate: { keys: file } });
  document = { ...(await get(`${serving.url}/openapi.json`)).body };
});

afterAll(async () => {
  await serving.stop(0);
  await remove(folder);
});

/** What stands somewhere in the document, its references put in. */
function at(...path: readonly string[]): unknown {
  return resolved(path.reduce<unknown>(member, document));
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([one]) => one === name)?.[1];
}

function resolved(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(resolved);
  const ref = member(value, '$ref');
  if (typeof ref === 'string') return at(...ref.slice('#/'.length).split('/'));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolved(inner)]));
}

/** Reads by the document alone: not with the shapes that it was made of. */
function reader(...path: readonly string[]) {
  const schema = at(...path);
  if (typeof schema !== 'object' || schema === null)
    throw new Error(`nothing at ${path.join(' ')}`);
  return z.fromJSONSchema({ ...schema });
}

const guest = { ...OWNER, context: { actor_role: 'guest' } };

test('every answer is as the document says', async () => {
  const { url } = serving;
  const mine = { 'x-api-key': key };
  const answers = [
    ['/check', 'post', await ask(`${url}/check`, OWNER, mine)],
    ['/check', 'post', await ask(`${url}/check`, guest, mine)],
    ['/check', 'post', await ask(`${url}/check`, OWNER)],
    ['/check', 'post', await ask(`${url}/check`, '{', mine)],
    ['/check', 'post', await ask(`${url}/check`, {}, mine)],
    ['/check', 'post', await ask(`${url}/check`, { ...OWNER, pro: true }, mine)],
    ['/check/explain', 'post', await ask(`${url}/check/explain`, guest, mine)],
    ['/check/batch', 'post', await ask(`${url}/check/batch`, { checks: [OWNER] }, mine)],
    ['/check/batch', 'post', await ask(`${url}/check/batch`, { checks: [OWNER, 1] }, mine)],
    ['/usage', 'get', await get(`${url}/usage`, mine)],
    ['/policy', 'get', await get(`${url}/policy`, mine)],
    ['/readyz', 'get', await get(`${url}/readyz`)],
    ['/healthz', 'get', await get(`${url}/healthz`)],
  ] as const;
  for (const [path, method, { status, body }] of answers) {
    const schema = reader(
      'paths',
      path,
      method,
      'responses',
      String(status),
      'content',
      'application/json',
      'schema',
    );
    const read = schema.safeParse(body);
    expect([path, status, read.error?.issues]).toEqual([path, status, undefined]);
    expect([path, schema.safeParse({}).success]).toEqual([path, false]);
  }
  expect(new Set(answers.map(([, , { status }]) => status))).toEqual(
    new Set([200, 207, 400, 401, 402, 422]),
  );
});

test('the document takes the requests that the server takes', () => {
  const schema = reader('components', 'schemas', 'Check');
  const bodies: readonly unknown[] = [
    OWNER,
    { goal: '' },
    { goal: 'x', context: null, pro: true, policy_pack_version: '' },
    { goal: 'x'.repeat(8000) },
    { goal: 'x'.repeat(8001) },
    { goal: 'x', tools: Array.from({ length: 201 }, () => 'a') },
    { goal: 'x', tools: 'a' },
    { goal: 'x', context: [] },
    { goal: 'x', more: 1 },
    {},
    [],
  ];
  for (const body of bodies) {
    expect([body, schema.safeParse(body).success]).toEqual([body, readCheck(body).ok]);
  }
});
