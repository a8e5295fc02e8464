/**
 * Where in a JSON text the value of a pointer stands, so that an editor can underline it. Walks the text
 * only along the pointer; the text must be known to be JSON.
 */
import type { Span } from '../base/span.ts';

/** `value`: the value. `name`: the member's name, for problems about the name itself. */
export type PlaceOf = 'value' | 'name';

/**
 * The place of `pointer` (RFC 6901) in `text`. Where the value does not exist, as with a missing member,
 * it is the opening bracket of the innermost one around it that does.
 */
export function placeInJson(text: string, pointer: string, of: PlaceOf = 'value'): Span {
  let place: Place = { value: valueAt(text, space(text, 0)) };
  for (const key of pointerKeys(pointer)) {
    const inner = child(text, place.value.start, key);
    if (inner === undefined) return { start: place.value.start, end: place.value.start + 1 };
    place = inner;
  }
  return of === 'name' ? (place.name ?? place.value) : place.value;
}

interface Place {
  readonly name?: Span;
  readonly value: Span;
}

function pointerKeys(pointer: string): readonly string[] {
  const parts = pointer.split('/').slice(1);
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The member or element `key` of the object or array that starts at `start`. */
function child(text: string, start: number, key: string): Place | undefined {
  const bracket = text[start];
  if (bracket !== '{' && bracket !== '[') return undefined;
  let at = space(text, start + 1);
  for (let index = 0; at < text.length && text[at] !== '}' && text[at] !== ']'; index += 1) {
    const name = bracket === '{' ? valueAt(text, at) : undefined;
    // Past the name come spaces, the colon, and spaces again.
    if (name !== undefined) at = space(text, space(text, name.end) + 1);
    const value = valueAt(text, at);
    const found = name === undefined ? String(index) : unquote(text.slice(name.start, name.end));
    if (found === key) return name === undefined ? { value } : { name, value };
    at = space(text, value.end);
    if (text[at] === ',') at = space(text, at + 1);
  }
  return undefined;
}

function unquote(name: string): unknown {
  try {
    return JSON.parse(name);
  } catch {
    return undefined;
  }
}

function valueAt(text: string, start: number): Span {
  let depth = 0;
  let at = start;
  do {
    const unit = text[at];
    if (unit === '"') {
      at = stringEnd(text, at);
      continue;
    }
    if (unit === '{' || unit === '[') depth += 1;
    else if (unit === '}' || unit === ']') depth -= 1;
    else if (depth === 0) return { start, end: wordEnd(text, at) };
    at += 1;
  } while (depth > 0 && at < text.length);
  return { start, end: at };
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** Of a number, `true`, `false` or `null`. */
function wordEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && /[\w+.-]/.test(text[at] ?? '')) at += 1;
  return Math.max(at, Math.min(start + 1, text.length));
}

function space(text: string, start: number): number {
  let at = start;
  while (at < text.length && /[ \t\r\n]/.test(text[at] ?? '')) at += 1;
  return at;
}
