import { policyContext } from '../complete/context.ts';
import { innermostOpen, type Word } from '../complete/tokens.ts';
import { fileKind } from '../../pack/files.ts';
import type { PackModel } from '../model.ts';
import { callableNamed, signatureText, type Callable, type Parameter } from '../types/functions.ts';

export interface SignatureHelp {
  /** `lessThan(other: decimal): Bool`. */
  readonly label: string;
  readonly doc: string;
  readonly parameters: readonly Parameter[];
  /** The parameter that the cursor is in. */
  readonly active: number;
}

/** The function or method whose parentheses the cursor is in. Works in code that does not parse. */
export function signatureHelp(
  model: PackModel,
  path: string,
  offset: number,
): SignatureHelp | undefined {
  const text = model.files.get(path);
  if (text === undefined || fileKind(path) !== 'policies') return undefined;
  const { place } = policyContext(text, offset);
  if (place.kind !== 'expression') return undefined;
  const call = callAround(place.words);
  if (call === undefined) return undefined;
  const { callable, active } = call;
  const { doc, parameters } = callable;
  const last = Math.max(parameters.length - 1, 0);
  return { label: signatureText(callable), doc, parameters, active: Math.min(active, last) };
}

/** Outwards past sets and records to the call that they are arguments of. */
function callAround(
  words: readonly Word[],
): { readonly callable: Callable; readonly active: number } | undefined {
  let inside = words;
  for (let open = innermostOpen(inside); open >= 0; open = innermostOpen(inside)) {
    const name = inside[open - 1];
    if (inside[open]?.kind === '(' && name?.kind === 'identifier') {
      const callable = callableNamed(name.text);
      const isMethod = inside[open - 2]?.kind === '.';
      if (callable === undefined || isMethod !== (callable.style === 'method')) return undefined;
      return { callable, active: commas(words.slice(open + 1)) };
    }
    inside = inside.slice(0, open);
  }
  return undefined;
}

function commas(words: readonly Word[]): number {
  let depth = 0;
  let count = 0;
  for (const { kind } of words) {
    if (kind === '(' || kind === '[' || kind === '{') depth += 1;
    if (kind === ')' || kind === ']' || kind === '}') depth -= 1;
    if (kind === ',' && depth === 0) count += 1;
  }
  return count;
}
