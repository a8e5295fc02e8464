import { CircleCheck, Info, ShieldAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './notice.module.css';

const icons = { good: CircleCheck, bad: ShieldAlert, careful: TriangleAlert, plain: Info };

/** A sentence that must not be overlooked. */
export function Notice({
  tone,
  children,
}: {
  readonly tone: keyof typeof icons;
  readonly children: ReactNode;
}) {
  const Icon = icons[tone];
  return (
    <div className={styles['notice']} data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon size={16} aria-hidden="true" />
      <div>{children}</div>
    </div>
  );
}
