import type { ComponentProps, ReactNode } from 'react';
import { Tooltip } from 'radix-ui';
import styles from './button.module.css';

interface ButtonProps extends ComponentProps<'button'> {
  readonly tone?: 'plain' | 'primary' | 'danger';
}

/** A text button. `type` is always "button" unless said otherwise, so none submits by accident. */
export function Button({ tone = 'plain', className, ...rest }: ButtonProps) {
  const classes = [styles['button'], className].filter(Boolean).join(' ');
  return <button type="button" {...rest} className={classes} data-tone={tone} />;
}

interface IconButtonProps extends ComponentProps<'button'> {
  /** What the button does: its accessible name and its tooltip. */
  readonly label: string;
  /** The key that does the same, shown in the tooltip. */
  readonly keys?: string | undefined;
  readonly children: ReactNode;
}

/** A square button with an icon; its name stands in a tooltip. */
export function IconButton({ label, keys, className, children, ...rest }: IconButtonProps) {
  const classes = [styles['icon'], className].filter(Boolean).join(' ');
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        <button type="button" {...rest} className={classes} aria-label={label}>
          {children}
        </button>
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className={styles['tooltip']} sideOffset={5} collisionPadding={8}>
          {label}
          {keys === undefined ? null : <kbd className={styles['keys']}>{keys}</kbd>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
