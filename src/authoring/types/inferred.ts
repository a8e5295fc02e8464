/**
 * The types that expressions can have. A schema's types, and what only reasoning knows: a boolean whose
 * value is settled, the element of no set literal, and an expression with something wrong in it.
 */
import type { Span } from '../../base/span.ts';
import type { ExtensionName } from '../../cedar/schema/model.ts';

export type Inferred =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'bool'; readonly value?: boolean }
  | { readonly kind: 'long' }
  | { readonly kind: 'string' }
  | { readonly kind: 'set'; readonly element: Inferred }
  | InferredRecord
  | { readonly kind: 'entity'; readonly name: string }
  | { readonly kind: 'extension'; readonly name: ExtensionName };

export interface InferredRecord {
  readonly kind: 'record';
  readonly attributes: ReadonlyMap<string, InferredAttribute>;
}

export interface InferredAttribute {
  readonly type: Inferred;
  readonly required: boolean;
  readonly doc?: string;
  /** Its name in the schema; absent in a record that a policy writes. */
  readonly span?: Span;
}

export const UNKNOWN: Inferred = { kind: 'unknown' };
export const BOOL: Inferred = { kind: 'bool' };
export const TRUE: Inferred = { kind: 'bool', value: true };
export const FALSE: Inferred = { kind: 'bool', value: false };
export const LONG: Inferred = { kind: 'long' };
export const STRING: Inferred = { kind: 'string' };

export function extensionType(name: ExtensionName): Inferred {
  return { kind: 'extension', name };
}

/** The value of a boolean that is settled whatever the request. */
export function settled(type: Inferred): boolean | undefined {
  return type.kind === 'bool' ? type.value : undefined;
}

/**
 * The one type that covers both, as Cedar's strict mode has it: the same type, booleans aside from their
 * value. `undefined` when there is none.
 */
export function join(a: Inferred, b: Inferred): Inferred | undefined {
  if (a.kind === 'unknown' || b.kind === 'unknown') return UNKNOWN;
  switch (a.kind) {
    case 'bool':
      if (b.kind !== 'bool') return undefined;
      return a.value === b.value ? a : BOOL;
    case 'long':
    case 'string':
      return a.kind === b.kind ? a : undefined;
    case 'entity':
    case 'extension':
      return a.kind === b.kind && a.name === b.name ? a : undefined;
    case 'set': {
      const element = b.kind === 'set' ? join(a.element, b.element) : undefined;
      return element && { kind: 'set', element };
    }
    case 'record':
      return b.kind === 'record' ? joinRecords(a, b) : undefined;
  }
}

function joinRecords(a: InferredRecord, b: InferredRecord): Inferred | undefined {
  if (a === b) return a;
  if (a.attributes.size !== b.attributes.size) return undefined;
  const attributes = new Map<string, InferredAttribute>();
  for (const [name, mine] of a.attributes) {
    const theirs = b.attributes.get(name);
    if (theirs === undefined || theirs.required !== mine.required) return undefined;
    const type = join(mine.type, theirs.type);
    if (type === undefined) return undefined;
    attributes.set(name, { ...mine, type });
  }
  return { kind: 'record', attributes };
}

/** A type as an author would write it in the schema; records up to `attributes` of their attributes. */
export function typeText(type: Inferred, attributes = 4): string {
  switch (type.kind) {
    case 'unknown':
      return 'unknown';
    case 'bool':
      return 'Bool';
    case 'long':
      return 'Long';
    case 'string':
      return 'String';
    case 'entity':
    case 'extension':
      return type.name;
    case 'set':
      return `Set<${typeText(type.element, attributes)}>`;
    case 'record': {
      const shown = [...type.attributes]
        .slice(0, attributes)
        .map(([name, { type: inner, required }]) => {
          return `${name}${required ? '' : '?'}: ${typeText(inner, 0)}`;
        });
      if (type.attributes.size > attributes) shown.push('…');
      return `{${shown.join(', ')}}`;
    }
  }
}
