import { setImmediate } from 'node:timers/promises';
import type { Slices } from '../base/slices.ts';

/** Milliseconds: what somebody who asks meanwhile may have to wait. */
const TURN = 2;

/** Does long work bit by bit, and lets everything else that waits have its turn in between. */
export async function inTurns<T>(work: Slices<T>): Promise<T> {
  for (let began = performance.now(); ;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (performance.now() - began < TURN) continue;
    await setImmediate();
    began = performance.now();
  }
}
