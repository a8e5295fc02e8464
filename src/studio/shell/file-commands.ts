import { fileName, scenarioIdOf } from '../state/paths.ts';
import { deleteFile } from '../state/pack-actions.ts';
import type { Studio } from '../state/studio.ts';
import type { Command } from './commands.ts';
import type { ShowOverlay } from './dialogs.ts';
import { askNewPolicy, askRenameFile } from './questions.ts';

/** What can be done with the file in front. */
export function fileCommands(studio: Studio, show: ShowOverlay): readonly Command[] {
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
