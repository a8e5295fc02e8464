/**
 * JSON as an editor has it: half-written. Reads whatever is there into a tree with places, guessing where
 * something is missing; whether it is JSON at all is for the pack's readers to say.
 */
import type { Span } from '../../base/span.ts';

export interface JsonNode {
  readonly kind: 'object' | 'array' | 'string' | 'number' | 'word' | 'missing';
  readonly span: Span;
  /** Of a string its text, of a number or word how it is written. */
  readonly value: string;
  readonly members: readonly JsonMember[];
  readonly elements: readonly JsonNode[];
}

export interface JsonMember {
  readonly name: string;
  /** With its quotes. */
  readonly nameSpan: Span;
  /** Whether a colon follows the name. */
  readonly colon: boolean;
  readonly value: JsonNode;
}

const MAX_DEPTH = 100;

/** Reads a text. Never fails; what cannot be read becomes `missing`. */
export function readJsonTree(text: string): JsonNode {
  return new TreeReader(text).value(0);
}

/** The member of an object. */
export function memberOf(node: JsonNode | undefined, name: string): JsonNode | undefined {
  return node?.members.find((member) => member.name === name)?.value;
}

/** What stands at a path of names and indexes. */
export function nodeAt(node: JsonNode | undefined, ...path: readonly (string | number)[]) {
  let at = node;
  for (const step of path) {
    at = typeof step === 'number' ? at?.elements[step] : memberOf(at, step);
  }
  return at;
}

class TreeReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): JsonNode {
    this.#space();
    const start = this.#at;
    const unit = this.#text[start];
    if (unit === '{' && depth < MAX_DEPTH) return this.#object(depth);
    if (unit === '[' && depth < MAX_DEPTH) return this.#array(depth);
    if (unit === '"') {
      const value = this.#string();
      return leaf('string', { start, end: this.#at }, value);
    }
    while (/[\w+.-]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    const value = this.#text.slice(start, this.#at);
    if (value === '') return leaf('missing', { start, end: start }, '');
    const kind = /^-?\d/.test(value) ? 'number' : 'word';
    return leaf(kind, { start, end: this.#at }, value);
  }

  #object(depth: number): JsonNode {
    const start = this.#at++;
    const members: JsonMember[] = [];
    for (;;) {
      this.#space();
      const unit = this.#text[this.#at];
      if (unit === undefined || unit === ']') break;
      if (unit === '}') {
        this.#at += 1;
        break;
      }
      const nameStart = this.#at;
      if (unit === '"' || /\w/.test(unit)) {
        const name = unit === '"' ? this.#string() : this.value(depth).value;
        const nameSpan = { start: nameStart, end: this.#at };
        this.#space();
        const colon = this.#text[this.#at] === ':';
        if (colon) this.#at += 1;
        const value = colon ? this.#memberValue(depth + 1) : this.#missing();
        members.push({ name, nameSpan, colon, value });
      } else {
        // A comma, or something that has no place here.
        this.#at += 1;
      }
    }
    const span = { start, end: this.#at };
    return { kind: 'object', span, value: '', members, elements: [] };
  }

  /** A string with a colon behind it is no value but the name of the next member. */
  #memberValue(depth: number): JsonNode {
    const after = this.#at;
    const value = this.value(depth);
    if (value.kind !== 'string') return value;
    const end = this.#at;
    this.#space();
    const isName = this.#text[this.#at] === ':';
    this.#at = isName ? after : end;
    return isName ? this.#missing() : value;
  }

  #missing(): JsonNode {
    return leaf('missing', { start: this.#at, end: this.#at }, '');
  }

  #array(depth: number): JsonNode {
    const start = this.#at++;
    const elements: JsonNode[] = [];
    for (;;) {
      this.#space();
      const unit = this.#text[this.#at];
      if (unit === undefined || unit === '}') break;
      if (unit === ']') {
        this.#at += 1;
        break;
      }
      const element = this.value(depth + 1);
      if (element.kind === 'missing') this.#at += 1;
      else elements.push(element);
    }
    const span = { start, end: this.#at };
    return { kind: 'array', span, value: '', members: [], elements };
  }

  /** To the closing quote, or to the end of the line when there is none. */
  #string(): string {
    const start = this.#at;
    let at = start + 1;
    while (at < this.#text.length && this.#text[at] !== '"' && this.#text[at] !== '\n') {
      at += this.#text[at] === '\\' ? 2 : 1;
    }
    const closed = this.#text[at] === '"';
    this.#at = Math.min(closed ? at + 1 : at, this.#text.length);
    const raw = this.#text.slice(start, this.#at);
    if (!raw.includes('\\')) return raw.slice(1, closed ? -1 : undefined);
    return unescape(closed ? raw : `${raw}"`);
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }
}

function unescape(literal: string): string {
  try {
    const value: unknown = JSON.parse(literal);
    return typeof value === 'string' ? value : '';
  } catch {
    return literal.slice(1, -1);
  }
}

function leaf(kind: JsonNode['kind'], span: Span, value: string): JsonNode {
  return { kind, span, value, members: [], elements: [] };
}
