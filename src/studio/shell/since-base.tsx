import { GitCompareArrows, ShieldAlert } from 'lucide-react';
import { useStudio, useStudioState } from '../state/context.ts';
import { changedSinceBase } from '../state/selectors.ts';
import type { DockView } from '../state/state.ts';
import { versionWords } from '../state/version-words.ts';
import { openDock } from './panes.ts';
import styles from './status-strip.module.css';
import topBar from './top-bar.module.css';
import { openCompare, openVersions } from './version-commands.ts';

const numbers = new Intl.NumberFormat();
const percent = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** Which version the working copy is, or was made from; opens the list of versions. */
export function WorkingCopyLine() {
  const studio = useStudio();
  const pack = useStudioState((state) => state.snapshot?.packVersion);
  const base = useStudioState((state) =>
    state.base === undefined ? undefined : versionWords(state.base.version),
  );
  const changed = useStudioState(changedSinceBase);
  if (pack === undefined) return <span className={topBar['version']} />;
  const files = changed === 1 ? '1 file' : `${numbers.format(changed)} files`;
  const text =
    base === undefined
      ? `working copy of ${pack}`
      : changed === 0
        ? `version ${base}`
        : `working copy, ${files} changed since ${base}`;
  return (
    <span className={topBar['version']}>
      <button
        type="button"
        className={topBar['versionLink']}
        title="Versions of the pack"
        onClick={() => {
          openVersions(studio);
        }}
      >
        {text}
      </button>
    </span>
  );
}

/** How many verdicts the working copy flips, newly allowed ones said by name. */
export function FlipCount() {
  const studio = useStudio();
  const base = useStudioState((state) => state.base?.version.version);
  const since = useStudioState((state) => state.sinceBase);
  if (base === undefined || since === undefined) return null;
  const { newlyAllowed, newlyDenied, newlyDeferred } = since;
  const flips = newlyAllowed + newlyDenied + newlyDeferred;
  const count =
    flips === 0 ? 'No flips' : flips === 1 ? '1 flip' : `${numbers.format(flips)} flips`;
  const loud = newlyAllowed === 0 ? '' : `, ${numbers.format(newlyAllowed)} newly allowed`;
  return (
    <button
      type="button"
      className={styles['item']}
      data-tone={newlyAllowed > 0 ? 'bad' : undefined}
      onClick={() => {
        openCompare(studio);
      }}
    >
      {newlyAllowed > 0 ? (
        <ShieldAlert size={13} aria-hidden="true" />
      ) : (
        <GitCompareArrows size={13} aria-hidden="true" />
      )}
      {`${count} against ${base}${loud}`}
    </button>
  );
}

/** A figure that opens its view in the dock, and closes it again. */
function DockFigure({ view, children }: { readonly view: DockView; readonly children: string }) {
  const studio = useStudio();
  const dock = useStudioState((state) => state.dock);
  return (
    <button
      type="button"
      className={styles['item']}
      data-optional=""
      aria-expanded={dock === view}
      onClick={() => {
        if (dock === view) studio.set({ dock: undefined });
        else {
          studio.set({ screen: undefined });
          openDock(studio, view);
        }
      }}
    >
      {children}
    </button>
  );
}

/** How much of the pack its scenarios have seen, and how many mistakes they notice; each opens its view. */
export function CoverageCount() {
  const coverage = useStudioState((state) => state.coverage);
  const mutation = useStudioState((state) => state.mutation);
  const result = mutation?.result;
  return (
    <>
      {coverage === undefined ? null : (
        <DockFigure view="coverage">{`coverage ${percent.format(coverage.percent)} %`}</DockFigure>
      )}
      {result === undefined ? null : (
        <DockFigure view="mutants">
          {`mutants ${percent.format(result.percent)} %${mutation?.isStale === true ? ', stale' : ''}`}
        </DockFigure>
      )}
    </>
  );
}
