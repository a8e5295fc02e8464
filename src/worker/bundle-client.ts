/**
 * The studio's end of the work on bundles. It has a worker of its own: building or replaying a large
 * bundle is one long piece of work, which must not keep the engine from answering, and ending the worker
 * is how it is cancelled.
 */
import { proxy, type Remote } from 'comlink';
import type { Result } from '../base/result.ts';
import type { BundleAnswer, BundleClient, BundleFailure } from './bundle-api.ts';
import type { BundleHost } from './bundle-host.ts';
import { startLife, type Life, type LifeOptions, type Mishap, type WorkerKind } from './life.ts';

type BundleLife = Life<BundleHost, BundleFailure>;

const BUNDLES: WorkerKind<BundleHost, BundleFailure> = {
  start: startWorker,
  ping: (host) => host.ping(),
  failure: failureOf,
};

/** A bundle of ten thousand scenarios is built in one piece. */
const MISSED_PINGS = 60;

/** The work on bundles, to be started in a worker of its own when it is first asked for anything. */
export function createBundles(options: LifeOptions = {}): BundleClient {
  let life: BundleLife | undefined;

  function ensureLife(): Result<BundleLife, BundleFailure> {
    if (life !== undefined) return { ok: true, value: life };
    const started = startLife(BUNDLES, { missedPings: MISSED_PINGS, ...options }, () => {
      life = undefined;
    });
    if (started.ok) life = started.value;
    return started;
  }

  async function ask<T>(work: (host: Remote<BundleHost>) => BundleAnswer<T>): BundleAnswer<T> {
    const living = ensureLife();
    return living.ok ? living.value.call(work) : living;
  }

  return {
    preview: (asked) => ask((host) => host.preview(asked)),
    mutate: (files, onTried) =>
      ask((host) => host.mutate(files, onTried === undefined ? undefined : proxy(onTried))),
    sign: (...asked) => ask((host) => host.sign(...asked)),
    verify: (...asked) => ask((host) => host.verify(...asked)),
    accept: (...asked) => ask((host) => host.accept(...asked)),
    forget: (...asked) => ask((host) => host.forget(...asked)),
    readHistory: (...asked) => ask((host) => host.readHistory(...asked)),
    packFromTools: (...asked) => ask((host) => host.packFromTools(...asked)),
    importPack: (source) => ask((host) => host.importPack(source)),
    makeKey: (...asked) => ask((host) => host.makeKey(...asked)),
    restoreKey: (...asked) => ask((host) => host.restoreKey(...asked)),
    readPublicKey: (text) => ask((host) => host.readPublicKey(text)),
    publicKeyText: (...asked) => ask((host) => host.publicKeyText(...asked)),
    stop: () => {
      life?.end({ code: 'BUNDLES_CANCELLED', message: 'It was cancelled.' });
      life = undefined;
    },
  };
}

function startWorker(): Worker {
  // Vite finds the worker by this very expression.
  return new Worker(new URL('./bundle.worker.ts', import.meta.url), {
    type: 'module',
    name: 'bundles',
  });
}

function failureOf(mishap: Mishap, detail: string): BundleFailure {
  const because = detail === '' ? '' : `: ${detail}`;
  switch (mishap) {
    case 'refused':
      return { code: 'BUNDLES_FAILED', message: `The work on bundles cannot be started${because}` };
    case 'crashed':
    case 'defect':
      return { code: 'BUNDLES_FAILED', message: `The work on bundles failed${because}` };
    case 'hung':
      return {
        code: 'BUNDLES_FAILED',
        message: 'The work on bundles did not end and was stopped.',
      };
  }
}
