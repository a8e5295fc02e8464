import { lazy, Suspense, useEffect, useState } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { Toaster } from 'sonner';
import { DecisionPanel } from '../decision/decision-panel.tsx';
import { EditorPane } from '../editor/editor-pane.tsx';
import { Explorer } from '../explorer/explorer.tsx';
import { NameDialog } from '../parts/name-dialog.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { CommandPalette } from './command-palette.tsx';
import { OverlayContext, type Overlay } from './dialogs.ts';
import { Notices } from './notices.tsx';
import { PaneSwitch } from './pane-switch.tsx';
import { ScreenPane } from './screen-pane.tsx';
import styles from './shell.module.css';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { StatusStrip } from './status-strip.tsx';
import { applyTheme, isDark, onSystemTheme } from './theme.ts';
import { TopBar } from './top-bar.tsx';
import { useShortcuts } from './use-shortcuts.ts';
import { useNarrow } from './use-narrow.ts';

const ToolsDialog = lazy(async () => {
  const { ToolsDialog: component } = await import('../tools/tools-dialog.tsx');
  return { default: component };
});
const SaveVersionDialog = lazy(async () => {
  const { SaveVersionDialog: component } = await import('../versions/save-version-dialog.tsx');
  return { default: component };
});

/** Three panes side by side, each of which can be resized; the layout is remembered. */
function WideLayout() {
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({
    id: 'stage0-panes',
    storage: localStorage,
  });
  return (
    <Group
      className={styles['panes']}
      orientation="horizontal"
      {...(defaultLayout !== undefined && { defaultLayout })}
      onLayoutChanged={onLayoutChanged}
    >
      <Panel id="explorer" defaultSize="19%" minSize={180}>
        <Explorer />
      </Panel>
      <Separator className={styles['separator']} aria-label="Resize explorer" />
      <Panel id="editor" minSize={280}>
        <EditorPane />
      </Panel>
      <Separator className={styles['separator']} aria-label="Resize decision" />
      <Panel id="decision" defaultSize="33%" minSize={280}>
        <DecisionPanel />
      </Panel>
    </Group>
  );
}

/** One pane at a time, with a switch below the top bar. */
function NarrowLayout() {
  const pane = useStudioState((state) => state.pane);
  return (
    <div className={styles['panes']}>
      <PaneSwitch />
      <div className={styles['single']}>
        {pane === 'explorer' ? <Explorer /> : null}
        {pane === 'editor' ? <EditorPane /> : null}
        {pane === 'decision' ? <DecisionPanel /> : null}
      </div>
    </div>
  );
}

function useTheme(): 'light' | 'dark' {
  const theme = useStudioState((state) => state.theme);
  const [dark, setDark] = useState(() => isDark(theme));
  useEffect(() => {
    const apply = () => {
      applyTheme(theme);
      setDark(isDark(theme));
    };
    apply();
    return onSystemTheme(apply);
  }, [theme]);
  return dark ? 'dark' : 'light';
}

/** The studio's window: top bar, panes, status strip, and what may lie over them. */
export function Shell() {
  const studio = useStudio();
  const [overlay, setOverlay] = useState<Overlay>();
  const narrow = useNarrow();
  const screen = useStudioState((state) => state.screen);
  const theme = useTheme();
  useShortcuts(studio, setOverlay);
  const close = () => {
    setOverlay(undefined);
  };
  return (
    <OverlayContext value={setOverlay}>
      <div className={styles['shell']}>
        <TopBar />
        <Notices />
        {/* Hidden and not taken away: the editor keeps its cursor, the graph its place. */}
        <div className={styles['work']} hidden={screen !== undefined}>
          {narrow ? <NarrowLayout /> : <WideLayout />}
        </div>
        {screen === undefined ? null : <ScreenPane screen={screen} />}
        <StatusStrip />
      </div>
      {overlay?.kind === 'palette' ? <CommandPalette onClose={close} /> : null}
      {overlay?.kind === 'shortcuts' ? <ShortcutsDialog onClose={close} /> : null}
      {overlay?.kind === 'save-version' ? (
        <Suspense>
          <SaveVersionDialog onClose={close} />
        </Suspense>
      ) : null}
      {overlay?.kind === 'tools' ? (
        <Suspense>
          <ToolsDialog onClose={close} />
        </Suspense>
      ) : null}
      {overlay?.kind === 'name' ? <NameDialog question={overlay.question} onClose={close} /> : null}
      <Toaster theme={theme} position="bottom-right" offset={36} closeButton duration={8000} />
    </OverlayContext>
  );
}
