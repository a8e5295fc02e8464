import type { SemanticKind, SemanticToken } from '../../authoring/view/semantic.ts';
import type { editor } from 'monaco-editor/editor';

/** Monaco's names for what tokens mean; they are the theme's token names. */
export const semanticTypes: string[] = [
  'annotation',
  'keyword',
  'keyword.effect',
  'variable.predefined',
  'type',
  'string',
  'property',
  'method',
  'number',
  'operator',
];

const semanticType: Readonly<Record<SemanticKind, string>> = {
  annotation: 'annotation',
  keyword: 'keyword',
  variable: 'variable.predefined',
  entityType: 'type',
  entityId: 'string',
  attribute: 'property',
  function: 'method',
  string: 'string',
  number: 'number',
  operator: 'operator',
};

const effects: ReadonlySet<string> = new Set(['permit', 'forbid']);

/** Tokens as Monaco wants them: each relative to the one before, five numbers a token. */
export function encodeTokens(
  model: editor.ITextModel,
  tokens: readonly SemanticToken[],
): Uint32Array {
  const data: number[] = [];
  const text = model.getValue();
  let line = 1;
  let column = 1;
  for (const token of tokens) {
    const { lineNumber, column: start } = model.getPositionAt(token.start);
    // A token over several lines cannot be said; its first line is.
    const length = Math.min(token.end - token.start, model.getLineMaxColumn(lineNumber) - start);
    const effect = token.kind === 'keyword' && effects.has(text.slice(token.start, token.end));
    const kind = semanticTypes.indexOf(effect ? 'keyword.effect' : semanticType[token.kind]);
    data.push(lineNumber - line, lineNumber === line ? start - column : start - 1, length, kind, 0);
    line = lineNumber;
    column = start;
  }
  return new Uint32Array(data);
}
