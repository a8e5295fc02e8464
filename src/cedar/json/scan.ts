import type { JsonIssueCode } from './lossless.ts';

/** Why a scan stopped, and where. */
export interface Fault {
  readonly code: JsonIssueCode;
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** Longer number literals are refused: no quantity needs them, and bigints of them are slow. */
const MAX_NUMBER_LENGTH = 400;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const HEX4 = /^[0-9a-fA-F]{4}$/;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** The codes of characters with a meaning. */
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const ARRAY = 0x5b;
export const ARRAY_END = 0x5d;
export const OBJECT = 0x7b;
export const OBJECT_END = 0x7d;
const BACKSLASH = 0x5c;

/** Goes over JSON text, piece by piece. What fails gives `undefined` or false, with the fault kept. */
export class Scanner {
  readonly text: string;
  at = 0;
  failed = false;
  /** Of a scan that failed. */
  fault: Fault = { code: 'JSON_SYNTAX', message: '', start: 0, end: 0 };

  constructor(text: string) {
    this.text = text;
  }

  /** The code of the next character that is no white space; NaN at the end. */
  next(): number {
    for (; ; this.at += 1) {
      const unit = this.text.charCodeAt(this.at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return unit;
    }
  }

  /** The text in quotes that starts here. */
  string(): string | undefined {
    const { text } = this;
    const start = this.at;
    let result = '';
    let from = start + 1;
    for (let at = from; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit === QUOTE) {
        result += text.slice(from, at);
        this.at = at + 1;
        if (result.isWellFormed()) return result;
        return this.fail('JSON_UNPAIRED_SURROGATE', 'Half a surrogate pair is no text.', start);
      }
      if (unit < 0x20) {
        this.at = at;
        return this.unexpected('an escape instead of a control character');
      }
      if (unit !== BACKSLASH) continue;
      result += text.slice(from, at);
      this.at = at;
      const escape = this.#escape();
      if (escape === undefined) return undefined;
      result += escape;
      from = this.at;
      at = from - 1;
    }
    return this.fail('JSON_SYNTAX', 'The text in quotes does not end.', start);
  }

  /** Reads the escape that starts here and goes past it. */
  #escape(): string | undefined {
    const name = this.text[this.at + 1] ?? '';
    const simple = ESCAPES.get(name);
    if (simple !== undefined) {
      this.at += 2;
      return simple;
    }
    const digits = this.text.slice(this.at + 2, this.at + 6);
    if (name !== 'u' || !HEX4.test(digits)) {
      return this.fail('JSON_SYNTAX', `There is no escape "\\${name}".`, this.at, this.at + 2);
    }
    this.at += 6;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  /** The literal of the number that starts here. */
  number(): string | undefined {
    const start = this.at;
    NUMBER.lastIndex = start;
    if (!NUMBER.test(this.text)) return this.unexpected('a value');
    this.at = NUMBER.lastIndex;
    const length = this.at - start;
    if (length <= MAX_NUMBER_LENGTH) return this.text.slice(start, this.at);
    const message = `The number has ${length} characters; the limit is ${MAX_NUMBER_LENGTH}.`;
    return this.fail('JSON_TOO_LARGE', message, start);
  }

  /** Goes past a word that has to be here. */
  word(word: string): boolean {
    const found = this.text.startsWith(word, this.at);
    if (found) this.at += word.length;
    else this.unexpected('a value');
    return found;
  }

  /** Goes to the `,` or `}` behind a member's value. What the value is nobody looks at. */
  passValue(): boolean {
    return this.#passTo(true);
  }

  /** Goes to the `}` behind all members that are left. */
  passMembers(): boolean {
    return this.#passTo(false);
  }

  #passTo(comma: boolean): boolean {
    let depth = 0;
    for (; this.at < this.text.length; this.at += 1) {
      switch (this.text.charCodeAt(this.at)) {
        case QUOTE:
          if (!this.#passString()) return false;
          break;
        case ARRAY:
        case OBJECT:
          depth += 1;
          break;
        case ARRAY_END:
        case OBJECT_END:
          if (depth === 0) return true;
          depth -= 1;
          break;
        case COMMA:
          if (depth === 0 && comma) return true;
          break;
        default:
          break;
      }
    }
    this.unexpected('"," or "}"');
    return false;
  }

  /** Goes to the closing quote. */
  #passString(): boolean {
    const start = this.at;
    let close = start;
    do {
      close = this.text.indexOf('"', close + 1);
      if (close < 0) {
        this.fail('JSON_SYNTAX', 'The text in quotes does not end.', start);
        return false;
      }
    } while (this.#isEscaped(close));
    this.at = close;
    return true;
  }

  /** Whether an odd number of backslashes stands before. */
  #isEscaped(at: number): boolean {
    let before = at;
    while (this.text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    return (at - before) % 2 === 1;
  }

  unexpected(expected: string): undefined {
    const code = this.text.codePointAt(this.at);
    const found = code === undefined ? 'the end of the text' : `"${String.fromCodePoint(code)}"`;
    const end = this.at + (code === undefined ? 0 : 1);
    return this.fail('JSON_SYNTAX', `Expected ${expected}, found ${found}.`, this.at, end);
  }

  fail(code: JsonIssueCode, message: string, start = this.at, end = this.at): undefined {
    this.failed = true;
    this.fault = { code, message, start, end };
    return undefined;
  }
}
