/** The ways to the bundles, as the palette, the keys and the top bar take them. */
import type { Studio } from '../state/studio.ts';
import type { Command } from './commands.ts';

export function openBundles(studio: Studio, view: 'export' | 'verify'): void {
  studio.set({ screen: { kind: 'bundles', view } });
}

export function bundleCommands(studio: Studio): readonly Command[] {
  return [
    {
      id: 'bundle.export',
      title: 'Export bundle: sign and download',
      group: 'Version',
      keys: 'mod+shift+E',
      run: () => {
        openBundles(studio, 'export');
      },
    },
    {
      id: 'bundle.verify',
      title: 'Verify or import a bundle',
      group: 'Version',
      run: () => {
        openBundles(studio, 'verify');
      },
    },
  ];
}
