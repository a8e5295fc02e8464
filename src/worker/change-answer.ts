import { err, ok, type Result } from '../base/result.ts';
import { samplesOf } from '../simulation/change-samples.ts';
import { searchChange, type ChangeAnswer } from '../simulation/change.ts';
import { readyFor } from './answers.ts';
import type { CheckTarget, EngineFailure } from './engine-api.ts';
import type { OpenPack } from './open-pack.ts';
import { takeTurns, type Clock } from './turns.ts';

/**
 * What would change a verdict; see `Engine.change`. The search goes in slices; `overtaken` tells between
 * two of them whether anybody still wants to know.
 */
export async function searchFor(
  pack: OpenPack,
  target: CheckTarget,
  at: number | undefined,
  clock: Clock,
  overtaken: () => boolean,
): Promise<Result<ChangeAnswer, EngineFailure>> {
  const ready = readyFor(pack, target, at);
  if (!ready.ok) return ready;
  const { policies, request, now } = ready.value;
  const samples = samplesOf(pack.sound().pack?.scenarios ?? []);
  const search = searchChange({ policies, request, now, samples });
  const turns = takeTurns(clock);
  for (;;) {
    const step = search.next();
    if (step.done === true) return ok(step.value);
    if (!turns.due()) continue;
    await turns.next();
    if (overtaken()) return err({ code: 'SUPERSEDED', message: 'Something newer came in.' });
  }
}
