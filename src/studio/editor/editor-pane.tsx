import { X } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { Dock } from '../dock/dock.tsx';
import { IconButton } from '../parts/button.tsx';
import { useStudio, useStudioState } from '../state/context.ts';
import { fileName, scenarioIdOf } from '../state/paths.ts';
import { useNarrow } from '../shell/use-narrow.ts';
import { allProblems } from '../state/selectors.ts';
import type { View } from '../state/state.ts';
import styles from './editor-pane.module.css';

const CodeEditor = lazy(async () => {
  const { CodeEditor: component } = await import('./code-editor.tsx');
  return { default: component };
});

const GraphView = lazy(async () => {
  const { GraphView: component } = await import('../graph/graph-view.tsx');
  return { default: component };
});

const views: readonly { readonly view: View; readonly label: string }[] = [
  { view: 'text', label: 'Text' },
  { view: 'graph', label: 'Graph' },
  { view: 'both', label: 'Both' },
];

/** What stands in the middle: text, graph, or both. */
function ViewSwitch() {
  const studio = useStudio();
  const current = useStudioState((state) => state.view);
  return (
    <div className={styles['views']} role="group" aria-label="View">
      {views.map(({ view, label }) => (
        <button
          key={view}
          type="button"
          className={styles['view']}
          aria-pressed={view === current}
          onClick={() => {
            studio.set({ view });
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

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
  const view = useStudioState((state) => state.view);
  const narrow = useNarrow();
  return (
    <main className={styles['pane']} data-pane="editor" tabIndex={-1} aria-label="Editor">
      <div className={styles['bar']}>
        <FileTabs />
        <ViewSwitch />
      </div>
      <Group className={styles['split']} orientation="vertical">
        <Panel id="middle" minSize={80}>
          <Group className={styles['split']} orientation="horizontal">
            {view === 'graph' ? null : (
              <Panel id="text" minSize={160} className={styles['text']}>
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
            )}
            {view === 'both' ? (
              <Separator className={styles['divider']} aria-label="Resize the graph" />
            ) : null}
            {view === 'text' ? null : (
              <Panel id="graph" minSize={200}>
                <Suspense fallback={<p className={styles['empty']}>Loading the graph…</p>}>
                  <GraphView />
                </Suspense>
              </Panel>
            )}
          </Group>
        </Panel>
        {docked ? (
          <>
            <Separator className={styles['splitter']} aria-label="Resize the dock" />
            <Panel id="dock" defaultSize={narrow ? '55%' : '36%'} minSize={90}>
              <Dock />
            </Panel>
          </>
        ) : null}
      </Group>
    </main>
  );
}
