/**
 * Remembers what was computed from each file's text for as long as the text stays the same, so that a
 * keystroke costs the one file that it changed.
 */
export class TextMemo<T> {
  readonly #compute: (text: string, path: string) => T;
  #known: ReadonlyMap<string, { readonly text: string; readonly value: T }> = new Map();

  constructor(compute: (text: string, path: string) => T) {
    this.#compute = compute;
  }

  /** The value of each of these files; all others are forgotten. */
  all(files: Iterable<readonly [string, string]>): readonly T[] {
    const next = new Map<string, { readonly text: string; readonly value: T }>();
    for (const [path, text] of files) {
      const known = this.#known.get(path);
      const value = known?.text === text ? known.value : this.#compute(text, path);
      next.set(path, { text, value });
    }
    this.#known = next;
    return [...next.values()].map(({ value }) => value);
  }
}
