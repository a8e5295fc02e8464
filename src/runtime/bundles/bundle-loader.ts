import { err, ok, type Result } from '../../base/result.ts';
import { NO_STATE, type BundleState } from '../../bundle/state.ts';
import { readTrust } from '../../bundle/trust.ts';
import { readDecidingInSlices } from '../../pack/read.ts';
import { loadState, saveAccepted } from '../bundle-state.ts';
import type { Host } from '../host.ts';
import { inTurns } from '../in-turns.ts';
import { printProblem, problemsIn } from '../problem.ts';
import type { Loader, Served } from '../server/policy-source.ts';
import { originOf, type Candidate } from './origin.ts';
import { verifyHere, type Verify, type VerifyJob } from './verify-job.ts';

/** Where a bundle stands and what it has to fulfil. */
export interface BundleOptions {
  /** Path of a file, of a folder that holds bundles, or an address. */
  readonly bundle: string;
  /** Path of trust.json, read again each time: a key that is no longer trusted must not load. */
  readonly trust: string;
  readonly name?: string | undefined;
  readonly audience?: string | undefined;
  /** Path of what remembers the accepted; in memory alone when absent. */
  readonly accepted?: string | undefined;
}

/**
 * Loads a signed bundle: verified in full, never older than the one before. Of a folder it takes the
 * newest that verifies, and says of those before it why they do not.
 */
export function bundleLoader(
  host: Pick<Host, 'read'>,
  options: BundleOptions,
  verify: Verify = verifyHere,
): Loader {
  const origin = originOf(options.bundle);
  let remembered: BundleState = NO_STATE;
  let last: Result<Served, string> | undefined;

  return async (now, again) => {
    const found = await origin.look(again || last === undefined);
    if (!found.ok) return found;
    // Whether it was good or bad, it still is.
    if (found.value === 'unchanged') return last ?? err('It has not changed, and was never read.');
    last = await firstGood(found.value, now);
    return last;
  };

  async function firstGood(
    candidates: readonly Candidate[],
    now: number,
  ): Promise<Result<Served, string>> {
    const job = await jobFor(now);
    if (!job.ok) return job;
    const problems: string[] = [];
    for (const candidate of candidates) {
      const served = await accept(candidate, job.value);
      if (served.ok) {
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
    const state =
      options.accepted === undefined ? ok(remembered) : await loadState(options.accepted);
    if (!state.ok) return err(printProblem(state.error));
    const { name, audience } = options;
    return ok({ trust: source.value.text, now, name, audience, state: state.value });
  }

  async function accept(
    candidate: Candidate,
    job: Omit<VerifyJob, 'bytes'>,
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
    if (options.accepted !== undefined) {
      const saved = await saveAccepted(options.accepted, job.state, { id, name, version });
      if (!saved.ok) return err(printProblem(saved.error));
    }
    remembered = { ...remembered, bundles: { ...remembered.bundles, [name]: { version, id } } };
    return ok({ pack, files, id, signed: true, signers, loadedAt: job.now, expires });
  }
}
