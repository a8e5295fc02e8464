import { hash } from 'node:crypto';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readCheck } from '../decision/check.ts';
import { runProgram } from './program.ts';
import type * as Document from './server/openapi.ts';
import type * as Page from './server/openapi-page.ts';
import type { Serving } from './server/serve.ts';
import { openApiProblem } from './testing/held-to-openapi.ts';
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

const made = vi.hoisted(() => ({ documents: 0, pages: 0 }));
vi.mock('./server/openapi.ts', async (original) => {
  const { openApi } = await original<typeof Document>();
  return {
    openApi: (version: string) => {
      made.documents += 1;
      return openApi(version);
    },
  };
});
vi.mock('./server/openapi-page.ts', async (original) => {
  const page = await original<typeof Page>();
  return {
    ...page,
    openApiPage: (document: object) => {
      made.pages += 1;
      return page.openApiPage(document);
    },
  };
});

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

const guest = { ...OWNER, context: { actor_role: 'guest' } };

test('every answer is as the document says, and the document says something of each', async () => {
  const { url } = serving;
  const mine = { 'x-api-key': key };
  const thing = { type: 'door', id: 'front' };
  const evaluation = { subject: thing, action: { name: 'door' }, resource: thing };
  const answers = [
    ['/check', await ask(`${url}/check`, OWNER, mine)],
    ['/check', await ask(`${url}/check`, guest, mine)],
    ['/check', await ask(`${url}/check`, OWNER)],
    ['/check', await ask(`${url}/check`, '{', mine)],
    ['/check', await ask(`${url}/check`, {}, mine)],
    ['/check', await ask(`${url}/check`, { ...OWNER, pro: true }, mine)],
    ['/check', await ask(`${url}/check`, OWNER, { ...mine, 'content-type': 'text/plain' })],
    ['/check/explain', await ask(`${url}/check/explain`, guest, mine)],
    ['/check/batch', await ask(`${url}/check/batch`, { checks: [OWNER] }, mine)],
    ['/check/batch', await ask(`${url}/check/batch`, { checks: [OWNER, 1] }, mine)],
    ['/access/v1/evaluation', await ask(`${url}/access/v1/evaluation`, evaluation, mine)],
    ['/access/v1/evaluation', await ask(`${url}/access/v1/evaluation`, {}, mine)],
    [
      '/access/v1/evaluations',
      await ask(`${url}/access/v1/evaluations`, { ...evaluation, evaluations: [{}, 1] }, mine),
    ],
    ['/.well-known/authzen-configuration', await get(`${url}/.well-known/authzen-configuration`)],
    ['/usage', await get(`${url}/usage`, mine)],
    ['/policy', await get(`${url}/policy`, mine)],
    ['/readyz', await get(`${url}/readyz`)],
    ['/healthz', await get(`${url}/healthz`)],
  ] as const;
  // `ask` and `get` hold every answer to the document, here and in all other tests.
  for (const [path, { status }] of answers) {
    const method = path.startsWith('/check') || path.startsWith('/access') ? 'POST' : 'GET';
    expect(openApiProblem({ method, path, status, body: {} })).toContain(path);
    expect(openApiProblem({ method, path, status: 418, body: {} })).toContain('not described');
  }
  expect(new Set(answers.map(([, { status }]) => status))).toEqual(
    new Set([200, 207, 400, 401, 402, 415, 422]),
  );
});

test('the page shows every address and every shape, and may load and run nothing', async () => {
  const answer = await fetch(`${serving.url}/openapi`);
  const page = await answer.text();
  expect(answer.headers.get('content-type')).toContain('text/html');
  const paths = Object.keys(Object(document['paths']) as object);
  expect(paths.length).toBeGreaterThan(10);
  for (const path of paths) expect(page).toContain(`<code>${path}</code>`);
  for (const name of ['Check', 'Record', 'Error', 'Evaluation']) {
    expect(page).toContain(`id="${name}"`);
  }
  for (const [, name] of page.matchAll(/href="#([^"]*)"/g)) expect(page).toContain(`id="${name}"`);
  expect(page).not.toMatch(/<script|src=|https?:\/\/|undefined|\[object/);
  const [, style = ''] = /<style>([^]*?)<\/style>/.exec(page) ?? [];
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`'sha256-${hash('sha256', style, 'base64')}'`);
});

test('document and page are made once, for whoever asks', async () => {
  await fetch(`${serving.url}/openapi`);
  const before = { ...made };
  for (const path of ['/openapi', '/openapi.json', '/openapi']) {
    expect((await fetch(`${serving.url}${path}`)).status).toBe(200);
  }
  expect(made).toEqual(before);
});

test('the document takes the requests that the server takes', () => {
  const ajv = new Ajv2020({ strict: false });
  const takes = ajv.addSchema(document, 'openapi').compile({
    $ref: 'openapi#/components/schemas/Check',
  });
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
    expect([body, takes(body)]).toEqual([body, readCheck(body).ok]);
  }
});
