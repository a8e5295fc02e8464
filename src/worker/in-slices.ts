import { err, ok, type Result } from '../base/result.ts';
import type { Progress } from '../simulation/sliced.ts';
import type { EngineFailure } from './engine-api.ts';
import { takeTurns, type Clock } from './turns.ts';

/** Milliseconds between two reports of progress. */
const REPORT_MS = 100;

export const OVERTAKEN: EngineFailure = { code: 'SUPERSEDED', message: 'Something newer came in.' };

/** Hears how far long work is. */
export type OnDone = (done: number, total: number) => void;

/** Does long work in slices. `overtaken` tells between two of them whether anybody still wants to know. */
export async function inSlices<T>(
  clock: Clock,
  work: Generator<Progress | void, T, void>,
  overtaken: () => boolean,
  onDone?: OnDone,
): Promise<Result<T, EngineFailure>> {
  const slices = takeTurns(clock);
  let reported = clock.now();
  for (;;) {
    const step = work.next();
    if (step.done === true) return ok(step.value);
    if (!slices.due()) continue;
    if (clock.now() - reported >= REPORT_MS) {
      reported = clock.now();
      if (step.value !== undefined) onDone?.(step.value.done, step.value.total);
    }
    await slices.next();
    if (overtaken()) return err(OVERTAKEN);
  }
}
