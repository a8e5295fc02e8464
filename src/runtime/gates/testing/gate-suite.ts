/**
 * What every gate must do, whatever the host: one suite, which is given the host.
 *
 * A harness puts tools behind the gate in a real host and plays the model and the person. The suite brings
 * the tools, which count, and says what the model calls, what the person answers, and what breaks.
 */
import { describe, expect, test, vi } from 'vitest';
import type { CheckResult } from '../../check-result.ts';
import type { Answer } from '../approval.ts';
import { approvalSuite } from './approval-suite.ts';
import { stageFor, YES, type GateHarness, type GateHost, type Stage } from './host.ts';
import { CALLS, SECRET_IBAN, type World, type WorldOptions } from './world.ts';

const PAY = CALLS.deferred.tool;

/** Tests of one gate. */
export function gateSuite(harness: GateHarness): void {
  const { name, asks, cancels, hears = true } = harness;
  const stage = stageFor(harness);
  const parts: readonly (readonly [string, boolean, () => void])[] = [
    ['every call', true, () => everyCall(stage, asks)],
    ['a person is asked', asks, () => approvalSuite(stage)],
    ['cancelled', cancels, () => cancelled(stage, asks, hears)],
  ];
  for (const [what, , tests] of parts.filter(([, holds]) => holds)) {
    describe(`${name}: ${what}`, { timeout: 60_000 }, () => {
      tests();
    });
  }
}

function everyCall({ within, refused }: Stage, asks: boolean): void {
  test('ALLOW runs once, with exactly the arguments', () =>
    within({}, async (host, { runs, asked }) => {
      expect(await host.turn([CALLS.allowed])).toEqual([expect.stringContaining('ran look_up')]);
      expect(runs('look_up')).toEqual([CALLS.allowed.arguments]);
      expect(asked.at(-1)?.context).toMatchObject({ input: CALLS.allowed.arguments });
    }));

  test('DENY never runs, and the model is told why', async () => {
    const told = await refused({}, CALLS.denied);
    expect(told).toContain('ROLE_NOT_AUTHORIZED');
    expect(told).toContain('production operators');
  });

  test('what nobody has described never runs, and is not even asked about', async () => {
    await within({}, async (host, { runs, asked }) => {
      const [told = ''] = await host.turn([CALLS.undescribed]).catch(() => ['']);
      expect(told).not.toContain('ran mystery');
      expect(runs('mystery')).toEqual([]);
      expect(asked.flatMap(({ tools }) => tools)).not.toContain('mystery');
    });
  });

  test('DEFER alone runs nothing: the model is told what is asked', async () => {
    const told = await refused({ person: () => undefined });
    expect(told).toContain('Who approved this payment?');
  });

  test('parallel calls of one turn are each decided, and each allowed one runs once', () =>
    within({ person: () => undefined }, async (host, { runs }) => {
      const other = { tool: 'look_up', arguments: { query: 'other' } };
      const told = await host.turn([CALLS.allowed, CALLS.denied, other, CALLS.deferred]);
      expect(told.map((one) => one.includes('did not run'))).toEqual([false, true, false, true]);
      expect(runs('look_up')).toHaveLength(2);
      expect(runs('look_up')).toEqual(
        expect.arrayContaining([CALLS.allowed.arguments, other.arguments]),
      );
      expect([...runs(PAY), ...runs('db_admin')]).toEqual([]);
    }));

  test.each([
    ['an error', () => Promise.reject(new Error('broken'))],
    ['no answer at all', () => Promise.resolve(undefined)],
    ['an unknown verdict', () => ({ decided: true, verdict: 'MAYBE', record: {} })],
    [
      'a verdict that its record does not have',
      async (real: () => Promise<object>) => ({ ...(await real()), verdict: 'DENY' }),
    ],
    ['a refusal', () => ({ decided: false, verdict: 'DENY', error: 'QUOTA', message: 'No.' })],
    [
      'a refusal that says ALLOW',
      () => ({ decided: false, verdict: 'ALLOW', error: 'X', message: '' }),
    ],
  ])('%s from the one who decides runs nothing', async (_what, answer) => {
    const told = await refused(
      {
        answer: async (input, real) => (await answer(() => real.check(input))) as CheckResult,
      },
      CALLS.allowed,
    );
    expect(told).not.toContain('ran look_up');
  });

  test('a decision that comes too late runs nothing', async () => {
    const never = new Promise<never>(() => {});
    const told = await refused({ timeout: 20, answer: () => never }, CALLS.allowed);
    expect(told).toContain('TIMEOUT');
  });

  test('a log that cannot be written runs nothing', async () => {
    const log = (): never => {
      throw new Error('The disk is full');
    };
    expect(await refused({ log }, CALLS.allowed)).not.toContain('ran look_up');
  });

  test('secrets reach the tool and nobody else', () =>
    within(
      {
        person: (shown) => {
          expect(shown).not.toContain(SECRET_IBAN);
          return YES;
        },
      },
      async (host, world) => {
        const told = await host.turn([CALLS.deferred]);
        expect(JSON.stringify([told, world.asked, world.events])).not.toContain(SECRET_IBAN);
        expect(world.asked[0]?.context).toMatchObject({ input: { iban: '[masked]' } });
        expect(world.runs(PAY)).toEqual(asks ? [CALLS.deferred.arguments] : []);
      },
    ));

  test('the log names request, policy version and the hash of the arguments', () =>
    within({}, async (host, { events }) => {
      await host.turn([CALLS.allowed]);
      await host.turn([CALLS.allowed]);
      await host.turn([{ ...CALLS.allowed, arguments: { query: 'else' } }]);
      const allowed = events.filter(({ event }) => event === 'allowed');
      expect(allowed).toHaveLength(3);
      for (const { hash, request_id, policy_version } of allowed) {
        expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
        expect(request_id).toMatch(/^[0-9a-f-]{36}$/);
        expect(policy_version).toBe('guard@1.0.0');
      }
      const hashes = allowed.map(({ hash }) => hash);
      expect(hashes[1]).toBe(hashes[0]);
      expect(hashes[2]).not.toBe(hashes[0]);
      const [first] = events;
      expect(events.filter((one) => one.request_id === first?.request_id)).toMatchObject([
        { event: 'allowed' },
        { event: 'started' },
        { event: 'finished' },
      ]);
    }));

  test('a tool that fails has run once; to try again is another call', () => {
    let left = 1;
    const onRun = (): void => {
      if ((left -= 1) === 0) throw new Error('The printer is on fire');
    };
    return within({ onRun }, async (host, { runs }) => {
      const told = await host.turn([CALLS.allowed]).catch((error: unknown) => [String(error)]);
      expect(told[0]).not.toContain('ran look_up');
      expect(runs('look_up')).toHaveLength(1);
      expect(await host.turn([CALLS.allowed])).toEqual([expect.stringContaining('ran look_up')]);
      expect(runs('look_up')).toHaveLength(2);
    });
  });

  test('a tool may call others through its own gate', async () => {
    let inner: Promise<readonly string[]> | undefined;
    let host: GateHost | undefined;
    const onRun = (_tool: string, args: unknown): void => {
      const nested = { ...CALLS.allowed, arguments: { query: 'inner' } };
      if (JSON.stringify(args) !== JSON.stringify(nested.arguments)) inner = host?.turn([nested]);
    };
    await within({ onRun }, async (opened, { runs }) => {
      host = opened;
      await host.turn([CALLS.allowed]);
      expect(await inner).toEqual([expect.stringContaining('ran look_up')]);
      expect(runs('look_up')).toEqual([CALLS.allowed.arguments, { query: 'inner' }]);
    });
  });

  test('what the model or the host changes after the call was taken changes nothing', async () => {
    const args = { query: 'invoices', nested: { list: [1, 2] } };
    const answer: WorldOptions['answer'] = async (input, real) => {
      args.query = 'everything';
      args.nested.list.push(3);
      return real.check(input);
    };
    await within({ answer }, async (host, { runs, asked }) => {
      await host.turn([{ tool: 'look_up', arguments: args }]);
      const taken = { query: 'invoices', nested: { list: [1, 2] } };
      expect(runs('look_up')).toEqual([taken]);
      expect(asked.at(-1)?.context).toMatchObject({ input: taken });
    });
  });
}

function cancelled({ within }: Stage, asks: boolean, hears: boolean): void {
  test('a call that is cancelled while it is decided never runs', async () => {
    const cancel = new AbortController();
    let told: World['events'] = [];
    const heard = () =>
      vi.waitFor(() => expect(told.map(({ code }) => code)).toContain('CANCELLED'), 20_000);
    const answer: WorldOptions['answer'] = async (input, real) => {
      cancel.abort();
      // The decision comes when nobody waits for it any more, and must not run it then either.
      if (hears) await heard();
      return real.check(input);
    };
    await within({ answer }, async (host, { runs, events }) => {
      told = events;
      await host.turn([CALLS.allowed], cancel.signal).catch(() => undefined);
      if (hears) await heard();
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(runs('look_up')).toEqual([]);
    });
  });

  if (!asks) return;
  test('a call that is cancelled while a person is asked never runs', async () => {
    const cancel = new AbortController();
    const person = (): Answer => {
      cancel.abort();
      return YES;
    };
    await within({ person }, async (host, { runs }) => {
      await host.turn([CALLS.deferred], cancel.signal).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(runs(PAY)).toEqual([]);
    });
  });
}
