import type { DockView, View } from '../state/state.ts';
import type { Studio } from '../state/studio.ts';
import type { Command } from './commands.ts';
import type { ShowOverlay } from './dialogs.ts';
import { focusPane, openDock } from './panes.ts';

/** What is shown, and how. */
export function viewCommands(studio: Studio, show: ShowOverlay): readonly Command[] {
  const theme = (name: 'system' | 'light' | 'dark', title: string): Command => ({
    id: `view.theme.${name}`,
    title,
    group: 'View',
    run: () => {
      studio.setTheme(name);
    },
  });
  const pane = (
    name: 'explorer' | 'editor' | 'decision',
    title: string,
    keys: string,
  ): Command => ({
    id: `view.${name}`,
    title,
    group: 'View',
    keys,
    run: () => {
      focusPane(studio, name);
    },
  });
  const view = (name: View, title: string): Command => ({
    id: `view.show.${name}`,
    title,
    group: 'View',
    run: () => {
      studio.set({ view: name, pane: 'editor' });
    },
  });
  const dock = (name: DockView, title: string, keys?: string): Command => ({
    id: `view.${name}`,
    title,
    group: 'View',
    ...(keys !== undefined && { keys }),
    run: () => {
      studio.set({ screen: undefined });
      openDock(studio, name);
    },
  });
  return [
    {
      id: 'view.shortcuts',
      title: 'Keyboard shortcuts',
      group: 'View',
      run: () => {
        show({ kind: 'shortcuts' });
      },
    },
    dock('problems', 'Problems of the pack', 'mod+shift+M'),
    dock('search', 'Find in pack, replace in pack', 'mod+shift+F'),
    dock('coverage', 'Coverage: what the scenarios have seen'),
    dock('boundaries', 'Boundaries: the cases on and beside every limit'),
    dock('mutants', 'Mutants: mistakes that no scenario notices'),
    view('text', 'Show the text'),
    view('graph', 'Show the rule flow as a graph'),
    view('both', 'Show text and graph side by side'),
    {
      id: 'view.values',
      title: studio.state.showValues
        ? 'Hide the scenario’s values in the text'
        : 'Show the scenario’s values in the text',
      group: 'View',
      run: () => {
        studio.set({ showValues: !studio.state.showValues });
        studio.viewChanged();
      },
    },
    {
      id: 'view.formatOnSave',
      title: studio.state.formatOnSave
        ? 'Do not format policies on save'
        : 'Format policies on save',
      group: 'View',
      run: () => {
        studio.setFormatOnSave(!studio.state.formatOnSave);
      },
    },
    {
      id: 'view.request',
      title:
        studio.state.requestView === 'json' ? 'Edit requests in a form' : 'Edit requests as JSON',
      group: 'View',
      run: () => {
        studio.setRequestView(studio.state.requestView === 'json' ? 'form' : 'json');
        studio.set({ pane: 'decision', decisionTab: 'request', screen: undefined });
      },
    },
    pane('explorer', 'Go to the explorer', 'alt+1'),
    pane('editor', 'Go to the editor', 'alt+2'),
    pane('decision', 'Go to the decision', 'alt+3'),
    theme('system', 'Theme: follow the system'),
    theme('light', 'Theme: light'),
    theme('dark', 'Theme: dark'),
  ];
}
