/**
 * The policies that decide, and how they are replaced: what is new is read and verified in full beside
 * what decides, and takes its place in one step between two checks. What fails to load changes nothing.
 */
import { err, ok, type Result } from '../../base/result.ts';
import { NO_STATE, type BundleState } from '../../bundle/state.ts';
import { readTrust } from '../../bundle/trust.ts';
import { verifyBundle } from '../../bundle/verify.ts';
import type { PackFiles } from '../../pack/files.ts';
import type { Pack } from '../../pack/read.ts';
import { loadState, saveAccepted } from '../bundle-state.ts';
import { readBytes } from '../file-bytes.ts';
import type { Host } from '../host.ts';
import { readPackFolder } from '../pack-folder.ts';
import { printProblem, problemsIn } from '../problem.ts';

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
}

export interface PolicyState {
  /** The last good ones, expired or not. */
  readonly served: Served | undefined;
  readonly ready: boolean;
  /** Why the last attempt to load failed. */
  readonly problem: string | undefined;
}

/** Loads policies anew; the error says in a line or more why they must not decide. */
export type Loader = (now: number) => Promise<Result<Served, string>>;

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

  state(): PolicyState {
    const ready = this.current() !== undefined;
    const expired = this.#served !== undefined && !ready ? 'The policies have expired.' : undefined;
    return { served: this.#served, ready, problem: this.#problem ?? expired };
  }

  /** Loads anew, after any loading that is under way. Gives why it failed; what decided decides on then. */
  reload(): Promise<string | undefined> {
    const next = this.#last.then(() => this.#reload());
    this.#last = next;
    return next;
  }

  async #reload(): Promise<string | undefined> {
    const loaded = await attempt(() => this.#load(this.#now()));
    if (loaded.ok) this.#served = loaded.value;
    this.#problem = loaded.ok ? undefined : loaded.error;
    return this.#problem;
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

/** Where a bundle stands and what it has to fulfil. */
export interface BundleOptions {
  readonly bundle: string;
  /** Path of trust.json, read again each time: a key that is no longer trusted must not load. */
  readonly trust: string;
  readonly name?: string | undefined;
  readonly audience?: string | undefined;
  /** Path of what remembers the accepted; in memory alone when absent. */
  readonly state?: string | undefined;
}

/** Loads a signed bundle: verified in full, never older than the one before. */
export function bundleLoader(host: Pick<Host, 'read'>, options: BundleOptions): Loader {
  let remembered: BundleState = NO_STATE;
  return async (now) => {
    const source = await host.read(options.trust);
    if (!source.ok) return err(printProblem(source.error));
    const trust = readTrust(source.value.text);
    if (!trust.ok) {
      return err(problemsIn(source.value, trust.error).map(printProblem).join('\n'));
    }
    const state = options.state === undefined ? ok(remembered) : await loadState(options.state);
    if (!state.ok) return err(printProblem(state.error));
    const bytes = await readBytes(options.bundle);
    if (!bytes.ok) return err(printProblem(bytes.error));
    const { name, audience } = options;
    const verdict = await verifyBundle(bytes.value, trust.value, {
      now,
      name,
      audience,
      state: state.value,
    });
    if (!verdict.ok) return err(`${options.bundle}: ${verdict.code}: ${verdict.message}`);
    const { id, manifest, files, pack, attestations } = verdict.bundle;
    if (options.state !== undefined) {
      const saved = await saveAccepted(options.state, state.value, verdict.bundle);
      if (!saved.ok) return err(printProblem(saved.error));
    }
    const accepted = { version: manifest.version, id };
    remembered = { ...remembered, bundles: { ...remembered.bundles, [manifest.name]: accepted } };
    const release = attestations.find(({ role }) => role === 'release');
    const ends = [trust.value.expires, millis(manifest.expires)].filter((end) => end !== undefined);
    return ok({
      pack,
      files,
      id,
      signed: true,
      signers: (release?.signers ?? []).map(({ keyid, label }) => label ?? keyid),
      loadedAt: now,
      expires: ends.length === 0 ? undefined : Math.min(...ends),
    });
  };
}

/** Loads a pack that nobody signed: for development. */
export function packLoader(host: Pick<Host, 'read'>, folder: string): Loader {
  return async (now) => {
    const read = await readPackFolder(host, folder);
    if (!read.ok) return err(read.error.map(printProblem).join('\n'));
    const { pack, files } = read.value;
    const id = pack.policies.digest;
    return ok({ pack, files, id, signed: false, signers: [], loadedAt: now, expires: undefined });
  };
}

function millis(moment: string | undefined): number | undefined {
  return moment === undefined ? undefined : Date.parse(moment);
}
