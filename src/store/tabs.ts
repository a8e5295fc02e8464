import { z } from './zod.ts';

const CHANGE = z.object({
  v: z.literal(1),
  kind: z.enum(['pack', 'files', 'replaced', 'versions']),
  packId: z.string(),
  paths: z.array(z.string()),
});

/** A committed change, as tabs tell each other. */
export interface TabChange {
  readonly kind: 'pack' | 'files' | 'replaced' | 'versions';
  readonly packId: string;
  readonly paths: readonly string[];
}

export interface Tabs {
  tell(change: TabChange): void;
  close(): void;
}

/**
 * Joins the tabs that have the same database open. A message of a release that speaks another
 * format is ignored: every tab reads the store before it believes anything.
 */
export function joinTabs(name: string, hear: (change: TabChange) => void): Tabs {
  if (typeof BroadcastChannel === 'undefined') {
    return { tell: () => undefined, close: () => undefined };
  }
  const channel = new BroadcastChannel(name);
  channel.addEventListener('message', (event: MessageEvent<unknown>) => {
    const change = CHANGE.safeParse(event.data);
    if (change.success) {
      hear({ kind: change.data.kind, packId: change.data.packId, paths: change.data.paths });
    }
  });
  let open = true;
  return {
    tell: (change) => {
      // A write that was under way when the store was closed still commits; nobody is left to tell.
      if (!open) return;
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel takes none
      channel.postMessage({ v: 1, ...change });
    },
    close: () => {
      open = false;
      channel.close();
    },
  };
}
