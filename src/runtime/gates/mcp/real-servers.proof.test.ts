/** Against MCP servers as they are published, each in a process of its own, and over HTTP. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemsOf } from '../../../authoring/tools/testing/tools.ts';
import { readFile as readText } from '../../host.ts';
import { createRuntime } from '../../in-process.ts';
import { readPackFiles } from '../../pack-folder.ts';
import { runProgram } from '../../program.ts';
import { quietHost } from '../../testing/serving.ts';
import { CALLS, openWorld, type World } from '../testing/world.ts';
import { transportTo, type ServerAt } from './sdk.ts';
import { client1, client2, wire1, wire2, type TestClient } from './testing/hosts.ts';
import { proxyMcp } from './transport.ts';

const require = createRequire(import.meta.url);
const FILESYSTEM = require.resolve('@modelcontextprotocol/server-filesystem/dist/index.js');
const EVERYTHING = require.resolve('@modelcontextprotocol/server-everything/dist/index.js');

let folder = '';
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stage0-mcp-'));
  await writeFile(join(folder, 'notes.txt'), 'what was there');
});

afterAll(async () => {
  await Promise.all(closing.map((close) => close()));
  await rm(folder, { recursive: true, force: true });
});

function node(...args: readonly string[]): ServerAt {
  return { command: process.execPath, args, env: { PATH: process.env['PATH'] ?? '' } };
}

async function behindGate(
  server: ServerAt,
  world: World,
  connect: 'client 1.x' | 'client 2.x',
): Promise<TestClient> {
  const options = { approver: 'somebody' };
  const person = () => ({ approved: true as const, by: 'l.haas' });
  const behind = await transportTo(server);
  const [here, there] = connect === 'client 1.x' ? wire1() : wire2();
  const ended = proxyMcp(there, behind, world.gate, options);
  const client =
    connect === 'client 1.x' ? await client1(here, person) : await client2(here, false, person);
  closing.push(async () => {
    await client.close();
    await ended;
  });
  return client;
}

describe('the file server', { timeout: 60_000 }, () => {
  test('lists what could run; reads, asks before it writes, and never deletes', async () => {
    const world = await openWorld({
      tools: {
        read_text_file: {},
        write_file: { side_effects: ['money movement'], constraints: ['max_cost_usd: 1.00'] },
        move_file: { side_effects: ['delete'], environment: 'production' },
      },
    });
    const client = await behindGate(node(FILESYSTEM, folder), world, 'client 1.x');
    expect(await client.list()).toEqual(
      expect.arrayContaining(['read_text_file', 'write_file']) as unknown,
    );
    // One that nobody has described, and one that this role may never call there.
    expect(await client.list()).not.toContain('edit_file');
    expect(await client.list()).not.toContain('move_file');

    const path = join(folder, 'notes.txt');
    expect(await client.call('read_text_file', { path })).toBe('what was there');
    expect(await client.call('write_file', { path, content: 'new' })).toContain('wrote');
    expect(await readFile(path, 'utf8')).toBe('new');
    const gone = join(folder, 'gone.txt');
    expect(await client.call('move_file', { source: path, destination: gone })).toContain(
      'did not run',
    );
    expect(await client.call('edit_file', { path, edits: [] })).toContain('UNDESCRIBED_TOOL');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(world.events.filter(({ event }) => event === 'started')).toHaveLength(2);
  });
});

describe('the server with everything', { timeout: 60_000 }, () => {
  test('speaks through the gate on its standard input', async () => {
    const world = await openWorld({ tools: { echo: {}, 'get-sum': {} } });
    const client = await behindGate(node(EVERYTHING, 'stdio'), world, 'client 2.x');
    expect(await client.list()).toEqual(['echo', 'get-sum']);
    expect(await client.call('echo', { message: 'hello' })).toContain('hello');
    expect(await client.call('get-sum', { a: 2, b: 3 })).toContain('5');
    expect(await client.call('get-env', {})).toContain('did not run');
  });

  test('speaks through the gate over HTTP', async () => {
    const { url, stop } = await serveHttp();
    try {
      const world = await openWorld({ tools: { echo: {}, [CALLS.denied.tool]: {} } });
      const client = await behindGate({ url, headers: {} }, world, 'client 1.x');
      expect(await client.list()).toEqual(['echo']);
      expect(await client.call('echo', { message: 'over HTTP' })).toContain('over HTTP');
      expect(await client.call('get-env', {})).toContain('did not run');
    } finally {
      stop();
    }
  });
});

describe('stage0 import mcp', { timeout: 60_000 }, () => {
  async function imported(name: string, ...command: readonly string[]): Promise<string> {
    const pack = join(folder, name);
    const host = quietHost();
    const args = ['import', 'mcp', '-o', pack, '--', process.execPath, ...command];
    expect([await runProgram(args, host), host.said()]).toEqual([
      0,
      expect.stringMatching(/a pack for \d+ tools/),
    ]);
    return pack;
  }

  test.each([
    ['files', FILESYSTEM, tmpdir(), 14],
    ['everything', EVERYTHING, 'stdio', 13],
  ] as const)('makes a pack of %s that validates and passes', async (name, file, arg, least) => {
    const pack = await imported(name, file, arg);
    const files = await readPackFiles({ read: readText }, pack);
    if (!files.ok) throw new Error(JSON.stringify(files.error));
    expect(problemsOf({ files: files.value })).toEqual([]);
    expect(Object.keys(toolsIn(files.value)).length).toBeGreaterThanOrEqual(least);
    const host = quietHost();
    expect([await runProgram(['import', 'mcp', '-o', pack, '--', 'x'], host), host.said()]).toEqual(
      [1, expect.stringContaining('is there already')],
    );
  });

  test('what it makes decides at the gate, arguments and all', async () => {
    const pack = await imported('decides', EVERYTHING, 'stdio');
    const files = await readPackFiles({ read: readText }, pack);
    const decider = await createRuntime({ pack });
    const world = await openWorld({ decider, tools: files.ok ? toolsIn(files.value) : {} });
    const client = await behindGate(node(EVERYTHING, 'stdio'), world, 'client 1.x');
    expect(await client.call('get-sum', { a: 2, b: 3 })).toContain('5');
    const wrong = await client.call('get-sum', { a: 'two', b: 3 });
    expect(wrong).toContain('CONTEXT_MALFORMED');
  });
});

function toolsIn(files: ReadonlyMap<string, string>): Readonly<Record<string, object>> {
  return JSON.parse(files.get('tools.json') ?? '{}') as Readonly<Record<string, object>>;
}

async function serveHttp(): Promise<{ readonly url: URL; readonly stop: () => void }> {
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, [EVERYTHING, 'streamableHttp'], {
    env: { PATH: process.env['PATH'], PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    const heard = (text: unknown): void => {
      if (String(text).includes(String(port))) resolve();
    };
    child.stdout?.on('data', heard);
    child.stderr?.on('data', heard);
    child.on('exit', () => reject(new Error('The server ended.')));
  });
  return { url: new URL(`http://127.0.0.1:${port}/mcp`), stop: () => void child.kill() };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}
