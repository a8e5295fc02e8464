/** More texts than this are not kept, and of those no longer ones: they may be a client's. */
const MOST_KEPT = 2048;
const LONGEST_KEPT = 500;

/**
 * The same function with its answers kept, for texts that come again and again. Long texts are not kept,
 * and when there are too many all are forgotten, so no sender of texts can fill the memory. `make` must
 * depend on nothing but the text.
 */
export function kept(make: (text: string) => string): (text: string) => string {
  const answers = new Map<string, string>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const made = make(text);
    if (text.length > LONGEST_KEPT) return made;
    if (answers.size >= MOST_KEPT) answers.clear();
    answers.set(ownText(text), ownText(made));
    return made;
  };
}

/** The same text in memory of its own: one that was cut out of a request's body keeps all of that body. */
export function ownText(text: string): string {
  const copy: unknown = JSON.parse(JSON.stringify(text));
  return typeof copy === 'string' ? copy : text;
}
