import { CircleCheck, CircleDashed, CirclePause, OctagonX, TriangleAlert } from 'lucide-react';
import { assertNever } from '../../base/assert.ts';
import type { Verdict } from '../../worker/engine-api.ts';
import styles from './verdict.module.css';

/** What a verdict badge can say: a verdict, that none could be reached, or that none is known yet. */
export type VerdictMark = Verdict | 'ERROR' | 'NONE';

function iconOf(mark: VerdictMark) {
  switch (mark) {
    case 'ALLOW':
      return CircleCheck;
    case 'DEFER':
      return CirclePause;
    case 'DENY':
      return OctagonX;
    case 'ERROR':
      return TriangleAlert;
    case 'NONE':
      return CircleDashed;
    default:
      return assertNever(mark);
  }
}

function wordOf(mark: VerdictMark): string {
  switch (mark) {
    case 'ALLOW':
    case 'DEFER':
    case 'DENY':
      return mark;
    case 'ERROR':
      return 'Error';
    case 'NONE':
      return 'Not run';
    default:
      return assertNever(mark);
  }
}

/** The icon of a verdict, for rows that say the word in their own text or label. */
export function VerdictIcon({
  mark,
  size = 15,
}: {
  readonly mark: VerdictMark;
  readonly size?: number;
}) {
  const Icon = iconOf(mark);
  return <Icon className={styles['icon']} data-verdict={mark} size={size} aria-hidden="true" />;
}

/** A verdict as icon and word: never by colour alone. */
export function VerdictBadge({
  mark,
  large = false,
}: {
  readonly mark: VerdictMark;
  readonly large?: boolean;
}) {
  return (
    <span className={styles['badge']} data-verdict={mark} data-large={large || undefined}>
      <VerdictIcon mark={mark} size={large ? 18 : 14} />
      {wordOf(mark)}
    </span>
  );
}
