/** The thread that `verifyInThread` starts: verifies one bundle and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { isVerifyJob, verifyHere } from './verify-job.ts';

const given: unknown = workerData;
if (!isVerifyJob(given)) throw new Error('There is nothing to verify.');
const outcome = await verifyHere(given);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- Threads have no origins.
parentPort?.postMessage(outcome);
