/** Tokens before the cursor, and walking back over them: the way to understand code that does not parse. */
import { Lexer, type Token } from '../../cedar/lex.ts';
import type { Span } from '../../base/span.ts';

export interface Word {
  readonly kind: Token['kind'];
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Before {
  /** Complete tokens before the cursor, from the start of the statement. */
  readonly words: readonly Word[];
  /** What the cursor stands in or directly behind: a word half written, a string, or nothing. */
  readonly typed: 'word' | 'string' | 'comment' | 'nothing';
  /** The half-written text: of a string what stands inside of its quotes. */
  readonly typedText: string;
  /** What a completion replaces: the whole word around the cursor, or the inside of the string. */
  readonly replace: Span;
  /** Whether the string is closed behind the cursor. */
  readonly closed: boolean;
}

/** Reads back from `offset`. A statement begins behind a `;` at the end of a line. */
export function readBefore(text: string, offset: number): Before {
  const from = statementStart(text, offset);
  const lexer = new Lexer(text.slice(from, offset));
  const words: Word[] = [];
  for (let token = lexer.next(); token.kind !== 'end'; token = lexer.next()) {
    const { kind, start, end } = token;
    words.push({
      kind,
      text: lexer.text.slice(start, end),
      start: from + start,
      end: from + end,
    });
  }
  const last = words.at(-1);
  const gap = text.slice(last?.end ?? from, offset);
  const none = { words, typedText: '', replace: { start: offset, end: offset }, closed: false };
  if (last?.kind === 'unterminated' && last.end === offset) {
    const start = last.start + 1;
    const rest = /^[^"\n]*/.exec(text.slice(offset))?.[0] ?? '';
    const closed = text[offset + rest.length] === '"';
    return {
      words: words.slice(0, -1),
      typed: 'string',
      typedText: text.slice(start, offset),
      replace: { start, end: closed ? offset + rest.length : offset },
      closed,
    };
  }
  if (/\/\/[^\n]*$/.test(gap)) return { ...none, typed: 'comment' };
  if (last?.kind === 'identifier' && last.end === offset) {
    const rest = /^\w*/.exec(text.slice(offset))?.[0] ?? '';
    return {
      words: words.slice(0, -1),
      typed: 'word',
      typedText: last.text,
      replace: { start: last.start, end: offset + rest.length },
      closed: false,
    };
  }
  return { ...none, typed: 'nothing' };
}

function statementStart(text: string, offset: number): number {
  const before = text.slice(0, offset);
  let start = 0;
  // From the sign behind the last one to look at: a position below 0 would count as 0 again.
  for (let end = before.length; end > 0;) {
    const at = before.lastIndexOf(';', end - 1);
    if (at === -1) break;
    end = at;
    const rest = /^[ \t\r]*(?:\/\/[^\n]*)?\n/.exec(before.slice(at + 1, at + 400));
    const line = before.slice(before.lastIndexOf('\n', at) + 1, at);
    if (rest === null || /^\s*\/\//.test(line)) continue;
    start = at + 1;
    break;
  }
  return start;
}

const CLOSERS: ReadonlyMap<string, string> = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
]);

/** The index of the bracket that the one at `index` closes; -1 when it is not among the words. */
function opening(words: readonly Word[], index: number): number {
  let depth = 0;
  for (let at = index; at >= 0; at -= 1) {
    const kind = words[at]?.kind ?? 'end';
    if (CLOSERS.has(kind)) depth += 1;
    if (kind === '(' || kind === '[' || kind === '{') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** The index of the innermost bracket that is open at the end of the words; -1 when none is. */
export function innermostOpen(words: readonly Word[]): number {
  let depth = 0;
  for (let at = words.length - 1; at >= 0; at -= 1) {
    const kind = words[at]?.kind ?? 'end';
    if (CLOSERS.has(kind)) depth += 1;
    if (kind !== '(' && kind !== '[' && kind !== '{') continue;
    if (depth === 0) return at;
    depth -= 1;
  }
  return -1;
}

const OPERATOR_WORDS: ReadonlySet<string> = new Set([
  'if',
  'then',
  'else',
  'in',
  'is',
  'like',
  'has',
  'when',
  'unless',
]);

export function isOperatorWord({ kind, text }: Word): boolean {
  return kind === 'identifier' && OPERATOR_WORDS.has(text);
}

/** Whether an operand can end with this token. */
export function endsOperand(word: Word | undefined): boolean {
  if (word === undefined) return false;
  if (word.kind === 'identifier') return !isOperatorWord(word);
  return ['string', 'integer', ')', ']', '}'].includes(word.kind);
}

/** The index at which the operand whose last token is at `last` begins; -1 when there is none. */
export function operandStart(words: readonly Word[], last: number): number {
  let at = last;
  for (;;) {
    const word = words[at];
    if (word === undefined || !endsOperand(word)) return -1;
    if (word.kind === ')' || word.kind === ']' || word.kind === '}') {
      at = opening(words, at);
      if (at < 0) return -1;
      const before = words[at - 1];
      const isCall = word.kind === ')' && before?.kind === 'identifier' && !isOperatorWord(before);
      const isIndex = word.kind === ']' && endsOperand(before);
      if (isIndex) {
        at -= 1;
        continue;
      }
      if (!isCall) return at;
      at -= 1;
    }
    // Back over `Name::Name::` and over `subject.`.
    while (words[at - 1]?.kind === '::' && words[at - 2]?.kind === 'identifier') at -= 2;
    if (words[at - 1]?.kind !== '.') return at;
    at -= 2;
  }
}
