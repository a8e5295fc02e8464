/** The operands around the cursor, told from tokens, and their types. */
import { printExpr } from '../../cedar/print.ts';
import type { PackModel } from '../model.ts';
import { checkFragment } from '../types/fragment.ts';
import { EXTENSION_CALLABLES } from '../types/functions.ts';
import type { Hierarchy } from '../types/hierarchy.ts';
import type { Inferred, InferredAttribute } from '../types/inferred.ts';
import { operandBefore } from './context.ts';
import { endsOperand, innermostOpen, operandStart, type Before, type Word } from './tokens.ts';

/** What the cursor stands in: the pack, the file's text, and the condition as far as it is written. */
export interface ExpressionContext {
  readonly model: PackModel;
  readonly hierarchy: Hierarchy;
  readonly text: string;
  readonly scope: string | undefined;
  readonly words: readonly Word[];
  readonly before: Before;
}

/** The types of the operand that ends with the last of `words`, and its text. */
export function operandTypes(
  { hierarchy, text, scope }: Pick<ExpressionContext, 'hierarchy' | 'text' | 'scope'>,
  words: readonly Word[],
): { readonly types: readonly Inferred[]; readonly printed: string } | undefined {
  const place = operandBefore(words);
  if (place === undefined) return undefined;
  const fragment = checkFragment(hierarchy, text.slice(place.start, place.end), scope);
  return fragment && { types: fragment.types, printed: printExpr(fragment.expr) };
}

export function attributesOf(
  { hierarchy }: Pick<ExpressionContext, 'hierarchy'>,
  types: readonly Inferred[],
): ReadonlyMap<string, InferredAttribute> {
  const found = new Map<string, InferredAttribute>();
  for (const type of types) {
    const attributes =
      type.kind === 'record'
        ? type.attributes
        : type.kind === 'entity'
          ? hierarchy.schema.entityTypes.get(type.name)?.attributes
          : undefined;
    for (const [name, attribute] of attributes ?? [])
      if (!found.has(name)) found.set(name, attribute);
  }
  return found;
}

/** The path before the `::` at the end: `App::Role`. */
export function typeBefore(words: readonly Word[]): string | undefined {
  let at = words.length - 1;
  if (words[at]?.kind !== '::') return undefined;
  const names: string[] = [];
  while (words[at]?.kind === '::' && words[at - 1]?.kind === 'identifier') {
    names.unshift(words[at - 1]?.text ?? '');
    at -= 2;
  }
  return names.join('::');
}

interface Compared {
  readonly types: readonly Inferred[];
  readonly printed: string;
  /** Whether what is wanted is an element of the compared set. */
  readonly element: boolean;
}

/** The operand that the value at the cursor is for: `x == ▮`, `x.contains(▮`, `x.containsAny(["a", ▮`. */
export function comparedOperand(context: ExpressionContext): Compared | undefined {
  let { words } = context;
  let last = words.at(-1);
  if (last?.kind === '[' || last?.kind === ',') {
    const open = innermostOpen(words);
    if (words[open]?.kind === '[' && !endsOperand(words[open - 1])) {
      words = words.slice(0, open);
      last = words.at(-1);
    }
  }
  if (
    last?.text === 'in' ||
    (last !== undefined && ['==', '!=', '<', '<=', '>', '>='].includes(last.kind))
  ) {
    const operand = operandTypes(context, words.slice(0, -1));
    return operand && { ...operand, element: false };
  }
  const method = words.at(-2);
  if (last?.kind !== '(' || method?.kind !== 'identifier' || words.at(-3)?.kind !== '.')
    return undefined;
  const operand = operandTypes(context, words.slice(0, -3));
  if (operand === undefined) return undefined;
  if (/^contains(?:All|Any)?$/.test(method.text)) return { ...operand, element: true };
  const wanted = EXTENSION_CALLABLES.get(method.text)?.takes[1];
  return wanted && { printed: '', types: [wanted], element: false };
}

/** Every `x has a.b` in the condition so far, as the accesses that it makes safe. */
export function guardsIn({ words, text }: ExpressionContext): ReadonlySet<string> {
  const guards = new Set<string>();
  for (const [at, word] of words.entries()) {
    if (word.text !== 'has' || word.kind !== 'identifier') continue;
    const start = words[operandStart(words, at - 1)];
    const end = words[at - 1];
    if (start === undefined || end === undefined) continue;
    let access = text.slice(start.start, end.end).replaceAll(/\s+/g, '');
    for (let next = at + 1; words[next]?.kind === 'identifier'; next += 2) {
      access += `.${words[next]?.text}`;
      guards.add(access);
      if (words[next + 1]?.kind !== '.') break;
    }
  }
  return guards;
}
