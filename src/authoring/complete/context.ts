/**
 * Where in a policy file the cursor stands, told from the tokens before it alone, so that it is known in
 * code that is half written, and whatever stands behind.
 */
import { operandStart, readBefore, type Before, type Word } from './tokens.ts';
import type { Span } from '../../base/span.ts';

export type PolicyPlace =
  | { readonly kind: 'nowhere' }
  /** Where a policy can begin. */
  | { readonly kind: 'top' }
  | { readonly kind: 'annotation-name' }
  | { readonly kind: 'annotation-value'; readonly name: string }
  | {
      readonly kind: 'scope';
      readonly slot: 'principal' | 'action' | 'resource';
      /** Tokens of this part of the scope before the cursor. */
      readonly words: readonly Word[];
    }
  /** Between the scope or a condition and what follows it. */
  | { readonly kind: 'after-scope'; readonly last: string }
  | { readonly kind: 'expression'; readonly words: readonly Word[] };

export interface PolicyContext {
  readonly place: PolicyPlace;
  readonly before: Before;
  /** The text of the scope in its parentheses, as far as it is written. */
  readonly scope: Span | undefined;
  /** Annotations that stand before the cursor in this policy, with their values. */
  readonly annotations: ReadonlyMap<string, string>;
  readonly effect: 'permit' | 'forbid' | undefined;
}

const SLOTS = ['principal', 'action', 'resource'] as const;

export function policyContext(text: string, offset: number): PolicyContext {
  const before = readBefore(text, offset);
  const { words } = before;
  const head = headIndex(words);
  const word = words[head]?.text;
  const effect: PolicyContext['effect'] = word === 'permit' || word === 'forbid' ? word : undefined;
  const base = { before, annotations: annotationsIn(words, head), effect, scope: undefined };
  if (before.typed === 'comment') return { ...base, place: { kind: 'nowhere' } };

  const annotation = annotationPlace(words, before);
  if (annotation !== undefined) return { ...base, place: annotation };
  if (head < 0) return { ...base, place: { kind: before.typed === 'string' ? 'nowhere' : 'top' } };

  const { close, slot, from } = scopePlace(words, head);
  const opened = words[head + 1];
  if (close < 0) {
    const name = SLOTS[slot];
    if (name === undefined) return { ...base, place: { kind: 'nowhere' } };
    return { ...base, place: { kind: 'scope', slot: name, words: words.slice(from) } };
  }
  const scope = { start: opened?.start ?? offset, end: words[close]?.end ?? offset };
  const open = openBrace(words, close);
  if (open >= 0) {
    const place: PolicyPlace = { kind: 'expression', words: words.slice(open + 1) };
    return { ...base, scope, place };
  }
  if (before.typed === 'string') return { ...base, scope, place: { kind: 'nowhere' } };
  if (words.at(-1)?.kind === ';') return { ...base, scope, place: { kind: 'top' } };
  return { ...base, scope, place: { kind: 'after-scope', last: words.at(-1)?.text ?? '' } };
}

/** The last `permit (` or `forbid (`; -1 when an annotation of the next policy follows it. */
function headIndex(words: readonly Word[]): number {
  for (let at = words.length - 1; at >= 0; at -= 1) {
    const word = words[at];
    if (word?.kind === '@') return -1;
    const isHead = word?.text === 'permit' || word?.text === 'forbid';
    if (isHead && words[at + 1]?.kind === '(' && words[at - 1]?.kind !== '.') return at;
  }
  return -1;
}

function annotationPlace(words: readonly Word[], before: Before): PolicyPlace | undefined {
  const last = words.at(-1);
  if (last?.kind === '@' && before.typed !== 'string') return { kind: 'annotation-name' };
  const name = words.at(-2);
  if (last?.kind === '(' && name?.kind === 'identifier' && words.at(-3)?.kind === '@') {
    return { kind: 'annotation-value', name: name.text };
  }
  return undefined;
}

/** Annotations of the policy whose effect is at `head`, or of the one that is not there yet. */
function annotationsIn(words: readonly Word[], head: number): ReadonlyMap<string, string> {
  const annotations = new Map<string, string>();
  let end = head < 0 ? words.length : head;
  for (let at = end - 1; at >= 0; at -= 1) {
    const word = words[at];
    if (word?.kind !== '@') continue;
    const name = words[at + 1];
    const value = words[at + 2]?.kind === '(' ? words[at + 3] : undefined;
    const isComplete = words[at + 2]?.kind !== '(' || words[at + 4]?.kind === ')';
    if (name === undefined || !isComplete) {
      // The annotation that the cursor is in.
      if (annotations.size > 0) break;
      end = at;
      continue;
    }
    if (at + (value === undefined ? 2 : 5) < end) break;
    annotations.set(name.text, value?.text.slice(1, -1) ?? '');
    end = at;
  }
  return annotations;
}

/** Where the scope of the policy at `head` closes, or which part of it the words end in. */
function scopePlace(words: readonly Word[], head: number) {
  let depth = 0;
  let slot = 0;
  let from = head + 2;
  for (let at = head + 1; at < words.length; at += 1) {
    const kind = words[at]?.kind;
    if (kind === '(' || kind === '[') depth += 1;
    if (kind === ')' || kind === ']') depth -= 1;
    if (depth === 0) return { close: at, slot, from };
    // A brace cannot stand in a scope: its parenthesis is missing.
    if (kind === '{') return { close: at - 1, slot, from };
    if (kind === ',' && depth === 1) {
      slot += 1;
      from = at + 1;
    }
  }
  return { close: -1, slot, from };
}

/** The brace of the condition that the words end in; -1 between conditions. */
function openBrace(words: readonly Word[], close: number): number {
  let open = -1;
  let depth = 0;
  for (let at = close + 1; at < words.length; at += 1) {
    const word = words[at];
    if (word?.kind === '{') {
      if (depth === 0) open = at;
      depth += 1;
    } else if (word?.kind === '}') {
      depth -= 1;
      if (depth <= 0) {
        depth = 0;
        open = -1;
      }
    }
  }
  return open;
}

/** The operand that ends with the last of these words, as a place in the text. */
export function operandBefore(words: readonly Word[]): Span | undefined {
  const last = words.length - 1;
  const start = operandStart(words, last);
  const [from, to] = [words[start], words[last]];
  return from === undefined || to === undefined ? undefined : { start: from.start, end: to.end };
}
