import {
  BookmarkPlus,
  ChevronDown,
  Command,
  GitCompareArrows,
  MoonStar,
  PackageCheck,
  Sun,
  SunMoon,
} from 'lucide-react';
import { Button, IconButton } from '../parts/button.tsx';
import { Menu } from '../parts/menu.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { openPackInfo } from '../state/selectors.ts';
import { keyText } from './chords.ts';
import { openBundles } from './bundle-commands.ts';
import { listCommands } from './commands.ts';
import { useOverlay } from './dialogs.ts';
import { WorkingCopyLine } from './since-base.tsx';
import { openCompare } from './version-commands.ts';
import styles from './top-bar.module.css';
import type { Theme } from './theme.ts';

const nextTheme: Readonly<Record<Theme, Theme>> = {
  system: 'light',
  light: 'dark',
  dark: 'system',
};
const themeIcon = { system: SunMoon, light: Sun, dark: MoonStar };

function PackSwitcher() {
  const studio = useStudio();
  const show = useOverlay();
  const packs = useStudioState((state) => state.packs);
  const info = useStudioState(openPackInfo);
  const name = info?.name ?? 'Opening…';
  // The menu's actions depend on all of the state, so they are listed when it is drawn.
  useStudioState((state) => state.activePath);
  const actions = listCommands(studio, show).filter(
    (command) => command.group === 'Pack' && !command.id.startsWith('pack.open.'),
  );
  return (
    <Menu
      trigger={
        <button type="button" className={styles['pack']} aria-label={`Pack ${name}`}>
          <span className={styles['packName']}>{name}</span>
          <ChevronDown size={14} aria-hidden="true" />
        </button>
      }
      items={[
        ...packs.map((pack) => ({
          label: pack.name,
          keys: pack.id === info?.id ? 'open' : undefined,
          run: () => {
            if (pack.id !== info?.id) void studio.openPack(pack.id);
          },
        })),
        null,
        ...actions.map((command) => ({
          label: command.title,
          danger: command.id === 'pack.delete',
          run: command.run,
        })),
      ]}
    />
  );
}

/** The mark: a stage with its gate. */
function Mark() {
  return (
    <svg className={styles['mark']} viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
      <path d="M2.5 13.5V5a2.5 2.5 0 0 1 2.5-2.5h6A2.5 2.5 0 0 1 13.5 5v8.5" />
      <path d="M6 13.5V9a2 2 0 0 1 4 0v4.5" />
      <path d="M1 13.5h14" />
    </svg>
  );
}

/** The window's top bar: pack, palette, theme. */
export function TopBar() {
  const studio = useStudio();
  const show = useOverlay();
  const theme = useStudioState((state) => state.theme);
  // What a click opened before would be lost when the pack arrives with its view.
  const isOpen = useStudioState((state) => state.packId !== undefined);
  const ThemeIcon = themeIcon[theme];
  return (
    <header className={styles['bar']}>
      <Mark />
      <h1 className={styles['title']}>Stage0 Studio</h1>
      <PackSwitcher />
      <WorkingCopyLine />
      <Button
        aria-label="Save version"
        disabled={!isOpen}
        onClick={() => {
          show({ kind: 'save-version' });
        }}
      >
        <BookmarkPlus size={14} aria-hidden="true" />
        <span className={styles['buttonText']}>Save version</span>
      </Button>
      <Button
        aria-label="Compare"
        disabled={!isOpen}
        onClick={() => {
          openCompare(studio);
        }}
      >
        <GitCompareArrows size={14} aria-hidden="true" />
        <span className={styles['buttonText']}>Compare</span>
      </Button>
      <Button
        aria-label="Export bundle"
        disabled={!isOpen}
        onClick={() => {
          openBundles(studio, 'export');
        }}
      >
        <PackageCheck size={14} aria-hidden="true" />
        <span className={styles['buttonText']}>Export bundle</span>
      </Button>
      <Button
        className={styles['palette']}
        onClick={() => {
          show({ kind: 'palette' });
        }}
      >
        <Command size={13} aria-hidden="true" />
        <span className={styles['paletteText']}>Commands</span>
        <kbd>{keyText('mod+K')}</kbd>
      </Button>
      <IconButton
        label={`Theme: ${theme}. Change to ${nextTheme[theme]}`}
        onClick={() => {
          studio.setTheme(nextTheme[theme]);
        }}
      >
        <ThemeIcon size={16} />
      </IconButton>
    </header>
  );
}
