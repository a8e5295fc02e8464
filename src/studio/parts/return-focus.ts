import { useState } from 'react';

/** What had the focus before any overlay was opened: a dialog that follows the palette returns to the same place. */
let origin: HTMLElement | undefined;

function currentOrigin(): HTMLElement | undefined {
  const active = document.activeElement;
  const inOverlay = active?.closest('[role="dialog"], [role="menu"]') !== null;
  if (active instanceof HTMLElement && !inOverlay) origin = active;
  return origin;
}

/**
 * For dialogs that are opened by a key or another overlay rather than by a button of their own: where
 * the focus goes once they close. Whatever took the focus on purpose meanwhile keeps it.
 */
export function useReturnFocus(): (event: Event) => void {
  const [target] = useState(currentOrigin);
  return (event) => {
    event.preventDefault();
    if (document.activeElement === document.body) target?.focus();
  };
}
