import { sideOf } from './versions.ts';
import type { Studio } from './studio.ts';

/** Milliseconds of quiet before the working copy is compared with its version. */
const pauseMs = 250;

/** Keeps the numbers of the status strip: flips against the version it was made from, and coverage. */
export function countSinceBase(studio: Studio): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  studio.parts.state.subscribe((state, previous) => {
    if (state.snapshot === previous.snapshot && state.base === previous.base) return;
    clearTimeout(timer);
    timer = setTimeout(() => void count(studio), pauseMs);
  });
}

async function count(studio: Studio): Promise<void> {
  const { packId, snapshot, base } = studio.state;
  if (packId === undefined || snapshot === undefined) return;
  if (snapshot.stale) {
    studio.set({ sinceBase: undefined, coverage: undefined });
    return;
  }
  const { engine } = studio.parts;
  if (base !== undefined) {
    const summary = await engine.summarize(packId, sideOf(base));
    const current = studio.state.packId === packId && studio.state.base === base;
    if (summary.ok && current) studio.set({ sinceBase: summary.value });
  }
  const coverage = await engine.coverage(packId);
  if (coverage.ok && studio.state.packId === packId) studio.set({ coverage: coverage.value });
}
