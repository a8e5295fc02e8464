import { describe, expect, test } from 'vitest';
import type { Answer } from './approval.ts';
import { SdkCalls, type SdkCall } from './sdk-calls.ts';
import { CALLS, openWorld } from './testing/world.ts';

const YES: Answer = { approved: true, by: 'l.haas' };
const NO: Answer = { approved: false, by: 'l.haas' };
const PAY = (id: string): SdkCall => ({ ...CALLS.deferred, id });
const LOOK_UP = (id: string): SdkCall => ({ ...CALLS.allowed, id });

/** Two calls are remembered, of each kind. */
async function remembering() {
  const world = await openWorld();
  return { world, calls: new SdkCalls(world.gate, 2) };
}

describe('calls that never come back do not pile up', () => {
  test('a ruling that fell out is decided again', async () => {
    const { world, calls } = await remembering();
    for (const id of ['a', 'b', 'c']) await calls.foresee(LOOK_UP(id));
    expect(calls.foreseen(LOOK_UP('a'))).toBeUndefined();
    expect(calls.foreseen(LOOK_UP('b'))).toMatchObject({ verdict: 'ALLOW' });
    const asked = world.asked.length;
    expect(await calls.settle(LOOK_UP('a'))).toMatchObject({ verdict: 'ALLOW' });
    expect(world.asked).toHaveLength(asked + 1);
  });

  test('a call that is foreseen again is no further call', async () => {
    const { calls } = await remembering();
    for (const id of ['a', 'b', 'b']) await calls.foresee(LOOK_UP(id));
    expect(calls.foreseen(LOOK_UP('a'))).toMatchObject({ verdict: 'ALLOW' });
  });

  test('a call whose approval fell out waits for a person again', async () => {
    const { calls } = await remembering();
    for (const id of ['a', 'b', 'c']) {
      expect(calls.approve(id, await calls.pending(PAY(id)), YES)).toMatchObject({ ok: true });
    }
    expect(await calls.settle(PAY('a'))).toMatchObject({ verdict: 'DEFER' });
    expect(await calls.settle(PAY('c'))).toMatchObject({ verdict: 'ALLOW' });
  });

  test('a call whose refusal fell out stays refused, though the policies would allow it', async () => {
    const { calls } = await remembering();
    for (const id of ['a', 'b', 'c']) calls.answer(LOOK_UP(id), undefined, NO);
    expect(await calls.settle(LOOK_UP('c'))).toMatchObject({ refusal: { code: 'REJECTED' } });
    expect(await calls.settle(LOOK_UP('a'))).toMatchObject({
      verdict: 'DENY',
      refusal: { code: 'ANSWER_FORGOTTEN' },
    });
  });

  test('calls that are foreseen run on, when a refusal has fallen out', async () => {
    const { calls } = await remembering();
    for (const id of ['a', 'b', 'c']) calls.answer(PAY(id), undefined, NO);
    await calls.foresee(LOOK_UP('d'));
    expect(await calls.settle(LOOK_UP('d'))).toMatchObject({ verdict: 'ALLOW' });
  });
});
