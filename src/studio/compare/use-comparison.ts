import { useEffect, useRef } from 'react';
import type { PackComparison } from '../../worker/compare-api.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import { scenarioRows } from '../state/selectors.ts';
import type { Studio } from '../state/studio.ts';
import { parseSide, printSide, type SideName } from '../state/route.ts';
import { useCompare, useCompareStore, type CompareState } from './compare-state.ts';
import { readSide } from './sides.ts';

/** Milliseconds after which a comparison shows how far it is. */
const patience = 300;

/** Opens the row of one scenario; of one that came out the same it says so. */
function landOn(
  studio: Studio,
  { rows, quiet }: PackComparison,
  at: string,
): Partial<CompareState> {
  const flip = rows.find(({ id }) => id === at);
  if (flip !== undefined) return { tab: 'flips', selected: flip.key, note: undefined };
  const other = quiet.find(({ id }) => id === at);
  if (other !== undefined) return { tab: 'quiet', selected: other.key, note: undefined };
  const name = scenarioRows(studio.state).find(({ id }) => id === at)?.name ?? at;
  return { note: `“${name}” comes out the same on both sides.` };
}

/** Keeps the comparison in step with its two sides, and with the working copy when that is one. */
export function useComparison(before: SideName, after: SideName, at: string | undefined): void {
  const studio = useStudio();
  const store = useCompareStore();
  const packId = useStudioState((state) => state.packId);
  const versions = useStudioState((state) => state.versions);
  const revision = useStudioState((state) => state.snapshot?.revision);
  const landed = useRef<string>(undefined);
  const attempt = useCompare((state) => state.attempt);
  const isWorking = before.kind === 'working' || after.kind === 'working';
  const [from, to] = [printSide(before), printSide(after)];
  const moment = isWorking ? (revision ?? '') : '';
  const isReady = packId !== undefined && versions !== undefined && revision !== undefined;
  // What is compared, and for the how many'th time: an answer to anything else comes too late.
  const asked = `${from} ${to} ${moment} ${attempt}`;
  useEffect(() => {
    if (!isReady) return undefined;
    store.setState({ asked });
    const isCurrent = () => store.getState().asked === asked;
    const { engine } = studio.parts;
    const run = async () => {
      const [first, second] = await Promise.all([
        readSide(studio, parseSide(from), versions),
        readSide(studio, parseSide(to), versions),
      ]);
      if (!isCurrent()) return;
      if (!first.ok || !second.ok) {
        const failure = first.ok ? (second.ok ? '' : second.error) : first.error;
        store.setState({ comparison: undefined, failure, progress: undefined });
        return;
      }
      store.setState({ before: first.value, after: second.value });
      const began = performance.now();
      let isOver = false;
      const answer = await engine.compare(
        packId,
        first.value.side,
        second.value.side,
        (done, total) => {
          const isLong = performance.now() - began >= patience;
          if (isCurrent() && isLong && !isOver) store.setState({ progress: { done, total } });
        },
      );
      isOver = true;
      if (!isCurrent()) return;
      store.setState({ progress: undefined });
      if (answer.ok) {
        store.setState({ comparison: answer.value, failure: undefined, cancelled: false });
        // Once: whoever has looked elsewhere meanwhile is left there.
        if (at !== undefined && landed.current !== at) {
          landed.current = at;
          store.setState(landOn(studio, answer.value, at));
        }
      } else if (answer.error.code !== 'SUPERSEDED') {
        store.setState({ comparison: undefined, failure: answer.error.message });
      }
    };
    void run();
    return () => {
      store.setState({ asked: '' });
    };
  }, [studio, store, packId, isReady, from, to, asked, versions, at]);
}
