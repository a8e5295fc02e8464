import type { Span } from '../../base/span.ts';
import type { Token } from './lex.ts';
import type { SchemaIssue, SchemaIssueCode } from './model.ts';
import { RESERVED_WORDS } from './names.ts';
import type { NameSyntax } from './syntax.ts';

const DECLARATIONS = new Set(['entity', 'action', 'type', 'namespace']);
const END: Token = { kind: 'end', text: '', span: { start: 0, end: 0 }, first: true };

/**
 * A place among the tokens of a schema: looks at what comes, takes it or reports what it expected,
 * and skips ahead after an error. A method that yields `undefined` or false has reported why.
 */
export class Cursor {
  readonly #tokens: readonly Token[];
  readonly #report: (issue: SchemaIssue) => void;
  #at = 0;
  /** Braces open at `#at`. */
  #open = 0;

  constructor(tokens: readonly Token[], report: (issue: SchemaIssue) => void) {
    this.#tokens = tokens;
    this.#report = report;
  }

  get at(): number {
    return this.#at;
  }

  get open(): number {
    return this.#open;
  }

  /** An identifier or a string. */
  name(expected = 'a name'): NameSyntax | undefined {
    return this.peek().kind === 'string' ? this.string() : this.identifier(expected);
  }

  identifier(expected = 'a name'): NameSyntax | undefined {
    const token = this.peek();
    if (token.kind !== 'identifier') return this.unexpected(expected);
    if (RESERVED_WORDS.has(token.text)) {
      const message = `"${token.text}" is a word of the language and cannot be ${expected}.`;
      this.issue('RESERVED_NAME', message, token.span);
    }
    return this.next();
  }

  string(): NameSyntax | undefined {
    return this.peek().kind === 'string' ? this.next() : this.unexpected('text in quotes');
  }

  /** One item or more, with commas between. */
  list<T>(item: () => T | undefined): readonly T[] | undefined {
    const items: T[] = [];
    do {
      const next = item();
      if (next === undefined) return undefined;
      items.push(next);
    } while (this.take(','));
    return items;
  }

  brackets<T>(item: () => T | undefined, least: 0 | 1): readonly T[] | undefined {
    if (!this.expect('[')) return undefined;
    if (least === 0 && this.take(']')) return [];
    const items = this.list(item);
    return items !== undefined && this.expect(']', '"," or "]"') ? items : undefined;
  }

  /** To the next attribute of the record whose inside has `open` braces; false if there is none. */
  skipAttribute(open: number): boolean {
    while (this.peek().kind !== 'end' && !this.is(';') && !this.#startsDeclaration()) {
      if (this.#open === open && this.is('}')) return true;
      if (this.#open === open && this.take(',')) return true;
      this.next();
    }
    return false;
  }

  /** Past the next semicolon, or to where a declaration or the end of the namespace follows. */
  skipDeclaration(open: number): void {
    while (this.peek().kind !== 'end' && !this.#startsDeclaration()) {
      if (this.#open <= open && open > 0 && this.is('}')) break;
      const token = this.next();
      if (token.kind === 'punctuation' && token.text === ';') break;
    }
    this.#open = open;
  }

  #startsDeclaration(): boolean {
    const token = this.peek();
    const following = this.#token(this.#at + 1).kind;
    return (
      token.first &&
      token.kind === 'identifier' &&
      DECLARATIONS.has(token.text) &&
      (following === 'identifier' || following === 'string')
    );
  }

  peek(): Token {
    return this.#token(this.#at);
  }

  previous(): Token {
    return this.#token(this.#at - 1);
  }

  next(): Token {
    const token = this.peek();
    this.#at += 1;
    if (token.kind === 'punctuation') {
      if (token.text === '{') this.#open += 1;
      if (token.text === '}') this.#open -= 1;
    }
    return token;
  }

  is(punctuation: string): boolean {
    const token = this.peek();
    return token.kind === 'punctuation' && token.text === punctuation;
  }

  isWord(word: string): boolean {
    const token = this.peek();
    return token.kind === 'identifier' && token.text === word;
  }

  take(punctuation: string): boolean {
    if (!this.is(punctuation)) return false;
    this.next();
    return true;
  }

  takeWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.next();
    return true;
  }

  /** Takes `Set<`, unless `Set` is only a name. */
  takeSetOf(): boolean {
    const following = this.#token(this.#at + 1);
    if (following.text !== '<' || following.kind !== 'punctuation' || !this.isWord('Set')) {
      return false;
    }
    this.#at += 2;
    return true;
  }

  expect(punctuation: string, expected = `"${punctuation}"`): boolean {
    if (this.take(punctuation)) return true;
    this.unexpected(expected);
    return false;
  }

  unexpected(expected: string): undefined {
    const token = this.peek();
    const found = token.kind === 'end' ? 'the end of the schema' : `"${token.text}"`;
    this.issue('UNEXPECTED_TOKEN', `Expected ${expected}, found ${found}.`, token.span);
  }

  issue(code: SchemaIssueCode, message: string, span: Span): void {
    this.#report({ code, message, span });
  }

  /** From the token at index `start` to the last token taken. */
  spanFrom(start: number): Span {
    const { span } = this.#token(start);
    return { start: span.start, end: Math.max(span.end, this.previous().span.end) };
  }

  #token(index: number): Token {
    return this.#tokens[index] ?? END;
  }
}
