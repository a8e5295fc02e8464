import { deletePack, resetToExample } from '../state/pack-actions.ts';
import { openPackInfo } from '../state/selectors.ts';
import type { Studio } from '../state/studio.ts';
import type { Command } from './commands.ts';
import type { ShowOverlay } from './dialogs.ts';
import { askDuplicatePack } from './questions.ts';

/** What can be done with packs. */
export function packCommands(studio: Studio, show: ShowOverlay): readonly Command[] {
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
