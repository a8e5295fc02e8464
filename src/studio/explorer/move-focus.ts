import type { KeyboardEvent } from 'react';

/** Up and down arrows move the focus between the rows (`data-row`) of a list. */
export function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by === undefined || event.altKey) return;
  const pane = event.currentTarget.closest('[data-pane]') ?? event.currentTarget;
  const rows = [...pane.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = at < 0 ? undefined : rows[at + by];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
