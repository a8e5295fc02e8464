/** Answers `Probe` for packs that are open, in slices between which newer messages are heard. */
import { err, ok, type Result } from '../base/result.ts';
import type { Pack } from '../pack/read.ts';
import { boundariesInSlices } from '../simulation/boundary.ts';
import { coverInSlices } from '../simulation/coverage.ts';
import { Killer } from '../simulation/kill.ts';
import { coverageAsLcov } from '../simulation/lcov.ts';
import type { Mutant } from '../simulation/mutants.ts';
import { mutantsOfPack, mutateInSlices, mutationReport } from '../simulation/mutation.ts';
import type { NewScenario } from '../simulation/solve/scenario-text.ts';
import { proposeInSlices, uncoveredGoals, type Proposal } from '../simulation/solve.ts';
import type { Progress } from '../simulation/sliced.ts';
import type { EngineFailure } from './engine-api.ts';
import { inSlices, OVERTAKEN } from './in-slices.ts';
import { Newest } from './newest.ts';
import type { OpenPack } from './open-pack.ts';
import type { Lane, Pool } from './pool.ts';
import type {
  BoundaryRow,
  CoverageForm,
  MutationResult,
  Noticing,
  OnProbed,
  Survivor,
} from './probe-api.ts';
import type { Clock } from './turns.ts';

/** Fewer mutants are tried in this thread: workers would first have to run every scenario. */
const ENOUGH_FOR_POOL = 40;
/** Mutants in one message to a worker: some tens of milliseconds. */
const CHUNK = 12;

type Question = 'mutants' | 'proposals' | 'boundaries' | 'text';
type Outcome<T> = Promise<Result<T, EngineFailure>>;

/** One question under way: what it is about, and whether anybody still wants to know. */
interface Search {
  readonly pack: Pack;
  readonly isOver: () => boolean;
}

export class Prober {
  readonly #clock: Clock;
  readonly #pool: Pool | undefined;
  readonly #newest = new Newest<Question>();

  constructor(clock: Clock, pool: Pool | undefined) {
    this.#clock = clock;
    this.#pool = pool;
  }

  async mutate(
    open: OpenPack,
    keys: readonly string[] | undefined,
    onProbed?: OnProbed,
  ): Outcome<MutationResult> {
    const search = this.#begin('mutants', open);
    if (!search.ok) return search;
    const { pack } = search.value;
    const mutants = mutantsNamed(pack, keys);
    const found = await this.#survivors(open, search.value, mutants, onProbed);
    if (!found.ok) return found;
    const survivors = found.value;
    return ok({
      ...mutationReport(mutants, survivors),
      survivors: survivors.map((mutant) => survivorOf(open, pack, mutant)),
    });
  }

  async notice(
    open: OpenPack,
    keys: readonly string[],
    onFound?: (found: Noticing) => void,
  ): Outcome<readonly Noticing[]> {
    const search = this.#begin('mutants', open);
    if (!search.ok) return search;
    const { pack, isOver } = search.value;
    const all = new Map<string, Noticing>();
    const take = (key: string, scenario: NewScenario | undefined): void => {
      const found = { key, ...(scenario === undefined ? {} : { scenario }) };
      all.set(key, found);
      onFound?.(found);
    };
    const mutants = mutantsNamed(pack, keys);
    if (this.#pool !== undefined) {
      const side = { key: pack.policies.digest, files: new Map(open.files) };
      const work = async (lane: Lane, { key }: Mutant) => {
        const given = await lane.give([side]);
        return given.ok ? lane.call((host) => host.notice(side.key, key)) : given;
      };
      const done = ({ key }: Mutant, scenario: NewScenario | undefined): void =>
        take(key, scenario);
      const ran = await this.#pool.run(mutants, work, { isOver, done });
      if (isOver()) return err(OVERTAKEN);
      if (ran.ok) return ok([...all.values()]);
      if (ran.error.code !== 'ENGINE_UNAVAILABLE') return ran;
    }
    const killer = new Killer(pack);
    // Where workers became unavailable in the middle, what they found stands.
    for (const mutant of mutants.filter(({ key }) => !all.has(key))) {
      const kill = await this.#sliced(search.value, killer.kill(mutant));
      if (!kill.ok) return kill;
      take(mutant.key, kill.value.scenario);
    }
    return ok([...all.values()]);
  }

  /** Those that no scenario notices: found in the pool when there are many, else between messages in this thread. */
  async #survivors(
    open: OpenPack,
    search: Search,
    mutants: readonly Mutant[],
    onProbed?: OnProbed,
  ): Outcome<readonly Mutant[]> {
    const { pack, isOver } = search;
    if (this.#pool !== undefined && mutants.length >= ENOUGH_FOR_POOL) {
      const side = { key: pack.policies.digest, files: new Map(open.files) };
      const alive = new Set<string>();
      let tried = 0;
      const ran = await this.#pool.run(
        chunksOf(mutants.map(({ key }) => key)),
        async (lane, keys) => {
          const given = await lane.give([side]);
          return given.ok ? lane.call((host) => host.survivors(side.key, keys)) : given;
        },
        {
          isOver,
          done: (keys, survivors) => {
            for (const key of survivors) alive.add(key);
            tried += keys.length;
            onProbed?.(tried, mutants.length);
          },
        },
      );
      if (isOver()) return err(OVERTAKEN);
      if (ran.ok) return ok(mutants.filter(({ key }) => alive.has(key)));
      // Where no worker can start another, this thread has to do.
      if (ran.error.code !== 'ENGINE_UNAVAILABLE') return ran;
    }
    const report = await this.#sliced(search, mutateInSlices(pack, mutants), onProbed);
    return report.ok ? ok(report.value.survivors) : report;
  }

  async proposals(open: OpenPack, onProbed?: OnProbed): Outcome<readonly Proposal[]> {
    const search = this.#begin('proposals', open);
    if (!search.ok) return search;
    const { pack } = search.value;
    const coverage = await this.#sliced(search.value, coverInSlices(pack, pack.scenarios, 1));
    if (!coverage.ok) return coverage;
    return this.#sliced(
      search.value,
      proposeInSlices(pack, uncoveredGoals(coverage.value)),
      onProbed,
    );
  }

  async boundaries(open: OpenPack, onProbed?: OnProbed): Outcome<readonly BoundaryRow[]> {
    const search = this.#begin('boundaries', open);
    if (!search.ok) return search;
    const { pack } = search.value;
    const found = await this.#sliced(search.value, boundariesInSlices(pack), onProbed);
    if (!found.ok) return found;
    const paths = new Map(pack.rules.map(({ id, path }) => [id, path]));
    return ok(
      found.value.map(({ ruleId, at, span, text, cases, surprising }) => {
        return { path: paths.get(ruleId) ?? '', ruleId, at, span, text, cases, surprising };
      }),
    );
  }

  async coverageText(open: OpenPack, form: CoverageForm): Outcome<string> {
    const search = this.#begin('text', open);
    if (!search.ok) return search;
    const { pack } = search.value;
    const coverage = await this.#sliced(search.value, coverInSlices(pack, pack.scenarios, 1));
    if (!coverage.ok) return coverage;
    return ok(
      form === 'lcov'
        ? coverageAsLcov(coverage.value, open.files)
        : `${JSON.stringify(coverage.value, null, 2)}\n`,
    );
  }

  cancel(): void {
    this.#newest.cancel('mutants');
  }

  /** Whatever of its kind was asked before is over. */
  #begin(kind: Question, open: OpenPack): Result<Search, EngineFailure> {
    const { pack, stale } = open.sound();
    if (pack === undefined || stale) {
      return err({ code: 'PACK_BROKEN', message: 'The pack has errors: nothing can be run.' });
    }
    return ok({ pack, isOver: this.#newest.begin(kind, open) });
  }

  #sliced<T>(
    { isOver }: Search,
    work: Generator<Progress | void, T, void>,
    onProbed?: OnProbed,
  ): Outcome<T> {
    return inSlices(this.#clock, work, isOver, onProbed);
  }
}

function chunksOf(keys: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(keys.length / CHUNK);
  return Array.from({ length: count }, (_, index) =>
    keys.slice(index * CHUNK, (index + 1) * CHUNK),
  );
}

function mutantsNamed(pack: Pack, keys: readonly string[] | undefined): readonly Mutant[] {
  const all = mutantsOfPack(pack);
  if (keys === undefined) return all;
  const named = new Set(keys);
  return all.filter(({ key }) => named.has(key));
}

function survivorOf(
  open: OpenPack,
  { rules }: Pack,
  { key, ruleId, kind, what, span, after }: Mutant,
): Survivor {
  const path = rules.find(({ id }) => id === ruleId)?.path ?? '';
  const text = open.files.get(path) ?? '';
  return {
    key,
    ruleId,
    kind,
    what,
    path,
    span,
    before: text.slice(span.start, span.end),
    after,
  };
}
