import type { Span } from '../../base/span.ts';
import type { SchemaIssue } from './model.ts';

export interface Token {
  readonly kind: 'identifier' | 'string' | 'number' | 'punctuation' | 'end';
  /** As written, but strings without quotes and escapes. */
  readonly text: string;
  readonly span: Span;
  /** Whether only space and comments stand before it on its line: where recovery may resume. */
  readonly first: boolean;
}

/** Space is Unicode's White_Space, as in official Cedar; a byte order mark is none. */
const SPACE = /(?:\p{White_Space}|\/\/[^\n\r]*)+/uy;
const WORD = /[_a-zA-Z][_a-zA-Z0-9]*|[0-9]+|::|[,;:{}[\]<>=?@()]/y;

/** Splits a schema into tokens, the last of kind `end`. What is no token is reported and skipped. */
export function lexSchema(text: string, report: (issue: SchemaIssue) => void): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let lineBreak = true;
  while (at < text.length) {
    SPACE.lastIndex = at;
    const space = SPACE.exec(text)?.[0];
    if (space !== undefined) {
      lineBreak ||= /[\n\r]/.test(space);
      at += space.length;
      continue;
    }
    const token =
      text[at] === '"' ? stringAt(text, at, lineBreak, report) : wordAt(text, at, lineBreak);
    if (token === undefined) {
      at = skipUnknown(text, at, report);
      continue;
    }
    tokens.push(token);
    at = token.span.end;
    lineBreak = false;
  }
  tokens.push({ kind: 'end', text: '', span: { start: at, end: at }, first: true });
  return tokens;
}

function wordAt(text: string, start: number, first: boolean): Token | undefined {
  WORD.lastIndex = start;
  const word = WORD.exec(text)?.[0];
  if (word === undefined) return undefined;
  const kind = /^[0-9]/.test(word) ? 'number' : /^\w/.test(word) ? 'identifier' : 'punctuation';
  return { kind, text: word, span: { start, end: start + word.length }, first };
}

/** Past a run of characters that begin no token, which is one issue. */
function skipUnknown(text: string, start: number, report: (issue: SchemaIssue) => void): number {
  let end = start;
  do {
    // The second half of a surrogate pair begins no token either, so the pair stays together.
    end += 1;
    SPACE.lastIndex = end;
  } while (
    end < text.length &&
    text[end] !== '"' &&
    wordAt(text, end, false) === undefined &&
    !SPACE.test(text)
  );
  const found = JSON.stringify(text.slice(start, Math.min(end, start + 20)));
  const message = `${found} has no meaning in a schema.`;
  report({ code: 'UNEXPECTED_CHARACTER', message, span: { start, end } });
  return end;
}

function stringAt(
  text: string,
  start: number,
  first: boolean,
  report: (issue: SchemaIssue) => void,
): Token {
  let end = start + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  if (end >= text.length) {
    // Most likely the quote is missing on this line: the rest of the text is still worth reading.
    const line = /[\n\r]/.exec(text.slice(start))?.index;
    const span = { start, end: line === undefined ? text.length : start + line };
    report({ code: 'UNTERMINATED_STRING', message: 'The string does not end.', span });
    return { kind: 'string', text: '', span, first };
  }
  const span = { start, end: end + 1 };
  return { kind: 'string', text: unescape(text, span, report), span, first };
}

const ESCAPE = /\\(?:x([0-7][0-9a-fA-F])|u\{([0-9a-fA-F][0-9a-fA-F_]*)\}|([nrt0\\'"]))|[\\\r]/g;
const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['0', '\0'],
]);

/** Escapes are those of a Rust string, as in all of Cedar. */
function unescape(text: string, span: Span, report: (issue: SchemaIssue) => void): string {
  const body = text.slice(span.start + 1, span.end - 1);
  if (!body.isWellFormed()) {
    const message = 'The string holds half of a surrogate pair, which is no character.';
    report({ code: 'UNEXPECTED_CHARACTER', message, span });
  }
  if (!body.includes('\\') && !body.includes('\r')) return body;
  return body.replace(
    ESCAPE,
    (
      whole: string,
      hex: string | undefined,
      code: string | undefined,
      simple: string | undefined,
      at: number,
    ) => {
      const character = unescaped(hex, code, simple);
      if (character !== undefined) return character;
      const start = span.start + 1 + at;
      const message =
        whole === '\r'
          ? 'A carriage return in a string is written \\r.'
          : `There is no escape ${body.slice(at, at + 2)} of a character; the escapes are \\n \\r \\t \\0 \\\\ \\' \\" \\x41 \\u{1F600}.`;
      report({ code: 'BAD_ESCAPE', message, span: { start, end: start + whole.length } });
      return '';
    },
  );
}

function unescaped(
  hex: string | undefined,
  code: string | undefined,
  simple: string | undefined,
): string | undefined {
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
  if (simple !== undefined) return SIMPLE.get(simple) ?? simple;
  if (code === undefined) return undefined;
  const digits = code.replaceAll('_', '');
  const point = Number.parseInt(digits, 16);
  const exists = digits.length <= 6 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
  return exists ? String.fromCodePoint(point) : undefined;
}
