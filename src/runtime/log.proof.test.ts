import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseJson, isJsonObject } from '../cedar/json/lossless.ts';
import { readCheck } from '../decision/check.ts';
import { decide } from '../decision/decide.ts';
import { readPack } from '../pack/read.ts';
import { smallPack } from '../bundle/testing/small-pack.ts';
import { DecisionLog, rotatedFiles } from './log/decision-log.ts';
import { readMask } from './log/event.ts';
import { verifyLog } from './log/verify-log.ts';
import { runProgram } from './program.ts';
import { packLoader } from './server/policy-source.ts';
import type { ServeOptions, Serving } from './server/serve.ts';
import { ask, bundleFolder, OWNER, quietHost, remove, serveFolder } from './testing/serving.ts';

// Many tests share the machine: what is slow there is not wrong.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder = '';
let path = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stage0-log-'));
  path = join(folder, 'decisions.log');
});

afterEach(() => remove(folder));

function opened(maxBytes = 1_000_000): DecisionLog {
  const log = DecisionLog.open({ path, maxBytes });
  if (!log.ok) throw new Error(log.error);
  return log.value;
}

function write(log: DecisionLog, count: number): void {
  for (let n = 0; n < count; n += 1) expect(log.append(`"n":${n}`)).toEqual({ ok: true });
}

async function chain(head?: string) {
  const verified = await verifyLog([...rotatedFiles(path), path], head);
  return verified.ok ? verified.value : verified.error;
}

const lines = (): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);

describe('the chain', () => {
  test('goes on over restarts and files', async () => {
    for (const count of [3, 4, 5]) {
      const log = opened(500);
      write(log, count);
      log.close();
    }
    expect(rotatedFiles(path).length).toBeGreaterThan(1);
    expect(statSync(path).size).toBeLessThanOrEqual(500);
    const whole = await chain();
    expect(whole).toMatchObject({
      lines: 12,
      from: expect.stringMatching(/^sha256:0+$/) as unknown,
    });
    rmSync(path);
    const log = opened(500);
    write(log, 1);
    log.close();
    expect(await chain()).not.toHaveProperty('message');
  });

  test('shows every line that is changed, taken out, doubled, moved or put in', async () => {
    const log = opened();
    write(log, 6);
    log.close();
    const good = lines();
    const head = (await chain()) as { head: string };
    const tampered: readonly (readonly [string, (all: string[]) => string[]])[] = [
      ['changed', (all) => all.with(2, all[2]?.replace('"n":2', '"n":7') ?? '')],
      ['taken out', (all) => all.toSpliced(3, 1)],
      ['doubled', (all) => all.toSpliced(3, 0, all[3] ?? '')],
      ['moved', (all) => all.with(1, all[2] ?? '').with(2, all[1] ?? '')],
      ['put in', (all) => all.toSpliced(2, 0, '{"n":9}')],
      ['spaced', (all) => all.with(4, `${all[4]} `)],
    ];
    for (const [what, tamper] of tampered) {
      writeFileSync(path, `${tamper(good).join('\n')}\n`);
      expect([what, await chain()]).toEqual([what, expect.objectContaining({ file: path })]);
    }
    writeFileSync(path, `${good.slice(0, 4).join('\n')}\n`);
    expect(await chain()).toMatchObject({ lines: 4 });
    expect(await chain(head.head)).toMatchObject({
      line: 4,
      message: 'the line that must be there is not',
    });
  });

  test('wherever the last line was cut, the whole ones are kept and the chain goes on', async () => {
    const log = opened();
    write(log, 2);
    log.close();
    const whole = readFileSync(path);
    const first = whole.indexOf('\n') + 1;
    for (let end = 0; end < whole.length; end += 1) {
      writeFileSync(path, whole.subarray(0, end));
      const kept = end < first ? 0 : 1;
      expect(await chain()).toMatchObject({ lines: kept, unfinished: end !== first && end !== 0 });
      const again = opened();
      write(again, 1);
      again.close();
      expect(await chain()).toMatchObject({ lines: kept + 1, unfinished: false });
    }
  });

  test('a line longer than any block that is read is found from the end', async () => {
    const log = opened();
    expect(log.append(`"long":"${'x'.repeat(300_000)}"`).ok).toBe(true);
    log.close();
    const again = opened();
    write(again, 1);
    again.close();
    expect(await chain()).toMatchObject({ lines: 2 });
  });

  test('nothing is written behind what something else wrote', async () => {
    const log = opened();
    write(log, 1);
    appendFileSync(path, '{"forged":true}\n');
    expect(log.append('"n":1')).toEqual({
      ok: false,
      error: `${path}: the log cannot be written: something else has written to it`,
    });
    rmSync(path);
    expect(log.append('"n":1').ok).toBe(false);
    log.close();
  });

  test('a process that is killed while it writes leaves whole lines, or one unfinished at the end', async () => {
    await build({
      configFile: false,
      logLevel: 'silent',
      build: {
        ssr: fileURLToPath(new URL('log/decision-log.ts', import.meta.url)),
        outDir: folder,
        emptyOutDir: false,
        rolldownOptions: { output: { entryFileNames: 'log.mjs' } },
      },
    });
    const script = `import { DecisionLog } from ${JSON.stringify(join(folder, 'log.mjs'))};
      const { value: log } = DecisionLog.open({ path: ${JSON.stringify(path)}, maxBytes: 400_000 });
      process.stdout.write('open');
      for (;;) log.append('"x":"' + 'y'.repeat(20_000) + '"');`;
    for (let round = 0; round < 3; round += 1) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, 5 + round * 7));
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      expect(await chain()).toHaveProperty('lines');
    }
    const log = opened();
    write(log, 1);
    log.close();
    expect(await chain()).toMatchObject({ unfinished: false });
  });
});

describe('a server that writes down', () => {
  const started: Serving[] = [];
  const folders: string[] = [];

  afterEach(async () => {
    await Promise.all(started.splice(0).map((one) => one.stop(0)));
    await Promise.all(folders.splice(0).map(remove));
  });

  async function serve(log: Partial<NonNullable<ServeOptions['log']>> = {}) {
    const place = await bundleFolder();
    folders.push(place);
    const server = await serveFolder(place, {
      log: { path, maxBytes: 1_000_000, masks: [], onFailure: 'refuse', ...log },
    });
    started.push(server);
    return server;
  }

  test('has each decision in its log, and deciding it again gives the same record', async () => {
    const { url } = await serve();
    const precise = `{"goal":"Open\\nthe door","tools":["door"],"context":{"actor_role":"guest","big":9007199254740993,"cost":0.10}}`;
    const answers = [
      await ask(`${url}/check`, OWNER),
      await ask(`${url}/check`, precise),
      await ask(`${url}/check/explain`, OWNER),
      await ask(`${url}/check`, {}),
      await ask(`${url}/check/batch`, { checks: [OWNER, { ...OWNER, tools: [] }] }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 422, 200]);
    const written = lines();
    expect(written).toHaveLength(5);
    expect(written[1]).toContain('"big":9007199254740993,"cost":0.10');
    const { pack } = readPack(smallPack());
    for (const line of written) {
      const json = parseJson(line);
      const event = JSON.parse(line) as { timestamp: string; decision_id: string; result: unknown };
      const input = json.ok && isJsonObject(json.value) ? json.value.get('input') : undefined;
      const check = readCheck(input);
      if (!check.ok || pack === undefined) throw new Error('cannot be replayed');
      const at = { now: Date.parse(event.timestamp), requestId: event.decision_id };
      const again = decide(pack.policies, check.value, at);
      expect(again.ok && again.value.record).toEqual(event.result);
    }
    expect(await chain()).toMatchObject({ lines: 5 });
  });

  test('what is masked never reaches the disk, and is said to be missing', async () => {
    const masks = [
      '/input/context/card/number',
      '/input/context/people/*/email',
      '/result/task_hash',
    ];
    const { url } = await serve({ masks: masks.map((mask) => readMask(mask) ?? []) });
    const context = {
      actor_role: 'owner',
      card: { number: 'secret-1', kind: 'visa' },
      people: [{ email: 'secret-2' }, { name: 'Bo' }, { email: 'secret-3' }],
    };
    const { body } = await ask(`${url}/check`, { ...OWNER, context });
    const [line = ''] = lines();
    expect(line).not.toMatch(/secret|"task_hash"/);
    expect(body).toHaveProperty('task_hash');
    expect(JSON.parse(line)).toMatchObject({
      input: { context: { card: { kind: 'visa' }, people: [{}, { name: 'Bo' }, {}] } },
      erased: [
        '/input/context/card/number',
        '/input/context/people/0/email',
        '/input/context/people/2/email',
        '/result/task_hash',
      ],
    });
    for (const bad of ['input/x', '/context/x', '/input', ''])
      expect(readMask(bad)).toBeUndefined();
  });

  test('a shadow changes no answer, and what it would flip is counted and written down', async () => {
    const place = await bundleFolder();
    folders.push(place);
    const next = join(place, 'next');
    const strict = `@id("nobody")\nforbid (principal, action, resource) when { !(context has actor_role) };\n`;
    for (const [name, text] of [...smallPack('2.0.0'), ['policies/next.cedar', strict] as const]) {
      await mkdir(dirname(join(next, name)), { recursive: true });
      await writeFile(join(next, name), text);
    }
    const server = await serveFolder(place, {
      log: { path, maxBytes: 1_000_000, masks: [], onFailure: 'refuse' },
      shadow: packLoader(quietHost(), next),
    });
    started.push(server);
    const silent = { ...OWNER, context: {}, policy_pack_version: 'door@1.0.0' };
    expect((await ask(`${server.url}/check`, OWNER)).body).toMatchObject({ verdict: 'ALLOW' });
    expect((await ask(`${server.url}/check`, silent)).body).toMatchObject({
      verdict: 'ALLOW',
      policy_version: 'door@1.0.0',
    });
    const [same = '', flipped = ''] = lines();
    expect(JSON.parse(same)).not.toHaveProperty('shadow');
    expect(JSON.parse(flipped)).toMatchObject({
      result: { verdict: 'ALLOW' },
      shadow: { verdict: 'DENY' },
    });
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('stage0_shadow_flips_total{from="ALLOW",to="DENY"} 1');
    await writeFile(join(next, 'policies/next.cedar'), 'forbid (');
    await server.reload();
    expect(server.said()).toContain('The shadow was not loaded: the one before looks on.');
    expect((await ask(`${server.url}/check`, OWNER)).status).toBe(200);
  });

  test('answers nothing that it cannot write down, or counts it when it is told to', async () => {
    const strict = await serve();
    expect((await ask(`${strict.url}/check`, OWNER)).status).toBe(200);
    appendFileSync(path, 'x');
    const refused = await ask(`${strict.url}/check`, OWNER);
    expect(refused).toMatchObject({ status: 503, body: { error: 'LOG_UNAVAILABLE' } });
    const lenient = await serve({ path: join(folder, 'other.log'), onFailure: 'count' });
    rmSync(join(folder, 'other.log'));
    expect((await ask(`${lenient.url}/check`, OWNER)).status).toBe(200);
    const metrics = await (await fetch(`${lenient.url}/metrics`)).text();
    expect(metrics).toContain('\nstage0_log_failures_total 1\n');
  });

  test.runIf(process.platform === 'linux')('a full disk decides nothing', async () => {
    const { url } = await serve({ path: '/dev/full' });
    expect((await ask(`${url}/check`, OWNER)).body).toMatchObject({ error: 'LOG_UNAVAILABLE' });
  });

  test('does not start without its log', async () => {
    await expect(serve({ path: join(folder, 'none', 'x.log') })).rejects.toThrow(
      'cannot be opened',
    );
  });
});

describe('stage0 log verify', () => {
  test('tells a chain that holds from a broken one', async () => {
    const log = opened();
    write(log, 3);
    log.close();
    const host = quietHost();
    expect(await runProgram(['log', 'verify', path], host)).toBe(0);
    expect(host.said()).toMatch(/3 lines, from the first of all, to sha256:[0-9a-f]{64}\n$/);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"n":0', '"n":4'));
    const broken = quietHost();
    expect(await runProgram(['log', 'verify', path], broken)).toBe(2);
    expect(broken.said()).toContain(`${path}:2: does not follow`);
    expect(await runProgram(['log', 'verify', `${path}.none`], quietHost())).toBe(1);
  });
});
