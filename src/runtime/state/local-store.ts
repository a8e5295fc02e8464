import { ownText } from '../../base/kept.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { z } from '../../decision/zod.ts';
import { Journal } from './journal.ts';
import { Counts, countsAt, plus, setBefore, type Limits } from './quota.ts';
import { giveBack, Run, step, type Counters, type Step } from './run.ts';
import {
  RUN_TTL,
  unavailable,
  type RunName,
  type StateStore,
  type Taken,
  type Unavailable,
} from './store.ts';

const Whole = z.int().min(0);
const Names = z.array(z.string()).readonly();
const ofRun = { key: z.string(), run: z.string() };
const back = { tools: Names, price: Whole };

/** One line of the journal. */
const Change = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('counts'), key: z.string(), counts: Counts }),
  z.strictObject({
    ...ofRun,
    is: z.literal('step'),
    step: z.strictObject({
      ...back,
      now: z.number(),
      iteration: z.number().optional(),
      elapsed: z.number().optional(),
      cost: z.number().optional(),
      unpriced: z.boolean(),
    }),
  }),
  z.strictObject({ ...ofRun, ...back, is: z.literal('back') }),
  z.strictObject({
    ...ofRun,
    is: z.literal('run'),
    state: Run,
  }),
]);

type Change = z.output<typeof Change>;

/** Runs and the calls in them that are remembered for one key; the oldest are forgotten first. */
const MAX_WEIGHT = 200_000;

/** The store in this process: in memory, and in a file when it has a journal. */
export class LocalStore implements StateStore {
  readonly kind = 'local';
  readonly #counts = new Map<string, Counts>();
  /** Of the windows before those. */
  readonly #before = new Map<string, Counts>();
  readonly #runs = new Map<string, RunsOfKey>();
  #journal: Journal | undefined;

  /** Goes on from what the file has, if there is one. Without a file nothing outlives the process: `new LocalStore()`. */
  static open(path: string, large?: number): Result<LocalStore, string> {
    const store = new LocalStore();
    const journal = Journal.open(path, (change) => store.#read(change), large);
    if (!journal.ok) return err(journal.error);
    store.#journal = journal.value;
    return ok(store);
  }

  take(key: string, limits: Limits, n: number, now: number): Promise<Taken> {
    const counts = plus(this.#countsAt(key, now), limits, n, now);
    if (typeof counts === 'number') return Promise.resolve({ kind: 'full', wait: counts });
    return Promise.resolve(this.#write({ is: 'counts', key, counts }) ?? TAKEN);
  }

  counts(key: string, now: number): Promise<Counts> {
    return Promise.resolve(this.#countsAt(key, now));
  }

  step(name: RunName, asked: Step): Promise<Counters | Unavailable> {
    const { counters } = step(this.#runsOf(name).get(name.run, asked.now), asked);
    const kept = { ...asked, tools: asked.tools.map(ownText) };
    return Promise.resolve(this.#write({ ...name, is: 'step', step: kept }) ?? counters);
  }

  giveBack(name: RunName, { tools, price }: Pick<Step, 'tools' | 'price'>): Promise<void> {
    this.#write({ ...name, is: 'back', tools, price });
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.#journal?.close();
  }

  /** What is not written down does not happen. */
  #write(change: Change): Unavailable | undefined {
    const written = this.#journal?.append(change);
    if (written?.ok === false) return unavailable(written.error);
    this.#apply(change);
    this.#journal?.compact(() => this.#all());
    return undefined;
  }

  #read(json: unknown): boolean {
    const change = Change.safeParse(json);
    if (change.success) this.#apply(change.data);
    return change.success;
  }

  /** The same for what happens now and for what a file tells: so that they cannot differ. */
  #apply(change: Change): void {
    switch (change.is) {
      case 'counts': {
        const { key, counts } = change;
        const last = this.#counts.get(key);
        if (last !== undefined) {
          this.#before.set(key, setBefore(last, this.#before.get(key), counts));
        }
        this.#counts.set(key, counts);
        return;
      }
      case 'run':
        this.#runsOf(change).set(change.run, change.state);
        return;
      case 'step': {
        const runs = this.#runsOf(change);
        const { now } = change.step;
        runs.set(change.run, step(runs.get(change.run, now), change.step).run);
        return;
      }
      case 'back': {
        const runs = this.#runsOf(change);
        const run = runs.get(change.run);
        if (run !== undefined) runs.set(change.run, giveBack(run, change));
        return;
      }
    }
  }

  *#all(): Iterable<Change> {
    for (const [key, counts] of this.#counts) {
      const before = this.#before.get(key);
      if (before !== undefined) yield { is: 'counts', key, counts: before };
      yield { is: 'counts', key, counts };
    }
    for (const [key, runs] of this.#runs) {
      for (const [run, state] of runs.entries()) yield { is: 'run', key, run, state };
    }
  }

  #countsAt(key: string, now: number): Counts {
    return countsAt(this.#counts.get(key), this.#before.get(key), now);
  }

  #runsOf({ key }: RunName): RunsOfKey {
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    const runs = new RunsOfKey();
    this.#runs.set(key, runs);
    return runs;
  }
}

const TAKEN: Taken = { kind: 'taken' };

/** The runs of one key, the one that was longest idle first. */
class RunsOfKey {
  readonly #runs = new Map<string, Run>();
  #weight = 0;

  /** `now`: forgotten then, when it has been idle for too long. */
  get(name: string, now?: number): Run | undefined {
    const run = this.#runs.get(name);
    return run === undefined || (now !== undefined && now - run.last > RUN_TTL) ? undefined : run;
  }

  set(name: string, run: Run): void {
    this.#forget(name);
    this.#runs.set(name, run);
    this.#weight += weightOf(run);
    for (const [oldest, { last }] of this.#runs) {
      const idle = run.last - last > RUN_TTL;
      if (oldest === name || (!idle && this.#weight <= MAX_WEIGHT)) break;
      this.#forget(oldest);
    }
  }

  entries(): Iterable<readonly [string, Run]> {
    return this.#runs;
  }

  #forget(name: string): void {
    const run = this.#runs.get(name);
    if (run !== undefined && this.#runs.delete(name)) this.#weight -= weightOf(run);
  }
}

function weightOf({ tools }: Run): number {
  return 1 + tools.length;
}
