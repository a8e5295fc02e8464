import { useEffect } from 'react';
import type { Studio } from '../state/studio.ts';
import { openBundles } from './bundle-commands.ts';
import { isChord } from './chords.ts';
import { stepScenario } from './scenario-commands.ts';
import type { ShowOverlay } from './dialogs.ts';
import { openCompare } from './version-commands.ts';
import { cyclePane, focusPane, openDock } from './panes.ts';

/** The keys that work everywhere, whatever has the focus. */
export const shortcuts: readonly {
  readonly chord: string;
  readonly title: string;
  readonly run: (studio: Studio, show: ShowOverlay) => void;
}[] = [
  {
    chord: 'mod+K',
    title: 'Command palette',
    run: (_studio, show) => {
      show({ kind: 'palette' });
    },
  },
  {
    chord: 'mod+S',
    title: 'Save now (texts are saved by themselves)',
    run: (studio) => {
      studio.save();
    },
  },
  {
    chord: 'alt+ArrowDown',
    title: 'Next scenario',
    run: (studio) => {
      stepScenario(studio, 1);
    },
  },
  {
    chord: 'alt+ArrowUp',
    title: 'Previous scenario',
    run: (studio) => {
      stepScenario(studio, -1);
    },
  },
  ...(['explorer', 'editor', 'decision'] as const).map((pane, index) => ({
    chord: `alt+${index + 1}`,
    title: `Go to the ${pane}`,
    run: (studio: Studio) => {
      focusPane(studio, pane);
    },
  })),
  {
    chord: 'mod+shift+M',
    title: 'Problems of the pack',
    run: (studio) => {
      openDock(studio, 'problems');
    },
  },
  {
    chord: 'mod+shift+F',
    title: 'Find in pack',
    run: (studio) => {
      openDock(studio, 'search');
    },
  },
  {
    chord: 'mod+shift+S',
    title: 'Save version',
    run: (_studio, show) => {
      show({ kind: 'save-version' });
    },
  },
  {
    chord: 'mod+shift+D',
    title: 'Compare',
    run: (studio) => {
      openCompare(studio);
    },
  },
  {
    chord: 'mod+shift+E',
    title: 'Export bundle',
    run: (studio) => {
      openBundles(studio, 'export');
    },
  },
  {
    chord: 'F6',
    title: 'Next pane',
    run: (studio) => {
      cyclePane(studio, 1);
    },
  },
  {
    chord: 'shift+F6',
    title: 'Previous pane',
    run: (studio) => {
      cyclePane(studio, -1);
    },
  },
];

/** Listens for the shortcuts ahead of the editor, which has chords of its own on some of them. */
export function useShortcuts(studio: Studio, show: ShowOverlay): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const shortcut = shortcuts.find((each) => isChord(event, each.chord));
      if (shortcut === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      shortcut.run(studio, show);
    };
    window.addEventListener('keydown', onKey, { capture: true });
    return () => {
      window.removeEventListener('keydown', onKey, { capture: true });
    };
  }, [studio, show]);
}
