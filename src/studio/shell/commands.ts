/**
 * Every action of the studio by name: the palette lists them, keys run them, menus borrow them. An
 * action that cannot be taken now is left out of the list rather than refused when chosen.
 */
import { fileName, scenarioIdOf, scenarioPath } from '../state/paths.ts';
import {
  deleteFile,
  deletePack,
  duplicateScenario,
  expectActual,
  resetToExample,
  saveRequest,
} from '../state/pack-actions.ts';
import { openPackInfo, selectedRow } from '../state/selectors.ts';
import type { DockView, View } from '../state/state.ts';
import type { Studio } from '../state/studio.ts';
import type { ShowOverlay } from './dialogs.ts';
import { bundleCommands } from './bundle-commands.ts';
import { focusPane, openDock } from './panes.ts';
import {
  askDuplicatePack,
  askNewPolicy,
  askNewScenario,
  askRenameFile,
  askRenameScenario,
} from './questions.ts';
import { versionCommands } from './version-commands.ts';

/** One action. `keys` is how it is shown; what reacts to it is `shortcut`. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: 'Scenario' | 'File' | 'Version' | 'Pack' | 'View';
  readonly keys?: string;
  readonly run: () => void;
}

/** Moves the selection through the scenarios. */
export function stepScenario(studio: Studio, by: 1 | -1): void {
  const ids = studio.state.snapshot?.scenarios.map((row) => row.id) ?? [];
  if (ids.length === 0) return;
  const at = ids.indexOf(studio.state.scenarioId ?? '');
  const next = ids[(Math.max(at, by === 1 ? -1 : 0) + by + ids.length) % ids.length];
  if (next !== undefined) studio.selectScenario(next);
}

function scenarioCommands(studio: Studio, show: ShowOverlay): readonly Command[] {
  const { state } = studio;
  const row = selectedRow(state);
  const list: Command[] = [
    {
      id: 'scenario.new',
      title: 'New scenario…',
      group: 'Scenario',
      run: () => {
        askNewScenario(studio, show);
      },
    },
    {
      id: 'scenario.next',
      title: 'Next scenario',
      group: 'Scenario',
      keys: 'alt+ArrowDown',
      run: () => {
        stepScenario(studio, 1);
      },
    },
    {
      id: 'scenario.previous',
      title: 'Previous scenario',
      group: 'Scenario',
      keys: 'alt+ArrowUp',
      run: () => {
        stepScenario(studio, -1);
      },
    },
  ];
  const id = state.scenarioId;
  if (id === undefined || row === undefined) return list;
  const edited = state.requestDrafts.has(id);
  list.push(
    {
      id: 'scenario.open',
      title: 'Open the scenario’s file',
      group: 'Scenario',
      run: () => {
        studio.openFile(scenarioPath(id));
      },
    },
    {
      id: 'scenario.duplicate',
      title: 'Duplicate scenario',
      group: 'Scenario',
      run: () => {
        void duplicateScenario(studio, id);
      },
    },
    {
      id: 'scenario.rename',
      title: 'Rename scenario…',
      group: 'Scenario',
      run: () => {
        askRenameScenario(studio, show, id);
      },
    },
    {
      id: 'scenario.expect',
      title: 'Expect the verdict shown',
      group: 'Scenario',
      run: () => {
        expectActual(studio, id);
      },
    },
    {
      id: 'scenario.delete',
      title: 'Delete scenario',
      group: 'Scenario',
      run: () => {
        void deleteFile(studio, scenarioPath(id));
      },
    },
  );
  if (edited) {
    list.push(
      {
        id: 'request.save',
        title: 'Save the edited request into the scenario',
        group: 'Scenario',
        run: () => {
          saveRequest(studio, id);
        },
      },
      {
        id: 'request.saveAs',
        title: 'Save the edited request as a new scenario…',
        group: 'Scenario',
        run: () => {
          askNewScenario(studio, show, id);
        },
      },
      {
        id: 'request.revert',
        title: 'Discard the edits of the request',
        group: 'Scenario',
        run: () => {
          studio.editRequest(id, undefined);
        },
      },
    );
  }
  return list;
}

function fileCommands(studio: Studio, show: ShowOverlay): readonly Command[] {
  const list: Command[] = [
    {
      id: 'file.new',
      title: 'New policy file…',
      group: 'File',
      run: () => {
        askNewPolicy(studio, show);
      },
    },
  ];
  const path = studio.state.activePath;
  if (path === undefined) return list;
  list.push({
    id: 'file.close',
    title: `Close ${fileName(path)}`,
    group: 'File',
    run: () => {
      studio.closeFile(path);
    },
  });
  const editor = (id: string, title: string): Command => ({
    id,
    title,
    group: 'File',
    run: () => {
      studio.askEditor(id);
    },
  });
  list.push(
    editor('editor.action.formatDocument', 'Format the file'),
    editor('editor.action.quickOutline', 'Go to a symbol of the file'),
    editor('editor.action.rename', 'Rename what stands at the cursor'),
    editor('editor.action.revealDefinition', 'Go to the definition'),
    editor('editor.action.goToReferences', 'Find references'),
    editor('editor.action.quickFix', 'Fix the problem at the cursor'),
  );
  if (path.startsWith('policies/') || scenarioIdOf(path) !== undefined) {
    list.push(
      {
        id: 'file.rename',
        title: `Rename ${fileName(path)}…`,
        group: 'File',
        run: () => {
          askRenameFile(studio, show, path);
        },
      },
      {
        id: 'file.delete',
        title: `Delete ${fileName(path)}`,
        group: 'File',
        run: () => {
          void deleteFile(studio, path);
        },
      },
    );
  }
  return list;
}

function packCommands(studio: Studio, show: ShowOverlay): readonly Command[] {
  const { state } = studio;
  const info = openPackInfo(state);
  const list: Command[] = state.packs
    .filter((pack) => pack.id !== state.packId)
    .map((pack) => ({
      id: `pack.open.${pack.id}`,
      title: `Open pack ${pack.name}`,
      group: 'Pack' as const,
      run: () => {
        void studio.openPack(pack.id);
      },
    }));
  list.push({
    id: 'pack.duplicate',
    title: 'Duplicate pack…',
    group: 'Pack',
    run: () => {
      askDuplicatePack(studio, show);
    },
  });
  list.push({
    id: 'pack.tools',
    title: 'New pack from MCP tools…',
    group: 'Pack',
    run: () => {
      show({ kind: 'tools' });
    },
  });
  if (info?.exampleName !== undefined) {
    list.push({
      id: 'pack.reset',
      title: 'Reset to the example',
      group: 'Pack',
      run: () => {
        void resetToExample(studio);
      },
    });
  }
  if (state.packs.length > 1 && studio.parts.store !== undefined) {
    list.push({
      id: 'pack.delete',
      title: `Delete pack ${info?.name ?? ''}`,
      group: 'Pack',
      run: () => {
        void deletePack(studio);
      },
    });
  }
  return list;
}

function viewCommands(studio: Studio, show: ShowOverlay): readonly Command[] {
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
    pane('explorer', 'Go to the explorer', 'alt+1'),
    pane('editor', 'Go to the editor', 'alt+2'),
    pane('decision', 'Go to the decision', 'alt+3'),
    theme('system', 'Theme: follow the system'),
    theme('light', 'Theme: light'),
    theme('dark', 'Theme: dark'),
  ];
}

/** All actions that can be taken now. */
export function listCommands(studio: Studio, show: ShowOverlay): readonly Command[] {
  return [
    ...scenarioCommands(studio, show),
    ...fileCommands(studio, show),
    ...versionCommands(studio, show),
    ...bundleCommands(studio),
    ...packCommands(studio, show),
    ...viewCommands(studio, show),
  ];
}
