/**
 * The studio's end of the engine. It keeps the files of every open pack, so that a worker that crashed or
 * hangs can be replaced without anybody typing anything again, and it sees to it that only the newest
 * state of a pack is ever delivered. Whatever happens to the worker, a call is answered with a value.
 */
import { proxy, type Remote } from 'comlink';
import { err, type Result } from '../base/result.ts';
import type {
  Answer,
  EngineClient,
  EngineEvent,
  EngineFailure,
  EngineSnapshot,
  FileChange,
} from './engine-api.ts';
import type { EngineHost } from './engine-host.ts';
import { sentSide } from './sent-side.ts';
import { applyDelta, type SnapshotDelta } from './snapshot-delta.ts';
import type { Toolchain } from './toolchain-api.ts';
import { startLife, type Life, type LifeOptions, type Mishap, type WorkerKind } from './life.ts';

export interface EngineClientOptions extends LifeOptions {
  /** Asked for the official validator's word on every pack, once typing pauses. */
  readonly toolchain?: Pick<Toolchain, 'validate'>;
  /** Milliseconds without a change after which problems are looked for. Default 150. */
  readonly pauseMs?: number;
}

const ENGINE: WorkerKind<EngineHost, EngineFailure> = {
  start: startWorker,
  ping: (host) => host.ping(),
  failure: failureOf,
};

type EngineLife = Life<EngineHost, EngineFailure>;

/** Starts that failed in a row before the client waits for the user to change something. */
const PATIENCE = 3;

const CLOSED: EngineFailure = { code: 'ENGINE_UNAVAILABLE', message: 'The engine was closed.' };
const SUPERSEDED: EngineFailure = { code: 'SUPERSEDED', message: 'A newer edit came in.' };

/** Starts the engine in a worker of its own. */
export function createEngine(options: EngineClientOptions = {}): EngineClient {
  const packs = new Map<string, Map<string, string>>();
  /** Of each pack, the number of the newest open or update. */
  const newest = new Map<string, number>();
  /** Packs that the living worker has been given. */
  const loaded = new Set<string>();
  /** Of each pack, the snapshot that the living worker's next one is the difference to. */
  const shown = new Map<string, EngineSnapshot>();
  const pauses = new Map<string, ReturnType<typeof setTimeout>>();
  const { toolchain, pauseMs = 150 } = options;
  const listeners = new Set<(event: EngineEvent) => void>();
  let life: EngineLife | undefined;
  let deaths = 0;
  let closed = false;

  function emit(event: EngineEvent): void {
    for (const listener of listeners) listener(event);
  }

  function ensureLife(): Result<EngineLife, EngineFailure> {
    if (life !== undefined) return { ok: true, value: life };
    const started = startLife(ENGINE, options, died);
    if (!started.ok) return started;
    life = started.value;
    void life.call(async (host) => {
      await host.onProgress(
        proxy((packId, done, total) => {
          emit({ kind: 'progress', packId, done, total });
        }),
      );
      return { ok: true, value: undefined };
    });
    return started;
  }

  function died(failure: EngineFailure): void {
    life = undefined;
    loaded.clear();
    shown.clear();
    deaths += 1;
    if (closed) return;
    if (deaths >= PATIENCE) {
      emit({ kind: 'down', failure });
      return;
    }
    emit({ kind: 'respawned', failure });
    void reload();
  }

  /** Gives a new worker everything the old one had. */
  async function reload(): Promise<void> {
    const answers = await Promise.all([...packs.keys()].map((packId) => state(packId)));
    // Anything else, SUPERSEDED by the next reload among it, proves nothing about the new worker.
    if (answers.every(({ ok }) => ok)) deaths = 0;
  }

  /** One call to the worker. */
  async function ask<T>(call: (life: EngineLife) => Answer<T>): Answer<T> {
    if (closed) return err(CLOSED);
    const living = ensureLife();
    return living.ok ? await call(living.value) : living;
  }

  /** The newest state of a pack, from its files or, where the worker has those, from what changed. */
  async function state(
    packId: string,
    changes?: readonly FileChange[],
  ): Promise<Result<EngineSnapshot, EngineFailure>> {
    const turn = (newest.get(packId) ?? 0) + 1;
    newest.set(packId, turn);
    // From the edit on, not from its snapshot: what is wrong need not wait for thousands of scenarios.
    adviseSoon(packId);
    const answer = await ask<EngineSnapshot>(async (living) => {
      const delta = await given(living);
      return delta.ok ? take(packId, delta.value) : delta;
    });
    if (newest.get(packId) !== turn) return err(SUPERSEDED);
    if (answer.ok) emit({ kind: 'snapshot', snapshot: answer.value });
    return answer;

    function given(living: EngineLife): Answer<SnapshotDelta> {
      if (changes !== undefined && loaded.has(packId)) {
        return living.call((host) => host.update(packId, changes));
      }
      const files = packs.get(packId) ?? new Map<string, string>();
      loaded.add(packId);
      return living.call((host) => host.open(packId, files));
    }
  }

  /** Every difference is taken in, in the order in which they came, whether anybody still waits for it or not. */
  function take(packId: string, delta: SnapshotDelta): Result<EngineSnapshot, EngineFailure> {
    const snapshot = applyDelta(shown.get(packId), delta);
    // Of a pack that was forgotten meanwhile.
    if (snapshot === undefined) return err(SUPERSEDED);
    shown.set(packId, snapshot);
    return { ok: true, value: snapshot };
  }

  function adviseSoon(packId: string): void {
    clearTimeout(pauses.get(packId));
    pauses.set(
      packId,
      setTimeout(() => void advise(packId), pauseMs),
    );
  }

  /** Looks for problems: our own first, then with the official validator's word. */
  async function advise(packId: string): Promise<void> {
    const turn = newest.get(packId);
    const listed = await listProblems(packId, turn);
    const files = packs.get(packId);
    if (listed?.official !== false || toolchain === undefined || files === undefined) return;
    const validated = await toolchain.validate(files);
    // With another turn the files are others, and the next pause asks again.
    if (!validated.ok || newest.get(packId) !== turn) return;
    const { problems } = validated.value;
    await life?.tell((host) => host.takeOfficial(packId, problems));
    await listProblems(packId, turn);
  }

  async function listProblems(packId: string, turn: number | undefined) {
    if (closed || life === undefined || !loaded.has(packId)) return undefined;
    const listed = await life.call((host) => host.problems(packId));
    if (!listed.ok || newest.get(packId) !== turn) return undefined;
    emit({ kind: 'problems', list: listed.value });
    return listed.value;
  }

  /** A question about a pack; a worker that was replaced is given the pack first. */
  async function question<T>(
    packId: string,
    work: (host: Remote<EngineHost>) => Answer<T>,
  ): Answer<T> {
    if (closed) return err(CLOSED);
    if (!packs.has(packId)) return err(notOpen(packId));
    if (!loaded.has(packId)) void state(packId);
    return await ask((living) => living.call(work));
  }

  return {
    open: (packId, files) => {
      packs.set(packId, new Map(files));
      deaths = 0;
      return state(packId);
    },
    update: (packId, changes) => {
      const files = packs.get(packId);
      if (files === undefined) return Promise.resolve(err(notOpen(packId)));
      for (const { path, text } of changes) {
        if (text === undefined) files.delete(path);
        else files.set(path, text);
      }
      deaths = 0;
      return state(packId, changes);
    },
    check: (packId, ...rest) => question(packId, (host) => host.check(packId, ...rest)),
    explain: (packId, ...rest) => question(packId, (host) => host.explain(packId, ...rest)),
    explainRule: (packId, ...rest) => question(packId, (host) => host.explainRule(packId, ...rest)),
    change: (packId, ...rest) => question(packId, (host) => host.change(packId, ...rest)),
    flow: (packId, query, onDone) =>
      question(packId, (host) => host.flow(packId, query, proxied(onDone))),
    flowTrace: (packId, ...rest) => question(packId, (host) => host.flowTrace(packId, ...rest)),
    flowCounts: (packId, onDone) =>
      question(packId, (host) => host.flowCounts(packId, proxied(onDone))),
    cancelFlow: async () => {
      await life?.tell((host) => host.cancelFlow());
    },
    compare: (packId, before, after, onCompared) =>
      question(packId, (host) => {
        const working = packs.get(packId) ?? new Map<string, string>();
        const sides = [sentSide(before, working), sentSide(after, working)] as const;
        return host.compare(packId, ...sides, proxied(onCompared));
      }),
    summarize: (packId, before) =>
      question(packId, (host) =>
        host.summarize(packId, sentSide(before, packs.get(packId) ?? new Map<string, string>())),
      ),
    explainFlip: (packId, ...rest) => question(packId, (host) => host.explainFlip(packId, ...rest)),
    comparedFlow: (packId, ...rest) =>
      question(packId, (host) => host.comparedFlow(packId, ...rest)),
    comparisonText: (packId, ...rest) =>
      question(packId, (host) => host.comparisonText(packId, ...rest)),
    coverage: (packId) => question(packId, (host) => host.coverage(packId)),
    versionChange: (packId, version) =>
      question(packId, (host) => host.versionChange(packId, version)),
    mutate: (packId, keys, onProbed) =>
      question(packId, (host) => host.mutate(packId, keys, proxied(onProbed))),
    notice: (packId, keys, onFound) =>
      question(packId, (host) => host.notice(packId, keys, proxied(onFound))),
    proposals: (packId, onProbed) =>
      question(packId, (host) => host.proposals(packId, proxied(onProbed))),
    boundaries: (packId, onProbed) =>
      question(packId, (host) => host.boundaries(packId, proxied(onProbed))),
    coverageText: (packId, form) => question(packId, (host) => host.coverageText(packId, form)),
    cancelProbe: async (packId) => {
      await life?.tell((host) => host.cancelProbe(packId));
    },
    matrix: (packId, versions, onCompared) =>
      question(packId, (host) => host.matrix(packId, versions, proxied(onCompared))),
    cancelMatrix: async (packId) => {
      await life?.tell((host) => host.cancelMatrix(packId));
    },
    cancelCompare: async (packId) => {
      await life?.tell((host) => host.cancelCompare(packId));
    },
    problems: (packId) => question(packId, (host) => host.problems(packId)),
    complete: (packId, ...rest) => question(packId, (host) => host.complete(packId, ...rest)),
    hover: (packId, ...rest) => question(packId, (host) => host.hover(packId, ...rest)),
    signature: (packId, ...rest) => question(packId, (host) => host.signature(packId, ...rest)),
    definition: (packId, ...rest) => question(packId, (host) => host.definition(packId, ...rest)),
    references: (packId, ...rest) => question(packId, (host) => host.references(packId, ...rest)),
    prepareRename: (packId, ...rest) =>
      question(packId, (host) => host.prepareRename(packId, ...rest)),
    rename: (packId, ...rest) => question(packId, (host) => host.rename(packId, ...rest)),
    outline: (packId, path) => question(packId, (host) => host.outline(packId, path)),
    folding: (packId, path) => question(packId, (host) => host.folding(packId, path)),
    tokens: (packId, path) => question(packId, (host) => host.tokens(packId, path)),
    requestFields: (packId) => question(packId, (host) => host.requestFields(packId)),
    cancel: async (packId) => {
      await life?.tell((host) => host.cancel(packId));
    },
    forget: async (packId) => {
      packs.delete(packId);
      loaded.delete(packId);
      shown.delete(packId);
      clearTimeout(pauses.get(packId));
      newest.set(packId, (newest.get(packId) ?? 0) + 1);
      await life?.tell((host) => host.forget(packId));
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    close: () => {
      closed = true;
      for (const pause of pauses.values()) clearTimeout(pause);
      life?.end(CLOSED);
    },
  };
}

/** A listener in the shape in which it can be heard across threads. */
function proxied<T extends object>(listener: T | undefined): T | undefined {
  return listener === undefined ? undefined : proxy(listener);
}

function notOpen(packId: string): EngineFailure {
  return { code: 'PACK_NOT_OPEN', message: `The pack “${packId}” is not open.` };
}

function startWorker(): Worker {
  // Vite finds the worker by this very expression.
  return new Worker(new URL('./engine.worker.ts', import.meta.url), {
    type: 'module',
    name: 'engine',
  });
}

function failureOf(mishap: Mishap, detail: string): EngineFailure {
  const because = detail === '' ? '' : `: ${detail}`;
  switch (mishap) {
    case 'refused':
      return { code: 'ENGINE_UNAVAILABLE', message: `The engine cannot be started${because}` };
    case 'crashed':
      return {
        code: 'ENGINE_CRASHED',
        message: `The engine crashed and was started anew${because}`,
      };
    case 'hung':
      return {
        code: 'ENGINE_HUNG',
        message: 'The engine stopped answering and was started anew.',
      };
    case 'defect':
      return { code: 'ENGINE_DEFECT', message: `The engine failed${because}` };
  }
}
