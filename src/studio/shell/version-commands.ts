/** The actions on versions, as the palette, the keys and the top bar run them. */
import type { SideName } from '../state/route.ts';
import { restoreVersion } from '../state/versions.ts';
import type { Studio } from '../state/studio.ts';
import type { Command } from './commands.ts';
import type { ShowOverlay } from './dialogs.ts';
import { openDock } from './panes.ts';

/** Opens the comparison of the working copy with the version it was made from, or with what is given. */
export function openCompare(
  studio: Studio,
  before?: SideName,
  after?: SideName,
  at?: string,
): void {
  const { base } = studio.state;
  const earlier: SideName =
    base === undefined ? { kind: 'working' } : { kind: 'version', version: base.version.version };
  studio.set({
    screen: {
      kind: 'compare',
      before: before ?? earlier,
      after: after ?? { kind: 'working' },
      ...(at !== undefined && { at }),
    },
  });
}

/** Opens the list of saved versions. */
export function openVersions(studio: Studio): void {
  studio.set({ screen: { kind: 'versions' } });
}

/** Opens the table of scenarios by versions. */
export function openMatrix(studio: Studio): void {
  studio.set({ screen: { kind: 'matrix' } });
}

/** All that can be done with versions now. */
export function versionCommands(studio: Studio, show: ShowOverlay): readonly Command[] {
  const { base } = studio.state;
  const list: Command[] = [
    {
      id: 'version.save',
      title: 'Save version…',
      group: 'Version',
      keys: 'mod+shift+S',
      run: () => {
        show({ kind: 'save-version' });
      },
    },
    {
      id: 'version.compare',
      title: base === undefined ? 'Compare…' : `Compare with ${base.version.version}`,
      group: 'Version',
      keys: 'mod+shift+D',
      run: () => {
        openCompare(studio);
      },
    },
    {
      id: 'version.list',
      title: 'Versions of the pack',
      group: 'Version',
      run: () => {
        openVersions(studio);
      },
    },
    {
      id: 'version.matrix',
      title: 'Flip matrix: scenarios by versions',
      group: 'Version',
      run: () => {
        openMatrix(studio);
      },
    },
    {
      id: 'version.coverage',
      title: 'Coverage of the scenarios',
      group: 'Version',
      run: () => {
        studio.set({ screen: undefined });
        openDock(studio, 'coverage');
      },
    },
  ];
  if (base === undefined) return list;
  return [
    ...list,
    {
      id: 'version.restore',
      title: `Go back to ${base.version.version}`,
      group: 'Version',
      run: () => {
        void restoreVersion(studio, base.version);
      },
    },
  ];
}
