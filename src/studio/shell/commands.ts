/**
 * Every action of the studio by name: the palette lists them, keys run them, menus borrow them. An
 * action that cannot be taken now is left out of the list rather than refused when chosen.
 */
import { fileName, nameProblem, scenarioIdOf, scenarioPath } from '../state/paths.ts';
import {
  createPolicyFile,
  createScenario,
  deleteFile,
  deletePack,
  duplicatePack,
  duplicateScenario,
  expectActual,
  renameFile,
  renameScenario,
  resetToExample,
  saveRequest,
} from '../state/pack-actions.ts';
import { openPackInfo, selectedRow } from '../state/selectors.ts';
import type { Studio } from '../state/studio.ts';
import type { ShowOverlay } from './dialogs.ts';
import { focusPane, openDock } from './panes.ts';

/** One action. `keys` is how it is shown; what reacts to it is `shortcut`. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: 'Scenario' | 'File' | 'Pack' | 'View';
  readonly keys?: string;
  readonly run: () => void;
}

const mac = navigator.userAgent.includes('Mac');

/** How the platform writes a key chord: `mod` is Cmd or Ctrl. */
export function keyText(chord: string): string {
  return chord
    .split('+')
    .map((key) => {
      if (key === 'mod') return mac ? '⌘' : 'Ctrl';
      if (key === 'alt') return mac ? '⌥' : 'Alt';
      if (key === 'shift') return mac ? '⇧' : 'Shift';
      return key;
    })
    .join(mac ? '' : '+');
}

/** Whether an event is the chord, as in `mod+K`, `alt+ArrowDown`, `F6`. */
export function isChord(event: KeyboardEvent, chord: string): boolean {
  const parts = chord.split('+');
  const key = parts.at(-1) ?? '';
  return (
    event.key.toLowerCase() === key.toLowerCase() &&
    (mac ? event.metaKey : event.ctrlKey) === parts.includes('mod') &&
    event.altKey === parts.includes('alt') &&
    event.shiftKey === parts.includes('shift')
  );
}

/** Moves the selection through the scenarios. */
export function stepScenario(studio: Studio, by: 1 | -1): void {
  const ids = studio.state.snapshot?.scenarios.map((row) => row.id) ?? [];
  if (ids.length === 0) return;
  const at = ids.indexOf(studio.state.scenarioId ?? '');
  const next = ids[(Math.max(at, by === 1 ? -1 : 0) + by + ids.length) % ids.length];
  if (next !== undefined) studio.selectScenario(next);
}

/** Asks for a name and creates a policy file. */
export function askNewPolicy(studio: Studio, show: ShowOverlay): void {
  show({
    kind: 'name',
    question: {
      title: 'New policy file',
      description: 'A file for one concern. Its rules apply as soon as they parse.',
      label: 'File name',
      initial: 'new-rules.cedar',
      action: 'Create',
      check: (name) => nameProblem(name, '.cedar', 'policies/', studio.state.files.keys()),
      submit: (name) => {
        const file = name.endsWith('.cedar') ? name : `${name}.cedar`;
        void createPolicyFile(studio, `policies/${file}`);
      },
    },
  });
}

/** Asks for another name for a file. */
export function askRenameFile(studio: Studio, show: ShowOverlay, path: string): void {
  const folder = path.slice(0, path.length - fileName(path).length);
  const ending = path.slice(path.lastIndexOf('.'));
  show({
    kind: 'name',
    question: {
      title: `Rename ${fileName(path)}`,
      description: 'The rules in it keep their ids.',
      label: 'File name',
      initial: fileName(path),
      action: 'Rename',
      check: (name) =>
        nameProblem(
          name,
          ending,
          folder,
          [...studio.state.files.keys()].filter((other) => other !== path),
        ),
      submit: (name) => {
        void renameFile(studio, path, folder + (name.endsWith(ending) ? name : name + ending));
      },
    },
  });
}

function scenarioNameProblem(name: string): string | undefined {
  if (name === '') return 'A name is needed.';
  return name.length > 120 ? 'A name has at most 120 characters.' : undefined;
}

/** Asks for a name and makes a scenario; `from` is the scenario whose shown request it starts with. */
export function askNewScenario(studio: Studio, show: ShowOverlay, from?: string): void {
  show({
    kind: 'name',
    question: {
      title: from === undefined ? 'New scenario' : 'Save as a new scenario',
      description: 'A saved check with the verdict that is expected of it.',
      label: 'Scenario name',
      initial: 'New scenario',
      action: 'Create',
      check: scenarioNameProblem,
      submit: (name) => {
        void createScenario(studio, name, from);
      },
    },
  });
}

/** Asks for another name for a scenario. */
export function askRenameScenario(studio: Studio, show: ShowOverlay, id: string): void {
  const row = studio.state.snapshot?.scenarios.find((each) => each.id === id);
  show({
    kind: 'name',
    question: {
      title: 'Rename scenario',
      description: 'Its file is renamed with it.',
      label: 'Scenario name',
      initial: row?.name ?? id,
      action: 'Rename',
      check: scenarioNameProblem,
      submit: (name) => {
        void renameScenario(studio, id, name);
      },
    },
  });
}

function askDuplicatePack(studio: Studio, show: ShowOverlay): void {
  show({
    kind: 'name',
    question: {
      title: 'Duplicate pack',
      description: 'A pack of your own, starting from the files of this one.',
      label: 'Pack name',
      initial: `${openPackInfo(studio.state)?.name ?? 'pack'}-copy`,
      action: 'Duplicate',
      check: (name) => {
        if (name === '') return 'A name is needed.';
        return studio.state.packs.some((pack) => pack.name === name)
          ? 'There is a pack of that name already.'
          : undefined;
      },
      submit: (name) => {
        void duplicatePack(studio, name);
      },
    },
  });
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
  const dock = (name: 'problems' | 'search', title: string, keys: string): Command => ({
    id: `view.${name}`,
    title,
    group: 'View',
    keys,
    run: () => {
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
    ...packCommands(studio, show),
    ...viewCommands(studio, show),
  ];
}
