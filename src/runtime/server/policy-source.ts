/**
 * The policies that decide, and how they are replaced: what is new is read and verified in full beside
 * what decides, and takes its place in one step between two checks. What fails to load changes nothing.
 */
import { err, ok, type Result } from '../../base/result.ts';
import type { PackFiles } from '../../pack/files.ts';
import type { Pack } from '../../pack/read.ts';
import type { Host } from '../host.ts';
import { readDecidingFolder } from '../pack-folder.ts';
import { printProblem } from '../problem.ts';

/** One version of policies, fit to decide. */
export interface Served {
  readonly pack: Pack;
  readonly files: PackFiles;
  /** `sha256:<hex>`: the bundle's id, or the digest of an unsigned pack. */
  readonly id: string;
  readonly signed: boolean;
  /** Who signed the release, by label or key id. */
  readonly signers: readonly string[];
  /** Epoch milliseconds. */
  readonly loadedAt: number;
  /** Epoch milliseconds, from which on they decide nothing. */
  readonly expires: number | undefined;
  /** Why something newer was not taken instead. */
  readonly problem?: string;
  /** The path of the copy that it was read from, where its address did not give it. */
  readonly copy?: string;
}

export interface PolicyState {
  /** The last good ones, expired or not. */
  readonly served: Served | undefined;
  readonly ready: boolean;
  /** Why the last attempt to load failed. */
  readonly problem: string | undefined;
}

/**
 * Loads policies anew; the error says in a line or more why they must not decide. Without `again` it may
 * give what it gave before, where it knows that nothing has changed.
 */
export type Loader = (now: number, again?: boolean) => Promise<Result<Served, string>>;

/** What came of loading. */
export interface Reloaded {
  /** Whether others decide now than before. */
  readonly changed: boolean;
  readonly problem: string | undefined;
  /** Whether that was said before, of the same that was looked at again on its own account. */
  readonly known: boolean;
}

export class PolicySource {
  readonly #load: Loader;
  readonly #now: () => number;
  #served: Served | undefined;
  #problem: string | undefined = 'Nothing was loaded yet.';
  #last: Promise<unknown> = Promise.resolve();

  constructor(load: Loader, now: () => number) {
    this.#load = load;
    this.#now = now;
  }

  /** What decides now; `undefined` when nothing may. */
  current(): Served | undefined {
    const { expires } = this.#served ?? {};
    return expires !== undefined && this.#now() >= expires ? undefined : this.#served;
  }

  /** The last good ones, expired or not. */
  loaded(): Served | undefined {
    return this.#served;
  }

  state(): PolicyState {
    const ready = this.current() !== undefined;
    const expired = this.#served !== undefined && !ready ? 'The policies have expired.' : undefined;
    return { served: this.#served, ready, problem: this.#problem ?? expired };
  }

  /** Loads after any loading that is under way. Where that fails, what decided decides on. */
  reload(again = true): Promise<Reloaded> {
    const next = this.#last.then(() => this.#reload(again));
    this.#last = next;
    return next;
  }

  async #reload(again: boolean): Promise<Reloaded> {
    const before = { served: this.#served, problem: this.#problem };
    const loaded = await attempt(() => this.#load(this.#now(), again));
    if (loaded.ok) this.#served = loaded.value;
    this.#problem = loaded.ok ? loaded.value.problem : loaded.error;
    const known = !again && this.#problem === before.problem;
    return { changed: this.#served !== before.served, problem: this.#problem, known };
  }
}

async function attempt<T>(load: () => Promise<Result<T, string>>): Promise<Result<T, string>> {
  try {
    return await load();
  } catch (error) {
    // A defect of ours in loading must not stop a server that decides well.
    return err(`They could not be loaded: ${error instanceof Error ? error.message : 'unknown'}`);
  }
}

/** Loads a pack that nobody signed: for development. */
export function packLoader(host: Pick<Host, 'read'>, folder: string): Loader {
  return async (now) => {
    const read = await readDecidingFolder(host, folder);
    if (!read.ok) return err(read.error.map(printProblem).join('\n'));
    const { pack, files } = read.value;
    const id = pack.policies.digest;
    return ok({ pack, files, id, signed: false, signers: [], loadedAt: now, expires: undefined });
  };
}
