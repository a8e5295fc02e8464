/**
 * JSON as RFC 8785 (JCS) writes it: no spaces, members sorted by UTF-16 code units, numbers and
 * strings as ECMAScript's `JSON.stringify` writes them. Equal data gives equal bytes, so the text can
 * be hashed and signed.
 */
export type CanonicalJson =
  | null
  | boolean
  | number
  | string
  | readonly CanonicalJson[]
  | { readonly [name: string]: CanonicalJson | undefined };

/**
 * The canonical text of `value`. Members that are `undefined` are left out, as JSON does. Numbers must
 * be finite and strings well-formed Unicode: RFC 8785 has no form for others, so those are a defect of
 * the caller and throw.
 */
export function canonicalJson(value: CanonicalJson): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return canonicalNumber(value);
  if (typeof value === 'string') return canonicalString(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members: string[] = [];
  for (const name of Object.keys(value).toSorted(byCodeUnits)) {
    const member = value[name];
    if (member !== undefined) members.push(`${canonicalString(name)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

function isArray(value: CanonicalJson): value is readonly CanonicalJson[] {
  return Array.isArray(value);
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError('Canonical JSON has no form for this number');
  // Of finite numbers ECMAScript writes the same text here as in JSON, and minus zero as zero.
  return String(value);
}

/** Text that JSON writes as it is: ASCII that can be seen, but for the quote and the backslash. */
const PLAIN_TEXT = /^[ !#-[\]-~]*$/;

/** A string as `JSON.stringify` writes it, sooner where it needs no escape, as most do. */
export function jsonString(text: string): string {
  return PLAIN_TEXT.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** The canonical text of a string, for those who write the text around it themselves. */
export function canonicalString(text: string): string {
  if (!text.isWellFormed()) throw new RangeError('Canonical JSON needs well-formed Unicode');
  return jsonString(text);
}

/** More names than this are left to the sort of the language, which is made for many. */
const FEW = 32;

/** The names of an object's members in the order of canonical JSON. */
export function namesInOrder(members: ReadonlyMap<string, unknown>): readonly string[] {
  if (members.size > FEW) return [...members.keys()].toSorted(byCodeUnits);
  const names: string[] = [];
  for (const name of members.keys()) {
    let at = names.length;
    for (let before = names[at - 1]; before !== undefined && name < before;) {
      names[at] = before;
      at -= 1;
      before = names[at - 1];
    }
    names[at] = name;
  }
  return names;
}

/** The order of members in canonical JSON. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
