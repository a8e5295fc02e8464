import { err } from '../base/result.ts';
import type { EngineClient, EngineFailure } from './engine-api.ts';

export interface EngineClientOptions {
  /** Starts the worker; tests hand in broken ones. */
  readonly spawn?: () => Worker;
  /** Milliseconds between the watchdog's pings. Default 1000. */
  readonly pingMs?: number;
  /** Unanswered pings after which the worker counts as hung. Default 5. */
  readonly missedPings?: number;
}

/** Starts the engine in a worker of its own. */
export function createEngine(_options: EngineClientOptions = {}): EngineClient {
  const failure: EngineFailure = { code: 'ENGINE_UNAVAILABLE', message: 'Not built yet.' };
  return {
    open: () => Promise.resolve(err(failure)),
    update: () => Promise.resolve(err(failure)),
    check: () => Promise.resolve(err(failure)),
    explain: () => Promise.resolve(err(failure)),
    cancel: () => Promise.resolve(),
    forget: () => Promise.resolve(),
    subscribe: () => () => undefined,
    close: () => undefined,
  };
}
