import type { CanonicalJson } from '../../base/canonical-json.ts';

/** A place in arguments: RFC 6901, `*` for any member or element. */
export type Pointer = readonly string[];

/** Reads a pointer such as `/card/number`; `undefined` when it is none. */
export function readPointer(text: string): Pointer | undefined {
  const [start, ...path] = text.split('/');
  if (start !== '' || path.length === 0) return undefined;
  return path.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at a place; `undefined` when there is none. */
export function valueAt(value: CanonicalJson, [name, ...rest]: Pointer): CanonicalJson | undefined {
  if (name === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  // Own members alone: `length` of a list and what objects inherit are no arguments.
  const member = Object.entries(value).find(([key]) => key === name)?.[1];
  return member === undefined ? undefined : valueAt(member, rest);
}

/** The value with others in those places; one that becomes `undefined` is left out, in a list `null`. */
export function replaceAt(
  value: CanonicalJson,
  places: readonly Pointer[],
  replace: (value: CanonicalJson) => CanonicalJson | undefined,
): CanonicalJson {
  return places.reduce((left, place) => replaceOne(left, place, replace) ?? null, value);
}

function replaceOne(
  value: CanonicalJson,
  [name, ...rest]: Pointer,
  replace: (value: CanonicalJson) => CanonicalJson | undefined,
): CanonicalJson | undefined {
  if (name === undefined) return replace(value);
  if (typeof value !== 'object' || value === null) return value;
  const change = (key: string, member: CanonicalJson): CanonicalJson | undefined =>
    name === '*' || name === key ? replaceOne(member, rest, replace) : member;
  if (isList(value)) return value.map((element, at) => change(String(at), element) ?? null);
  const members = Object.entries(value).flatMap(([key, member]) => {
    const changed = member === undefined ? undefined : change(key, member);
    return changed === undefined ? [] : [[key, changed] as const];
  });
  return Object.fromEntries(members);
}

function isList(value: CanonicalJson): value is readonly CanonicalJson[] {
  return Array.isArray(value);
}
