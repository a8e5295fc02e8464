/**
 * Every action of the studio by name: the palette lists them, keys run them, menus borrow them. An
 * action that cannot be taken now is left out of the list rather than refused when chosen.
 */
import type { Studio } from '../state/studio.ts';
import type { ShowOverlay } from './dialogs.ts';
import { bundleCommands } from './bundle-commands.ts';
import { fileCommands } from './file-commands.ts';
import { packCommands } from './pack-commands.ts';
import { scenarioCommands } from './scenario-commands.ts';
import { versionCommands } from './version-commands.ts';
import { viewCommands } from './view-commands.ts';

/** One action. `keys` is how it is shown; what reacts to it is `shortcut`. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: 'Scenario' | 'File' | 'Version' | 'Pack' | 'View';
  readonly keys?: string;
  readonly run: () => void;
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
