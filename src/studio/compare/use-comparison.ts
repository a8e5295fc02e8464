import { useEffect } from 'react';
import { useStudio, useStudioState } from '../state/context.ts';
import { parseSide, printSide, type SideName } from '../state/route.ts';
import { useCompare, useCompareStore } from './compare-state.ts';
import { readSide } from './sides.ts';

/** Milliseconds after which a comparison shows how far it is. */
const patience = 300;

/** Keeps the comparison in step with its two sides, and with the working copy when that is one. */
export function useComparison(before: SideName, after: SideName): void {
  const studio = useStudio();
  const store = useCompareStore();
  const packId = useStudioState((state) => state.packId);
  const versions = useStudioState((state) => state.versions);
  const revision = useStudioState((state) => state.snapshot?.revision);
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
      } else if (answer.error.code !== 'SUPERSEDED') {
        store.setState({ comparison: undefined, failure: answer.error.message });
      }
    };
    void run();
    return () => {
      store.setState({ asked: '' });
    };
  }, [studio, store, packId, isReady, from, to, asked, versions]);
}
