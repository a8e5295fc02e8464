/**
 * The engine's pool: as many workers as the machine has cores, started by the engine's worker when there
 * is enough to do, so that the page's own thread neither waits nor copies. Work is cut into jobs; a worker
 * takes the next when it has room. One that dies is replaced, and what it had in hand is done again
 * elsewhere. A job that keeps killing workers fails the whole run, aloud.
 */
import type { Remote } from 'comlink';
import { err, ok, type Result } from '../base/result.ts';
import type { EngineFailure } from './engine-api.ts';
import { startLife, type Life, type LifeOptions, type Mishap, type WorkerKind } from './life.ts';
import type { PoolHost } from './pool-api.ts';

export interface PoolOptions extends LifeOptions {
  /** How many workers; default one a core, at most `MOST_WORKERS`. */
  readonly size?: number;
  /** Milliseconds without work after which the workers end. Default 60,000. */
  readonly idleMs?: number;
}

/** A pack as the workers are given it: `key` names these very files for good. */
export interface PoolPack {
  readonly key: string;
  readonly files: ReadonlyMap<string, string>;
}

/** What a run is told, and asks. */
export interface Watch<Job, T> {
  readonly done: (job: Job, value: T) => void;
  /** Whether nobody wants the rest. */
  readonly isOver: () => boolean;
}

/** One worker as a job sees it. */
export interface Lane {
  call<T>(work: (host: Remote<PoolHost>) => Promise<Result<T, EngineFailure>>): Answer<T>;
  /** Has the worker compile these packs, unless it has them. */
  give(packs: readonly PoolPack[]): Answer<void>;
}

type Answer<T> = Promise<Result<T, EngineFailure>>;

const MOST_WORKERS = 8;
/** Jobs that a worker has in hand: with a second one it does not wait for the message that brings it. */
const IN_HAND = 2;
/** Workers that a job may kill before it is given up. */
const PATIENCE = 3;
/** Packs that a worker keeps compiled. */
const KEPT = 64;

const POOL: WorkerKind<PoolHost, EngineFailure> = {
  start: startWorker,
  ping: (host) => host.ping(),
  failure: failureOf,
};

export class Pool {
  readonly #options: PoolOptions;
  readonly #lanes: readonly WorkerLane[];
  #idle: ReturnType<typeof setTimeout> | undefined;
  #running = 0;

  constructor(options: PoolOptions = {}) {
    this.#options = options;
    const cores = globalThis.navigator?.hardwareConcurrency ?? 2;
    const size = options.size ?? Math.min(Math.max(cores, 1), MOST_WORKERS);
    this.#lanes = Array.from({ length: size }, () => new WorkerLane(options));
  }

  /** How many workers there can be. */
  get size(): number {
    return this.#lanes.length;
  }

  /** Does every job; `done` hears of each as it ends, in any order. */
  async run<Job, T>(
    jobs: readonly Job[],
    work: (lane: Lane, job: Job) => Answer<T>,
    watch: Watch<Job, T>,
  ): Answer<void> {
    clearTimeout(this.#idle);
    this.#running += 1;
    const run = new Run(jobs, work, watch);
    try {
      await Promise.all(
        this.#lanes.flatMap((lane) => Array.from({ length: IN_HAND }, () => run.on(lane))),
      );
    } finally {
      this.#running -= 1;
      if (this.#running === 0) {
        this.#idle = setTimeout(() => {
          this.close();
        }, this.#options.idleMs ?? 60_000);
      }
    }
    return run.failure === undefined ? ok(undefined) : err(run.failure);
  }

  /** Ends the workers; the next run starts others. */
  close(): void {
    clearTimeout(this.#idle);
    for (const lane of this.#lanes) lane.end();
  }
}

/** One list of jobs on its way. */
class Run<Job, T> {
  readonly #waiting: { readonly job: Job; killed: number }[];
  readonly #work: (lane: Lane, job: Job) => Answer<T>;
  readonly #watch: Watch<Job, T>;
  failure: EngineFailure | undefined;

  constructor(
    jobs: readonly Job[],
    work: (lane: Lane, job: Job) => Answer<T>,
    watch: Watch<Job, T>,
  ) {
    this.#waiting = jobs.map((job) => ({ job, killed: 0 })).toReversed();
    this.#work = work;
    this.#watch = watch;
  }

  /** Lets a worker take jobs until there are no more. */
  async on(lane: Lane): Promise<void> {
    while (this.failure === undefined && !this.#watch.isOver()) {
      const next = this.#waiting.pop();
      if (next === undefined) return;
      const answer = await this.#work(lane, next.job);
      if (answer.ok) {
        if (!this.#watch.isOver()) this.#watch.done(next.job, answer.value);
        continue;
      }
      const died = answer.error.code === 'ENGINE_CRASHED' || answer.error.code === 'ENGINE_HUNG';
      next.killed += 1;
      if (died && next.killed < PATIENCE) this.#waiting.push(next);
      else this.failure ??= answer.error;
    }
  }
}

/** One worker after another in one place of the pool. */
class WorkerLane implements Lane {
  readonly #options: LifeOptions;
  #life: Life<PoolHost, EngineFailure> | undefined;
  /** What the living worker was given, the latest last. */
  readonly #given = new Map<string, Answer<void>>();

  constructor(options: LifeOptions) {
    this.#options = options;
  }

  async call<T>(work: (host: Remote<PoolHost>) => Promise<Result<T, EngineFailure>>): Answer<T> {
    if (this.#life === undefined) {
      const started = startLife(POOL, this.#options, () => {
        this.#forget();
      });
      if (!started.ok) return started;
      this.#life = started.value;
    }
    return this.#life.call(work);
  }

  async give(packs: readonly PoolPack[]): Answer<void> {
    const answers = packs.map(({ key, files }) => {
      const given = this.#given.get(key) ?? this.call((host) => host.load(key, files));
      this.#given.delete(key);
      this.#given.set(key, given);
      return given;
    });
    const [oldest] = this.#given.keys();
    if (this.#given.size > KEPT && oldest !== undefined) {
      this.#given.delete(oldest);
      void this.#life?.tell((host) => host.forget(oldest));
    }
    for (const answer of await Promise.all(answers)) if (!answer.ok) return answer;
    return ok(undefined);
  }

  end(): void {
    this.#life?.end({ code: 'ENGINE_UNAVAILABLE', message: 'The pool was closed.' });
    this.#forget();
  }

  #forget(): void {
    this.#life = undefined;
    this.#given.clear();
  }
}

function startWorker(): Worker {
  // Vite finds the worker by this very expression.
  return new Worker(new URL('./pool.worker.ts', import.meta.url), { type: 'module', name: 'pool' });
}

function failureOf(mishap: Mishap, detail: string): EngineFailure {
  const because = detail === '' ? '' : `: ${detail}`;
  switch (mishap) {
    case 'refused':
      return {
        code: 'ENGINE_UNAVAILABLE',
        message: `No worker can be started to run the scenarios${because}`,
      };
    case 'crashed':
      return {
        code: 'ENGINE_CRASHED',
        message: `The workers that run the scenarios crashed again and again${because}`,
      };
    case 'hung':
      return {
        code: 'ENGINE_HUNG',
        message: 'The workers that run the scenarios stopped answering again and again.',
      };
    case 'defect':
      return { code: 'ENGINE_DEFECT', message: `A worker failed to run scenarios${because}` };
  }
}
