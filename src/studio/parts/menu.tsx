import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './menu.module.css';

/** One entry of a menu. */
export interface MenuItem {
  readonly label: string;
  readonly keys?: string | undefined;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly run: () => void;
}

/** A dropdown of actions behind `trigger` (one focusable element). `null` entries draw a line. */
export function Menu({
  trigger,
  items,
  align = 'start',
}: {
  readonly trigger: ReactNode;
  readonly items: readonly (MenuItem | null)[];
  readonly align?: 'start' | 'end';
}) {
  return (
    // Not modal: a modal menu hides the page from assistive technology with its focus still inside.
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className={styles['menu']}
          align={align}
          sideOffset={4}
          collisionPadding={8}
        >
          {items.map((item, index) =>
            item === null ? (
              // oxlint-disable-next-line react/no-array-index-key -- a line has no identity but its place
              <DropdownMenu.Separator key={`line-${index}`} className={styles['line']} />
            ) : (
              <DropdownMenu.Item
                key={item.label}
                className={styles['item']}
                data-danger={item.danger === true || undefined}
                disabled={item.disabled === true}
                onSelect={item.run}
              >
                {item.label}
                {item.keys === undefined ? null : <kbd>{item.keys}</kbd>}
              </DropdownMenu.Item>
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
