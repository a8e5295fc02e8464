import { X } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { Dock } from '../dock/dock.tsx';
import { IconButton } from '../parts/button.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { fileName, scenarioIdOf } from '../state/paths.ts';
import { allProblems } from '../state/selectors.ts';
import styles from './editor-pane.module.css';

const CodeEditor = lazy(async () => {
  const { CodeEditor: component } = await import('./code-editor.tsx');
  return { default: component };
});

function FileTabs() {
  const studio = useStudio();
  const tabs = useStudioState((state) => state.tabs);
  const active = useStudioState((state) => state.activePath);
  const problems = useStudioState(allProblems);
  return (
    <nav className={styles['tabs']} aria-label="Open files">
      {tabs.map((path) => (
        <div key={path} className={styles['tab']} data-active={path === active || undefined}>
          <button
            type="button"
            className={styles['tabName']}
            aria-current={path === active ? 'page' : undefined}
            title={path}
            data-broken={
              problems.some((each) => each.path === path && each.severity === 'error') || undefined
            }
            onClick={() => {
              studio.openFile(path);
            }}
            onAuxClick={() => {
              studio.closeFile(path);
            }}
          >
            {fileName(path)}
          </button>
          <IconButton
            label={`Close ${fileName(path)}`}
            className={styles['close']}
            onClick={() => {
              studio.closeFile(path);
            }}
          >
            <X size={13} />
          </IconButton>
        </div>
      ))}
    </nav>
  );
}

/** The text as it is, until the editor has arrived: it can be read and selected at once. */
function PlainText({ path }: { readonly path: string }) {
  const text = useStudioState((state) => state.files.get(path) ?? '');
  return (
    <pre
      className={styles['plain']}
      tabIndex={0}
      aria-label={`${fileName(path)}, loading the editor`}
    >
      {text}
    </pre>
  );
}

/** Open files in tabs, and the editor for the one in front. */
export function EditorPane() {
  const phase = useStudioState((state) => state.phase);
  const path = useStudioState((state) => state.activePath);
  const docked = useStudioState((state) => state.dock !== undefined);
  const missing = useStudioState(
    (state) => path !== undefined && scenarioIdOf(path) !== undefined && !state.files.has(path),
  );
  return (
    <main className={styles['pane']} data-pane="editor" tabIndex={-1} aria-label="Editor">
      <FileTabs />
      <Group className={styles['split']} orientation="vertical">
        <Panel id="text" minSize={80} className={styles['text']}>
          {path === undefined || missing ? (
            <p className={styles['empty']}>
              {phase === 'starting'
                ? 'Opening the pack…'
                : 'Choose a file on the left to read and edit it.'}
            </p>
          ) : (
            <Suspense fallback={<PlainText path={path} />}>
              <CodeEditor path={path} />
            </Suspense>
          )}
        </Panel>
        {docked ? (
          <>
            <Separator className={styles['splitter']} aria-label="Resize the dock" />
            <Panel id="dock" defaultSize="32%" minSize={90}>
              <Dock />
            </Panel>
          </>
        ) : null}
      </Group>
    </main>
  );
}
