import { useEffect, useRef } from 'react';
import type { VersionInfo } from '../../store/store.ts';
import type { MatrixVersion } from '../../worker/compare-api.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import type { Studio } from '../state/studio.ts';
import { useMatrix, useMatrixStore } from './matrix-state.ts';

/** Milliseconds after which a run shows how far it is. */
const patience = 300;

/** The rules of versions, by digest: they never change. */
type Known = Map<string, ReadonlyMap<string, string>>;

/** Reads the versions that can be read, and says of the others why not. */
async function readVersions(
  { state, parts: { store } }: Studio,
  infos: readonly VersionInfo[],
  known: Known,
) {
  const versions: (MatrixVersion & { readonly info: VersionInfo })[] = [];
  const problems: string[] = [];
  for (const info of infos) {
    const files = known.get(info.digest);
    if (files !== undefined) {
      versions.push({ key: info.digest, files, info });
      continue;
    }
    const opened = await store?.openRules(state.packId ?? '', info.digest);
    if (opened?.ok === true) {
      known.set(info.digest, opened.value.files);
      versions.push({ key: info.digest, files: opened.value.files, info });
    } else if (opened !== undefined) problems.push(`${info.version}: ${opened.error.message}`);
  }
  return { versions, problems };
}

/** Keeps the matrix in step with the versions, and with the working copy. */
export function useMatrixRun(): void {
  const studio = useStudio();
  const store = useMatrixStore();
  const packId = useStudioState((state) => state.packId);
  const all = useStudioState((state) => state.versions);
  const revision = useStudioState((state) => state.snapshot?.revision);
  const isReady = revision !== undefined;
  const count = useMatrix((state) => state.count);
  const attempt = useMatrix((state) => state.attempt);
  const known = useRef<Known>(new Map());
  // What is run, and for the how many'th time.
  const asked = `${revision ?? ''} ${count} ${attempt}`;
  useEffect(() => {
    if (packId === undefined || all === undefined || !isReady) return undefined;
    store.setState({ asked });
    const isCurrent = () => store.getState().asked === asked;
    let isOver = false;
    const run = async () => {
      const began = performance.now();
      const { versions, problems } = await readVersions(
        studio,
        all.slice(0, count).toReversed(),
        known.current,
      );
      if (!isCurrent()) return;
      const answer = await studio.parts.engine.matrix(
        packId,
        versions.map(({ key, files }) => ({ key, files })),
        (done, total) => {
          const isLong = performance.now() - began >= patience;
          if (isCurrent() && isLong && !isOver) store.setState({ progress: { done, total } });
        },
      );
      isOver = true;
      if (!isCurrent()) return;
      store.setState({ progress: undefined });
      if (answer.ok) {
        store.setState({
          matrix: answer.value,
          versions: versions.map(({ info }) => info),
          failure: problems.length === 0 ? undefined : problems.join(' '),
          cancelled: false,
        });
      } else if (answer.error.code !== 'SUPERSEDED') {
        store.setState({ matrix: undefined, failure: answer.error.message });
      }
    };
    void run();
    return () => {
      store.setState({ asked: '' });
    };
  }, [studio, store, packId, all, isReady, asked, count]);
}
