import { operandTypes, type ExpressionContext } from './operand.ts';
import type { Inferred } from '../types/inferred.ts';
import type { Proposal } from './item.ts';
import { operandStart, type Word } from './tokens.ts';

const DOCS: ReadonlyMap<string, string> = new Map([
  ['&&', 'and: the right side is only looked at when the left is true'],
  ['||', 'or: the right side is only looked at when the left is false'],
  ['==', 'equal'],
  ['!=', 'not equal'],
  ['<', 'less'],
  ['<=', 'less or equal'],
  ['>', 'greater'],
  ['>=', 'greater or equal'],
  ['+', 'plus'],
  ['-', 'minus'],
  ['*', 'times'],
  ['in', 'is it, or is inside of it'],
  ['is', 'is an entity of this type'],
  ['has', 'has this attribute'],
  ['like', 'matches a pattern, in which * stands for any text'],
  ['then', 'what follows when the condition is true'],
  ['else', 'what follows when it is not'],
]);

const EQUAL = ['==', '!='];
const ORDER = ['<', '<=', '>', '>='];
const RELATIONS: ReadonlySet<string> = new Set([...EQUAL, ...ORDER, 'in', 'is', 'has', 'like']);

/** Operators that can follow the operand before the cursor, by its type. */
export function operatorsAfter(context: ExpressionContext): readonly Proposal[] {
  const { words } = context;
  const start = operandStart(words, words.length - 1);
  const before = words[start - 1];
  const isRelation = before !== undefined && RELATIONS.has(before.text);
  const names = new Set<string>();
  if (isRelation) {
    // A comparison is a Bool as a whole, and comparisons do not chain.
    for (const name of ['&&', '||', ...(before.text === 'is' ? ['in'] : [])]) names.add(name);
    const types = before.text === 'has' || before.text === 'is' ? [] : typesOf(context, words);
    if (types.some(({ kind }) => kind === 'long'))
      for (const name of ['+', '-', '*']) names.add(name);
  } else {
    for (const type of typesOf(context, words))
      for (const name of operatorsOf(type)) names.add(name);
  }
  const open = openIf(words);
  if (open !== undefined) names.add(open);
  return [...names].map((label, rank) => {
    const detail = DOCS.get(label) ?? '';
    return { label, kind: /\w/.test(label) ? 'keyword' : 'operator', detail, rank };
  });
}

function typesOf(context: ExpressionContext, words: readonly Word[]): readonly Inferred[] {
  const types = operandTypes(context, words)?.types ?? [];
  return types.length > 0 ? types : [{ kind: 'unknown' }];
}

function operatorsOf(type: Inferred): readonly string[] {
  switch (type.kind) {
    case 'bool':
      return ['&&', '||', ...EQUAL];
    case 'long':
      return [...EQUAL, ...ORDER, '+', '-', '*'];
    case 'string':
      return [...EQUAL, 'like'];
    case 'entity':
      return [...EQUAL, 'in', 'is', 'has'];
    case 'record':
      return ['has', ...EQUAL];
    case 'set':
      return EQUAL;
    case 'extension':
      return type.name === 'datetime' || type.name === 'duration' ? [...EQUAL, ...ORDER] : EQUAL;
    case 'unknown':
      return [...DOCS.keys()].filter((name) => name !== 'then' && name !== 'else');
  }
}

/** `then` or `else`, when an `if` before the cursor still waits for one. */
function openIf(words: readonly Word[]): 'then' | 'else' | undefined {
  const open: ('then' | 'else')[] = [];
  for (const { kind, text } of words) {
    if (kind !== 'identifier') continue;
    if (text === 'if') open.push('then');
    if (text === 'then') {
      open.pop();
      open.push('else');
    }
    if (text === 'else') open.pop();
  }
  return open.at(-1);
}
