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
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError('Canonical JSON has no form for this number');
    return JSON.stringify(value);
  }
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

function canonicalString(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new RangeError('Canonical JSON needs well-formed Unicode');
  return JSON.stringify(text);
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
