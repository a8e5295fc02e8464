import { err, type Result } from '../base/result.ts';
import type { StoreProblem } from './problem.ts';
import type { Store } from './store.ts';

export interface OpenOptions {
  /** Default `stage0-studio`. */
  readonly name?: string;
}

/** Opens the store, migrating an older database. Nothing throws; a newer database is left untouched. */
export async function openStore(_options: OpenOptions = {}): Promise<Result<Store, StoreProblem>> {
  return await Promise.resolve(err({ code: 'STORE_UNAVAILABLE', message: 'Not built yet.' }));
}
