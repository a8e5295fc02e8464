import type { DockView, Pane } from '../state/state.ts';
import type { Studio } from '../state/studio.ts';

const panes: readonly Pane[] = ['explorer', 'editor', 'decision'];

/** Shows a pane in a narrow window and moves the focus into it. */
export function focusPane(studio: Studio, pane: Pane): void {
  studio.set({ pane });
  // The pane may have been hidden until now: focus it once it is drawn.
  requestAnimationFrame(() => {
    const root = document.querySelector<HTMLElement>(`[data-pane="${pane}"]`);
    const target = root?.querySelector<HTMLElement>(
      '[data-autofocus], .native-edit-context, textarea',
    );
    (target ?? root)?.focus();
  });
}

/** Moves the focus to the pane after (or before) the one that has it. */
export function cyclePane(studio: Studio, by: 1 | -1): void {
  const current = document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset['pane'];
  const at = panes.findIndex((pane) => pane === current);
  const next = panes[(at + by + panes.length) % panes.length];
  focusPane(studio, at < 0 ? 'explorer' : (next ?? 'explorer'));
}

/** Opens the dock below the editor, with the focus where its work begins. */
export function openDock(studio: Studio, dock: DockView): void {
  studio.set({ dock, pane: 'editor' });
  requestAnimationFrame(() => {
    const root = document.querySelector<HTMLElement>('[aria-label="Dock"]');
    const panel = dock === 'search' ? '[data-find]' : '[role="tabpanel"] :is(li button, input)';
    // What is still loading has nothing to focus yet; any other tab would come to the front with it.
    const first =
      root?.querySelector<HTMLElement>(panel) ??
      root?.querySelector<HTMLElement>('[role="tab"][data-state="active"]');
    first?.focus();
  });
}
