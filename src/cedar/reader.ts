import type { Span } from '../base/span.ts';
import type { Name } from './ast.ts';
import type { SyntaxIssue, SyntaxIssueCode } from './issue.ts';
import { MAX_ISSUES } from './limits.ts';
import { Lexer, type Token, type TokenKind } from './lex.ts';
import { RESERVED_WORDS } from './schema/names.ts';
import { unescapeText } from './strings.ts';

/** Words that cannot be names without quotes. */
export const RESERVED: ReadonlySet<string> = new Set([...RESERVED_WORDS, '__cedar']);

/** What was meant by characters that other languages know. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['=', '`==` compares'],
  ['&', '`&&` is and'],
  ['|', '`||` is or'],
  ["'", 'text stands in double quotes'],
]);

/**
 * The parser's view of the text: the token at hand, the one after it, and the issues so far. A reading
 * function returns `undefined` after it reported an issue that it cannot read past; issues that leave
 * the syntax intact are reported and reading goes on.
 */
export class Reader {
  readonly text: string;
  readonly issues: SyntaxIssue[] = [];
  readonly #lexer: Lexer;
  #token: Token;
  #next: Token;
  #end = 0;
  #reported = 0;

  constructor(text: string) {
    this.text = text;
    this.#lexer = new Lexer(text);
    this.#token = this.#lexer.next();
    this.#next = this.#lexer.next();
  }

  /** How many issues there are, also those past the limit that are not kept. */
  get reported(): number {
    return this.#reported;
  }

  get token(): Token {
    return this.#token;
  }

  get next(): Token {
    return this.#next;
  }

  /** Takes the token at hand. */
  take(): Token {
    const token = this.#token;
    this.#end = token.end;
    this.#token = this.#next;
    this.#next = this.#lexer.next();
    return token;
  }

  textOf(span: Span): string {
    return this.text.slice(span.start, span.end);
  }

  at(kind: TokenKind): boolean {
    return this.#token.kind === kind;
  }

  atWord(word: string): boolean {
    return this.#token.word === word;
  }

  /** Takes the token at hand if it is of this kind. */
  accept(kind: TokenKind): boolean {
    if (this.#token.kind !== kind) return false;
    this.take();
    return true;
  }

  acceptWord(word: string): boolean {
    if (!this.atWord(word)) return false;
    this.take();
    return true;
  }

  /** Takes a token that has to be here. */
  expect(kind: TokenKind, expected?: readonly string[]): Token | undefined {
    if (this.#token.kind === kind) return this.take();
    return this.unexpected(expected ?? [`\`${kind}\``]);
  }

  spanFrom(start: number): Span {
    return { start, end: this.#end };
  }

  report(
    code: SyntaxIssueCode,
    span: Span,
    message: string,
    more: Pick<SyntaxIssue, 'found' | 'expected'> = {},
  ): undefined {
    this.#reported++;
    if (this.issues.length < MAX_ISSUES) {
      this.issues.push({ code, message, span: { start: span.start, end: span.end }, ...more });
    }
    return undefined;
  }

  /** Reports that the token at hand cannot stand here. */
  unexpected(expected: readonly string[]): undefined {
    const token = this.#token;
    const text = this.textOf(token);
    const wanted = `expected ${oneOf(expected)}`;
    if (token.kind === 'end') {
      const found = 'the end of the text';
      const message = `${wanted}, but the text ends here`;
      return this.report('unexpected_end', token, message, { found, expected });
    }
    const found = clip(text);
    if (token.kind === 'unterminated') {
      const message = 'this string is never closed: a `"` is missing';
      return this.report('unterminated_string', token, message, { found, expected: ['`"`'] });
    }
    if (token.kind === 'invalid') {
      const hint = INSTEAD.get(found);
      const message = `${wanted}, but \`${found}\` is not part of Cedar${hint === undefined ? '' : `: ${hint}`}`;
      return this.report('invalid_character', token, message, { found, expected });
    }
    return this.report('unexpected_token', token, `${wanted}, found \`${found}\``, {
      found,
      expected,
    });
  }

  /** An identifier that may be any word, also a reserved one. */
  word(expected: string): Name | undefined {
    const token = this.expect('identifier', [expected]);
    return token === undefined ? undefined : { text: token.word, span: spanOf(token) };
  }

  /** An identifier; a reserved word is reported but read. */
  identifier(expected: string): Name | undefined {
    const name = this.word(expected);
    if (name !== undefined) this.refuseReserved(name);
    return name;
  }

  refuseReserved(name: Name): void {
    if (!RESERVED.has(name.text)) return;
    const message = `\`${name.text}\` is a reserved word and cannot be a name; as a string it can be an attribute: ["${name.text}"]`;
    this.report('reserved_identifier', name.span, message, { found: name.text });
  }

  /** A string literal without its quotes and escapes; bad escapes are reported and left out. */
  string(expected: string): Name | undefined {
    return this.at('string') ? this.takeString() : this.unexpected([expected]);
  }

  /** The string literal at hand, which the caller has seen. */
  takeString(): Name {
    const token = this.take();
    const { text, bad } = unescapeText(this.bodyOf(token));
    this.badEscapes(bad, token.start + 1);
    return { text, span: spanOf(token) };
  }

  /** What stands between the quotes. Half of a surrogate pair is JavaScript's alone and reported. */
  bodyOf(token: Token): string {
    const body = this.text.slice(token.start + 1, token.end - 1);
    if (!body.isWellFormed()) {
      const message = 'this string holds half of a surrogate pair, which is no character';
      this.report('invalid_character', token, message);
    }
    return body;
  }

  /** Reports escapes that Cedar does not know, of a literal whose body starts at `offset`. */
  badEscapes(bad: readonly Span[], offset: number): void {
    for (const escape of bad) {
      const span = { start: offset + escape.start, end: offset + escape.end };
      const found = this.textOf(span);
      const expected = ['\\n', '\\r', '\\t', '\\0', '\\\\', '\\"', "\\'", '\\x41', '\\u{1F600}'];
      const message = `\`${clip(found)}\` is not an escape that Cedar knows; a backslash itself is \`\\\\\``;
      this.report('invalid_escape', span, message, { found, expected });
    }
  }
}

export function spanOf(token: Token): Span {
  return { start: token.start, end: token.end };
}

function oneOf(expected: readonly string[]): string {
  const last = expected.slice(-1).join('');
  return expected.length < 2 ? last : `${expected.slice(0, -1).join(', ')} or ${last}`;
}

/** Found text as a message can show it: one line, not too long. */
function clip(text: string): string {
  const line = text.slice(0, 41).replace(/\s+/g, ' ');
  return text.length > 40 ? `${line.slice(0, 40)}…` : line;
}
