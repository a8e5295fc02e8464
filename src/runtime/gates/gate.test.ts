import { describe, expect, test } from 'vitest';
import { usedInMemory, type Pending } from './approval.ts';
import { createGate, type Gate } from './gate.ts';
import { resumeTool, runTool } from './run-tool.ts';
import { CALLS, openWorld } from './testing/world.ts';

const YES = { approved: true as const, by: 'l.haas' };

async function pendingOf(gate: Gate, call: Parameters<Gate['decide']>[0] = CALLS.deferred) {
  const ruling = await gate.decide(call);
  if (ruling.verdict !== 'DEFER') throw new Error(ruling.verdict);
  return ruling.pending;
}

const run = () => 'ran';

describe('arguments', () => {
  test.each([
    ['a date', { at: new Date(0) }],
    ['a function', { f: run }],
    ['a symbol', { s: Symbol('s') }],
    ['a bigint', { n: 1n }],
    ['no number', { n: Number.NaN }],
    ['half a character', { s: '\ud800' }],
    ['a list', []],
    ['a text', 'x'],
    ['a map', new Map([['a', 1]])],
    ['a hole', { list: [1, undefined] }],
    ['too much', { s: 'x'.repeat(1_000_001) }],
  ])('that are no JSON are refused and not guessed at: %s', async (_what, args) => {
    const { gate, asked } = await openWorld();
    const outcome = await runTool(gate, { tool: 'look_up', arguments: args }, run);
    expect(outcome).toMatchObject({ ran: false, refusal: { code: 'INVALID_ARGUMENTS' } });
    expect(asked).toEqual([]);
  });

  test('that hold themselves, or hide behind a getter, are read once', async () => {
    const { gate, runs, run: tool } = await openWorld();
    const loop: Record<string, unknown> = {};
    loop['me'] = loop;
    expect(await runTool(gate, { tool: 'look_up', arguments: loop }, run)).toMatchObject({
      refusal: { code: 'INVALID_ARGUMENTS' },
    });
    let read = 0;
    const sly = {
      get query() {
        read += 1;
        return read === 1 ? 'harmless' : 'everything';
      },
    };
    await runTool(gate, { tool: 'look_up', arguments: sly }, (args) => tool('look_up', args));
    expect(runs('look_up')).toEqual([{ query: 'harmless' }]);
  });

  test('__proto__ is a member like any other', async () => {
    const { gate, asked } = await openWorld();
    const args: unknown = JSON.parse('{"__proto__": {"admin": true}}');
    let given: object = {};
    await runTool(gate, { tool: 'look_up', arguments: args }, (own) => void (given = own));
    expect(JSON.stringify(given)).toBe('{"__proto__":{"admin":true}}');
    expect(Object.getPrototypeOf(given)).toBe(Object.prototype);
    expect(JSON.stringify(asked[0]?.context)).toContain('"__proto__":{"admin":true}');
  });

  test('are the tool’s own copy: what it does to them is seen by nobody', async () => {
    const { gate } = await openWorld();
    const args = { query: 'x' };
    const ruling = await gate.decide({ tool: 'look_up', arguments: args });
    if (ruling.verdict !== 'ALLOW') throw new Error(ruling.verdict);
    await ruling.run((own) => void (own['query'] = 'changed'));
    expect(args).toEqual({ query: 'x' });
    expect(await ruling.run(run)).toMatchObject({ ran: false, refusal: { code: 'ALREADY_RUN' } });
  });

  test('that stream come through as they are', async () => {
    const { gate } = await openWorld();
    const outcome = await runTool(gate, CALLS.allowed, async function* parts() {
      yield 1;
      yield 2;
    });
    if (!outcome.ran) throw new Error(outcome.refusal.message);
    const parts: number[] = [];
    for await (const part of outcome.value) parts.push(part);
    expect(parts).toEqual([1, 2]);
  });
});

test('a call that is cancelled between its decision and its run does not run', async () => {
  const { gate, run: tool, runs } = await openWorld();
  const cancel = new AbortController();
  const ruling = await gate.decide(CALLS.allowed, { signal: cancel.signal });
  cancel.abort();
  if (ruling.verdict !== 'ALLOW') throw new Error(ruling.verdict);
  expect(await ruling.run((args) => tool('look_up', args))).toMatchObject({
    refusal: { code: 'CANCELLED' },
  });
  expect(runs('look_up')).toEqual([]);
});

test.each(['allowed', 'started', 'deferred', 'approved'])(
  'nothing runs that could not be written down: %s',
  async (unwritten) => {
    const world = await openWorld({
      log: ({ event }) => {
        if (event === unwritten) throw new Error('The disk is full');
      },
    });
    const how = { ask: async () => YES };
    const outcome = await runTool(world.gate, CALLS.deferred, run, how);
    expect(outcome).toMatchObject({ ran: false });
  },
);

test.each(['finished', 'failed', 'denied'])(
  'what has happened is not undone by a log: %s',
  async (unwritten) => {
    const world = await openWorld({
      log: ({ event }) => {
        if (event === unwritten) throw new Error('The disk is full');
      },
    });
    expect(await runTool(world.gate, CALLS.allowed, run)).toMatchObject({ ran: true });
    const broken = () => Promise.reject(new Error('broken'));
    await expect(runTool(world.gate, CALLS.allowed, broken)).rejects.toThrow('broken');
    expect(await runTool(world.gate, CALLS.denied, run)).toMatchObject({
      refusal: { code: 'DENIED' },
    });
  },
);

describe('a description', () => {
  test('makes facts, environment and cost of the check', async () => {
    const { gate, asked } = await openWorld({
      tools: {
        pay: {
          side_effects: ['payout'],
          constraints: ['max_records: 1'],
          environment: { argument: '/where/env' },
          facts: { amount_usd: '/lines/0/amount', payee_id: '/to' },
          cost_usd: 0.2,
          secret: ['/lines/*/note', '/to'],
        },
      },
      context: { cumulative_cost_usd: 0.1, payee_id: 'the host’s', environment: 'staging' },
    });
    const lines = [{ amount: 12.5, note: 'secret', n: 1 }];
    await gate.decide({ tool: 'pay', arguments: { lines, where: { env: 'production' } } });
    await gate.decide({ tool: 'pay' }, { context: { cumulative_cost_usd: undefined } });
    expect(asked).toMatchObject([
      {
        side_effects: ['payout'],
        constraints: ['max_records: 1'],
        context: {
          amount_usd: 12.5,
          environment: 'production',
          cumulative_cost_usd: 0.3,
          input: { lines: [{ amount: 12.5, note: '[masked]', n: 1 }] },
        },
      },
      // What the arguments do not say is not taken from the host.
      {
        context: {
          amount_usd: undefined,
          payee_id: undefined,
          environment: undefined,
          cumulative_cost_usd: 0.2,
        },
      },
    ]);
  });

  test('that is wrong is said by tool and field', () => {
    const decider = { check: () => Promise.reject(new Error('never')) };
    const wrong: unknown = { pay: { facts: { approved_by: '/me' }, secret: ['iban'], cost: 1 } };
    const tools = wrong as Record<string, object>;
    expect(() => createGate({ decider, tools })).toThrow(
      /pay\.facts\.approved_by.*pay\.secret\.0: must be a JSON pointer.*cost/s,
    );
    expect(() => createGate({ decider, tools: {}, secret: 'short' })).toThrow('32 characters');
  });

  test('of all other tools is taken when there is one', async () => {
    const { gate, asked } = await openWorld({ undescribed: { side_effects: ['unknown'] } });
    await gate.decide(CALLS.undescribed);
    expect(asked).toMatchObject([{ tools: ['mystery'], side_effects: ['unknown'] }]);
    expect(gate.couldAllow('mystery')).toBe(true);
  });
});

describe('approvals', () => {
  test('are not for the host’s context to give', async () => {
    const { gate } = await openWorld({
      context: {
        approval_status: 'approved',
        approved_by: 'l.haas',
        approved_at: '2026-03-16T10:00:00Z',
      },
    });
    expect(await gate.decide(CALLS.deferred)).toMatchObject({ verdict: 'DEFER' });
  });

  test('may answer further questions, but not speak for anybody else', async () => {
    const { gate, asked } = await openWorld();
    const facts = { second_approver: 'k.osei', approved_by: 'cfo', input: {}, actor_role: 'admin' };
    const pending = await pendingOf(gate);
    const answer = { ...YES, facts };
    expect(await resumeTool(gate, CALLS.deferred, run, { pending, answer })).toMatchObject({
      ran: true,
    });
    expect(asked.at(-1)?.context).toMatchObject({
      second_approver: 'k.osei',
      actor_role: 'developer',
      approved_by: 'l.haas',
      input: { amount: 120.5 },
    });
  });

  test('outlive the process where a secret is set, and count once in all of them', async () => {
    const secret = 's'.repeat(32);
    const used = usedInMemory(() => 0);
    const first = await openWorld({ secret, used });
    const stored: Pending = JSON.parse(JSON.stringify(await pendingOf(first.gate))) as Pending;
    const second = await openWorld({ secret, used });
    const approval = second.gate.approve(stored, YES);
    if (!approval.ok) throw new Error(approval.error);
    const how = { approval: approval.value };
    expect(await runTool(second.gate, CALLS.deferred, run, how)).toMatchObject({ ran: true });
    expect(await runTool(first.gate, CALLS.deferred, run, how)).toMatchObject({
      refusal: { code: 'APPROVAL_USED' },
    });
    const other = await openWorld({ secret: 't'.repeat(32) });
    expect(other.gate.approve(stored, YES)).toMatchObject({ ok: false });
  });

  test('of a call with an id are one, however often it is asked about', async () => {
    const { gate } = await openWorld();
    const call = { ...CALLS.deferred, id: 'thread-1/call-1' };
    const [one, two] = [await pendingOf(gate, call), await pendingOf(gate, call)];
    const given = [gate.approve(one, YES), gate.approve(two, YES)];
    const ran = [];
    for (const approval of given) {
      if (!approval.ok) throw new Error(approval.error);
      ran.push((await runTool(gate, call, run, { approval: approval.value })).ran);
    }
    expect(ran).toEqual([true, false]);
    const next = { ...call, id: 'thread-1/call-2' };
    const pending = await pendingOf(gate, next);
    expect(await resumeTool(gate, next, run, { pending, answer: YES })).toMatchObject({
      ran: true,
    });
  });

  test('used at the same moment run one call', async () => {
    const { gate } = await openWorld();
    const approval = gate.approve(await pendingOf(gate), YES);
    if (!approval.ok) throw new Error(approval.error);
    const how = { approval: approval.value };
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => runTool(gate, CALLS.deferred, run, how)),
    );
    expect(outcomes.filter(({ ran }) => ran)).toHaveLength(1);
  });

  test('that cannot be remembered do not count', async () => {
    let now = 0;
    const used = usedInMemory(() => now, 1);
    expect(await used.use('a', 10)).toBe(true);
    expect(await used.use('b', 10)).toBe(false);
    now = 11;
    expect(await used.use('b', 20)).toBe(true);
    const broken = { use: () => Promise.reject(new Error('The database is gone')) };
    const { gate } = await openWorld({ used: broken });
    const pending = await pendingOf(gate);
    expect(await resumeTool(gate, CALLS.deferred, run, { pending, answer: YES })).toMatchObject({
      ran: false,
    });
  });

  test('of a pending call that was changed are none', async () => {
    const { gate } = await openWorld();
    const pending = await pendingOf(gate);
    for (const forged of [
      { ...pending, tool: 'look_up' },
      { ...pending, arguments: {} },
      null,
      'x',
    ]) {
      expect(gate.approve(forged, YES)).toMatchObject({ ok: false });
    }
  });

  test('that still leave something open are not asked about again', async () => {
    const { gate } = await openWorld({ context: { approval_status: undefined } });
    let asked = 0;
    const call = { tool: 'payments_api', arguments: { amount: 1 } };
    const outcome = await runTool(gate, call, run, {
      context: { current_iteration: 9, agent_name: 'x' },
      goal: 'Pay',
      ask: async () => {
        asked += 1;
        return { approved: true, by: 'somebody', facts: { mfa_verified: 'perhaps' } };
      },
    });
    expect([asked, outcome]).toMatchObject([
      1,
      { ran: false, refusal: { code: 'STILL_DEFERRED' } },
    ]);
  });
});

test('nobody who answers in time is nobody who answers', async () => {
  const { gate, runs, run: tool } = await openWorld();
  const ask = () => new Promise<never>(() => undefined);
  const outcome = await runTool(gate, CALLS.deferred, (args) => tool('payments_api', args), {
    ask,
    askTimeout: 10,
  });
  expect(outcome).toMatchObject({ ran: false, refusal: { code: 'TIMEOUT' } });
  expect(runs('payments_api')).toEqual([]);
});
