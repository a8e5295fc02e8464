import type { Span } from '../../base/span.ts';
import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import { JSON_LIMITS } from '../limits.ts';

/**
 * JSON that keeps what `JSON.parse` loses: integers past 2^53 become bigint, other numbers keep their
 * source text (so `0.42` is exactly 0.42, which Cedar's decimal needs), an object that names a key
 * twice is refused instead of silently losing one, and objects are maps, so no key is special.
 * Size, depth and count are bounded before anything grows.
 */
export type Json =
  | null
  | boolean
  | string
  | number
  | bigint
  | JsonNumber
  | readonly Json[]
  | JsonObject;

export type JsonObject = ReadonlyMap<string, Json>;

/** A number that is not an integer as written: fraction or exponent. `text` is valid JSON. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type JsonIssueCode =
  | 'JSON_DUPLICATE_KEY'
  | 'JSON_NOT_DATA'
  | 'JSON_SYNTAX'
  | 'JSON_TOO_DEEP'
  | 'JSON_TOO_LARGE'
  | 'JSON_TOO_MANY'
  | 'JSON_UNPAIRED_SURROGATE';

export interface JsonIssue {
  readonly code: JsonIssueCode;
  readonly message: string;
  /** RFC 6901 pointer of the value in which reading stopped; `''` is the whole document. */
  readonly path: string;
  /** In the text; empty at 0 when there is no text. */
  readonly span: Span;
}

export interface JsonLimits {
  /** UTF-16 code units of the text. */
  readonly length: number;
  /** Arrays and objects inside one another. */
  readonly depth: number;
  /** Values of any kind, each element and member counted. */
  readonly count: number;
}

/** Longer number literals are refused: no quantity needs them, and bigints of them are slow. */
const MAX_NUMBER_LENGTH = 400;

/** Narrows to an array. */
export function isJsonArray(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

/** Narrows to an object. */
export function isJsonObject(json: Json): json is JsonObject {
  return json instanceof Map;
}

/** The name of a JSON value's kind, for messages: "an object", "text", "null", … */
export function describeJson(json: Json): string {
  if (json === null) return 'null';
  if (isJsonArray(json)) return 'an array';
  if (isJsonObject(json)) return 'an object';
  if (json instanceof JsonNumber) return `the number ${json.text}`;
  if (typeof json === 'boolean') return `${json}`;
  return typeof json === 'string' ? 'text' : `the number ${json}`;
}

/** `path` extended by one member name or index, as RFC 6901 wants it. */
export function pointerTo(path: string, key: string | number): string {
  return `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Where things stand in a JSON text, by RFC 6901 pointer. */
export interface JsonPlaces {
  readonly values: ReadonlyMap<string, Span>;
  /** The names of members, quotes included. */
  readonly names: ReadonlyMap<string, Span>;
}

/**
 * Finds where every value of a JSON text stands, as far as the text can be read. It costs a pointer
 * for each value, so it is for showing issues, not for reading.
 */
export function jsonPlaces(text: string, limits: JsonLimits = JSON_LIMITS): JsonPlaces {
  const places = { values: new Map<string, Span>(), names: new Map<string, Span>() };
  if (text.length <= limits.length) new Reader(text, limits, places).document();
  return places;
}

/** Reads one JSON document (RFC 8259) in time linear in its length. */
export function parseJson(text: string, limits: JsonLimits = JSON_LIMITS): Result<Json, JsonIssue> {
  if (text.length > limits.length) {
    const message = `The text has ${text.length} characters; the limit is ${limits.length}.`;
    return err({ code: 'JSON_TOO_LARGE', message, path: '', span: { start: 0, end: text.length } });
  }
  return new Reader(text, limits, undefined).document();
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
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

interface Places {
  readonly values: Map<string, Span>;
  readonly names: Map<string, Span>;
}

/** A recursive descent whose depth the limits bound. `undefined` means that an issue is recorded. */
class Reader {
  readonly #text: string;
  readonly #limits: JsonLimits;
  readonly #places: Places | undefined;
  readonly #path: (string | number)[] = [];
  #at = 0;
  #count = 0;
  #failed = false;
  #issue: JsonIssue = { code: 'JSON_SYNTAX', message: '', path: '', span: { start: 0, end: 0 } };

  constructor(text: string, limits: JsonLimits, places: Places | undefined) {
    this.#text = text;
    this.#limits = limits;
    this.#places = places;
  }

  document(): Result<Json, JsonIssue> {
    const json = this.#value();
    if (json !== undefined) {
      this.#space();
      if (this.#at === this.#text.length) return ok(json);
      this.#unexpected('the end of the text');
    }
    return err(this.#issue);
  }

  #value(): Json | undefined {
    this.#space();
    const start = this.#at;
    const value = this.#valueHere();
    this.#places?.values.set(this.#pointer(), { start, end: this.#at });
    return value;
  }

  #valueHere(): Json | undefined {
    this.#count += 1;
    if (this.#count > this.#limits.count) {
      return this.#fail('JSON_TOO_MANY', `There are more than ${this.#limits.count} values.`);
    }
    switch (this.#text.charAt(this.#at)) {
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #object(): Json | undefined {
    if (!this.#enter()) return undefined;
    const members = new Map<string, Json>();
    while (!this.#closes('}', members.size > 0)) {
      const keyAt = this.#at;
      const key = this.#text[keyAt] === '"' ? this.#string() : this.#unexpected('a name in quotes');
      if (key === undefined) return undefined;
      if (members.has(key)) {
        return this.#fail('JSON_DUPLICATE_KEY', `The object names "${key}" twice.`, keyAt);
      }
      const keyEnd = this.#at;
      this.#space();
      if (this.#text[this.#at] !== ':') return this.#unexpected('":"');
      this.#at += 1;
      this.#path.push(key);
      this.#places?.names.set(this.#pointer(), { start: keyAt, end: keyEnd });
      const value = this.#value();
      if (value === undefined) return undefined;
      this.#path.pop();
      members.set(key, value);
    }
    return this.#failed ? undefined : members;
  }

  #array(): Json | undefined {
    if (!this.#enter()) return undefined;
    const elements: Json[] = [];
    while (!this.#closes(']', elements.length > 0)) {
      this.#path.push(elements.length);
      const value = this.#value();
      if (value === undefined) return undefined;
      this.#path.pop();
      elements.push(value);
    }
    return this.#failed ? undefined : elements;
  }

  #enter(): boolean {
    if (this.#path.length >= this.#limits.depth) {
      this.#fail('JSON_TOO_DEEP', `Nesting is deeper than ${this.#limits.depth}.`);
      return false;
    }
    this.#at += 1;
    return true;
  }

  /** True at the closing bracket, which it takes, and at a fault; false where the next item starts. */
  #closes(bracket: ']' | '}', some: boolean): boolean {
    this.#space();
    if (this.#text[this.#at] === bracket) {
      this.#at += 1;
      return true;
    }
    if (!some) return false;
    if (this.#text[this.#at] !== ',') {
      this.#unexpected(`"," or "${bracket}"`);
      return true;
    }
    this.#at += 1;
    this.#space();
    return false;
  }

  #string(): string | undefined {
    const start = this.#at;
    let result = '';
    let from = start + 1;
    for (let at = from; at < this.#text.length; at += 1) {
      const unit = this.#text.charCodeAt(at);
      if (unit === 0x22) {
        result += this.#text.slice(from, at);
        this.#at = at + 1;
        if (result.isWellFormed()) return result;
        return this.#fail('JSON_UNPAIRED_SURROGATE', 'Half a surrogate pair is no text.', start);
      }
      if (unit < 0x20) {
        this.#at = at;
        return this.#unexpected('an escape instead of a control character');
      }
      if (unit !== 0x5c) continue;
      result += this.#text.slice(from, at);
      this.#at = at;
      const escape = this.#escape();
      if (escape === undefined) return undefined;
      result += escape;
      from = this.#at;
      at = from - 1;
    }
    return this.#fail('JSON_SYNTAX', 'The text in quotes does not end.', start);
  }

  /** Reads the escape that starts at `#at` and moves past it. */
  #escape(): string | undefined {
    const name = this.#text[this.#at + 1] ?? '';
    const simple = ESCAPES.get(name);
    if (simple !== undefined) {
      this.#at += 2;
      return simple;
    }
    const digits = this.#text.slice(this.#at + 2, this.#at + 6);
    if (name !== 'u' || !HEX4.test(digits)) {
      return this.#fail('JSON_SYNTAX', `There is no escape "\\${name}".`, this.#at, this.#at + 2);
    }
    this.#at += 6;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #number(): Json | undefined {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) return this.#unexpected('a value');
    const [literal, fraction, exponent] = match;
    const start = this.#at;
    this.#at += literal.length;
    if (literal.length > MAX_NUMBER_LENGTH) {
      const message = `The number has ${literal.length} characters; the limit is ${MAX_NUMBER_LENGTH}.`;
      return this.#fail('JSON_TOO_LARGE', message, start);
    }
    if (fraction !== undefined || exponent !== undefined) return new JsonNumber(literal);
    const value = Number(literal);
    // `+ 0` makes -0 an ordinary zero.
    return Number.isSafeInteger(value) ? value + 0 : BigInt(literal);
  }

  #word<T extends boolean | null>(word: string, value: T): T | undefined {
    if (!this.#text.startsWith(word, this.#at)) return this.#unexpected('a value');
    this.#at += word.length;
    return value;
  }

  #space(): void {
    for (; this.#at < this.#text.length; this.#at += 1) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
    }
  }

  #unexpected(expected: string): undefined {
    const code = this.#text.codePointAt(this.#at);
    const found = code === undefined ? 'the end of the text' : `"${String.fromCodePoint(code)}"`;
    const end = this.#at + (code === undefined ? 0 : 1);
    return this.#fail('JSON_SYNTAX', `Expected ${expected}, found ${found}.`, this.#at, end);
  }

  #fail(code: JsonIssueCode, message: string, start = this.#at, end = this.#at): undefined {
    this.#failed = true;
    this.#issue = { code, message, path: this.#pointer(), span: { start, end } };
    return undefined;
  }

  #pointer(): string {
    return this.#path.map((key) => pointerTo('', key)).join('');
  }
}
