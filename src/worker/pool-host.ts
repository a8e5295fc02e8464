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
  /** A pack, or why it decides nothing. */
  const packs = new Map<string, Pack | string>();
  const probes = new WeakMap<Pack, PackProbe>();

  function probed<T>(key: string, work: (probe: PackProbe) => T): Result<T, EngineFailure> {
    const pack = packs.get(key);
    if (pack === undefined || typeof pack === 'string') return err(UNKNOWN);
    const probe = probes.get(pack) ?? new PackProbe(pack);
    probes.set(pack, probe);
    return ok(work(probe));
  }

  return {
    ping: () => undefined,
    load: (key, files) => {
      packs.set(key, packOrProblem(files));
      return ok(undefined);
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

/** The pack that files make; what is wrong with them when they make none. */
export function packOrProblem(files: ReadonlyMap<string, string>): Pack | string {
  const { pack, problems } = readPack(files);
  const [first] = problems;
  return pack ?? `It has errors and decides nothing. ${first?.path ?? ''}: ${first?.message ?? ''}`;
}

function decideAll(pack: Pack | string, checks: readonly PoolCheck[]): PoolOutcomes {
  const verdicts = new Uint8Array(checks.length);
  const said = new Uint32Array(checks.length);
  if (typeof pack === 'string') return { verdicts, said, words: [pack] };
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
