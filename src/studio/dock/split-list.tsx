import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type KeyboardEvent, type ReactNode } from 'react';
import dock from './dock.module.css';
import styles from './split-list.module.css';

const rowHeight = 28;

/** Up and down arrows go from row to row, and choose. */
function onArrow(event: KeyboardEvent<HTMLElement>): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by === undefined || event.altKey) return;
  const list = event.currentTarget.closest('ul');
  const rows = [...(list?.querySelectorAll<HTMLElement>('[data-go]') ?? [])];
  const next = rows[rows.findIndex((one) => one === event.currentTarget) + by];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
  next.click();
}

/** The part of a row that chooses it. */
export function ChooseButton({
  isChosen,
  title,
  onChoose,
  children,
}: {
  readonly isChosen: boolean;
  readonly title: string;
  readonly onChoose: () => void;
  readonly children: ReactNode;
}) {
  return (
    <button
      type="button"
      data-go=""
      className={dock['go']}
      aria-pressed={isChosen}
      title={title}
      onClick={onChoose}
      onKeyDown={onArrow}
    >
      {children}
    </button>
  );
}

/**
 * A list whose rows can be chosen, beside what there is to say about the one chosen; below it where the
 * dock is narrow. A row holds one `ChooseButton`, and what else belongs to it.
 */
export function SplitList<T extends { readonly key: string }>({
  label,
  items,
  chosen,
  renderRow,
  detail,
}: {
  readonly label: string;
  readonly items: readonly T[];
  readonly chosen: T | undefined;
  readonly renderRow: (item: T, isChosen: boolean) => ReactNode;
  readonly detail: ReactNode;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 8,
  });
  return (
    <div className={styles['room']}>
      <div className={styles['split']}>
        <div className={dock['rows']} ref={scroller}>
          <ul
            aria-label={label}
            style={{ height: virtualizer.getTotalSize(), position: 'relative' }}
          >
            {virtualizer.getVirtualItems().map((virtual) => {
              const item = items[virtual.index];
              return item === undefined ? null : (
                <li
                  key={item.key}
                  className={`${dock['row'] ?? ''} ${styles['row'] ?? ''}`}
                  data-chosen={item === chosen || undefined}
                  style={{ transform: `translateY(${virtual.start}px)` }}
                >
                  {renderRow(item, item === chosen)}
                </li>
              );
            })}
          </ul>
        </div>
        {detail}
      </div>
    </div>
  );
}
