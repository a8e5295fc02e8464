import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Result } from '../base/result.ts';
import { DEEP_SHAPES, deepest, policyWith } from './deep-texts.ts';
import { examplePacks } from './engine-parity.test.ts';
import type { LifeOptions } from './life.ts';
import { tinyPack } from './tiny-pack.ts';
import type { ToolchainClient, ToolchainFailure } from './toolchain-api.ts';
import { createToolchain } from './toolchain-client.ts';

// Several megabytes of WebAssembly are loaded and compiled, on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** A file that the validator refuses. */
const NOPE = ['policies/bad.cedar', policyWith('"💥" == "" || context.nope')] as const;

const clients: ToolchainClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

function must<T>(result: Result<T, ToolchainFailure>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

/** A client, and the workers that it started. `before` runs in each worker ahead of everything. */
function start(before = '', options: LifeOptions = {}) {
  const workers: Worker[] = [];
  const blob = (source: string) =>
    URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const url = new URL('./toolchain.worker.ts', import.meta.url).href;
  const client = createToolchain({
    ...options,
    spawn: () => {
      const source = `
        import ${JSON.stringify(blob(before))};
        import ${JSON.stringify(url)};
        self.addEventListener('message', ({ data }) => {
          if (data === 'crash') setTimeout(() => { throw new Error('out of memory'); });
          if (data === 'hang') for (;;);
          // What the WebAssembly's glue calls first: from here on it throws, as when its stack is lost.
          if (data === 'lose') TextEncoder.prototype.encodeInto = () => { throw new RangeError('lost'); };
        });
      `;
      const worker = new Worker(blob(source), { type: 'module' });
      workers.push(worker);
      return worker;
    },
  });
  clients.push(client);
  return { client, workers };
}

describe('the official toolchain in a worker', () => {
  test('is not there before it is asked for anything', async () => {
    const { client, workers } = start();
    expect(workers).toHaveLength(0);
    must(await client.format('permit(principal,action,resource);'));
    expect(workers).toHaveLength(1);
  });

  test.each([...examplePacks])('finds no error in pack %s', async (_name, files) => {
    const client = createToolchain();
    clients.push(client);
    const { problems, validated } = must(await client.validate(files));
    expect(validated).toBe(true);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('is sent what changed, and answers for everything', async () => {
    const { client } = start();
    const files = tinyPack(3);
    expect(must(await client.validate(files)).policiesChecked).toBe(2);
    const changed = must(await client.validate(new Map(files).set(...NOPE)));
    expect(changed).toMatchObject({ policiesChecked: 1, problems: [{ path: NOPE[0] }] });
    const { span } = changed.problems[0] ?? {};
    expect(NOPE[1].slice(span?.start, span?.end)).toBe('context.nope');
    expect(must(await client.validate(files))).toMatchObject({ policiesChecked: 0, problems: [] });
  });

  test('answers the newest call only', async () => {
    const { client } = start();
    const answers = await Promise.all([
      client.validate(tinyPack()),
      client.validate(tinyPack().set(...NOPE)),
      client.validate(tinyPack().set('policies/x.cedar', policyWith('1 == 1'))),
    ]);
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.error.code))).toEqual([
      'SUPERSEDED',
      'SUPERSEDED',
      'ok',
    ]);
    expect(answers[2]).toMatchObject({ value: { problems: [] } });
  });

  test('checks schemas and formats', async () => {
    const { client } = start();
    expect(must(await client.checkSchema('entity É;'))).toMatchObject([{ code: 'schema' }]);
    expect(must(await client.checkSchema('entity E;'))).toEqual([]);
    const formatted = must(await client.format('permit(principal,action,resource);// é'));
    expect(formatted).toBe('permit (principal, action, resource); // é\n');
    expect(await client.format('permit(')).toMatchObject({ error: { code: 'TEXT_INVALID' } });
  });

  test('lives as deep as the check lets texts be, in a worker’s stack too', async () => {
    const { client, workers } = start();
    const outcomes: Record<string, readonly string[]> = {};
    for (const [name, shape] of DEEP_SHAPES) {
      const text = policyWith(shape(deepest(shape)));
      const answer = await client.validate(tinyPack().set('policies/deep.cedar', text));
      const formatted = await client.format(text);
      outcomes[name] = [answer, formatted].map((each) => (each.ok ? 'ok' : each.error.code));
    }
    expect(outcomes).toEqual(Object.fromEntries(DEEP_SHAPES.map(([name]) => [name, ['ok', 'ok']])));
    expect(workers).toHaveLength(1);
  });
});

describe('a toolchain that fails', () => {
  test('is an answer', async () => {
    // It never gets as far as to answer.
    const { client, workers } = start('self.fetch = () => new Promise(() => {});');
    const answer = client.format('permit(principal,action,resource);');
    workers[0]?.postMessage('crash');
    expect(await answer).toMatchObject({ error: { code: 'TOOLCHAIN_CRASHED' } });
  });

  test('is replaced by the next call, and sent everything anew', async () => {
    const { client, workers } = start();
    const files = tinyPack().set(...NOPE);
    must(await client.validate(files));
    const crashed = new Promise((resolve) => {
      workers[0]?.addEventListener('error', resolve);
    });
    workers[0]?.postMessage('crash');
    await crashed;
    const again = must(await client.validate(files));
    expect(again).toMatchObject({ policiesChecked: 3, problems: [{ path: NOPE[0] }] });
    expect(workers).toHaveLength(2);
  });

  test('whose WebAssembly was lost is replaced, though its worker lives', async () => {
    const { client, workers } = start();
    const text = '// é\npermit (principal, action, resource);\n';
    must(await client.format(text));
    workers[0]?.postMessage('lose');
    expect(await client.format(text)).toMatchObject({ error: { code: 'TOOLCHAIN_CRASHED' } });
    expect(must(await client.format(text))).toBe(text);
    expect(workers).toHaveLength(2);
  });

  test('that hangs is replaced', async () => {
    const { client, workers } = start('', { pingMs: 100, missedPings: 10 });
    must(await client.format('permit(principal,action,resource);'));
    workers[0]?.postMessage('hang');
    expect(await client.format('permit(principal,action,resource);')).toMatchObject({
      error: { code: 'TOOLCHAIN_HUNG' },
    });
    must(await client.format('permit(principal,action,resource);'));
    expect(workers).toHaveLength(2);
  });

  test('that cannot be loaded says so each time it is asked', async () => {
    const { client, workers } = start('self.fetch = () => Promise.reject(new Error("offline"));');
    for (const started of [1, 2]) {
      expect(await client.validate(tinyPack())).toMatchObject({
        error: { code: 'TOOLCHAIN_UNAVAILABLE' },
      });
      expect(workers).toHaveLength(started);
    }
  });

  test('closed is closed', async () => {
    const { client, workers } = start();
    const waiting = client.validate(tinyPack());
    client.close();
    expect(await waiting).toMatchObject({ error: { code: 'TOOLCHAIN_UNAVAILABLE' } });
    expect(await client.format('')).toMatchObject({ error: { code: 'TOOLCHAIN_UNAVAILABLE' } });
    expect(workers).toHaveLength(1);
  });
});
