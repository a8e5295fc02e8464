/**
 * Text to tokens, one at a time. Spans are in UTF-16 code units. What is not Cedar becomes an `invalid`
 * token: the parser decides what to say about it, and reading goes on behind it.
 */

/** Punctuation is its own kind. */
export type Punctuation =
  | '@'
  | '('
  | ')'
  | '{'
  | '}'
  | '['
  | ']'
  | ','
  | ';'
  | ':'
  | '::'
  | '.'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '&&'
  | '||'
  | '!'
  | '+'
  | '-'
  | '*';

export type TokenKind =
  | 'identifier'
  | 'string'
  | 'integer'
  | 'slot'
  | 'end'
  | 'invalid'
  | 'unterminated'
  | Punctuation;

export interface Token {
  readonly kind: TokenKind;
  /** Of an identifier: the word. */
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

const SINGLES = byFirst([
  '@',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  ',',
  ';',
  ':',
  '.',
  '<',
  '>',
  '!',
  '+',
  '-',
  '*',
]);
const PAIRS = byFirst(['::', '==', '!=', '<=', '>=', '&&', '||']);

/** Punctuation by the code of its first character. */
function byFirst(list: readonly Punctuation[]): readonly (Punctuation | undefined)[] {
  const table = Array.from<Punctuation | undefined>({ length: 128 });
  for (const text of list) table[text.charCodeAt(0)] = text;
  return table;
}

const SPACE = /\s/;

/** What an ASCII character begins, by its code: looked up, which costs no call for each character. */
const OTHER = 0;
const BLANK = 1;
const DIGIT = 2;
const LETTER = 3;
const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(character)) return LETTER;
  if (/[0-9]/.test(character)) return DIGIT;
  return /\s/.test(character) ? BLANK : OTHER;
});

/**
 * `next` is one long method with one place where tokens are made, for the first parse of a process: of
 * short ones, which the optimiser puts into each other and into those of the reader, making machine code
 * took so much longer that a cold start took 45 ms of CPU instead of 32. Regular expressions in place of
 * the loops (33 ms) and tokens used again (32 ms) gave nothing.
 */
export class Lexer {
  readonly text: string;
  #at = 0;
  /** Where the next backslash is, as far as that is known. */
  #backslash = -1;
  /** And the next carriage return. */
  #return = -1;
  /** Whether a string was found that nothing closes. */
  #unclosed = false;

  constructor(text: string) {
    this.text = text;
  }

  next(): Token {
    this.#skipBlank();
    const { text } = this;
    const start = this.#at;
    const code = text.charCodeAt(start);
    const found = CLASSES[code];
    let kind: TokenKind = 'invalid';
    let word = '';
    let end = start + 1;
    if (found === LETTER) {
      while ((CLASSES[text.charCodeAt(end)] ?? OTHER) >= DIGIT) end++;
      kind = 'identifier';
      word = text.slice(start, end);
    } else if (found === DIGIT) {
      while (CLASSES[text.charCodeAt(end)] === DIGIT) end++;
      kind = 'integer';
    } else if (code === 0x22) {
      // Most strings are plain: the next quote ends them. To look for it is faster than to go there.
      end = text.indexOf('"', end) + 1;
      if (this.#backslash < start) this.#backslash = placeOf(text, '\\', start);
      if (end === 0 || end > this.#backslash || this.#unclosed) return this.#string(start);
      kind = 'string';
    } else if (start === text.length) {
      kind = 'end';
      end = start;
    } else {
      const pair = PAIRS[code];
      const second = text.charCodeAt(end);
      if (pair !== undefined && pair.charCodeAt(1) === second) {
        kind = pair;
        end++;
      } else if (code === 0x3f && CLASSES[second] === LETTER) {
        kind = 'slot';
        while ((CLASSES[text.charCodeAt(end)] ?? OTHER) >= DIGIT) end++;
      } else {
        kind = SINGLES[code] ?? 'invalid';
        // A whole character, were it two code units.
        if (Number(text.codePointAt(start)) > 0xffff) end++;
      }
    }
    this.#at = end;
    return { kind, word, start, end };
  }

  #skipBlank(): void {
    const { text } = this;
    let at = this.#at;
    for (;;) {
      const code = text.charCodeAt(at);
      if (CLASSES[code] === BLANK || (code >= 0x80 && isBlank(code))) {
        at++;
      } else if (code === 0x2f && text.charCodeAt(at + 1) === 0x2f) {
        // To look for the end of a comment is faster than to go there; most texts have no \r at all.
        if (this.#return < at) this.#return = placeOf(text, '\r', at);
        at = Math.min(placeOf(text, '\n', at), this.#return);
      } else {
        break;
      }
    }
    this.#at = at;
  }

  /**
   * A string runs to its closing quote, over line ends; a backslash takes the next character along.
   * Where nothing closes it, reading goes on in the next line, so that the rest is not lost; from then
   * on a string has to end in its line, so that the rest is not searched again and again.
   */
  #string(start: number): Token {
    const { length } = this.text;
    let lineEnd = -1;
    let at = start + 1;
    for (; at < length; at++) {
      let code = this.text.charCodeAt(at);
      if (code === 0x22) {
        this.#at = at + 1;
        return { kind: 'string', word: '', start, end: this.#at };
      }
      if (code === 0x5c) code = this.text.charCodeAt(++at);
      if (lineEnd < 0 && isLineEnd(code)) lineEnd = at;
      if (lineEnd >= 0 && this.#unclosed) break;
    }
    this.#unclosed = true;
    this.#at = lineEnd < 0 ? length : lineEnd;
    return { kind: 'unterminated', word: '', start, end: this.#at };
  }
}

/** As `indexOf`, and past the end when it is not there. */
function placeOf(text: string, piece: string, from: number): number {
  const at = text.indexOf(piece, from);
  return at < 0 ? text.length : at;
}

function isLineEnd(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}

/** White space past ASCII: what `\s` matches, with U+0085 and without the byte order mark. */
function isBlank(code: number): boolean {
  return code !== 0xfeff && (code === 0x85 || SPACE.test(String.fromCharCode(code)));
}
