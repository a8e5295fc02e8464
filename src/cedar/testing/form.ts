/** Data to compare in the tests: what is alike becomes equal. */

/** A policy's JSON form with numbers as JSON of JavaScript has them: the toolchain rounds past 2^53. */
export function sameForm(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(sameForm);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, sameForm(field)]));
}

/** A tree without its spans. */
export function unspanned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unspanned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !/span$/i.test(name))
      .map(([name, field]) => [name, unspanned(field)]),
  );
}
