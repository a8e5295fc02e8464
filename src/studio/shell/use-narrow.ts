import { useSyncExternalStore } from 'react';

const query = window.matchMedia('(max-width: 860px)');

function subscribe(listener: () => void): () => void {
  query.addEventListener('change', listener);
  return () => {
    query.removeEventListener('change', listener);
  };
}

/** Whether the window is too narrow for three panes side by side. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches);
}
