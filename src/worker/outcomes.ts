/**
 * What is known of how scenarios come out, by pack and scenario: a version never changes, so what it makes
 * of a scenario is decided once. Kept as numbers, four bytes each; ten thousand scenarios by fifty versions are 2 MB.
 */
import { ok, type Result } from '../base/result.ts';
import type { Pack } from '../pack/read.ts';
import type { Scenario } from '../pack/scenario.ts';
import { outcomeOf, type Outcome } from '../simulation/outcome.ts';
import type { EngineFailure } from './engine-api.ts';
import type { Pool, PoolPack } from './pool.ts';
import { packOrProblem } from './pool-host.ts';
import { OUTCOME_VERDICTS, type PoolCheck } from './pool-api.ts';
import type { Clock } from './turns.ts';
import { takeTurns } from './turns.ts';

/** Sides whose outcomes are kept. */
const SIDES = 80;
/** Numbered scenarios, past which everything is forgotten: each edit of one makes another. */
const SCENARIOS = 100_000;
/** Fewer decisions are made in this thread: starting workers takes longer. */
const ENOUGH_FOR_POOL = 1000;
/** Scenarios in one message: long enough that messages do not count, short enough to show how far it is. */
const CHUNK = 256;

/** How outcomes are looked for. */
export interface Search {
  readonly onDone: (done: number, total: number) => void;
  readonly isOver: () => boolean;
}

/** What decides: its files, under a key that names them for good. Compiled in this thread only where it must be. */
export interface Decider extends PoolPack {
  readonly pack?: Pack;
}

interface Chunk {
  readonly sides: readonly Decider[];
  readonly scenarios: readonly Scenario[];
}

export class Outcomes {
  readonly #clock: Clock;
  readonly #pool: Pool | undefined;
  #numbers = new WeakMap<Scenario, number>();
  #count = 0;
  readonly #bySide = new Map<string, Column>();
  #searching = 0;
  #compiledLast: { readonly key: string; readonly pack: Pack | string } | undefined;
  readonly #words = new Map<string, number>();
  #wordList: string[] = [];

  constructor(clock: Clock, pool: Pool | undefined) {
    this.#clock = clock;
    this.#pool = pool;
  }

  /** How a scenario comes out by a side; `undefined` when nobody has looked. */
  get({ key }: PoolPack, scenario: Scenario): Outcome | undefined {
    const code = this.code(key, scenario);
    if (code === 0) return undefined;
    return {
      verdict: OUTCOME_VERDICTS[code & 3],
      said: this.#wordList[(code >>> 2) - 1] ?? '',
    };
  }

  /** The same as one number, which is equal for equal outcomes; its last two bits are the verdict. 0: unknown. */
  code(key: string, scenario: Scenario): number {
    const number = this.#numbers.get(scenario);
    return number === undefined ? 0 : (this.#bySide.get(key)?.read(number) ?? 0);
  }

  /** Takes in what was found out elsewhere. */
  putAll({ key }: PoolPack, outcomes: Iterable<readonly [Scenario, Outcome]>): void {
    const column = this.#column(key);
    for (const [scenario, { verdict, said }] of outcomes) {
      if (this.code(key, scenario) !== 0) continue;
      this.#write(column, scenario, OUTCOME_VERDICTS.indexOf(verdict), this.#word(said));
    }
  }

  /** Finds out how each scenario that can be run comes out by each side. */
  async find(
    sides: readonly Decider[],
    scenarios: readonly Scenario[],
    search: Search,
  ): Promise<Result<void, EngineFailure>> {
    if (this.#searching === 0 && this.#count + scenarios.length > SCENARIOS) this.#forgetAll();
    this.#searching += 1;
    const answer = await this.#find(sides, scenarios, search);
    this.#searching -= 1;
    return answer;
  }

  async #find(
    sides: readonly Decider[],
    scenarios: readonly Scenario[],
    search: Search,
  ): Promise<Result<void, EngineFailure>> {
    const chunks = this.#missing(sides, scenarios);
    const decisions = chunks.reduce((sum, one) => sum + one.sides.length * one.scenarios.length, 0);
    if (this.#pool !== undefined && decisions >= ENOUGH_FOR_POOL) {
      const answer = await this.#inPool(this.#pool, chunks, search);
      // Where no worker can start another, this thread has to do.
      if (answer.ok || answer.error.code !== 'ENGINE_UNAVAILABLE') return answer;
    }
    await this.#here(chunks, search);
    return ok(undefined);
  }

  /** What is not known yet: scenarios that miss the same sides, in chunks. */
  #missing(sides: readonly Decider[], scenarios: readonly Scenario[]): readonly Chunk[] {
    const lists = new Map<string, Scenario[]>();
    for (const scenario of scenarios) {
      if (!scenario.run.ok) continue;
      const unknown = sides.map(({ key }) => (this.code(key, scenario) === 0 ? '1' : '0')).join('');
      if (!unknown.includes('1')) continue;
      const list = lists.get(unknown) ?? [];
      list.push(scenario);
      lists.set(unknown, list);
    }
    const chunks: Chunk[] = [];
    for (const [unknown, list] of lists) {
      const own = sides.filter((_side, index) => unknown[index] === '1');
      for (let at = 0; at < list.length; at += CHUNK) {
        chunks.push({ sides: own, scenarios: list.slice(at, at + CHUNK) });
      }
    }
    return chunks;
  }

  async #inPool(
    pool: Pool,
    chunks: readonly Chunk[],
    { onDone, isOver }: Search,
  ): Promise<Result<void, EngineFailure>> {
    const total = chunks.reduce((sum, { scenarios }) => sum + scenarios.length, 0);
    let done = 0;
    return pool.run(
      chunks,
      async (lane, { sides, scenarios }) => {
        const given = await lane.give(sides);
        if (!given.ok) return given;
        const checks = scenarios.flatMap(({ run }): readonly PoolCheck[] =>
          run.ok ? [{ now: run.value.now, check: run.value.check }] : [],
        );
        const keys = sides.map(({ key }) => key);
        return lane.call((host) => host.decide(keys, checks));
      },
      {
        isOver,
        done: ({ sides, scenarios }, answers) => {
          for (const [index, { key }] of sides.entries()) {
            const answer = answers[index];
            if (answer === undefined) continue;
            const column = this.#column(key);
            const words = answer.words.map((word) => this.#word(word));
            for (const [at, scenario] of scenarios.entries()) {
              const word = words[answer.said[at] ?? 0] ?? 0;
              this.#write(column, scenario, answer.verdicts[at] ?? 0, word);
            }
          }
          done += scenarios.length;
          onDone(done, total);
        },
      },
    );
  }

  async #here(chunks: readonly Chunk[], { onDone, isOver }: Search): Promise<void> {
    const total = chunks.reduce((sum, { scenarios }) => sum + scenarios.length, 0);
    const turns = takeTurns(this.#clock);
    let done = 0;
    for (const { sides, scenarios } of chunks) {
      const packs = sides.map((side) => [side, this.#compiled(side)] as const);
      for (const scenario of scenarios) {
        const { run } = scenario;
        if (!run.ok) continue;
        for (const [side, pack] of packs) {
          const outcome =
            typeof pack === 'string'
              ? { verdict: undefined, said: pack }
              : outcomeOf(pack, run.value);
          this.putAll(side, [[scenario, outcome]]);
        }
        done += 1;
        if (!turns.due()) continue;
        onDone(done, total);
        await turns.next();
        if (isOver()) return;
      }
    }
  }

  #compiled({ key, files, pack }: Decider): Pack | string {
    if (pack !== undefined) return pack;
    const known = this.#compiledLast?.key === key ? this.#compiledLast : undefined;
    const compiled = known ?? { key, pack: packOrProblem(files) };
    this.#compiledLast = compiled;
    return compiled.pack;
  }

  /** What is known of a side; the one that was asked for longest ago gives way. */
  #column(key: string): Column {
    const column = this.#bySide.get(key) ?? new Column();
    this.#bySide.delete(key);
    this.#bySide.set(key, column);
    const [oldest] = this.#bySide.keys();
    if (this.#bySide.size > SIDES && oldest !== undefined) this.#bySide.delete(oldest);
    return column;
  }

  #word(said: string): number {
    const known = this.#words.get(said);
    if (known !== undefined) return known;
    this.#wordList.push(said);
    this.#words.set(said, this.#wordList.length);
    return this.#wordList.length;
  }

  #write(column: Column, scenario: Scenario, verdict: number, word: number): void {
    const number = this.#numbers.get(scenario) ?? this.#count;
    if (number === this.#count) {
      this.#numbers.set(scenario, number);
      this.#count += 1;
    }
    column.write(number, word * 4 + verdict);
  }

  #forgetAll(): void {
    this.#numbers = new WeakMap();
    this.#count = 0;
    this.#bySide.clear();
    this.#words.clear();
    this.#wordList = [];
  }
}

/** One number a scenario, of one side. */
class Column {
  #codes = new Uint32Array(1024);

  read(number: number): number {
    return this.#codes[number] ?? 0;
  }

  write(number: number, code: number): void {
    if (number >= this.#codes.length) {
      const longer = new Uint32Array(2 * number);
      longer.set(this.#codes);
      this.#codes = longer;
    }
    this.#codes[number] = code;
  }
}
