import { useEffect, type RefObject } from 'react';
import { useStudioState } from '../state/context.ts';

/** Brings a field that was asked for into view, with the focus in it. */
export function useFoundField(host: RefObject<HTMLElement | null>): void {
  const place = useStudioState((state) => state.requestPlace);
  useEffect(() => {
    if (place === undefined) return;
    // The field itself, or the nearest thing around it that has a control.
    for (let at = place.pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      const found = host.current?.querySelector(`[data-field="${CSS.escape(at)}"]`);
      const control =
        found instanceof HTMLInputElement ? found : found?.querySelector('input, textarea, select');
      if (!(control instanceof HTMLElement)) continue;
      control.scrollIntoView({ block: 'center' });
      control.focus({ preventScroll: true });
      return;
    }
  }, [host, place]);
}
