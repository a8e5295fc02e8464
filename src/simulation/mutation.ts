/**
 * Which mistakes the scenarios would notice. A mutant is noticed when a scenario that passes does not
 * pass any more; for one that nobody notices, a scenario that would is looked for.
 */
import { evaluate, type Request } from '../cedar/authorize.ts';
import { compilePolicies } from '../cedar/compile.ts';
import type { Entities } from '../cedar/entities.ts';
import { decide } from '../decision/decide.ts';
import { decisionPolicies } from '../decision/policies.ts';
import type { Pack } from '../pack/read.ts';
import type { Scenario } from '../pack/scenario.ts';
import { requiredBy } from './guards.ts';
import { mutantsOf, type Mutant, type MutantKind } from './mutants.ts';
import { runScenario } from './run.ts';
import type { Sliced } from './sliced.ts';

export interface MutationReport {
  readonly total: number;
  readonly noticed: number;
  /** 0 to 100, rounded down to one decimal: noticed of total. 100 when there is nothing to mutate. */
  readonly percent: number;
  readonly kinds: readonly {
    readonly kind: MutantKind;
    readonly total: number;
    readonly noticed: number;
  }[];
  /** In the pack's order. */
  readonly survivors: readonly Mutant[];
}

/** All mutants of a pack, in its order. */
export function mutantsOfPack({ policies }: Pack): readonly Mutant[] {
  const required = requiredBy(policies);
  return policies.policySet.policies.flatMap(({ id, policy }) => mutantsOf(id, policy, required));
}

/** Tries all mutants, or those given (one of several workers takes a part). Steps are mutants. */
export function* mutateInSlices(
  pack: Pack,
  mutants: readonly Mutant[] = mutantsOfPack(pack),
): Sliced<MutationReport> {
  const trial = new MutantTrial(pack);
  while (trial.prepare()) yield { done: 0, total: mutants.length };
  const survivors: Mutant[] = [];
  for (const [index, mutant] of mutants.entries()) {
    if (trial.noticedBy(mutant) === undefined) survivors.push(mutant);
    yield { done: index + 1, total: mutants.length };
  }
  return mutationReport(mutants, survivors);
}

/** Adds up what was tried, in whatever order or thread. */
export function mutationReport(
  mutants: readonly Mutant[],
  survivors: readonly Mutant[],
): MutationReport {
  const [total, noticed] = [mutants.length, mutants.length - survivors.length];
  const kinds = [...new Set(mutants.map(({ kind }) => kind))].map((kind) => {
    const all = mutants.filter((mutant) => mutant.kind === kind).length;
    const alive = survivors.filter((mutant) => mutant.kind === kind).length;
    return { kind, total: all, noticed: all - alive };
  });
  const percent = total === 0 ? 100 : Math.floor((noticed * 1000) / total) / 10;
  return { total, noticed, percent, kinds, survivors };
}

interface Asked {
  readonly request: Request;
  readonly entities: Entities;
  /** The rules that held for it. */
  readonly satisfied: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
}

interface Passing {
  readonly scenario: Scenario;
  readonly asked: readonly Asked[];
}

/** Tries mutants against a pack's scenarios, as far as they pass. */
export class MutantTrial {
  readonly #pack: Pack;
  readonly #passing: Passing[] = [];
  #prepared = 0;

  constructor(pack: Pack) {
    this.#pack = pack;
  }

  /** Runs one more scenario, to know what it asks of each rule; one that fails notices nothing. False: all did. */
  prepare(): boolean {
    const scenario = this.#pack.scenarios[this.#prepared];
    if (scenario === undefined) return false;
    this.#prepared += 1;
    const passing = passingOf(this.#pack, scenario);
    if (passing !== undefined) this.#passing.push(passing);
    return true;
  }

  /** The first scenario that would notice; `undefined` when none does. */
  noticedBy(mutant: Mutant): Scenario | undefined {
    while (this.prepare());
    const comesOutOtherwise = otherwise(mutant);
    let changed: Pack | undefined;
    for (const { scenario, asked } of this.#passing) {
      // Only where the rule itself comes out otherwise can anything else.
      if (!asked.some(comesOutOtherwise)) continue;
      changed ??= mutatedPack(this.#pack, mutant);
      if (changed === undefined || runScenario(changed, scenario).state !== 'pass') return scenario;
    }
    return undefined;
  }
}

function passingOf(pack: Pack, scenario: Scenario): Passing | undefined {
  if (!scenario.run.ok || runScenario(pack, scenario).state !== 'pass') return undefined;
  const { check, now } = scenario.run.value;
  const decision = decide(pack.policies, check, { now, requestId: `scenario:${scenario.id}` });
  if (!decision.ok) return undefined;
  const asked = decision.value.tools.map(({ request, entities, satisfied, errors }) => ({
    request,
    entities,
    satisfied: new Set(satisfied),
    failed: new Set(errors.map(({ policyId }) => policyId)),
  }));
  return { scenario, asked };
}

/** Tells the requests on which a mutant, all by itself, differs from its rule. */
function otherwise({ ruleId, kind, policy }: Mutant): (asked: Asked) => boolean {
  const concerns = ({ satisfied, failed }: Asked): boolean =>
    satisfied.has(ruleId) || failed.has(ruleId);
  if (policy === undefined || kind === 'defer' || kind === 'deny') return concerns;
  const alone = compilePolicies([{ id: ruleId, policy }]);
  if (!alone.ok) return () => true;
  return ({ request, entities, satisfied, failed }) => {
    const after = evaluate(alone.value, request, entities);
    return (
      after.satisfied.length > 0 !== satisfied.has(ruleId) ||
      after.errors.length > 0 !== failed.has(ruleId)
    );
  };
}

/** The pack with the mistake in it; `undefined` when it would not even compile. */
export function mutatedPack(pack: Pack, { ruleId, policy }: Mutant): Pack | undefined {
  const list = pack.policies.policySet.policies.flatMap(({ id, policy: own }) => {
    if (id !== ruleId) return { id, policy: own };
    return policy === undefined ? [] : { id, policy };
  });
  const compiled = compilePolicies(list);
  if (!compiled.ok) return undefined;
  return { ...pack, policies: decisionPolicies({ ...pack.policies, policySet: compiled.value }) };
}
