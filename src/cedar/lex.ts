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

/** By the code of its first character: punctuation of one character, and of two with the second's code. */
const SINGLES: ReadonlyMap<number, Punctuation> = new Map(
  (
    ['@', '(', ')', '{', '}', '[', ']', ',', ';', ':', '.', '<', '>', '!', '+', '-', '*'] as const
  ).map((text) => [text.charCodeAt(0), text]),
);
const PAIRS: ReadonlyMap<number, readonly [number, Punctuation]> = new Map(
  (['::', '==', '!=', '<=', '>=', '&&', '||'] as const).map((text) => [
    text.charCodeAt(0),
    [text.charCodeAt(1), text],
  ]),
);
const SPACE = /\s/;

/** What an ASCII character is part of, by its code: looked up, which costs no call for each character. */
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

export class Lexer {
  readonly text: string;
  #at = 0;
  /** Where the next backslash is, as far as that is known. */
  #backslash = -1;
  /** Whether a string was found that nothing closes. */
  #unclosed = false;

  constructor(text: string) {
    this.text = text;
  }

  next(): Token {
    this.#skipBlank();
    const start = this.#at;
    if (start >= this.text.length) return { kind: 'end', word: '', start, end: start };
    const code = this.text.charCodeAt(start);
    const found = CLASSES[code];
    if (found === LETTER) return this.#token('identifier', this.#wordEnd(start + 1));
    if (found === DIGIT) {
      let end = start + 1;
      while (CLASSES[this.text.charCodeAt(end)] === DIGIT) end++;
      return this.#token('integer', end);
    }
    if (code === 0x22) return this.#string(start);
    const pair = PAIRS.get(code);
    if (pair !== undefined && this.text.charCodeAt(start + 1) === pair[0]) {
      return this.#token(pair[1], start + 2);
    }
    const single = SINGLES.get(code);
    if (single !== undefined) return this.#token(single, start + 1);
    if (code === 0x3f && CLASSES[this.text.charCodeAt(start + 1)] === LETTER) {
      return this.#token('slot', this.#wordEnd(start + 2));
    }
    // A whole character, were it two code units.
    return this.#token('invalid', start + (Number(this.text.codePointAt(start)) > 0xffff ? 2 : 1));
  }

  #token(kind: TokenKind, end: number): Token {
    const word = kind === 'identifier' ? this.text.slice(this.#at, end) : '';
    const token = { kind, word, start: this.#at, end };
    this.#at = end;
    return token;
  }

  #skipBlank(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.#at);
      if (CLASSES[code] === BLANK || (code >= 0x80 && isBlank(code))) {
        this.#at++;
      } else if (code === 0x2f && this.text.charCodeAt(this.#at + 1) === 0x2f) {
        this.#at += 2;
        while (this.#at < this.text.length && !isLineEnd(this.text.charCodeAt(this.#at)))
          this.#at++;
      } else {
        return;
      }
    }
  }

  /** Where the letters and digits from `from` on end. */
  #wordEnd(from: number): number {
    let end = from;
    while ((CLASSES[this.text.charCodeAt(end)] ?? OTHER) >= DIGIT) end++;
    return end;
  }

  /**
   * A string runs to its closing quote, over line ends; a backslash takes the next character along.
   * Where nothing closes it, reading goes on in the next line, so that the rest is not lost; from then
   * on a string has to end in its line, so that the rest is not searched again and again.
   */
  #string(start: number): Token {
    // Most strings are plain: the next quote ends them. To look for it is faster than to go there.
    const close = this.text.indexOf('"', start + 1);
    if (this.#backslash < start) this.#backslash = placeOf(this.text, '\\', start);
    if (close > 0 && close < this.#backslash && !this.#unclosed) {
      return this.#token('string', close + 1);
    }
    let lineEnd = -1;
    for (let at = start + 1; at < this.text.length; at++) {
      let code = this.text.charCodeAt(at);
      if (code === 0x22) return this.#token('string', at + 1);
      if (code === 0x5c) code = this.text.charCodeAt(++at);
      if (lineEnd < 0 && isLineEnd(code)) lineEnd = at;
      if (lineEnd >= 0 && this.#unclosed) break;
    }
    this.#unclosed = true;
    return this.#token('unterminated', lineEnd < 0 ? this.text.length : lineEnd);
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
