import { err, ok, type Result } from '../base/result.ts';
import { readPack, type Pack } from '../pack/read.ts';
import type { EngineFailure } from './engine-api.ts';
import { outcomeOf } from '../simulation/outcome.ts';
import {
  afterCrossing,
  OUTCOME_VERDICTS,
  type PoolCheck,
  type PoolHost,
  type PoolOutcomes,
} from './pool-api.ts';
import { PackProbe } from './probe-part.ts';

/** A worker of the pool, thread or no thread. */
export function createPoolHost(): PoolHost {
  const packs = new Map<string, Pack>();
  const probes = new WeakMap<Pack, PackProbe>();

  function probed<T>(key: string, work: (probe: PackProbe) => T): Result<T, EngineFailure> {
    const pack = packs.get(key);
    if (pack === undefined) return err(UNKNOWN);
    const probe = probes.get(pack) ?? new PackProbe(pack);
    probes.set(pack, probe);
    return ok(work(probe));
  }

  return {
    ping: () => undefined,
    load: (key, files) => {
      const { pack, problems } = readPack(files);
      if (pack !== undefined) packs.set(key, pack);
      const why = problems[0]?.message ?? 'it cannot be read';
      return pack === undefined
        ? err({ code: 'PACK_BROKEN', message: `A side has errors and decides nothing: ${why}` })
        : ok(undefined);
    },
    forget: (key) => {
      packs.delete(key);
    },
    decide: (keys, checks) => {
      const crossed = checks.map(afterCrossing);
      const answers: PoolOutcomes[] = [];
      for (const key of keys) {
        const pack = packs.get(key);
        if (pack === undefined) return err(UNKNOWN);
        answers.push(decideAll(pack, crossed));
      }
      return ok(answers);
    },
    survivors: (key, mutants) => probed(key, (probe) => probe.survivors(mutants)),
    notice: (key, mutant) => probed(key, (probe) => probe.notice(mutant)),
  };
}

const UNKNOWN: EngineFailure = { code: 'ENGINE_DEFECT', message: 'A worker was not given a pack.' };

function decideAll(pack: Pack, checks: readonly PoolCheck[]): PoolOutcomes {
  const verdicts = new Uint8Array(checks.length);
  const said = new Uint32Array(checks.length);
  const words = new Map<string, number>();
  for (const [index, check] of checks.entries()) {
    const outcome = outcomeOf(pack, check);
    verdicts[index] = OUTCOME_VERDICTS.indexOf(outcome.verdict);
    const word = words.get(outcome.said) ?? words.size;
    words.set(outcome.said, word);
    said[index] = word;
  }
  return { verdicts, said, words: [...words.keys()] };
}
