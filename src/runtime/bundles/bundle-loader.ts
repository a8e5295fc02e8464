import { err, ok, type Result } from '../../base/result.ts';
import { NO_STATE, type BundleState } from '../../bundle/state.ts';
import { readTrust } from '../../bundle/trust.ts';
import { readDecidingInSlices } from '../../pack/read.ts';
import { loadState, saveAccepted } from '../bundle-state.ts';
import type { Host } from '../host.ts';
import { inTurns } from '../in-turns.ts';
import { printProblem, problemsIn } from '../problem.ts';
import type { Loader, Served } from '../server/policy-source.ts';
import { keptCopy } from './kept-copy.ts';
import { isAddress, originOf, type Candidate } from './origin.ts';
import { verifyHere, type Verify, type VerifyJob } from './verify-job.ts';

/** Where a bundle stands and what it has to fulfil. */
export interface BundleOptions {
  /** Path of a file, of a folder that holds bundles, or an address. */
  readonly bundle: string;
  /** Path of trust.json, read again each time: a key that is no longer trusted must not load. */
  readonly trust: string;
  readonly name?: string | undefined;
  readonly audience?: string | undefined;
  /**
   * Path of what remembers the accepted; in memory alone when absent. Beside it stands a copy of the last
   * good bundle of an address, for a start without that.
   */
  readonly accepted?: string | undefined;
  /** Milliseconds that an address has to answer where a copy could do at a start. */
  readonly patience?: number;
  /** Gives up what is being fetched: nobody needs it any longer. */
  readonly signal?: AbortSignal;
}

/** Whether time may mend what was wrong: a clock, a full disk. What a bundle itself is refused for it stays refused for. */
function mayPass(last: Result<Served, string>): boolean {
  const problems = (last.ok ? last.value.problem : last.error)?.split('\n') ?? [];
  // One of several bundles may be wrong for good, and another one wait.
  return problems.some((problem) => /: E_NOT_YET/.test(problem) || !/: E_/.test(problem));
}

/** Whether the same decides as before, and as much stands in the way of something newer. */
function isSame(a: Result<Served, string>, b: Result<Served, string>): boolean {
  return a.ok && b.ok && a.value.id === b.value.id && a.value.problem === b.value.problem;
}

/**
 * Loads a signed bundle: verified in full, never older than the one before. Of a folder it takes the
 * newest that verifies, and says of those before it why they do not.
 */
export function bundleLoader(
  host: Pick<Host, 'read'> & Partial<Pick<Host, 'error'>>,
  options: BundleOptions,
  verify: Verify = verifyHere,
): Loader {
  const { bundle: place, accepted, patience = 5000 } = options;
  const origin = originOf(place, options.signal);
  const copy = accepted !== undefined && isAddress(place) ? keptCopy(accepted, place) : undefined;
  let remembered: BundleState = NO_STATE;
  let last: Result<Served, string> | undefined;
  let hasLooked = false;
  let hasServed = false;

  return async (now, again) => {
    // With a copy to begin with nobody has to wait for an address that is silent: it is asked again soon.
    const hurry = !hasLooked && (await copy?.find()) !== undefined ? patience : undefined;
    hasLooked = true;
    const found = await origin.look(again || last === undefined || mayPass(last), hurry);
    if (!found.ok) return fromCopy(found.error, now);
    // Whether it was good or bad, it still is.
    if (found.value === 'unchanged') return last ?? err('It has not changed, and was never read.');
    const next = await firstGood(found.value, now);
    // Looked at again on our own account: that it decides already is no news.
    last = !again && last !== undefined && isSame(last, next) ? last : next;
    return last.ok ? last : fromCopy(last.error, now);
  };

  /** Nothing new was good. What decides already decides on; at a start there may be a copy of it. */
  async function fromCopy(problem: string, now: number): Promise<Result<Served, string>> {
    const candidate = hasServed ? undefined : await copy?.find();
    if (candidate === undefined) return err(problem);
    const served = await firstGood([candidate], now, candidate);
    if (served.ok) return ok({ ...served.value, problem });
    return err(served.error === problem ? problem : `${problem}\n${served.error}`);
  }

  async function firstGood(
    candidates: readonly Candidate[],
    now: number,
    copied?: Candidate,
  ): Promise<Result<Served, string>> {
    const job = await jobFor(now);
    if (!job.ok) return job;
    const problems: string[] = [];
    for (const candidate of candidates) {
      const served = await accept(candidate, job.value, candidate === copied);
      if (served.ok) {
        hasServed = true;
        return ok(
          problems.length === 0 ? served.value : { ...served.value, problem: problems.join('\n') },
        );
      }
      problems.push(served.error);
    }
    return err(problems.join('\n'));
  }

  async function jobFor(now: number): Promise<Result<Omit<VerifyJob, 'bytes'>, string>> {
    const source = await host.read(options.trust);
    if (!source.ok) return err(printProblem(source.error));
    const trust = readTrust(source.value.text);
    if (!trust.ok) return err(problemsIn(source.value, trust.error).map(printProblem).join('\n'));
    const state = accepted === undefined ? ok(remembered) : await loadState(accepted);
    if (!state.ok) return err(printProblem(state.error));
    const { name, audience } = options;
    return ok({ trust: source.value.text, now, name, audience, state: state.value });
  }

  async function accept(
    candidate: Candidate,
    job: Omit<VerifyJob, 'bytes'>,
    isCopy: boolean,
  ): Promise<Result<Served, string>> {
    const bytes = await candidate.bytes();
    if (!bytes.ok) return bytes;
    const approved = await verify({ ...job, bytes: bytes.value });
    if (!approved.ok) return err(`${candidate.name}: ${approved.error}`);
    const { id, name, version, expires, signers, files, digest } = approved.value;
    // Here and not in the thread: closures cannot go from one to the other.
    const { pack } = await inTurns(readDecidingInSlices(files, digest));
    if (pack === undefined)
      return err(`${candidate.name}: E_COMPILE: The policies do not compile.`);
    // Kept before it is remembered: a copy may be newer than what was accepted, and never older.
    const kept = isCopy ? undefined : await copy?.keep(bytes.value);
    if (kept?.ok === false)
      host.error?.(`${kept.error}\nA start without the address has no copy.\n`);
    if (accepted !== undefined) {
      const saved = await saveAccepted(accepted, job.state, { id, name, version });
      if (!saved.ok) return err(printProblem(saved.error));
    }
    remembered = { ...remembered, bundles: { ...remembered.bundles, [name]: { version, id } } };
    const more = isCopy ? { copy: candidate.name } : {};
    return ok({ pack, files, id, signed: true, signers, loadedAt: job.now, expires, ...more });
  }
}
