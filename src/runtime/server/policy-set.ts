/**
 * All policies that a server has, one source for each bundle. Which of them decides is settled by the key
 * and by the `policy_pack_version` of the check: a key for one bundle needs to say nothing, one for
 * several has to name it, and what a key is not for it cannot reach by naming it.
 */
import { err, ok, type Result } from '../../base/result.ts';
import type { Check } from '../../decision/check.ts';
import { packVersion } from '../../decision/record.ts';
import type { Caller } from '../keys/key-ring.ts';
import type { PolicySource, PolicyState, Served } from './policy-source.ts';
import { NO_POLICY, type Refusal } from './refusal.ts';

export class PolicySet {
  readonly sources: readonly PolicySource[];

  constructor(sources: readonly PolicySource[]) {
    this.sources = sources;
  }

  states(): readonly PolicyState[] {
    return this.sources.map((source) => source.state());
  }

  /** Whether each was loaded once, and any may decide now. One that has expired must not stop the others. */
  ready(): boolean {
    const states = this.states();
    return states.every(({ served }) => served !== undefined) && states.some(({ ready }) => ready);
  }

  /** Why the last attempt to load one of them failed. */
  problem(): string | undefined {
    return this.states().find(({ problem }) => problem !== undefined)?.problem;
  }

  /** Whether anything here is vouched for by nobody. */
  unsigned(): boolean {
    return this.sources.some((source) => source.loaded()?.signed === false);
  }

  /** What may decide for a caller now. */
  within(caller: Caller | undefined): readonly Served[] {
    const bundles = caller?.key.bundles;
    const current: Served[] = [];
    for (const source of this.sources) {
      const served = source.current();
      if (served === undefined) continue;
      if (bundles === undefined || bundles.includes(served.pack.name)) current.push(served);
    }
    return current;
  }

  /** What decides a check of this caller. */
  pick(
    caller: Caller | undefined,
    { policy_pack_version: asked }: Pick<Check, 'policy_pack_version'>,
  ): Result<Served, Refusal> {
    const name = asked.slice(0, Math.max(0, asked.indexOf('@')));
    const bundles = caller?.key.bundles;
    if (asked !== '' && bundles !== undefined && !bundles.includes(name)) return err(OUTSIDE_KEY);
    const all = this.within(caller);
    const [only] = all;
    if (only === undefined) return err(NO_POLICY);
    if (asked === '' && this.#several(bundles)) return err(NOT_NAMED);
    if (all.length === 1) return ok(only);
    const named = all.filter(({ pack }) => pack.name === name);
    // Of another version than those that are loaded the decision says so itself.
    return ok(named.find(({ pack }) => packVersion(pack) === asked) ?? named[0] ?? only);
  }

  /** Whether more than one could decide, now or at another time: one that expires must not hand its checks to another. */
  #several(bundles: readonly string[] | undefined): boolean {
    if (this.sources.length === 1) return false;
    const own = this.sources.filter((source) => {
      const name = source.loaded()?.pack.name;
      // Of what was never loaded the name is not known.
      return name === undefined ? bundles?.length !== 1 : (bundles?.includes(name) ?? true);
    });
    return own.length > 1;
  }
}

const OUTSIDE_KEY: Refusal = {
  status: 403,
  code: 'OUTSIDE_KEY',
  message: 'This key is not for the bundle that the check names.',
};

const NOT_NAMED: Refusal = {
  status: 422,
  code: 'PACK_NOT_NAMED',
  message:
    'Several packs could decide: policy_pack_version has to name one, such as payments@1.4.0.',
};
