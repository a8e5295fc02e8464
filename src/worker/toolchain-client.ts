/**
 * The studio's end of the official Cedar toolchain. Its worker is started by the first call, because its
 * WebAssembly is large and many visits never need it, and started anew by the first call after it died.
 */
import { err, type Result } from '../base/result.ts';
import { fileKind, SCHEMA_FILE } from '../pack/files.ts';
import type { FileChange } from './engine-api.ts';
import { startLife, type Life, type LifeOptions, type Mishap, type WorkerKind } from './life.ts';
import type { Advice, ToolchainClient, ToolchainFailure } from './toolchain-api.ts';
import type { ToolchainHost } from './toolchain-host.ts';

type ToolchainLife = Life<ToolchainHost, ToolchainFailure>;

const TOOLCHAIN: WorkerKind<ToolchainHost, ToolchainFailure> = {
  start: startWorker,
  ping: (host) => host.ping(),
  failure: failureOf,
};

const CLOSED: ToolchainFailure = {
  code: 'TOOLCHAIN_UNAVAILABLE',
  message: 'The Cedar toolchain was closed.',
};
const SUPERSEDED: ToolchainFailure = { code: 'SUPERSEDED', message: 'A newer call came in.' };

/** The toolchain, to be started in a worker of its own when it is first asked for anything. */
export function createToolchain(options: LifeOptions = {}): ToolchainClient {
  let life: ToolchainLife | undefined;
  /** What the living worker has been given to validate. */
  let sent: ReadonlyMap<string, string> = new Map();
  let newestValidation = 0;
  let closed = false;

  function ended(): void {
    life = undefined;
    sent = new Map();
  }

  function ensureLife(): Result<ToolchainLife, ToolchainFailure> {
    if (closed) return err(CLOSED);
    if (life !== undefined) return { ok: true, value: life };
    const started = startLife(TOOLCHAIN, options, ended);
    if (started.ok) life = started.value;
    return started;
  }

  /** One call. A worker whose WebAssembly died, or never came, is of no more use. */
  async function ask<T>(call: (life: ToolchainLife) => Advice<T>): Advice<T> {
    const living = ensureLife();
    if (!living.ok) return living;
    const answer = await call(living.value);
    if (!answer.ok && isFatal(answer.error) && life === living.value) {
      ended();
      living.value.end(answer.error);
    }
    return answer;
  }

  return {
    async validate(files) {
      newestValidation += 1;
      const turn = newestValidation;
      const answer = await ask((living) => {
        const wanted = new Map([...files].filter(([path]) => isValidated(path)));
        const changes = difference(sent, wanted);
        sent = wanted;
        return living.call((host) => host.validate(changes));
      });
      return turn === newestValidation ? answer : err(SUPERSEDED);
    },
    checkSchema: (text, path) =>
      ask((living) => living.call((host) => host.checkSchema(text, path))),
    format: (text, how) => ask((living) => living.call((host) => host.format(text, how))),
    close: () => {
      closed = true;
      life?.end(CLOSED);
      ended();
    },
  };
}

function isValidated(path: string): boolean {
  return path === SCHEMA_FILE || fileKind(path) === 'policies';
}

function difference(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly FileChange[] {
  const gone = [...before.keys()].filter((path) => !after.has(path));
  const changed = [...after].filter(([path, text]) => before.get(path) !== text);
  return [
    ...gone.map((path) => ({ path, text: undefined })),
    ...changed.map(([path, text]) => ({ path, text })),
  ];
}

function isFatal({ code }: ToolchainFailure): boolean {
  return code !== 'SUPERSEDED' && code !== 'TEXT_INVALID';
}

function startWorker(): Worker {
  // Vite finds the worker by this very expression.
  return new Worker(new URL('./toolchain.worker.ts', import.meta.url), {
    type: 'module',
    name: 'cedar-toolchain',
  });
}

function failureOf(mishap: Mishap, detail: string): ToolchainFailure {
  const because = detail === '' ? '' : `: ${detail}`;
  switch (mishap) {
    case 'refused':
      return {
        code: 'TOOLCHAIN_UNAVAILABLE',
        message: `The Cedar toolchain cannot be started${because}`,
      };
    case 'crashed':
    case 'defect':
      return { code: 'TOOLCHAIN_CRASHED', message: `The Cedar toolchain crashed${because}` };
    case 'hung':
      return { code: 'TOOLCHAIN_HUNG', message: 'The Cedar toolchain stopped answering.' };
  }
}
