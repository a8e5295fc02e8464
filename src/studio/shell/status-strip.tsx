import { Check, CircleAlert, CloudOff, LoaderCircle, TriangleAlert, X } from 'lucide-react';
import { useStudio, useStudioState } from '../state/context.ts';
import { allProblems, scenarioRows, tally } from '../state/selectors.ts';
import { CoverageCount, FlipCount } from './since-base.tsx';
import styles from './status-strip.module.css';

const numbers = new Intl.NumberFormat();
const millis = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });

function SaveState() {
  const status = useStudioState((state) => state.drafts.status);
  const store = useStudioState((state) => state.storeProblem);
  if (store !== undefined) {
    return (
      <span className={styles['item']} data-tone="bad">
        <CloudOff size={13} aria-hidden="true" /> Not kept
      </span>
    );
  }
  const word = { saved: 'Saved', saving: 'Saving…', failed: 'Not saved' }[status];
  return (
    <span className={styles['item']} data-tone={status === 'failed' ? 'bad' : undefined}>
      {word}
    </span>
  );
}

/** The strip at the bottom: scenarios, problems, how long the run took, whether all is saved. */
export function StatusStrip() {
  const studio = useStudio();
  const snapshot = useStudioState((state) => state.snapshot);
  const pending = useStudioState((state) => state.pending);
  const progress = useStudioState((state) => state.progress);
  const rows = useStudioState(scenarioRows);
  const problems = useStudioState(allProblems).filter(({ severity }) => severity !== 'info');
  const dock = useStudioState((state) => state.dock);
  const errors = problems.some((problem) => problem.severity === 'error');
  const count = tally(rows);
  const unexpected = count.fail + count.error;
  return (
    <footer
      className={styles['strip']}
      aria-label="Status"
      data-revision={snapshot?.revision ?? 0}
      data-pending={pending}
    >
      {snapshot === undefined ? <span className={styles['item']}>Opening…</span> : null}
      {snapshot?.stale === true ? (
        <span className={styles['item']} data-tone="stale">
          <TriangleAlert size={13} aria-hidden="true" /> Verdicts are stale
        </span>
      ) : null}
      {snapshot?.stale === false && unexpected === 0 ? (
        <span className={styles['item']}>
          <Check size={13} aria-hidden="true" data-tone="good" />
          {`${numbers.format(count.pass)} of ${numbers.format(count.total)} scenarios as expected`}
        </span>
      ) : null}
      {snapshot?.stale === false && unexpected > 0 ? (
        <span className={styles['item']} data-tone="bad">
          <X size={13} aria-hidden="true" />
          {`${numbers.format(unexpected)} of ${numbers.format(count.total)} scenarios not as expected`}
        </span>
      ) : null}
      <button
        type="button"
        className={styles['item']}
        data-tone={errors ? 'bad' : undefined}
        aria-expanded={dock === 'problems'}
        onClick={() => {
          studio.set({ dock: dock === 'problems' ? undefined : 'problems', pane: 'editor' });
        }}
      >
        <CircleAlert size={13} aria-hidden="true" />
        {problems.length === 1 ? '1 problem' : `${numbers.format(problems.length)} problems`}
      </button>
      <CoverageCount />
      <FlipCount />
      <span className={styles['space']} />
      {progress === undefined ? null : (
        <span className={styles['item']} role="status">
          <LoaderCircle size={13} className={styles['spin']} aria-hidden="true" />
          {`${numbers.format(progress.done)} of ${numbers.format(progress.total)}`}
          <button
            type="button"
            className={styles['link']}
            onClick={() => {
              const { packId } = studio.state;
              if (packId !== undefined) void studio.parts.engine.cancel(packId);
            }}
          >
            Cancel
          </button>
        </span>
      )}
      {snapshot === undefined ? null : (
        <span className={styles['item']} data-optional="">
          {`${numbers.format(snapshot.checksRun)} checks in ${millis.format(snapshot.checksMs)} ms`}
        </span>
      )}
      <SaveState />
    </footer>
  );
}
