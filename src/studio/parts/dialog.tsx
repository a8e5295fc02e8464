import { Dialog as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './dialog.module.css';
import { useReturnFocus } from './return-focus.ts';

/** A modal dialog with a title and a sentence of explanation; Escape and the backdrop close it. */
export function Dialog({
  title,
  description,
  onClose,
  children,
}: {
  readonly title: string;
  readonly description: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const returnFocus = useReturnFocus();
  return (
    <Primitive.Root
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Primitive.Portal>
        <Primitive.Overlay className={styles['backdrop']} />
        <Primitive.Content className={styles['dialog']} onCloseAutoFocus={returnFocus}>
          <Primitive.Title className={styles['title']}>{title}</Primitive.Title>
          <Primitive.Description className={styles['description']}>
            {description}
          </Primitive.Description>
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
