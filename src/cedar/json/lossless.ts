import type { Span } from '../../base/span.ts';
import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import { JSON_LIMITS } from '../limits.ts';
import { ARRAY, ARRAY_END, COLON, COMMA, OBJECT, OBJECT_END, QUOTE, Scanner } from './scan.ts';

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
  return pickJson(text, undefined, limits);
}

/** Which members of an object are wanted, and which of theirs; `undefined` wants all. */
export type Wanted = ReadonlyMap<string, Wanted | undefined>;

/**
 * The same, of an object of which only some members are wanted. The others are passed over: it is found
 * where they end, and nothing else about them is looked at.
 */
export function pickJson(
  text: string,
  wanted: Wanted | undefined,
  limits: JsonLimits = JSON_LIMITS,
): Result<Json, JsonIssue> {
  if (text.length > limits.length) {
    const message = `The text has ${text.length} characters; the limit is ${limits.length}.`;
    return err({ code: 'JSON_TOO_LARGE', message, path: '', span: { start: 0, end: text.length } });
  }
  return new Reader(text, limits, undefined).document(wanted);
}

interface Places {
  readonly values: Map<string, Span>;
  readonly names: Map<string, Span>;
}

/** A recursive descent whose depth the limits bound. `undefined` means that the scan has a fault. */
class Reader {
  readonly #scan: Scanner;
  readonly #limits: JsonLimits;
  readonly #places: Places | undefined;
  /** To the value at hand; after a fault, to the one in which reading stopped. */
  readonly #path: (string | number)[] = [];
  #count = 0;

  constructor(text: string, limits: JsonLimits, places: Places | undefined) {
    this.#scan = new Scanner(text);
    this.#limits = limits;
    this.#places = places;
  }

  document(wanted?: Wanted): Result<Json, JsonIssue> {
    const scan = this.#scan;
    const json = this.#value(wanted);
    if (json !== undefined) {
      scan.next();
      if (scan.at === scan.text.length) return ok(json);
      scan.unexpected('the end of the text');
    }
    const { code, message, start, end } = scan.fault;
    return err({ code, message, path: this.#pointer(), span: { start, end } });
  }

  #value(wanted: Wanted | undefined): Json | undefined {
    const scan = this.#scan;
    const code = scan.next();
    const start = scan.at;
    const value = this.#valueHere(code, wanted);
    this.#places?.values.set(this.#pointer(), { start, end: scan.at });
    return value;
  }

  #valueHere(code: number, wanted: Wanted | undefined): Json | undefined {
    const scan = this.#scan;
    this.#count += 1;
    if (this.#count > this.#limits.count) {
      return scan.fail('JSON_TOO_MANY', `There are more than ${this.#limits.count} values.`);
    }
    switch (code) {
      case QUOTE:
        return scan.string();
      case OBJECT:
        return this.#object(wanted);
      case ARRAY:
        return this.#array();
      case 0x74: // t
        return scan.word('true') ? true : undefined;
      case 0x66: // f
        return scan.word('false') ? false : undefined;
      case 0x6e: // n
        return scan.word('null') ? null : undefined;
      default:
        return numberOf(scan.number());
    }
  }

  #object(wanted: Wanted | undefined): Json | undefined {
    const scan = this.#scan;
    if (!this.#enter()) return undefined;
    const members = new Map<string, Json>();
    for (let isFirst = true; !this.#closes(OBJECT_END, isFirst); isFirst = false) {
      const keyAt = scan.at;
      const atKey = scan.text.charCodeAt(keyAt) === QUOTE;
      const key = atKey ? scan.string() : scan.unexpected('a name in quotes');
      if (key === undefined) return undefined;
      if (members.has(key)) {
        return scan.fail('JSON_DUPLICATE_KEY', `The object names "${key}" twice.`, keyAt);
      }
      const keyEnd = scan.at;
      if (scan.next() !== COLON) return scan.unexpected('":"');
      scan.at += 1;
      if (wanted?.has(key) === false) {
        if (scan.passValue()) continue;
        return undefined;
      }
      this.#path.push(key);
      this.#places?.names.set(this.#pointer(), { start: keyAt, end: keyEnd });
      const value = this.#value(wanted?.get(key));
      if (value === undefined) return undefined;
      this.#path.pop();
      members.set(key, value);
      if (members.size === wanted?.size && !scan.passMembers()) return undefined;
    }
    return scan.failed ? undefined : members;
  }

  #array(): Json | undefined {
    const scan = this.#scan;
    if (!this.#enter()) return undefined;
    const elements: Json[] = [];
    while (!this.#closes(ARRAY_END, elements.length === 0)) {
      this.#path.push(elements.length);
      const value = this.#value(undefined);
      if (value === undefined) return undefined;
      this.#path.pop();
      elements.push(value);
    }
    return scan.failed ? undefined : elements;
  }

  #enter(): boolean {
    const scan = this.#scan;
    if (this.#path.length >= this.#limits.depth) {
      scan.fail('JSON_TOO_DEEP', `Nesting is deeper than ${this.#limits.depth}.`);
      return false;
    }
    scan.at += 1;
    return true;
  }

  /** True at the closing bracket, which it takes, and at a fault; false where the next item starts. */
  #closes(bracket: typeof ARRAY_END | typeof OBJECT_END, isFirst: boolean): boolean {
    const scan = this.#scan;
    const code = scan.next();
    if (code === bracket) {
      scan.at += 1;
      return true;
    }
    if (isFirst) return false;
    if (code !== COMMA) {
      scan.unexpected(`"," or "${String.fromCharCode(bracket)}"`);
      return true;
    }
    scan.at += 1;
    scan.next();
    return false;
  }

  #pointer(): string {
    return this.#path.map((key) => pointerTo('', key)).join('');
  }
}

function numberOf(literal: string | undefined): Json | undefined {
  if (literal === undefined) return undefined;
  const value = Number(literal);
  // `+ 0` makes -0 an ordinary zero.
  if (INTEGER.test(literal)) return Number.isSafeInteger(value) ? value + 0 : BigInt(literal);
  return new JsonNumber(literal);
}

const INTEGER = /^-?[0-9]+$/;
