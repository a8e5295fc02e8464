import { scenarioPath } from '../state/paths.ts';
import {
  deleteFile,
  duplicateScenario,
  expectActual,
  revertRequest,
  saveRequest,
} from '../state/pack-actions.ts';
import { selectedRow } from '../state/selectors.ts';
import type { Studio } from '../state/studio.ts';
import type { Command } from './commands.ts';
import type { ShowOverlay } from './dialogs.ts';
import { askNewScenario, askRenameScenario } from './questions.ts';

/** Moves the selection through the scenarios. */
export function stepScenario(studio: Studio, by: 1 | -1): void {
  const ids = studio.state.snapshot?.scenarios.map((row) => row.id) ?? [];
  if (ids.length === 0) return;
  const at = ids.indexOf(studio.state.scenarioId ?? '');
  const next = ids[(Math.max(at, by === 1 ? -1 : 0) + by + ids.length) % ids.length];
  if (next !== undefined) studio.selectScenario(next);
}

/** What can be done with the scenarios and the request of the selected one. */
export function scenarioCommands(studio: Studio, show: ShowOverlay): readonly Command[] {
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
          revertRequest(studio, id);
        },
      },
    );
  }
  return list;
}
