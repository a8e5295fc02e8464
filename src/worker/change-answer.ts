import type { Result } from '../base/result.ts';
import { samplesOf } from '../simulation/change-samples.ts';
import { searchChange, type ChangeAnswer } from '../simulation/change.ts';
import { readyFor } from './answers.ts';
import type { CheckTarget, EngineFailure } from './engine-api.ts';
import { inSlices } from './in-slices.ts';
import type { OpenPack } from './open-pack.ts';
import type { Clock } from './turns.ts';

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
  return inSlices(clock, search, overtaken);
}
