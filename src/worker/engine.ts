/**
 * The engine behind the studio, thread or no thread: it holds the files of open packs, compiles them when
 * they change, and runs the scenarios that a change concerns.
 *
 *     files ─▶ readPack ─▶ pack ─▶ runScenario, once for each that changed ─▶ snapshot
 *                 └─ broken: the last pack that compiled stays, and its verdicts are called stale
 *
 * A run is cut into slices. A newer edit, heard between two of them, ends it; what it had found out
 * about scenarios that the edit leaves alone is kept.
 */
import { err, ok, type Result } from '../base/result.ts';
import type { Answer, Engine, EngineFailure, EngineSnapshot } from './engine-api.ts';
import { searchFor } from './change-answer.ts';
import { Comparer, versionChange } from './compare.ts';
import { checkPack, explainCheck, explainRule } from './answers.ts';
import { FlowArtist, traceFlow } from './flow-answers.ts';
import type { OnProgress } from './engine-host.ts';
import { createLanguage, type PackLanguage } from './language.ts';
import { Newest } from './newest.ts';
import { OpenPack } from './open-pack.ts';
import type { Pool } from './pool.ts';
import { Prober } from './probe.ts';
import { CLOCK, takeTurns, type Clock } from './turns.ts';

export interface EngineOptions {
  readonly clock?: Clock;
  readonly sliceMs?: number;
  readonly onProgress?: OnProgress;
  /** Where comparisons run scenarios when there are many; without one, here. */
  readonly pool?: Pool;
}

/** Milliseconds between two reports of progress. */
const REPORT_MS = 100;

/** An engine in this very thread. */
export interface LocalEngine extends Engine, Pick<PackLanguage, 'takeOfficial'> {
  /** The texts of a pack as they are now; none of one that is not open. */
  filesOf(packId: string): ReadonlyMap<string, string>;
}

/** Starts an engine in this very thread. */
export function createLocalEngine(options: EngineOptions = {}): LocalEngine {
  const { clock = CLOCK, sliceMs, onProgress, pool } = options;
  const packs = new Map<string, OpenPack>();

  /** Brings verdicts up to date with the files, unless a newer change comes in. */
  async function settle(packId: string, pack: OpenPack): Answer<EngineSnapshot> {
    const began = clock.now();
    const revision = pack.change();
    const overtaken = () => packs.get(packId) !== pack || pack.revision !== revision;
    const turns = takeTurns(clock, sliceMs);
    // Changes that wait already are taken in first: a burst of edits compiles once.
    await turns.next();
    if (overtaken()) return err(superseded());

    pack.compile();
    const pending = pack.pending();
    const checksBegan = clock.now();
    let reported = checksBegan;
    let done = 0;
    for (const scenario of pending) {
      if (turns.due()) {
        if (clock.now() - reported >= REPORT_MS) {
          reported = clock.now();
          onProgress?.(packId, done, pending.length);
        }
        await turns.next();
        if (overtaken()) return err(superseded());
        if (pack.cancelled) break;
      }
      pack.run(scenario);
      done += 1;
    }
    const now = clock.now();
    return ok({
      packId,
      revision,
      durationMs: now - began,
      ...pack.view(),
      complete: done === pending.length,
      checksRun: done,
      checksMs: now - checksBegan,
    });
  }

  const newest = new Newest<'change'>();

  function opened(packId: string): Result<OpenPack, EngineFailure> {
    const pack = packs.get(packId);
    if (pack !== undefined) return ok(pack);
    return err({ code: 'PACK_NOT_OPEN', message: `The pack “${packId}” is not open.` });
  }

  /** Answers a question about a pack that is open. */
  function about<T>(
    packId: string,
    question: (pack: OpenPack) => Answer<T> | Result<T, EngineFailure>,
  ): Answer<T> {
    return guarded(() => {
      const pack = opened(packId);
      return pack.ok ? question(pack.value) : pack;
    });
  }

  const comparer = new Comparer(clock, pool);
  const prober = new Prober(clock, pool);
  const artist = new FlowArtist(clock);

  return {
    ...createLanguage(opened, clock),
    filesOf: (packId) => packs.get(packId)?.files ?? new Map<string, string>(),
    open: (packId, files) =>
      guarded(() => {
        const pack = packs.get(packId) ?? new OpenPack();
        packs.set(packId, pack);
        pack.replace(files);
        return settle(packId, pack);
      }),
    update: (packId, changes) =>
      about(packId, (pack) => {
        pack.apply(changes);
        return settle(packId, pack);
      }),
    check: (packId, target, at) => about(packId, (pack) => checkPack(pack, target, at, clock)),
    explain: (packId, target, at) => about(packId, (pack) => explainCheck(pack, target, at, clock)),
    explainRule: (packId, target, tool, ruleId, at) =>
      about(packId, (pack) => explainRule(pack, target, tool, ruleId, at)),
    flow: (packId, query, onDone) => about(packId, (pack) => artist.draw(pack, query, onDone)),
    flowTrace: (packId, target, at, toolIndex) =>
      about(packId, (pack) => traceFlow(pack, target, at, toolIndex)),
    flowCounts: (packId, onDone) => about(packId, (pack) => artist.count(pack, onDone)),
    cancelFlow: async () => {
      artist.cancel();
      await Promise.resolve();
    },
    change: (packId, target, at) =>
      about(packId, (pack) => searchFor(pack, target, at, clock, newest.begin('change', pack))),
    compare: (packId, before, after, onCompared) =>
      about(packId, (pack) => comparer.compare(pack, before, after, onCompared)),
    summarize: (packId, before) => about(packId, (pack) => comparer.summarize(pack, before)),
    explainFlip: (packId, comparisonId, key) =>
      about(packId, () => comparer.explainFlip(comparisonId, key)),
    comparedFlow: (packId, comparisonId, query) =>
      about(packId, (pack) => comparer.flow(pack, comparisonId, query)),
    comparisonText: (packId, comparisonId, form) =>
      about(packId, () => comparer.text(comparisonId, form)),
    coverage: (packId) => about(packId, (pack) => comparer.coverage(pack)),
    versionChange: (packId, version) => about(packId, (pack) => versionChange(pack, version)),
    mutate: (packId, keys, onProbed) =>
      about(packId, (pack) => prober.mutate(pack, keys, onProbed)),
    notice: (packId, keys, onFound) => about(packId, (pack) => prober.notice(pack, keys, onFound)),
    proposals: (packId, onProbed) => about(packId, (pack) => prober.proposals(pack, onProbed)),
    boundaries: (packId, onProbed) => about(packId, (pack) => prober.boundaries(pack, onProbed)),
    coverageText: (packId, form) => about(packId, (pack) => prober.coverageText(pack, form)),
    cancelProbe: async () => {
      prober.cancel();
      await Promise.resolve();
    },
    matrix: (packId, versions, onCompared) =>
      about(packId, (pack) => comparer.matrix(pack, versions, onCompared)),
    cancelMatrix: async () => {
      comparer.cancel('matrix');
      await Promise.resolve();
    },
    cancelCompare: async () => {
      comparer.cancel('compare');
      await Promise.resolve();
    },
    cancel: async (packId) => {
      packs.get(packId)?.cancel();
      await Promise.resolve();
    },
    forget: async (packId) => {
      packs.delete(packId);
      await Promise.resolve();
    },
  };
}

/** The rooms below do not throw on bad input; should they, that is a defect, and still an answer. */
async function guarded<T>(work: () => Answer<T> | Result<T, EngineFailure>): Answer<T> {
  try {
    return await work();
  } catch (error) {
    return err({ code: 'ENGINE_DEFECT', message: `The engine failed: ${String(error)}` });
  }
}

function superseded(): EngineFailure {
  return { code: 'SUPERSEDED', message: 'A newer edit came in.' };
}
