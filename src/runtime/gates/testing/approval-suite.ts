/** What holds after a person was asked: a yes is evidence for one call, and nothing more. */
import { expect, test } from 'vitest';
import type { Answer, Approval } from '../approval.ts';
import { tampering, YES, type Stage } from './host.ts';
import { CALLS, openWorld, type World } from './world.ts';

const PAY = CALLS.deferred.tool;
/** Longer than an approval counts. */
const TOO_LONG = 16 * 60_000;

export function approvalSuite({ within, refused }: Stage): void {
  test('a yes is decided again and runs once, with exactly the arguments', () =>
    within(
      {
        person: (shown) => {
          expect(shown).toContain(PAY);
          expect(shown).toContain('Who approved this payment?');
          expect(shown).toContain('Print & Co');
          return YES;
        },
      },
      async (host, { runs, asked, events }) => {
        const told = await host.turn([CALLS.deferred]);
        expect(told).toEqual([expect.stringContaining(`ran ${PAY}`)]);
        expect(runs(PAY)).toEqual([CALLS.deferred.arguments]);
        expect(asked.at(-1)?.context).toMatchObject({
          approval_status: 'approved',
          approved_by: 'l.haas',
          approved_at: '2026-03-16T10:00:00.000Z',
        });
        expect(events).toContainEqual(
          expect.objectContaining({ event: 'started', approved_by: 'l.haas' }),
        );
      },
    ));

  test('the policies may still say no: an agent does not approve itself', async () => {
    const told = await refused({ person: () => ({ approved: true, by: 'billing-bot' }) });
    expect(told).toContain('SELF_APPROVAL');
  });

  test('a no runs nothing, and the model is told', async () => {
    const no: Answer = { approved: false, by: 'l.haas', reason: 'It is paid already' };
    expect(await refused({ person: () => no })).toContain('It is paid already');
  });

  test("an answer that is none, or is nobody's, runs nothing", async () => {
    const none = { approved: 'yes', by: 'l.haas' } as unknown as Answer;
    expect(await refused({ person: () => none })).not.toBe('');
    expect(await refused({ person: () => ({ approved: true, by: ' ' }) })).not.toBe('');
  });

  test.each<[string, (approval: Approval, world: World) => unknown]>([
    ['a seal that is another', (approval) => ({ ...approval, seal: 'f'.repeat(64) })],
    ['no seal', ({ seal: _seal, ...approval }) => approval],
    ['another name', (approval) => ({ ...approval, approved_by: 'cfo' })],
    ['a later end', (approval) => ({ ...approval, expires: approval.expires + 1 })],
    ['another nonce', (approval) => ({ ...approval, nonce: 'again' })],
    ['something that was added', (approval) => ({ ...approval, admin: true })],
    ['nothing but a word', () => 'approved'],
  ])('a forged approval runs nothing: %s', async (_what, change) => {
    const told = await refused({ changed: tampering(change) });
    expect(told).toContain('APPROVAL_FORGED');
  });

  test("another gate's approval runs nothing", async () => {
    const other = await openWorld();
    const ruling = await other.gate.decide(CALLS.deferred);
    const foreign =
      ruling.verdict === 'DEFER' ? other.gate.approve(ruling.pending, YES) : undefined;
    const change = () => (foreign?.ok === true ? foreign.value : undefined);
    expect(change()).toBeDefined();
    expect(await refused({ changed: tampering(change) })).toContain('APPROVAL_FORGED');
  });

  test('an approval of other arguments, or of another tool, runs nothing', async () => {
    const more = { ...CALLS.deferred.arguments, amount: 120.51 };
    for (const approved of [more, { ...CALLS.deferred.arguments, iban: 'DE00' }]) {
      let other: unknown;
      const told = await refused({
        changed: tampering(() => other),
        person: async (_shown, { gate }) => {
          const ruling = await gate.decide({ tool: PAY, arguments: approved });
          const given = ruling.verdict === 'DEFER' ? gate.approve(ruling.pending, YES) : null;
          other = given?.ok === true ? given.value : undefined;
          return YES;
        },
      });
      expect(told).toContain('APPROVAL_OTHER_CALL');
    }
  });

  test('an approval that has expired runs nothing', async () => {
    const change = (approval: Approval, world: World): Approval => {
      world.pass(TOO_LONG);
      return approval;
    };
    expect(await refused({ changed: tampering(change) })).toContain('APPROVAL_EXPIRED');
  });

  test('a call that waited too long cannot be approved', async () => {
    const person = (_shown: string, world: World): Answer => {
      world.pass(1001);
      return YES;
    };
    expect(await refused({ approvalWaits: 1000, person })).toContain('waited too long');
  });

  test('an approval runs one call: used again, for the same arguments, it runs nothing', () => {
    let first: Approval | undefined;
    const changed = tampering((approval) => (first ??= approval));
    return within({ changed }, async (host, { runs }) => {
      expect(await host.turn([CALLS.deferred])).toEqual([expect.stringContaining(`ran ${PAY}`)]);
      expect(await host.turn([CALLS.deferred])).toEqual([expect.stringContaining('APPROVAL_USED')]);
      expect(runs(PAY)).toHaveLength(1);
    });
  });

  test('a person is asked about each call, and each yes runs one', () => {
    let asked = 0;
    const person = (): Answer => {
      asked += 1;
      return YES;
    };
    return within({ person }, async (host, { runs }) => {
      const second = { ...CALLS.deferred, arguments: { amount: 7, to: 'Paper Ltd' } };
      await host.turn([CALLS.deferred, second]);
      expect(asked).toBe(2);
      expect(runs(PAY)).toHaveLength(2);
      expect(runs(PAY)).toEqual(
        expect.arrayContaining([CALLS.deferred.arguments, second.arguments]),
      );
    });
  });
}
