import type { TextEdit } from '../../authoring/problem.ts';
import type { Studio } from './studio.ts';

/** Applies edits that do not overlap to one text. */
export function editedText(text: string, edits: readonly TextEdit[]): string {
  let edited = text;
  for (const { span, text: inserted } of edits.toSorted((a, b) => b.span.start - a.span.start)) {
    edited = edited.slice(0, span.start) + inserted + edited.slice(span.end);
  }
  return edited;
}

/** Gives several files new texts at once, with one undo for all of them. */
export function changeTexts(
  studio: Studio,
  changed: ReadonlyMap<string, string>,
  message: string,
): void {
  const { packId } = studio.state;
  if (packId === undefined) return;
  const before = new Map([...changed.keys()].map((path) => [path, studio.state.files.get(path)]));
  for (const [path, text] of changed) studio.editFile(path, text);
  studio.parts.notify('info', message, () => {
    void (async () => {
      if (!(await studio.backIn(packId))) return;
      for (const [path, text] of before) if (text !== undefined) studio.editFile(path, text);
    })();
  });
}

/** Applies the edits of a fix or a rename, over as many files as they concern. */
export function applyEdits(studio: Studio, edits: readonly TextEdit[]): void {
  for (const path of new Set(edits.map((edit) => edit.path))) {
    const text = studio.state.files.get(path);
    const own = edits.filter((edit) => edit.path === path);
    if (text !== undefined) studio.editFile(path, editedText(text, own));
  }
}
