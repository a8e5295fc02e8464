import { randomUUID } from 'node:crypto';
import { jsonFromUnknown } from '../cedar/json/from-unknown.ts';
import { readCheck } from '../decision/check.ts';
import { couldAllow } from '../decision/could-allow.ts';
import { undecided, type Decider } from './check-result.ts';
import { readFile } from './host.ts';
import { Metrics } from './server/metrics.ts';
import { PolicySet } from './server/policy-set.ts';
import { packLoader, PolicySource, type Loader } from './server/policy-source.ts';
import { answerCheck, type Service } from './server/service.ts';
import { LocalStore } from './state/local-store.ts';

export interface RuntimeOptions {
  /** Path of the signed bundle. */
  readonly bundle: string;
  /** Path of trust.json: whose signatures count. */
  readonly trust: string;
  /** The bundle that is wanted; any is when absent. */
  readonly name?: string;
  /** Where the bundle is loaded; a bundle for an audience is refused where none is stated. */
  readonly audience?: string;
  /** Path of what remembers the accepted, so that nothing older follows after a restart. */
  readonly accepted?: string;
}

/** The engine in this process, with a bundle that was verified. */
export interface Runtime extends Decider {
  /** Verifies and loads the bundle anew. Gives why that failed; what decided before decides on then. */
  readonly reload: () => Promise<string | undefined>;
  /** Why nothing may be decided now; `undefined` when it may. */
  readonly problem: () => string | undefined;
}

/** A pack that nobody signed: for development and tests. */
export interface UnsignedOptions {
  /** Path of the pack's folder. */
  readonly pack: string;
}

/**
 * Loads a bundle to decide with in this process, as `createClient` decides over HTTP. Without a bundle to
 * trust every check is a DENY that nobody decided, and `problem` says why.
 */
export async function createRuntime(options: RuntimeOptions | UnsignedOptions): Promise<Runtime> {
  const host = { read: readFile };
  if ('pack' in options) return runtimeOf(packLoader(host, options.pack));
  // Late: who is in a hurry with a folder needs none of it.
  const { bundleLoader } = await import('./bundles/bundle-loader.ts');
  return runtimeOf(bundleLoader(host, options));
}

/** Decides with what a loader gives. `now`: epoch milliseconds. */
export async function runtimeOf(load: Loader, now: () => number = Date.now): Promise<Runtime> {
  const source = new PolicySource(load, now);
  const service: Service = {
    policies: new PolicySet([source]),
    metrics: new Metrics(),
    // Runs are counted for as long as this process runs.
    state: { store: new LocalStore(), onFailure: 'refuse' },
    now,
  };
  await source.reload();
  return {
    check: async (input) => {
      try {
        const body = jsonFromUnknown(input);
        if (!body.ok) return undecided('INVALID_REQUEST', body.error.message);
        const asked = { body: body.value, requestId: randomUUID(), caller: undefined };
        const answer = await answerCheck(service, asked);
        if (!answer.ok) return undecided(answer.error.code, answer.error.message);
        const { record } = answer.value;
        return { decided: true, verdict: record.verdict, record };
      } catch {
        // Facts that fail when they are read, or a defect of ours.
        return undecided('INTERNAL_ERROR', 'The check could not be decided.');
      }
    },
    couldAllow: (input, known) => {
      const policies = source.current()?.pack.policies;
      const check = readCheck(input);
      // What cannot be told now is decided when it is asked.
      return policies === undefined || !check.ok || couldAllow(policies, check.value, known);
    },
    reload: async () => (await source.reload()).problem,
    problem: () => {
      const { ready, problem } = source.state();
      return ready ? undefined : (problem ?? 'Nothing is loaded.');
    },
  };
}
