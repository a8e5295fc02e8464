import {
  amber,
  amberDark,
  grass,
  grassDark,
  indigo,
  indigoDark,
  slate,
  slateDark,
  tomato,
  tomatoDark,
} from '@radix-ui/colors';
import type { Monaco } from './monaco.ts';

/** `#aabbcc` → `aabbcc`, as Monaco's token rules want it. */
function bare(color: string): string {
  return color.replace('#', '');
}

interface Ink {
  readonly text: string;
  readonly quiet: string;
  readonly keyword: string;
  readonly effect: string;
  readonly type: string;
  readonly string: string;
  readonly number: string;
  readonly annotation: string;
  readonly error: string;
}

function tokenRules(ink: Ink) {
  const rule = (token: string, color: string, fontStyle?: string) => ({
    token,
    foreground: bare(color),
    ...(fontStyle !== undefined && { fontStyle }),
  });
  return [
    rule('', ink.text),
    rule('comment', ink.quiet, 'italic'),
    rule('keyword', ink.keyword),
    rule('keyword.effect', ink.effect, 'bold'),
    rule('type', ink.type),
    rule('type.builtin', ink.type),
    rule('variable.predefined', ink.keyword),
    rule('variable.slot', ink.effect),
    rule('property', ink.text),
    rule('method', ink.type),
    rule('constant', ink.number),
    rule('number', ink.number),
    rule('string', ink.string),
    rule('string.quote', ink.string),
    rule('string.escape', ink.number),
    rule('string.invalid', ink.error),
    rule('annotation', ink.annotation),
    rule('operator', ink.quiet),
    rule('delimiter', ink.quiet),
  ];
}

/** Registers the studio's light and dark editor themes, from the same scales as `tokens.css`. */
export function registerThemes(monaco: Monaco): void {
  monaco.editor.defineTheme('stage0-light', {
    base: 'vs',
    inherit: true,
    rules: tokenRules({
      text: slate.slate12,
      quiet: slate.slate11,
      keyword: indigo.indigo11,
      effect: indigo.indigo11,
      type: '#0b6478',
      string: grass.grass11,
      number: '#8f5200',
      annotation: '#7a3e9d',
      error: tomato.tomato11,
    }),
    colors: {
      'editor.background': slate.slate1,
      'editor.foreground': slate.slate12,
      'editorLineNumber.foreground': slate.slate11,
      'editorLineNumber.activeForeground': slate.slate12,
      'editorLineNumber.dimmedForeground': slate.slate11,
      'editor.lineHighlightBackground': '#00000000',
      'editor.lineHighlightBorder': '#00000000',
      'editor.selectionBackground': indigo.indigo5,
      'editor.inactiveSelectionBackground': slate.slate4,
      'editorCodeLens.foreground': slate.slate11,
      'editorInlayHint.foreground': slate.slate11,
      'editorInlayHint.background': slate.slate3,
      'editorCursor.foreground': indigo.indigo9,
      'editorBracketMatch.border': slate.slate8,
      'editorBracketMatch.background': slate.slate4,
      'editorError.foreground': tomato.tomato9,
      'editorWarning.foreground': amber.amber9,
      'editorWidget.background': '#ffffff',
      'editorWidget.border': slate.slate6,
      focusBorder: indigo.indigo9,
      'scrollbarSlider.background': '#00000018',
      'diffEditor.removedLineBackground': tomato.tomato3,
      'diffEditor.removedTextBackground': `${tomato.tomato7}99`,
      'diffEditor.insertedLineBackground': grass.grass3,
      'diffEditor.insertedTextBackground': `${grass.grass7}99`,
      'diffEditor.diagonalFill': slate.slate4,
    },
  });
  monaco.editor.defineTheme('stage0-dark', {
    base: 'vs-dark',
    inherit: true,
    rules: tokenRules({
      text: slateDark.slate12,
      quiet: slateDark.slate11,
      keyword: indigoDark.indigo11,
      effect: indigoDark.indigo11,
      type: '#6fcbe0',
      string: grassDark.grass11,
      number: amberDark.amber11,
      annotation: '#d19dff',
      error: tomatoDark.tomato11,
    }),
    colors: {
      'editor.background': slateDark.slate1,
      'editor.foreground': slateDark.slate12,
      'editorLineNumber.foreground': slateDark.slate11,
      'editorLineNumber.activeForeground': slateDark.slate12,
      'editorLineNumber.dimmedForeground': slateDark.slate11,
      'editor.lineHighlightBackground': '#00000000',
      'editor.lineHighlightBorder': '#00000000',
      'editor.selectionBackground': indigoDark.indigo5,
      'editor.inactiveSelectionBackground': slateDark.slate4,
      'editorCodeLens.foreground': slateDark.slate11,
      'editorInlayHint.foreground': slateDark.slate11,
      'editorInlayHint.background': slateDark.slate3,
      'editorCursor.foreground': indigoDark.indigo9,
      'editorBracketMatch.border': slateDark.slate8,
      'editorBracketMatch.background': slateDark.slate4,
      'editorError.foreground': tomatoDark.tomato9,
      'editorWarning.foreground': amberDark.amber9,
      'editorWidget.background': slateDark.slate2,
      'editorWidget.border': slateDark.slate6,
      focusBorder: indigoDark.indigo9,
      'scrollbarSlider.background': '#ffffff1c',
      'diffEditor.removedLineBackground': tomatoDark.tomato3,
      'diffEditor.removedTextBackground': `${tomatoDark.tomato7}99`,
      'diffEditor.insertedLineBackground': grassDark.grass3,
      'diffEditor.insertedTextBackground': `${grassDark.grass7}99`,
      'diffEditor.diagonalFill': slateDark.slate4,
    },
  });
}
