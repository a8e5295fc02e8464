import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { forge } from '../bundle/testing/forge.ts';
import { smallPack } from '../bundle/testing/small-pack.ts';
import { TEST_KEYS } from '../bundle/testing/test-keys.ts';
import { NO_STATE } from '../bundle/state.ts';
import { trustFileFor } from '../bundle/trust.ts';
import { verifyHere, type VerifyJob } from './bundles/verify-job.ts';
import { verifyInThread } from './bundles/verify-in-thread.ts';
import { LOADED } from './testing/serving.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let folder = '';
let script: URL;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stage0-thread-'));
  // As the package has it: Node starts no thread with TypeScript.
  await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      ssr: fileURLToPath(new URL('bundles/verify-worker.ts', import.meta.url)),
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'verify-worker.mjs' } },
    },
    ssr: { noExternal: true },
  });
  script = pathToFileURL(join(folder, 'verify-worker.mjs'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const { kty, crv, x } = TEST_KEYS.alice;
const trust = JSON.stringify(trustFileFor([{ jwk: { kty, crv, x }, label: 'Alice' }]));

function jobOf(bytes: Uint8Array): VerifyJob {
  return { bytes, trust, now: LOADED, name: undefined, audience: undefined, state: NO_STATE };
}

test('a thread comes to what this one comes to', async () => {
  const good = await forge();
  const bad = Buffer.from(good);
  bad.writeUInt8(bad.readUInt8(600) ^ 1, 600);
  for (const bytes of [good, bad, Buffer.from('none'), new Uint8Array()]) {
    const job = jobOf(bytes);
    expect(await verifyInThread(script)(job)).toEqual(await verifyHere(job));
  }
  const approved = await verifyInThread(script)(jobOf(good));
  expect(approved).toMatchObject({ ok: true, value: { name: 'door', signers: ['Alice'] } });
});

test('a thread that hangs, dies or does not start verifies nothing', async () => {
  const job = jobOf(await forge());
  const run = async (code: string, limit?: number) => {
    const url = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
    const outcome = await verifyInThread(url, limit)(job);
    return outcome.ok ? 'approved' : outcome.error;
  };
  expect(await run('setInterval(() => {}, 1000)', 200)).toContain('took too long');
  expect(await run('for (;;);', 200)).toContain('took too long');
  expect(await run('process.exit(0)')).toContain('the thread ended');
  expect(await run('throw new Error("broken")')).toContain('broken');
  expect(await run('import "./nothing.js"')).toContain('could not be verified');
});

test('a thread whose answer nobody needs any longer is ended, or not started', async () => {
  const job = jobOf(await forge());
  const url = new URL(`data:text/javascript,${encodeURIComponent('for (;;);')}`);
  const ending = new AbortController();
  const verify = verifyInThread(url, undefined, ending.signal);
  const under = verify(job);
  ending.abort();
  for (const outcome of [await under, await verify(job)]) {
    expect(outcome).toEqual({
      ok: false,
      error: expect.stringContaining('nobody needs it') as unknown,
    });
  }
});

test('this thread goes on while a large bundle is verified', async () => {
  const files = smallPack();
  const [, scenario = ''] = [...files].find(([path]) => path.startsWith('scenarios/owner')) ?? [];
  for (let n = 0; n < 1500; n += 1) files.set(`scenarios/case-${n}.json`, scenario);
  const bytes = await forge({ pack: files, request: { files } });
  const turns = async (verify: () => Promise<{ readonly ok: boolean }>): Promise<number> => {
    let turn = 0;
    const timer = setInterval(() => (turn += 1), 1);
    expect((await verify()).ok).toBe(true);
    clearInterval(timer);
    return turn;
  };
  const here = await turns(() => verifyHere(jobOf(bytes)));
  const thread = await turns(() => verifyInThread(script)(jobOf(bytes)));
  // Turns of the event loop, and no times: in this thread the tests of the bundle leave it hardly any.
  expect(thread).toBeGreaterThan(here * 3);
});
