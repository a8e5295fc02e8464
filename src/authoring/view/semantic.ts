import { Lexer, type Token } from '../../cedar/lex.ts';
import { fileKind } from '../../pack/files.ts';
import type { PackModel } from '../model.ts';
import { callableNamed } from '../types/functions.ts';
import { isOperatorWord } from '../complete/tokens.ts';

/** In this order they are the legend for an editor. */
export const SEMANTIC_KINDS = [
  'annotation',
  'keyword',
  'variable',
  'entityType',
  'entityId',
  'attribute',
  'function',
  'string',
  'number',
  'operator',
] as const;

export type SemanticKind = (typeof SEMANTIC_KINDS)[number];

export interface SemanticToken {
  readonly start: number;
  readonly end: number;
  readonly kind: SemanticKind;
}

const VARIABLES: ReadonlySet<string> = new Set(['principal', 'action', 'resource', 'context']);
const KEYWORDS: ReadonlySet<string> = new Set([
  'permit',
  'forbid',
  'when',
  'unless',
  'true',
  'false',
]);
const BRACKETS: ReadonlySet<string> = new Set([
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ';',
  ':',
  '::',
  '.',
]);

/** The tokens of a policy file by what they mean, told from their neighbours: it need not parse. */
export function semanticTokens(model: PackModel, path: string): readonly SemanticToken[] {
  const text = model.files.get(path);
  if (text === undefined || fileKind(path) !== 'policies') return [];
  const lexer = new Lexer(text);
  const all: Token[] = [];
  for (let token = lexer.next(); token.kind !== 'end'; token = lexer.next()) all.push(token);
  const tokens: SemanticToken[] = [];
  for (const [index, token] of all.entries()) {
    const kind = kindOf(text, token, all[index - 1], all[index + 1], all[index - 2]);
    if (kind !== undefined) tokens.push({ start: token.start, end: token.end, kind });
  }
  return tokens;
}

function kindOf(
  text: string,
  token: Token,
  before: Token | undefined,
  after: Token | undefined,
  earlier: Token | undefined,
): SemanticKind | undefined {
  const { kind } = token;
  if (kind === 'string' || kind === 'unterminated') {
    if (before?.kind === '::') return 'entityId';
    return isIndex(before, after, earlier) ? 'attribute' : 'string';
  }
  if (kind === 'integer') return 'number';
  if (kind === 'slot') return 'variable';
  if (kind === 'identifier') return wordKind(text, token, before, after);
  if (kind === 'invalid' || BRACKETS.has(kind)) return undefined;
  return kind === '@' ? 'annotation' : 'operator';
}

function wordKind(
  text: string,
  token: Token,
  before: Token | undefined,
  after: Token | undefined,
): SemanticKind | undefined {
  const word = text.slice(token.start, token.end);
  const previous = before === undefined ? '' : text.slice(before.start, before.end);
  if (previous === '@') return 'annotation';
  if (previous === '.') return after?.kind === '(' ? 'function' : 'attribute';
  if (previous === 'has') return 'attribute';
  if (after?.kind === '::' || previous === '::' || previous === 'is') return 'entityType';
  if (after?.kind === '(' && callableNamed(word)?.style === 'function') return 'function';
  if (KEYWORDS.has(word) || isOperatorWord({ ...token, text: word })) return 'keyword';
  if (after?.kind === ':') return 'attribute';
  return VARIABLES.has(word) ? 'variable' : undefined;
}

/** `subject["name"]`, unlike the set `["name"]`. */
function isIndex(
  before: Token | undefined,
  after: Token | undefined,
  earlier: Token | undefined,
): boolean {
  const isSubject = earlier !== undefined && ['identifier', ')', ']'].includes(earlier.kind);
  return before?.kind === '[' && after?.kind === ']' && isSubject && earlier.end === before.start;
}
