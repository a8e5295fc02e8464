/** The parts into which `Probe`'s longest questions are cut, and what one worker does of them. */
import type { Pack } from '../pack/read.ts';
import { Killer } from '../simulation/kill.ts';
import type { Mutant } from '../simulation/mutants.ts';
import { mutantsOfPack, MutantTrial } from '../simulation/mutation.ts';
import type { NewScenario } from '../simulation/solve/scenario-text.ts';

/** What a worker keeps of a pack while it tries its mutants. */
export class PackProbe {
  readonly #mutants: ReadonlyMap<string, Mutant>;
  readonly #trial: MutantTrial;
  #killer: Killer | undefined;
  readonly #pack: Pack;

  constructor(pack: Pack) {
    this.#pack = pack;
    this.#mutants = new Map(mutantsOfPack(pack).map((mutant) => [mutant.key, mutant]));
    this.#trial = new MutantTrial(pack);
  }

  /** Of the mutants named, the keys of those that no scenario notices. */
  survivors(keys: readonly string[]): readonly string[] {
    return keys.filter((key) => {
      const mutant = this.#mutants.get(key);
      return mutant !== undefined && this.#trial.noticedBy(mutant) === undefined;
    });
  }

  /** A scenario that would notice a mutant; `undefined` when none was found. */
  notice(key: string): NewScenario | undefined {
    const mutant = this.#mutants.get(key);
    if (mutant === undefined) return undefined;
    this.#killer ??= new Killer(this.#pack);
    const work = this.#killer.kill(mutant);
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value.scenario;
    }
  }
}
