import type { editor } from 'monaco-editor/editor';
import { languageOf } from './languages.ts';
import type { Monaco } from './monaco.ts';

/** The address of one file of one pack. */
function uriOf(monaco: Monaco, packId: string, path: string) {
  return monaco.Uri.from({ scheme: 'pack', authority: packId, path: `/${path}` });
}

/** The path of a model's file inside its pack. */
export function pathOf(model: editor.ITextModel): string {
  return model.uri.path.slice(1);
}

/**
 * The model of one file of one pack. It outlives the editor, and with it the file's undo history, and it
 * may exist for a file that no editor has shown, as the target of a link.
 */
export function modelOf(
  monaco: Monaco,
  packId: string,
  path: string,
  text: string,
): editor.ITextModel {
  const uri = uriOf(monaco, packId, path);
  return monaco.editor.getModel(uri) ?? monaco.editor.createModel(text, languageOf(path), uri);
}

/** Makes a model say `text`, as one undoable edit, when it says something else. */
export function syncModel(model: editor.ITextModel, text: string): void {
  if (model.getValue() === text) return;
  model.pushEditOperations(
    [],
    [{ range: model.getFullModelRange(), text, forceMoveMarkers: true }],
    () => null,
  );
}
