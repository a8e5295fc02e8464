import { useEffect, useRef } from 'react';
import { monaco } from '../editor/monaco.ts';
import { useStudio, useStudioState } from '../state/context.ts';
import { editShownRequest, shownRequest } from '../state/pack-actions.ts';
import { scenarioPath } from '../state/paths.ts';
import { failureOf } from '../state/selectors.ts';
import { fieldSpan, requestText } from '../state/scenario-text.ts';
import styles from './request-json.module.css';

/** The request of a scenario as its JSON text. */
export function RequestJson({ scenarioId }: { readonly scenarioId: string }) {
  const studio = useStudio();
  const draft = useStudioState((state) => state.requestDrafts.get(scenarioId));
  const file = useStudioState((state) => state.files.get(scenarioPath(scenarioId)));
  const failure = useStudioState((state) => failureOf(state, scenarioId));
  const host = useRef<HTMLDivElement>(null);
  const place = useStudioState((state) => state.requestPlace);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor>(undefined);
  const model = useRef<monaco.editor.ITextModel>(undefined);

  useEffect(() => {
    if (host.current === null) return undefined;
    const created = monaco.editor.createModel(shownRequest(studio, scenarioId), 'pack-json');
    const shown = monaco.editor.create(host.current, {
      model: created,
      automaticLayout: true,
      ariaLabel: 'Request as JSON. Press Ctrl+M to let Tab leave the editor.',
      fixedOverflowWidgets: true,
      folding: false,
      fontFamily: "'JetBrains Mono Variable', ui-monospace, monospace",
      fontSize: 12,
      glyphMargin: false,
      lineDecorationsWidth: 4,
      lineHeight: 19,
      lineNumbersMinChars: 3,
      minimap: { enabled: false },
      padding: { top: 8, bottom: 8 },
      renderLineHighlight: 'none',
      scrollBeyondLastLine: false,
      tabSize: 2,
      wordBasedSuggestions: 'off',
      wordWrap: 'on',
    });
    model.current = created;
    editor.current = shown;
    const listening = created.onDidChangeContent(() => {
      editShownRequest(studio, scenarioId, created.getValue());
    });
    return () => {
      listening.dispose();
      shown.dispose();
      editor.current = undefined;
      created.dispose();
      model.current = undefined;
    };
  }, [studio, scenarioId]);

  // The saved request changed, or the edits were discarded: show what is there now.
  useEffect(() => {
    const text = draft ?? requestText(file ?? '') ?? '';
    if (model.current !== undefined && model.current.getValue() !== text) {
      model.current.setValue(text);
    }
  }, [draft, file]);

  useEffect(() => {
    const current = model.current;
    if (current === undefined) return;
    const problems =
      failure?.code === 'REQUEST_INVALID' && draft !== undefined ? failure.problems : [];
    monaco.editor.setModelMarkers(
      current,
      'stage0',
      problems.map((problem) => {
        const span = problem.span ?? { start: 0, end: 0 };
        const start = current.getPositionAt(span.start);
        const end = current.getPositionAt(span.end);
        return {
          severity: monaco.MarkerSeverity.Error,
          message: problem.message,
          code: problem.code,
          startLineNumber: start.lineNumber,
          startColumn: start.column,
          endLineNumber: end.lineNumber,
          endColumn: end.column,
        };
      }),
    );
  }, [failure, draft]);

  // A field that was asked for: found in the text, marked and brought into view.
  useEffect(() => {
    const current = model.current;
    if (place === undefined || current === undefined) return undefined;
    const span = fieldSpan(current.getValue(), place.pointer);
    const range = monaco.Range.fromPositions(
      current.getPositionAt(span.start),
      current.getPositionAt(span.end),
    );
    const marks = editor.current?.createDecorationsCollection([
      { range, options: { className: styles['found'] ?? '', isWholeLine: !span.isThere } },
    ]);
    editor.current?.setSelection(range);
    editor.current?.revealRangeInCenter(range);
    editor.current?.focus();
    return () => {
      marks?.clear();
    };
  }, [place]);

  return <div ref={host} className={styles['host']} data-request-editor="" />;
}
