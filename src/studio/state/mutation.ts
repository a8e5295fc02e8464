/**
 * Trying mistakes on the pack: asked for by its user, stale after an edit. A scenario that is added does
 * not make the rest of a result wrong: then only what had gone unnoticed is tried again.
 */
import type { MutationResult, Noticing } from '../../worker/probe-api.ts';
import { scenarioIdOf } from './paths.ts';
import type { Studio } from './studio.ts';

/** `turn` tells one run from the next: answers to the one before may still come in. */
interface MutationRun {
  readonly turn: object;
  readonly done: number;
  readonly total: number;
}

export interface MutationState {
  /** The mutants of a run under way. */
  readonly run: MutationRun | undefined;
  /** Of the last run that came to its end. */
  readonly result: MutationResult | undefined;
  /** The working copy that the result is about. */
  readonly files: ReadonlyMap<string, string>;
  /** Whether the working copy says something else by now. */
  readonly isStale: boolean;
  /** What was found for survivors, by key. */
  readonly noticing: ReadonlyMap<string, Noticing>;
  /** Whether scenarios are being looked for. */
  readonly isSearching: boolean;
  /** Why the last run came to no end. */
  readonly failure: string | undefined;
}

const UNTRIED: MutationState = {
  run: undefined,
  result: undefined,
  files: new Map(),
  isStale: false,
  noticing: new Map(),
  isSearching: false,
  failure: undefined,
};

/** Milliseconds of quiet before survivors are tried again. */
const pauseMs = 250;

/** Tries all mistakes, then looks for scenarios that would notice those that nothing notices. */
export async function runMutation(studio: Studio): Promise<void> {
  const { packId, files } = studio.state;
  if (packId === undefined) return;
  const before = studio.state.mutation ?? UNTRIED;
  const turn = {};
  change(studio, { ...before, run: { turn, done: 0, total: 0 }, failure: undefined });
  const tried = await studio.parts.engine.mutate(packId, undefined, (done, total) => {
    const { mutation } = studio.state;
    if (mutation?.run?.turn === turn) change(studio, { ...mutation, run: { turn, done, total } });
  });
  const { mutation } = studio.state;
  // Cancelled, asked anew, or another pack is open.
  if (mutation?.run?.turn !== turn || studio.state.packId !== packId) return;
  if (!tried.ok) {
    const failure =
      tried.error.code === 'SUPERSEDED' ? 'Stopped: the pack was edited.' : tried.error.message;
    change(studio, { ...mutation, run: undefined, failure });
    return;
  }
  change(studio, { ...UNTRIED, result: tried.value, files });
  await findNoticing(studio);
}

/** Ends what is under way; what was found stays. */
export function cancelMutation(studio: Studio): void {
  const { packId, mutation } = studio.state;
  if (packId === undefined || mutation === undefined) return;
  change(studio, { ...mutation, run: undefined, isSearching: false });
  void studio.parts.engine.cancelProbe(packId);
}

/** Looks for a scenario for every survivor for which none was looked for yet. */
async function findNoticing(studio: Studio): Promise<void> {
  const { packId, mutation } = studio.state;
  if (packId === undefined || mutation?.result === undefined) return;
  const { result, noticing } = mutation;
  const keys = result.survivors.flatMap(({ key }) => (noticing.has(key) ? [] : [key]));
  if (keys.length === 0) return;
  change(studio, { ...mutation, isSearching: true });
  const searched = await studio.parts.engine.notice(packId, keys, (found) => {
    const now = studio.state.mutation;
    if (now?.result !== result) return;
    change(studio, { ...now, noticing: new Map([...now.noticing, [found.key, found]]) });
  });
  const now = studio.state.mutation;
  if (now?.result !== result) return;
  const failure =
    searched.ok || searched.error.code === 'SUPERSEDED' ? now.failure : searched.error.message;
  change(studio, { ...now, isSearching: false, failure });
}

/** Keeps the result honest while the pack changes. */
export function followMutation(studio: Studio): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  studio.parts.state.subscribe((state, previous) => {
    const { mutation } = state;
    if (mutation === undefined) return;
    if (state.packId !== previous.packId) {
      studio.set({ mutation: undefined });
      return;
    }
    if (state.files !== previous.files && mutation.result !== undefined) {
      const isStale = changeSince(mutation.files, state.files) === 'rules';
      if (isStale !== mutation.isStale) change(studio, { ...mutation, isStale });
    }
    if (state.snapshot === previous.snapshot || state.snapshot?.stale === true) return;
    clearTimeout(timer);
    timer = setTimeout(() => void tryAgain(studio), pauseMs);
  });
}

/** Tries what had gone unnoticed against scenarios that were added since. */
async function tryAgain(studio: Studio): Promise<void> {
  const { packId, mutation, files } = studio.state;
  if (packId === undefined || mutation?.result === undefined || mutation.run !== undefined) return;
  const { result } = mutation;
  if (changeSince(mutation.files, files) !== 'more scenarios') return;
  const keys = result.survivors.map(({ key }) => key);
  const tried = await studio.parts.engine.mutate(packId, keys);
  const now = studio.state.mutation;
  if (!tried.ok || now?.result !== result || now.run !== undefined) return;
  change(studio, { ...now, files, result: withoutNoticed(result, tried.value) });
  await findNoticing(studio);
}

/** The figures after some of the survivors were noticed. */
function withoutNoticed(result: MutationResult, again: MutationResult): MutationResult {
  const { survivors } = again;
  const noticed = result.total - survivors.length;
  return {
    total: result.total,
    noticed,
    percent: result.total === 0 ? 100 : Math.floor((noticed * 1000) / result.total) / 10,
    kinds: result.kinds.map(({ kind, total }) => {
      const alive = survivors.filter((survivor) => survivor.kind === kind).length;
      return { kind, total, noticed: total - alive };
    }),
    survivors,
  };
}

/** What became of a working copy: nothing, scenarios were added, or anything else. */
export function changeSince(
  before: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): 'nothing' | 'more scenarios' | 'rules' {
  for (const [path, text] of before) if (now.get(path) !== text) return 'rules';
  const added = [...now.keys()].filter((path) => !before.has(path));
  if (added.length === 0) return 'nothing';
  return added.every((path) => scenarioIdOf(path) !== undefined) ? 'more scenarios' : 'rules';
}

function change(studio: Studio, mutation: MutationState): void {
  studio.set({ mutation });
}
