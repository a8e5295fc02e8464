/**
 * Cuts what a client wrote before it is echoed. Records repeat names and texts in several places, and a
 * request of a megabyte must not become an answer of twenty.
 */
export function clip(text: string, length = 200): string {
  if (text.length <= length) return text;
  const kept = text.slice(0, length);
  // Never half a surrogate pair: a record must be well-formed text.
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}
