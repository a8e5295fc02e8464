/** What the studio asks a name for, and what it does with the answer. */
import {
  createPolicyFile,
  createScenario,
  duplicatePack,
  renameFile,
  renameScenario,
} from '../state/pack-actions.ts';
import { fileName, nameProblem } from '../state/paths.ts';
import { openPackInfo } from '../state/selectors.ts';
import type { Studio } from '../state/studio.ts';
import type { ShowOverlay } from './dialogs.ts';

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

/** Asks for a name and copies the pack that is open. */
export function askDuplicatePack(studio: Studio, show: ShowOverlay): void {
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
