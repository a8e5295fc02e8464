import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { packLoader } from './server/policy-source.ts';
import type { Serving } from './server/serve.ts';
import {
  ask,
  bundleFolder,
  get,
  packFolder,
  quietHost,
  remove,
  serveFolder,
} from './testing/serving.ts';

// Many tests share the machine: what is slow there is not wrong.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const PUBLIC = 'https://pdp.example.com';
let folder = '';
const servers: Serving[] = [];
let todo = '';
let records = '';
let door = '';

beforeAll(async () => {
  folder = await bundleFolder();
  const pack = (name: string) => ({ load: packLoader(quietHost(), packFolder(name)) });
  servers.push(
    await serveFolder(folder, { ...pack('todo'), publicUrl: PUBLIC }),
    await serveFolder(folder, pack('records')),
    await serveFolder(folder, { accessRequests: 'https://approvals.example.com/requests' }),
  );
  [todo = '', records = '', door = ''] = servers.map(({ url }) => `${url}/access/v1`);
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop(0)));
  await remove(folder);
});

const decisionsOf = ({ body }: { readonly body: Readonly<Record<string, unknown>> }) =>
  (body['evaluations'] as readonly { readonly decision: boolean }[]).map(
    ({ decision }) => decision,
  );

describe('the Todo scenario', () => {
  // The users' ids as their tokens have them; e-mail and roles are the decision point's own knowledge.
  const id = (digit: number) =>
    Buffer.from(`\n$fd${digit}614d3-c39a-4781-b7bd-8b96f5a5100d\x12\x05local`).toString('base64');
  const USERS = [
    {
      user: 'rick@the-citadel.com',
      id: id(0),
      creates: true,
      changesOthers: true,
      changesOwn: true,
    },
    {
      user: 'morty@the-citadel.com',
      id: id(1),
      creates: true,
      changesOthers: false,
      changesOwn: true,
    },
    {
      user: 'summer@the-smiths.com',
      id: id(2),
      creates: true,
      changesOthers: false,
      changesOwn: true,
    },
    {
      user: 'beth@the-smiths.com',
      id: id(3),
      creates: false,
      changesOthers: false,
      changesOwn: false,
    },
    {
      user: 'jerry@the-smiths.com',
      id: id(4),
      creates: false,
      changesOthers: false,
      changesOwn: false,
    },
  ];

  test.each(USERS)('$user may do what the scenario says', async (one) => {
    const subject = { type: 'user', id: one.id };
    const owned = (ownerID: string) => ({ type: 'todo', id: '7240d0db', properties: { ownerID } });
    const other = one.user.startsWith('rick') ? 'morty@the-citadel.com' : 'rick@the-citadel.com';
    const cases: readonly (readonly [string, object, boolean])[] = [
      ['can_read_user', { type: 'user', id: 'beth@the-smiths.com' }, true],
      ['can_read_todos', { type: 'todo', id: 'todo-1' }, true],
      ['can_create_todo', { type: 'todo', id: 'todo-1' }, one.creates],
      ['can_update_todo', owned(one.user), one.changesOwn],
      ['can_update_todo', owned(other), one.changesOthers],
      ['can_delete_todo', owned(one.user), one.changesOwn],
      ['can_delete_todo', owned(other), one.changesOthers],
    ];
    for (const [name, resource, decision] of cases) {
      const answer = await ask(`${todo}/evaluation`, { subject, action: { name }, resource });
      expect([name, resource, answer.body['decision']]).toEqual([name, resource, decision]);
    }
    const evaluations = cases.map(([name, resource]) => ({ action: { name }, resource }));
    const all = await ask(`${todo}/evaluations`, { subject, evaluations });
    expect(decisionsOf(all)).toEqual(cases.map(([, , decision]) => decision));
  });

  test('who is not known may nothing', async () => {
    const body = {
      subject: { type: 'user', id: 'stranger' },
      action: { name: 'can_read_todos' },
      resource: { type: 'todo', id: 'todo-1' },
    };
    expect((await ask(`${todo}/evaluation`, body)).body).toMatchObject({ decision: false });
  });
});

describe('the certification scenario', () => {
  const alice = { type: 'user', id: 'alice' };
  const bob = { type: 'user', id: 'bob' };
  const admin = { ...bob, properties: { role: 'admin' } };
  const record = { type: 'record', id: 'record-1' };
  const archived = { type: 'record', id: 'record-2', properties: { status: 'archived' } };
  const soft = (value: boolean) => ({ name: 'delete', properties: { soft: value } });
  const read = { name: 'read' };
  const write = { name: 'write' };
  const whole = { subject: alice, action: read, resource: record };
  const more = { properties: { department: 'Sales', role: 'manager' } };

  test.each([
    ['alice reads', whole, true],
    ['alice writes', { subject: alice, action: write, resource: record }, true],
    ['bob reads', { subject: bob, action: read, resource: record }, true],
    ['bob writes', { subject: bob, action: write, resource: record }, false],
    ['alice writes what is archived', { subject: alice, action: write, resource: archived }, false],
    [
      'an admin writes what is archived',
      { subject: admin, action: write, resource: archived },
      true,
    ],
    ['alice deletes softly', { subject: alice, action: soft(true), resource: record }, true],
    ['alice deletes', { subject: alice, action: soft(false), resource: record }, false],
    ['with context', { ...whole, context: { time: '2025-06-27T18:03-07:00', ip: '::1' } }, true],
    ['with unknown properties', { ...whole, subject: { ...alice, ...more } }, true],
    ['with unknown fields', { ...whole, foo: 'bar', futureField: { nested: true } }, true],
  ])('%s', async (_what, body, decision) => {
    for (const path of ['evaluation', 'evaluations']) {
      const answer = await ask(`${records}/${path}`, body);
      expect(answer).toMatchObject({ status: 200, body: { decision } });
      expect(answer.headers.get('content-type')).toBe('application/json');
    }
  });

  test.each([
    ['no subject', { action: read, resource: record }, /subject is missing/],
    ['no action', { subject: alice, resource: record }, /action is missing/],
    ['no resource', { subject: alice, action: read }, /resource is missing/],
    ['no subject.type', { ...whole, subject: { id: 'alice' } }, /subject\.type is missing/],
    ['no subject.id', { ...whole, subject: { type: 'user' } }, /subject\.id is missing/],
    ['no action.name', { ...whole, action: {} }, /action\.name is missing/],
    ['no resource.type', { ...whole, resource: { id: 'x' } }, /resource\.type is missing/],
    ['no resource.id', { ...whole, resource: { type: 'x' } }, /resource\.id is missing/],
    ['a subject that is text', { ...whole, subject: 'alice' }, /subject must be an object/],
    ['a name that is a number', { ...whole, action: { name: 123 } }, /action\.name must be text/],
    [
      'properties in a list',
      { ...whole, subject: { ...alice, properties: [] } },
      /properties must/,
    ],
    ['a context that is text', { ...whole, context: 'x' }, /context must be an object/],
    ['a misspelt guardrail', { ...whole, context: { stage0: { constraint: [] } } }, /constraint/],
    ['tools of its own', { ...whole, context: { stage0: { tools: [] } } }, /must not have tools/],
    ['no object', [], /must be an object/],
    ['nothing', '', /Expected a value/],
    ['no JSON', '{"subject":', /Expected a value/],
  ])('%s is a bad request', async (_what, body, message) => {
    for (const path of ['evaluation', 'evaluations']) {
      const answer = await ask(`${records}/${path}`, body);
      expect([path, answer.status]).toEqual([path, 400]);
      expect(answer.body['message']).toMatch(message);
      expect(answer.body).not.toHaveProperty('decision');
    }
  });

  test('another content type is a bad request', async () => {
    const answer = await ask(`${records}/evaluation`, whole, { 'content-type': 'text/plain' });
    expect(answer.status).toBe(400);
  });

  test('the request id comes back as it was sent', async () => {
    for (const id of ['bfe9eb29-ab87-4ca3-be83-a1d5d8305716', 'run 7 {"x"}']) {
      const { headers } = await ask(`${records}/evaluation`, whole, { 'x-request-id': id });
      expect(headers.get('x-request-id')).toBe(id);
    }
    const { headers } = await ask(`${records}/evaluation`, whole);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('evaluations take what they leave out from the top, entity by entity', async () => {
    const [first, second] = [record, archived];
    const cases: readonly (readonly [object, readonly boolean[]])[] = [
      [
        { subject: alice, action: write, evaluations: [{ resource: first }, { resource: second }] },
        [true, false],
      ],
      [
        {
          action: write,
          resource: archived,
          evaluations: [{ subject: alice }, { subject: admin }],
        },
        [false, true],
      ],
      [
        {
          subject: alice,
          action: write,
          resource: { type: 'record', properties: { status: 'archived' } },
          evaluations: [{ resource: { id: 'record-1' } }, { resource: archived }],
        },
        [true, false],
      ],
      [{ evaluations: [whole, { subject: bob, action: write, resource: record }] }, [true, false]],
      [{ subject: alice, action: read, evaluations: [{ resource: record }, {}] }, [true, false]],
      [
        { ...whole, evaluations: [{}, 'x', { subject: 7 }, { resource: {} }] },
        [true, false, false, true],
      ],
    ];
    for (const [body, expected] of cases) {
      const answer = await ask(`${records}/evaluations`, body);
      expect(answer.status).toBe(200);
      expect([body, decisionsOf(answer)]).toEqual([body, expected]);
      expect(answer.body).not.toHaveProperty('decision');
    }
    const broken = await ask(`${records}/evaluations`, {
      subject: alice,
      action: read,
      evaluations: [{ resource: record }, {}],
    });
    expect(broken.body).toMatchObject({
      evaluations: [{}, { context: { error: { status: 400, message: 'resource is missing.' } } }],
    });
    const none = await ask(`${records}/evaluations`, { ...whole, evaluations: [] });
    expect(none.body).toMatchObject({ decision: true });
  });

  test('evaluations go on to the end, to the first denial, or to the first permit', async () => {
    const run = async (semantic: unknown, actions: readonly object[]) => {
      const evaluations = actions.map((action) => ({ action }));
      const options = semantic === undefined ? {} : { options: { evaluations_semantic: semantic } };
      return ask(`${records}/evaluations`, {
        subject: bob,
        resource: record,
        ...options,
        evaluations,
      });
    };
    const mixed = [read, write, read, write];
    expect(decisionsOf(await run(undefined, mixed))).toEqual([true, false, true, false]);
    expect(decisionsOf(await run('execute_all', mixed))).toEqual([true, false, true, false]);
    expect(decisionsOf(await run('deny_on_first_deny', mixed))).toEqual([true, false]);
    expect(decisionsOf(await run('deny_on_first_deny', [{}, read]))).toEqual([false]);
    expect(decisionsOf(await run('permit_on_first_permit', [write, read, write]))).toEqual([
      false,
      true,
    ]);
    expect(decisionsOf(await run('permit_on_first_permit', [write]))).toEqual([false]);
    for (const wrong of ['any', 7]) expect((await run(wrong, mixed)).status).toBe(400);
    const many = await run(
      undefined,
      Array.from({ length: 101 }, () => read),
    );
    expect(many.status).toBe(400);
  });
});

describe('what an answer says beside its decision', () => {
  const guest = {
    subject: { type: 'agent', id: 'porter', properties: { role: 'guest' } },
    action: { name: 'door' },
    resource: { type: 'door', id: 'front' },
    context: { stage0: { goal: 'Open the front door', constraints: ['sandbox'] } },
  };

  test('a DEFER is false, and says what can be requested where', async () => {
    const { body } = await ask(`${door}/evaluation`, guest);
    expect(body).toMatchObject({
      decision: false,
      context: {
        reason: expect.stringContaining('GUEST') as unknown,
        evaluated_at: '2026-11-01T13:00:00.000Z',
        access_request: {
          requestable: true,
          endpoint: 'https://approvals.example.com/requests',
          reason: 'GUEST',
          display: { description: 'Who let this guest in?' },
        },
        stage0: { verdict: 'DEFER', constraints_applied: ['sandbox'] },
      },
    });
    const { evaluation_id: id, stage0 } = body['context'] as Record<
      string,
      { request_id?: string }
    >;
    expect(id).toBe(stage0?.request_id);
    const elsewhere = await ask(`${todo}/evaluation`, {
      ...guest,
      subject: { type: 'a', id: 'b' },
    });
    expect(elsewhere.body).toMatchObject({
      decision: false,
      context: { stage0: { verdict: 'DENY' } },
    });
    expect(elsewhere.body['context']).not.toHaveProperty('access_request');
  });

  test('the configuration names what there is, under the public address', async () => {
    const [first, , third] = servers.map(({ url }) => `${url}/.well-known/authzen-configuration`);
    expect((await get(first ?? '')).body).toEqual({
      policy_decision_point: PUBLIC,
      access_evaluation_endpoint: `${PUBLIC}/access/v1/evaluation`,
      access_evaluations_endpoint: `${PUBLIC}/access/v1/evaluations`,
    });
    expect((await get(third ?? '')).body).toMatchObject({
      policy_decision_point: servers[2]?.url,
      access_request_endpoint: 'https://approvals.example.com/requests',
      capabilities: ['urn:openid:authzen:capability:access-request'],
    });
  });
});
