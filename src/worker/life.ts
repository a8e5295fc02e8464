/**
 * One worker from its start to its end. It ends when it crashes, when it has not answered the watchdog
 * for too long, or when it is no longer wanted; then every call still waiting is answered with the reason.
 */
import { wrap, type Remote } from 'comlink';
import { err, ok, type Result } from '../base/result.ts';
import type { Answer, EngineFailure } from './engine-api.ts';
import type { EngineHost } from './engine-host.ts';

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

export interface Life {
  /** Asks for something. A defect in the worker is a value, too. */
  call<T>(work: (host: Remote<EngineHost>) => Answer<T>): Answer<T>;
  /** Asks for nothing back. */
  tell(work: (host: Remote<EngineHost>) => Promise<void>): Promise<void>;
  /** Ends the worker, without `onDeath`. */
  end(reason: EngineFailure): void;
}

/** Starts a worker. `onDeath` is called once, should it end by itself. */
export function startLife(
  options: LifeOptions,
  onDeath: (failure: EngineFailure) => void,
): Result<Life, EngineFailure> {
  const { pingMs = 1000, missedPings = 10, missedPingsAtStart = 60 } = options;
  const started = spawn(options);
  if (!started.ok) return started;
  const worker = started.value;
  const host = wrap<EngineHost>(worker);
  const waiting = new Set<(failure: EngineFailure) => void>();
  let ended: EngineFailure | undefined;
  let watch: ReturnType<typeof setInterval> | undefined;
  let missed = 0;
  let allowed = missedPingsAtStart;

  function end(reason: EngineFailure): void {
    if (ended !== undefined) return;
    ended = reason;
    clearInterval(watch);
    worker.terminate();
    for (const give of waiting) give(reason);
    waiting.clear();
  }

  function die(failure: EngineFailure): void {
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
      die({ code: 'ENGINE_HUNG', message: 'The engine stopped answering and was started anew.' });
      return;
    }
    missed += 1;
    host.ping().then(
      () => {
        missed = 0;
        allowed = missedPings;
        return undefined;
      },
      () => undefined,
    );
  }

  function ask<T>(work: () => Promise<Result<T, EngineFailure>>): Answer<T> {
    return new Promise((resolve) => {
      if (ended !== undefined) {
        resolve(err(ended));
        return;
      }
      const give = (failure: EngineFailure) => {
        resolve(err(failure));
      };
      waiting.add(give);
      watch ??= setInterval(beat, pingMs);
      const settle = async () => {
        const answer = await withoutThrowing(work);
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
    const detail = event.message === '' ? '' : `: ${event.message}`;
    die({ code: 'ENGINE_CRASHED', message: `The engine crashed and was started anew${detail}` });
  });
  worker.addEventListener('messageerror', () => {
    die({ code: 'ENGINE_CRASHED', message: 'The engine sent something unreadable.' });
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

function spawn({ spawn: custom }: LifeOptions): Result<Worker, EngineFailure> {
  try {
    // Vite finds the worker by this very expression.
    return ok(
      custom?.() ??
        new Worker(new URL('./engine.worker.ts', import.meta.url), {
          type: 'module',
          name: 'engine',
        }),
    );
  } catch (error) {
    return err({
      code: 'ENGINE_UNAVAILABLE',
      message: `The engine cannot be started: ${String(error)}`,
    });
  }
}

async function withoutThrowing<T>(work: () => Answer<T>): Answer<T> {
  try {
    return await work();
  } catch (error) {
    return err({ code: 'ENGINE_DEFECT', message: `The engine failed: ${String(error)}` });
  }
}
