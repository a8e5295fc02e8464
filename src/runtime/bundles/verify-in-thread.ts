import { Worker } from 'node:worker_threads';
import { err, type Result } from '../../base/result.ts';
import type { Approved, Verify } from './verify-job.ts';

/** Milliseconds: the tests of a bundle that take longer are a bundle's fault. */
const LIMIT = 120_000;
const MEMORY_MB = 1024;
const UNNEEDED = err('It was not verified: nobody needs it any longer.');

/**
 * Verifies in a thread of its own, so that what is served meanwhile does not wait: the tests of a large
 * bundle take seconds. `script`: where the thread's code stands, `verify-worker.js`; `signal`: gives it up.
 */
export function verifyInThread(script: URL, limit = LIMIT, signal?: AbortSignal): Verify {
  return (job) =>
    new Promise<Result<Approved, string>>((resolve) => {
      if (signal?.aborted === true) {
        resolve(UNNEEDED);
        return;
      }
      const worker = new Worker(script, {
        workerData: job,
        resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
      });
      const settle = (outcome: Result<Approved, string>): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve(outcome);
        void worker.terminate();
      };
      const end = (): void => settle(UNNEEDED);
      signal?.addEventListener('abort', end);
      const timer = setTimeout(() => settle(err('E_SELFTEST: It took too long.')), limit);
      worker.once('message', settle);
      worker.once('error', (error) => settle(err(`It could not be verified: ${error.message}`)));
      worker.once('exit', () => settle(err('It could not be verified: the thread ended.')));
    });
}
