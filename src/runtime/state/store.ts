import type { Counts, Limits } from './quota.ts';
import type { Counters, Step } from './run.ts';

/** What is remembered between checks: quotas used, and runs. */
export interface StateStore {
  /** What `GET /usage` calls it. */
  readonly kind: 'local' | 'redis';
  /** Takes `n` checks out of all of a key's quotas or out of none. */
  readonly take: (key: string, limits: Limits, n: number, now: number) => Promise<Taken>;
  /** What a key has used. */
  readonly counts: (key: string, now: number) => Promise<Counts | Unavailable>;
  /** Takes a check into its run. */
  readonly step: (run: RunName, step: Step) => Promise<Counters | Unavailable>;
  /** Gives back what a check set aside that was not allowed. What cannot be given back stays counted. */
  readonly giveBack: (run: RunName, step: Pick<Step, 'tools' | 'price'>) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A run, told apart from those of other keys. */
export interface RunName {
  /** Id of the API key; empty where none are needed. */
  readonly key: string;
  /** Not what the client calls it, but a digest of that and of its tenant. */
  readonly run: string;
}

export type Taken =
  | { readonly kind: 'taken' }
  /** Seconds to wait. */
  | { readonly kind: 'full'; readonly wait: number }
  | Unavailable;

/** The store cannot be asked now. */
export interface Unavailable {
  readonly kind: 'unavailable';
  readonly why: string;
}

export function unavailable(why: string): Unavailable {
  return { kind: 'unavailable', why };
}

/** Milliseconds after its last check for which a run is remembered. */
export const RUN_TTL = 24 * 3_600_000;
