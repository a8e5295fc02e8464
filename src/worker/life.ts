/**
 * One worker from its start to its end. It ends when it crashes, when it has not answered the watchdog
 * for too long, or when it is no longer wanted; then every call still waiting is answered with the reason.
 */
import { wrap, type Remote } from 'comlink';
import { err, ok, type Result } from '../base/result.ts';

/** How a worker failed: `refused` to start, `crashed`, `hung`, or answered with an exception (`defect`). */
export type Mishap = 'refused' | 'crashed' | 'hung' | 'defect';

/** What kind of worker it is. */
export interface WorkerKind<Host, Failure> {
  readonly start: () => Worker;
  /** Asks for an answer that the worker gives as soon as its event loop turns. */
  readonly ping: (host: Remote<Host>) => Promise<void>;
  /** Puts a mishap into words. `detail`: what the platform says of it, or nothing. */
  readonly failure: (mishap: Mishap, detail: string) => Failure;
}

export interface LifeOptions {
  /** Starts the worker; tests hand in broken ones. */
  readonly spawn?: () => Worker;
  /** Milliseconds between the watchdog's pings. Default 1000. */
  readonly pingMs?: number;
  /** Unanswered pings after which the worker counts as hung. Default 10. */
  readonly missedPings?: number;
  /** The same before its first answer, when it still has to load. Default 60. */
  readonly missedPingsAtStart?: number;
}

export interface Life<Host, Failure> {
  /** Asks for something. A defect in the worker is a value, too. */
  call<T>(work: (host: Remote<Host>) => Promise<Result<T, Failure>>): Promise<Result<T, Failure>>;
  /** Asks for nothing back. */
  tell(work: (host: Remote<Host>) => Promise<void>): Promise<void>;
  /** Ends the worker, without `onDeath`. */
  end(reason: Failure): void;
}

/** Starts a worker. `onDeath` is called once, should it end by itself. */
export function startLife<Host, Failure>(
  kind: WorkerKind<Host, Failure>,
  options: LifeOptions,
  onDeath: (failure: Failure) => void,
): Result<Life<Host, Failure>, Failure> {
  const { pingMs = 1000, missedPings = 10, missedPingsAtStart = 60 } = options;
  const started = spawn(kind, options);
  if (!started.ok) return started;
  const worker = started.value;
  const host = wrap<Host>(worker);
  const waiting = new Set<(failure: Failure) => void>();
  let ended: { readonly reason: Failure } | undefined;
  let watch: ReturnType<typeof setInterval> | undefined;
  let missed = 0;
  let allowed = missedPingsAtStart;

  function end(reason: Failure): void {
    if (ended !== undefined) return;
    ended = { reason };
    clearInterval(watch);
    worker.terminate();
    for (const give of waiting) give(reason);
    waiting.clear();
  }

  function die(failure: Failure): void {
    if (ended !== undefined) return;
    end(failure);
    onDeath(failure);
  }

  /**
   * Counts pings, not time: a laptop that slept, or a tab whose timers are held back, must not make a
   * healthy worker look hung.
   */
  function beat(): void {
    if (missed >= allowed) {
      die(kind.failure('hung', ''));
      return;
    }
    missed += 1;
    kind.ping(host).then(
      () => {
        missed = 0;
        allowed = missedPings;
        return undefined;
      },
      () => undefined,
    );
  }

  function ask<T>(work: () => Promise<Result<T, Failure>>): Promise<Result<T, Failure>> {
    return new Promise((resolve) => {
      if (ended !== undefined) {
        resolve(err(ended.reason));
        return;
      }
      const give = (failure: Failure) => {
        resolve(err(failure));
      };
      waiting.add(give);
      watch ??= setInterval(beat, pingMs);
      const settle = async () => {
        const answer = await withoutThrowing(kind, work);
        waiting.delete(give);
        // Nobody waits: there is nothing to watch over, and an idle page should sleep.
        if (waiting.size === 0) {
          clearInterval(watch);
          watch = undefined;
          missed = 0;
        }
        resolve(answer);
      };
      void settle();
    });
  }

  worker.addEventListener('error', (event) => {
    // Handled here; without this the page's console would show it as an error of the page.
    event.preventDefault();
    die(kind.failure('crashed', event.message));
  });
  worker.addEventListener('messageerror', () => {
    die(kind.failure('crashed', 'it sent something unreadable'));
  });

  return ok({
    call: (work) => ask(() => work(host)),
    tell: async (work) => {
      await ask(async () => {
        await work(host);
        return ok(undefined);
      });
    },
    end,
  });
}

function spawn<Host, Failure>(
  { start, failure }: WorkerKind<Host, Failure>,
  { spawn: custom = start }: LifeOptions,
): Result<Worker, Failure> {
  try {
    return ok(custom());
  } catch (error) {
    return err(failure('refused', String(error)));
  }
}

async function withoutThrowing<Host, T, Failure>(
  { failure }: WorkerKind<Host, Failure>,
  work: () => Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> {
  try {
    return await work();
  } catch (error) {
    return err(failure('defect', String(error)));
  }
}
