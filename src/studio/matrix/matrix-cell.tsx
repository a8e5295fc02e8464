import { VerdictIcon, type VerdictMark } from '../parts/verdict.tsx';
import styles from './matrix-grid.module.css';

const marks: readonly VerdictMark[] = ['ALLOW', 'DENY', 'DEFER', 'ERROR'];
const words: Readonly<Record<VerdictMark, string>> = {
  ALLOW: 'ALLOW',
  DENY: 'DENY',
  DEFER: 'DEFER',
  ERROR: 'none',
  NONE: 'none',
};

/** The icons that cells refer to: hundreds of cells come into view with every turn of the wheel. */
export function MatrixIcons() {
  return (
    <svg width="0" height="0" className={styles['icons']} aria-hidden="true">
      {marks.map((mark) => (
        <symbol key={mark} id={`matrix-${mark}`} viewBox="0 0 24 24">
          <VerdictIcon mark={mark} size={24} />
        </symbol>
      ))}
    </svg>
  );
}

/** What one version makes of one scenario: icon and word, and a corner where it turned. */
export function VerdictCell({
  id,
  mark,
  hasTurned,
  isCursor,
  column,
  left,
}: {
  /** Only the cell that the cursor is in has to be found by it. */
  readonly id: string | undefined;
  readonly mark: VerdictMark;
  readonly hasTurned: boolean;
  readonly isCursor: boolean;
  readonly column: number;
  readonly left: number;
}) {
  return (
    <div
      id={id}
      role="gridcell"
      aria-colindex={column + 2}
      className={styles['cell']}
      data-verdict={mark}
      data-turned={hasTurned || undefined}
      data-cursor={isCursor || undefined}
      style={{ left }}
    >
      <svg width="12" height="12" aria-hidden="true">
        <use href={`#matrix-${mark}`} />
      </svg>
      {words[mark]}
      {hasTurned ? <span className={styles['hidden']}>, changed</span> : null}
    </div>
  );
}
