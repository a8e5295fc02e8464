import { useEffect, useRef } from 'react';
import type { Span } from '../../base/span.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import { useOverlay } from '../shell/dialogs.ts';
import { askNewScenario } from '../shell/questions.ts';
import { allProblems } from '../state/selectors.ts';
import { isDark, onSystemTheme } from '../shell/theme.ts';
import styles from './editor-pane.module.css';
import { modelOf, syncModel } from './models.ts';
import { monaco, serveFrom } from './monaco.ts';
import { studioLanguage } from './studio-language.ts';
import { useCoverageGutter } from './use-coverage-gutter.ts';

type Model = monaco.editor.ITextModel;

function rangeOf(model: Model, span: Span): monaco.Range {
  return monaco.Range.fromPositions(model.getPositionAt(span.start), model.getPositionAt(span.end));
}

function useMonacoTheme(): void {
  const theme = useStudioState((state) => state.theme);
  useEffect(() => {
    const apply = () => {
      monaco.editor.setTheme(isDark(theme) ? 'stage0-dark' : 'stage0-light');
    };
    apply();
    return onSystemTheme(apply);
  }, [theme]);
}

/** Answers Monaco's providers from this studio for as long as the editor is there. */
function useLanguage(): void {
  const studio = useStudio();
  const show = useOverlay();
  useEffect(() => {
    serveFrom(
      studioLanguage(studio, {
        newScenario: () => {
          askNewScenario(studio, show, studio.state.scenarioId);
        },
      }),
    );
    const opener = monaco.editor.registerEditorOpener({
      openCodeEditor: (_source, resource, target) => {
        const path = resource.path.slice(1);
        const text = studio.state.files.get(path);
        if (text === undefined) return false;
        const model = modelOf(monaco, studio.state.packId ?? '', path, text);
        const range =
          target === undefined || 'startLineNumber' in target
            ? target
            : monaco.Range.fromPositions(target);
        const start =
          range === undefined ? 0 : model.getOffsetAt(monaco.Range.getStartPosition(range));
        const end = range === undefined ? 0 : model.getOffsetAt(monaco.Range.getEndPosition(range));
        studio.reveal(path, { start, end });
        return true;
      },
    });
    return () => {
      serveFrom(undefined);
      opener.dispose();
    };
  }, [studio, show]);
}

/** Monaco on one file of the working copy, with the engine's problems under the text they concern. */
export function CodeEditor({ path }: { readonly path: string }) {
  const studio = useStudio();
  const packId = useStudioState((state) => state.packId ?? '');
  const text = useStudioState((state) => state.files.get(path));
  const problems = useStudioState(allProblems);
  const reveal = useStudioState((state) => state.reveal);
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor>(undefined);
  const views = useRef(new Map<string, monaco.editor.ICodeEditorViewState | null>());
  useMonacoTheme();
  useLanguage();

  useEffect(() => {
    if (host.current === null) return undefined;
    const created = monaco.editor.create(host.current, {
      model: null,
      automaticLayout: true,
      ariaLabel: 'Editor. Press Ctrl+M to let Tab leave the editor.',
      accessibilitySupport: 'auto',
      bracketPairColorization: { enabled: false },
      fixedOverflowWidgets: true,
      fontFamily: "'JetBrains Mono Variable', ui-monospace, monospace",
      fontLigatures: false,
      fontSize: 13,
      lineHeight: 20,
      lineNumbersMinChars: 4,
      minimap: { enabled: false },
      padding: { top: 10, bottom: 10 },
      renderLineHighlight: 'none',
      scrollBeyondLastLine: false,
      smoothScrolling: false,
      stickyScroll: { enabled: false },
      quickSuggestions: { strings: true, comments: false, other: true },
      suggest: { showWords: false },
      tabSize: 2,
      wordBasedSuggestions: 'off',
    });
    editor.current = created;
    void document.fonts.ready.then(() => {
      monaco.editor.remeasureFonts();
    });
    return () => {
      created.dispose();
      editor.current = undefined;
    };
  }, []);

  // Another file in front: its model, and the place in it that was left.
  useEffect(() => {
    const current = editor.current;
    const initial = studio.state.files.get(path);
    if (current === undefined || initial === undefined) return undefined;
    const model = modelOf(monaco, packId, path, initial);
    syncModel(model, initial);
    current.setModel(model);
    const remembered = views.current;
    const key = `${packId}/${path}`;
    current.restoreViewState(remembered.get(key) ?? null);
    const listening = model.onDidChangeContent(() => {
      studio.editFile(path, model.getValue());
    });
    // The rule under the cursor is the one that the graph and the trace show.
    const following = current.onDidChangeCursorPosition((event) => {
      if (event.reason !== monaco.editor.CursorChangeReason.Explicit) return;
      const offset = model.getOffsetAt(event.position);
      const rule = studio.state.snapshot?.rules.find(
        ({ path: file, span }) => file === path && span.start <= offset && offset <= span.end,
      );
      if (rule === undefined) return;
      studio.select({ ruleId: rule.id, path, span: { start: offset, end: offset } }, 'text');
    });
    return () => {
      listening.dispose();
      following.dispose();
      remembered.set(key, current.saveViewState());
    };
  }, [studio, packId, path]);

  // The text changed elsewhere: a reset, an undo of one, a saved request, another tab.
  useEffect(() => {
    const model = editor.current?.getModel();
    if (text !== undefined && model?.uri.path === `/${path}`) syncModel(model, text);
  }, [text, path]);

  useEffect(() => {
    const model = editor.current?.getModel();
    if (!model) return;
    const { Error: error, Warning: warning, Info: info } = monaco.MarkerSeverity;
    const severities = { error, warning, info };
    const markers = problems
      .filter((problem) => problem.path === path)
      .map((problem) => {
        const range = rangeOf(model, problem.span ?? { start: 0, end: 0 });
        return {
          severity: severities[problem.severity],
          message: problem.message,
          code: problem.code,
          startLineNumber: range.startLineNumber,
          startColumn: range.startColumn,
          endLineNumber: range.endLineNumber,
          endColumn: range.endColumn,
        };
      });
    monaco.editor.setModelMarkers(model, 'stage0', markers);
  }, [problems, path]);

  useCoverageGutter(editor, path);

  const action = useStudioState((state) => state.editorAction);
  const taken = useRef(action);
  useEffect(() => {
    if (action === undefined || taken.current === action) return;
    taken.current = action;
    editor.current?.focus();
    void editor.current?.getAction(action.id)?.run();
  }, [action]);

  useEffect(() => {
    const current = editor.current;
    const model = current?.getModel();
    if (!current || !model || reveal?.path !== path) return;
    const range = rangeOf(model, reveal.span);
    current.setSelection(range);
    current.revealRangeInCenterIfOutsideViewport(range);
    if (reveal.keepsFocus !== true) current.focus();
  }, [reveal, path]);

  return <div ref={host} className={styles['host']} data-editor={path} />;
}
