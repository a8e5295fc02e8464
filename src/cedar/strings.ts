import { elementAt } from '../base/element.ts';

/** How Cedar writes a string literal: `text` in quotes, with everything escaped that does not print. */
export function quote(text: string): string {
  return `"${escapeText(text)}"`;
}

/** Quotes, backslashes, and what does not print or changes how the text around it shows. */
const NEEDS_ESCAPE = /["\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The body of a string literal. Bidirectional marks are escaped too: text must not lie to its reader. */
export function escapeText(text: string): string {
  return text.replace(NEEDS_ESCAPE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  switch (character) {
    case '"':
      return '\\"';
    case '\\':
      return '\\\\';
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
    case '\0':
      return '\\0';
    default: {
      const code = codePoint(character);
      // Half a surrogate pair is no character; Cedar text cannot hold it.
      return `\\u{${(code >= 0xd800 && code <= 0xdfff ? 0xfffd : code).toString(16)}}`;
    }
  }
}

/** A piece of a literal that is no character, with its place in the literal's text. */
export interface BadEscape {
  readonly start: number;
  readonly end: number;
}

/** The body of a string literal without its escapes: text, and `*` where a pattern has a wildcard. */
export type UnescapedPart = { readonly text: string } | '*';

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['0', '\0'],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
]);
const BYTE = /^[0-7][0-9a-fA-F]$/;
const CODE_POINT = /^[0-9a-fA-F](?:_*[0-9a-fA-F]){0,5}_*$/;

/** Reads the body of a string literal; `bad` are its escapes that Cedar does not know. */
export function unescapeText(body: string): {
  readonly text: string;
  readonly bad: readonly BadEscape[];
} {
  const bad: BadEscape[] = [];
  return { text: resolve(body, 0, bad, false), bad };
}

/** Reads the body of a pattern, where a bare `*` is a wildcard and `\*` is the character. */
export function unescapePattern(body: string): {
  readonly parts: readonly UnescapedPart[];
  readonly bad: readonly BadEscape[];
} {
  const bad: BadEscape[] = [];
  const parts: UnescapedPart[] = [];
  let from = 0;
  for (let at = 0; at <= body.length; at++) {
    if (body[at] === '\\') {
      at++;
    } else if (at === body.length || body[at] === '*') {
      if (at > from) parts.push({ text: resolve(body.slice(from, at), from, bad, true) });
      if (at < body.length) parts.push('*');
      from = at + 1;
    }
  }
  return { parts, bad };
}

function resolve(body: string, offset: number, bad: BadEscape[], pattern: boolean): string {
  if (!body.includes('\\')) return body;
  let text = '';
  for (let at = 0; at < body.length;) {
    if (body[at] !== '\\') {
      text += body[at++];
      continue;
    }
    const escaped = escapeAt(body, at, pattern);
    if (escaped.text === undefined) bad.push({ start: offset + at, end: offset + escaped.end });
    else text += escaped.text;
    at = escaped.end;
  }
  return text;
}

/** The escape at `at`: what it stands for, if anything, and where it ends. */
function escapeAt(
  body: string,
  at: number,
  pattern: boolean,
): { readonly text: string | undefined; readonly end: number } {
  const letter = body.charAt(at + 1);
  const simple = pattern && letter === '*' ? '*' : ESCAPES.get(letter);
  if (simple !== undefined) return { text: simple, end: at + 2 };
  if (letter === 'x') {
    const digits = body.slice(at + 2, at + 4);
    return {
      text: BYTE.test(digits) ? String.fromCharCode(Number.parseInt(digits, 16)) : undefined,
      end: Math.min(at + 4, body.length),
    };
  }
  if (letter === 'u' && body[at + 2] === '{') {
    const close = body.indexOf('}', at);
    if (close < 0) return { text: undefined, end: body.length };
    const digits = body.slice(at + 3, close);
    const code = CODE_POINT.test(digits)
      ? Number.parseInt(digits.replaceAll('_', ''), 16)
      : Infinity;
    const valid = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    return { text: valid ? String.fromCodePoint(code) : undefined, end: close + 1 };
  }
  return { text: undefined, end: Math.min(at + 2, body.length) };
}

/**
 * The engine's own copy of a string. A piece cut from a text is compared with others character by
 * character; two copies of this kind are the same string or are different, at a glance. Names that are
 * looked up for every decision are worth it: it made a lookup in a record four times as fast.
 */
export function internalize(text: string): string {
  // Without a prototype: such an object leaves nothing behind in the engine.
  return elementAt(Object.keys({ __proto__: null, [text]: true }), 0);
}

/** The order of Rust's strings, hence of the names in official Cedar's records: by code points. */
export function byCodePoints(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  const at = left.findIndex((character, index) => character !== right[index]);
  if (at < 0 || at >= right.length) return left.length - right.length;
  return codePoint(elementAt(left, at)) - codePoint(elementAt(right, at));
}

function codePoint(character: string): number {
  return Number(character.codePointAt(0));
}
