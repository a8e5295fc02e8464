import { useEffect, useRef } from 'react';
import { languageOf } from '../editor/languages.ts';
import { monaco } from '../editor/monaco.ts';
import { isDark, onSystemTheme } from '../shell/theme.ts';
import { useStudioState } from '../state/context.ts';
import { changedFiles } from '../state/changed-files.ts';
import { useCompare, useCompareStore } from './compare-state.ts';
import styles from './text-diff.module.css';

const nothing: ReadonlyMap<string, string> = new Map();

/** Whether a file is on both sides. */
function howOf(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) {
  return (path: string): string =>
    before.has(path) ? (after.has(path) ? 'edited' : 'gone') : 'new';
}

/** Gives one side its name, and again when the diff editor, laying itself out anew, forgets it. */
function keepName(side: monaco.editor.ICodeEditor, ariaLabel: string): void {
  side.updateOptions({ ariaLabel });
  side.onDidChangeConfiguration(() => {
    const named = side.getOption(monaco.editor.EditorOption.ariaLabel) === ariaLabel;
    if (!named) side.updateOptions({ ariaLabel });
  });
}

/** Both texts of one file in Monaco's diff editor, to be read. */
function Difference({
  path,
  before,
  after,
}: {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}) {
  const host = useRef<HTMLDivElement>(null);
  const theme = useStudioState((state) => state.theme);
  const place = useCompare((state) => state.place);
  useEffect(() => {
    const apply = () => {
      monaco.editor.setTheme(isDark(theme) ? 'stage0-dark' : 'stage0-light');
    };
    apply();
    return onSystemTheme(apply);
  }, [theme]);
  useEffect(() => {
    if (host.current === null) return undefined;
    const original = monaco.editor.createModel(before, languageOf(path));
    const modified = monaco.editor.createModel(after, languageOf(path));
    const editor = monaco.editor.createDiffEditor(host.current, {
      automaticLayout: true,
      readOnly: true,
      originalEditable: false,
      renderSideBySide: true,
      useInlineViewWhenSpaceIsLimited: true,
      renderSideBySideInlineBreakpoint: 640,
      hideUnchangedRegions: { enabled: true },
      renderOverviewRuler: false,
      fontFamily: "'JetBrains Mono Variable', ui-monospace, monospace",
      fontLigatures: false,
      fontSize: 12,
      lineHeight: 18,
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
    });
    keepName(editor.getOriginalEditor(), `${path}, before`);
    keepName(editor.getModifiedEditor(), `${path}, after`);
    // The diff is computed beside the page, and fails when its texts go meanwhile.
    const texts = editor.createViewModel({ original, modified });
    const computed = texts.waitForDiff();
    editor.setModel(texts);
    const shown = editor.onDidUpdateDiff(() => {
      if (place?.path !== path) return;
      const side = place.on === 'before' ? editor.getOriginalEditor() : editor.getModifiedEditor();
      const model = side.getModel();
      if (model === null) return;
      const { start, end } = place.span;
      const range = monaco.Range.fromPositions(
        model.getPositionAt(start),
        model.getPositionAt(end),
      );
      side.setSelection(range);
      side.revealRangeInCenter(range);
    });
    return () => {
      shown.dispose();
      editor.setModel(null);
      editor.dispose();
      const forget = () => {
        texts.dispose();
        original.dispose();
        modified.dispose();
      };
      void computed.then(forget, forget);
    };
  }, [path, before, after, place]);
  return <div ref={host} className={styles['editor']} data-diff={path} />;
}

/** The files that differ, and the texts of one of them side by side. */
export function TextDiff() {
  const store = useCompareStore();
  const before = useCompare((state) => state.before?.files ?? nothing);
  const after = useCompare((state) => state.after?.files ?? nothing);
  const chosen = useCompare((state) => state.path);
  const paths = changedFiles(before, after);
  const path =
    paths.find((each) => each === chosen) ??
    paths.find((each) => each.startsWith('policies/')) ??
    paths[0];
  if (path === undefined) {
    return <p className={styles['none']}>The texts are the same, letter by letter.</p>;
  }
  const how = howOf(before, after);
  return (
    <div className={styles['split']}>
      <nav className={styles['files']} aria-label="Files that differ">
        <ul>
          {paths.map((each) => (
            <li key={each}>
              <button
                type="button"
                className={styles['file']}
                aria-current={each === path}
                title={each}
                onClick={() => {
                  store.setState({ path: each, place: undefined });
                }}
              >
                <span className={styles['path']}>{each}</span>
                <span className={styles['how']}>{how(each)}</span>
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <Difference path={path} before={before.get(path) ?? ''} after={after.get(path) ?? ''} />
    </div>
  );
}
