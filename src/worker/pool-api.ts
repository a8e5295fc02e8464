/**
 * What the engine and the workers of its pool say to each other. A check crosses as it was read, so that
 * no scenario is parsed twice; outcomes come back as numbers, since most of ten thousand say nothing new.
 */
import { isJsonArray, isJsonObject, JsonNumber, type Json } from '../cedar/json/lossless.ts';
import type { Check } from '../decision/check.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { Result } from '../base/result.ts';
import type { NewScenario } from '../simulation/solve/scenario-text.ts';
import type { EngineFailure } from './engine-api.ts';

/** What of a scenario is decided. */
export interface PoolCheck {
  readonly now: number;
  readonly check: Check;
}

/** How checks came out by one pack, in their order. */
export interface PoolOutcomes {
  /** Indices into `OUTCOME_VERDICTS`. */
  readonly verdicts: Uint8Array;
  /** Indices into `words`. */
  readonly said: Uint32Array;
  readonly words: readonly string[];
}

/** 0: not decided. */
export const OUTCOME_VERDICTS: readonly (Verdict | undefined)[] = [
  undefined,
  'ALLOW',
  'DENY',
  'DEFER',
];

type PoolAnswer<T> = Result<T, EngineFailure>;

/** One worker of the pool. */
export interface PoolHost {
  /** Answers as soon as the worker's event loop turns. */
  ping(): void;
  /** Compiles a pack, of which scenarios may be left out, and keeps it under its key. */
  load(key: string, files: ReadonlyMap<string, string>): PoolAnswer<void>;
  forget(key: string): void;
  /** Decides checks by packs that were loaded: one list of outcomes a pack. */
  decide(
    keys: readonly string[],
    checks: readonly PoolCheck[],
  ): PoolAnswer<readonly PoolOutcomes[]>;
  /** Of mutants of a pack that was loaded, named by key, those that none of its scenarios notices. */
  survivors(key: string, mutants: readonly string[]): PoolAnswer<readonly string[]>;
  /** A scenario that would notice a mutant; `undefined` when none was found. */
  notice(key: string, mutant: string): PoolAnswer<NewScenario | undefined>;
}

/** A check that crossed between threads: classes are lost on the way, and `JsonNumber` is one. */
export function afterCrossing({ now, check }: PoolCheck): PoolCheck {
  const context = new Map([...check.context].map(([name, fact]) => [name, revived(fact)]));
  return { now, check: { ...check, context } };
}

function revived(json: Json): Json {
  if (json === null || typeof json !== 'object') return json;
  if (isJsonArray(json)) return json.map(revived);
  if (isJsonObject(json)) return new Map([...json].map(([key, value]) => [key, revived(value)]));
  return new JsonNumber(json.text);
}
