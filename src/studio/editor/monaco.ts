/**
 * Monaco, as much of it as the studio uses. This module is only ever imported dynamically: the shell
 * is usable before it arrives. Languages, themes and providers are global to Monaco, so they are
 * registered once, here, at module scope.
 */
import * as monaco from 'monaco-editor/editor';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import 'monaco-editor/features/anchorSelect/register';
import 'monaco-editor/features/bracketMatching/register';
import 'monaco-editor/features/caretOperations/register';
import 'monaco-editor/features/clipboard/register';
import 'monaco-editor/features/codicon/register';
import 'monaco-editor/features/comment/register';
import 'monaco-editor/features/contextmenu/register';
import 'monaco-editor/features/cursorUndo/register';
import 'monaco-editor/features/diffEditor/register';
import 'monaco-editor/features/find/register';
import 'monaco-editor/features/folding/register';
import 'monaco-editor/features/gotoError/register';
import 'monaco-editor/features/gotoLine/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/linesOperations/register';
import 'monaco-editor/features/multicursor/register';
import 'monaco-editor/features/smartSelect/register';
import 'monaco-editor/features/toggleTabFocusMode/register';
import 'monaco-editor/features/wordHighlighter/register';
import 'monaco-editor/features/wordOperations/register';
import 'monaco-editor/features/codeAction/register';
import 'monaco-editor/features/codelens/register';
import 'monaco-editor/features/documentSymbols/register';
import 'monaco-editor/features/format/register';
import 'monaco-editor/features/gotoSymbol/register';
import 'monaco-editor/features/inlayHints/register';
import 'monaco-editor/features/parameterHints/register';
import 'monaco-editor/features/quickOutline/register';
import 'monaco-editor/features/referenceSearch/register';
import 'monaco-editor/features/rename/register';
import 'monaco-editor/features/semanticTokens/register';
import 'monaco-editor/features/snippet/register';
import 'monaco-editor/features/suggest/register';
// The suggest feature's own entry leaves its controller out.
import 'monaco-editor/editor/contrib/suggest/browser/suggestController';
import type { LanguageSource } from './language-source.ts';
import { registerLanguages } from './languages.ts';
import { registerProviders } from './providers.ts';
import { registerThemes } from './themes.ts';

self.MonacoEnvironment = { getWorker: () => new EditorWorker() };

registerLanguages(monaco);
registerThemes(monaco);

/** Providers are global to Monaco and registered once; this is who answers them now. */
let source: LanguageSource | undefined;
let unfollow: (() => void) | undefined;
const changed = new monaco.Emitter<void>();
registerProviders(monaco, { current: () => source, changed: changed.event });

/** Lets a studio answer Monaco's providers; undefined: nobody does. */
export function serveFrom(next: LanguageSource | undefined): void {
  unfollow?.();
  source = next;
  unfollow = next?.onChange(() => {
    changed.fire();
  });
}

export { monaco };
export type Monaco = typeof monaco;
