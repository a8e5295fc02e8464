import { Button } from './button.tsx';
import styles from './run-progress.module.css';

const numbers = new Intl.NumberFormat();

/** How far a long run is, with the way to end it, and to begin it again. */
export function RunProgress({
  progress,
  cancelled,
  label,
  onCancel,
  onAgain,
}: {
  readonly progress: { readonly done: number; readonly total: number } | undefined;
  readonly cancelled: boolean;
  readonly label: string;
  readonly onCancel: () => void;
  readonly onAgain: () => void;
}) {
  if (progress === undefined && !cancelled) return null;
  return (
    <div className={styles['progress']} role="status">
      {progress === undefined ? (
        <>
          <span>The run was ended.</span>
          <Button onClick={onAgain}>Run it again</Button>
        </>
      ) : (
        <>
          <progress value={progress.done} max={progress.total} aria-label={label} />
          <span>{`${numbers.format(progress.done)} of ${numbers.format(progress.total)} scenarios`}</span>
          <Button onClick={onCancel}>Cancel</Button>
        </>
      )}
    </div>
  );
}
