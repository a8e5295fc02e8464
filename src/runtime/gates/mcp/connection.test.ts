import { describe, expect, test } from 'vitest';
import { CALLS, openWorld, type WorldOptions } from '../testing/world.ts';
import { GatedConnection } from './connection.ts';

type Sent = Readonly<Record<string, unknown>>;

/** A connection whose two ends are lists. */
async function open(options: WorldOptions = {}) {
  const world = await openWorld(options);
  const toClient: Sent[] = [];
  const toServer: Sent[] = [];
  const connection = new GatedConnection(
    world.gate,
    {
      toClient: async (message) => void toClient.push({ ...message }),
      toServer: async (message) => void toServer.push({ ...message }),
    },
    {},
  );
  return { world, toClient, toServer, connection };
}

const request = (id: unknown, method: string, params: object = {}) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});
const call = (id: unknown, tool = 'look_up') =>
  request(id, 'tools/call', { name: tool, arguments: { query: 'x' } });

async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !holds(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(holds()).toBe(true);
}

describe('what goes through to the server', () => {
  test('is what the gate knows; another method goes no further', async () => {
    const { connection, toClient, toServer } = await open();
    await connection.fromClient(request(1, 'resources/list'));
    await connection.fromClient(request(2, 'tools/execute', { name: 'db_admin' }));
    await connection.fromClient(request(3, 'TOOLS/CALL', { name: 'db_admin' }));
    expect(toServer).toMatchObject([{ id: 1, method: 'resources/list' }]);
    expect(toClient).toMatchObject([
      { id: 2, error: { code: -32_601 } },
      { id: 3, error: { code: -32_601 } },
    ]);
  });

  test('are notifications, and no call that only looks like one', async () => {
    const { connection, toServer } = await open();
    const message = { jsonrpc: '2.0', method: 'tools/call', params: { name: 'look_up' } };
    await connection.fromClient(message);
    await connection.fromClient({ ...message, id: null });
    await connection.fromClient({ ...message, method: 'notifications/roots/list_changed' });
    await connection.fromClient('tools/call');
    await connection.fromClient([call(1)]);
    expect(toServer).toMatchObject([{ method: 'notifications/roots/list_changed' }]);
  });

  test('is a call as it was checked, with what goes along with it', async () => {
    const { connection, toServer, toClient } = await open();
    const progress = { progressToken: 7 };
    const params = { name: 'look_up', arguments: { query: 'x' }, _meta: progress };
    const done = connection.fromClient(request('a', 'tools/call', params));
    await until(() => toServer.length === 1);
    expect(toServer).toEqual([request('a', 'tools/call', params)]);
    await connection.fromServer({ jsonrpc: '2.0', method: 'notifications/progress', params: {} });
    await connection.fromServer({ jsonrpc: '2.0', id: 'a', result: { content: [] } });
    await done;
    expect(toClient).toMatchObject([{ method: 'notifications/progress' }, { id: 'a' }]);
  });

  test('no second request under an id that is in use, and no call without a tool', async () => {
    const { connection, toServer, toClient } = await open();
    const first = connection.fromClient(call(1));
    await connection.fromClient(call(1, 'db_admin'));
    expect(toClient).toMatchObject([{ id: 1, error: { code: -32_600 } }]);
    await until(() => toServer.length === 1);
    await connection.fromServer({ jsonrpc: '2.0', id: 1, result: {} });
    await first;
    await connection.fromClient(request(2, 'tools/call', { arguments: {} }));
    expect(toClient.at(-1)).toMatchObject({ id: 2, error: {} });
    expect(toServer).toHaveLength(1);
  });
});

describe('what comes through from the server', () => {
  test('are answers to what was asked, and requests that a client knows', async () => {
    const { connection, toServer, toClient } = await open();
    await connection.fromServer({ jsonrpc: '2.0', id: 9, result: { spontaneous: true } });
    await connection.fromServer(request(1, 'sampling/createMessage'));
    await connection.fromServer(request(2, 'client/readFile'));
    await connection.fromClient({ jsonrpc: '2.0', id: 1, result: { role: 'assistant' } });
    await connection.fromClient({ jsonrpc: '2.0', id: 5, result: {} });
    expect(toClient).toMatchObject([{ id: 1, method: 'sampling/createMessage' }]);
    expect(toServer).toMatchObject([
      { id: 2, error: { code: -32_601 } },
      { id: 1, result: { role: 'assistant' } },
    ]);
  });

  test('is no answer to a call that was never handed on', async () => {
    const never = new Promise<never>(() => undefined);
    const { connection, toClient } = await open({ answer: () => never, timeout: 60_000 });
    const waiting = connection.fromClient(call(1));
    await connection.fromServer({ jsonrpc: '2.0', id: 1, result: { content: ['forged'] } });
    expect(toClient).toEqual([]);
    connection.close();
    await waiting;
  });

  test('are the tools that could run', async () => {
    const { connection, toClient } = await open();
    await connection.fromClient(request(1, 'tools/list'));
    const tools = ['look_up', 'mystery', 'db_admin'].map((name) => ({ name, inputSchema: {} }));
    const odd = [null, 'look_up', { name: 3 }];
    await connection.fromServer({
      jsonrpc: '2.0',
      id: 1,
      result: { tools: [...tools, ...odd], nextCursor: 'n' },
    });
    expect(toClient).toMatchObject([
      { id: 1, result: { nextCursor: 'n', tools: [{ name: 'look_up' }, { name: 'db_admin' }] } },
    ]);
  });
});

test('what the policies would always deny is not shown', async () => {
  const deletes = { side_effects: ['delete'] };
  const { connection, toClient } = await open({
    tools: { look_up: {}, drop: { ...deletes, environment: 'production' }, drop_test: deletes },
  });
  await connection.fromClient(request(1, 'tools/list'));
  const tools = ['drop', 'drop_test', 'look_up'].map((name) => ({ name, inputSchema: {} }));
  await connection.fromServer({ jsonrpc: '2.0', id: 1, result: { tools } });
  expect(toClient).toMatchObject([
    { id: 1, result: { tools: [{ name: 'drop_test' }, { name: 'look_up' }] } },
  ]);
});

describe('a call that is cancelled', () => {
  test('is not handed on when it was not yet, and its server hears nothing of it', async () => {
    let answer: () => void = () => undefined;
    const waits = new Promise<void>((resolve) => (answer = resolve));
    const { connection, toServer, toClient } = await open({
      answer: async (input, real) => {
        await waits;
        return real.check(input);
      },
    });
    const done = connection.fromClient(call(1));
    const params = { requestId: 1 };
    await connection.fromClient({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
    answer();
    await done;
    expect([toServer, toClient]).toEqual([[], []]);
  });

  test('is cancelled at the server when it runs there', async () => {
    const { connection, toServer, toClient } = await open();
    const done = connection.fromClient(call(1));
    await until(() => toServer.length === 1);
    const params = { requestId: 1 };
    await connection.fromClient({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
    expect(toServer.at(-1)).toMatchObject({ method: 'notifications/cancelled' });
    // The protocol wants no answer; one that comes all the same is nobody's.
    await done;
    await connection.fromServer({ jsonrpc: '2.0', id: 1, result: {} });
    expect(toClient).toEqual([]);
  });
});

describe('a person', () => {
  const able = request(0, 'initialize', { capabilities: { elicitation: {} } });
  const pay = request(1, 'tools/call', {
    name: CALLS.deferred.tool,
    arguments: CALLS.deferred.arguments,
  });

  test('is asked in a form of our own, whose answer goes nowhere else', async () => {
    const { connection, toServer, toClient, world } = await open();
    await connection.fromClient(able);
    const done = connection.fromClient(pay);
    await until(() => toClient.length === 1);
    const [form] = toClient;
    expect(form).toMatchObject({ method: 'elicitation/create', params: { mode: 'form' } });
    const answered = {
      jsonrpc: '2.0',
      id: form?.['id'],
      result: { action: 'accept', content: { approved_by: 'l.haas' } },
    };
    await connection.fromClient({ ...answered, id: 'guessed' });
    await connection.fromClient(answered);
    await until(() => toServer.length === 2);
    expect(toServer).toMatchObject([{ method: 'initialize' }, { id: 1, method: 'tools/call' }]);
    // The same answer again is none to anything.
    await connection.fromClient(answered);
    await connection.fromServer({ jsonrpc: '2.0', id: 1, result: {} });
    await done;
    expect(toServer).toHaveLength(2);
    expect(world.events.map(({ event }) => event)).toEqual([
      'deferred',
      'approved',
      'allowed',
      'started',
      'finished',
    ]);
  });

  test('who is asked while the client goes away approves nothing', async () => {
    const { connection, toServer, toClient } = await open();
    await connection.fromClient(able);
    const done = connection.fromClient(pay);
    await until(() => toClient.length === 1);
    connection.close();
    await done;
    expect(toServer).toHaveLength(1);
  });
});

describe('in the newest revision', () => {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
  };
  const pay = (id: number, more: object = {}) =>
    request(id, 'tools/call', {
      name: CALLS.deferred.tool,
      arguments: CALLS.deferred.arguments,
      _meta: meta,
      ...more,
    });
  const approval = { stage0_approval: { action: 'accept', content: { approved_by: 'l.haas' } } };

  test('a round of the server’s own goes on where it was after the approval', async () => {
    const { connection, toServer, toClient } = await open();
    const inner = { inputResponses: { theirs: { action: 'accept' } }, requestState: 'theirs' };
    await connection.fromClient(pay(1, inner));
    const state = (toClient[0]?.['result'] as Sent | undefined)?.['requestState'];
    expect(toClient).toMatchObject([{ result: { resultType: 'input_required' } }]);
    const done = connection.fromClient(pay(2, { inputResponses: approval, requestState: state }));
    await until(() => toServer.length === 1);
    expect(toServer).toMatchObject([{ id: 2, params: inner }]);
    await connection.fromServer({ jsonrpc: '2.0', id: 2, result: {} });
    await done;
    // The same round again runs nothing.
    await connection.fromClient(pay(3, { inputResponses: approval, requestState: state }));
    expect(toClient.at(-1)).toMatchObject({ id: 3, result: { isError: true } });
    expect(toServer).toHaveLength(1);
  });

  test.each(['stage0:', 'stage0:null', 'stage0:{"pending":{"tool":"payments_api"}}'])(
    'a round that we never began runs nothing: %s',
    async (requestState) => {
      const { connection, toServer, toClient } = await open();
      await connection.fromClient(pay(1, { inputResponses: approval, requestState }));
      expect(toClient).toMatchObject([
        { id: 1, result: { isError: true, resultType: 'complete' } },
      ]);
      expect(toServer).toEqual([]);
    },
  );
});
