/**
 * Of each kind of question only the newest is answered to its end, and only while the pack that it is about
 * stays as it is.
 */
export class Newest<Kind extends string> {
  readonly #turns = new Map<Kind, number>();

  /** Begins a question, with which those of its kind before it are over. Tells whether it is over itself. */
  begin(kind: Kind, about: { readonly revision: number }): () => boolean {
    this.cancel(kind);
    const turn = this.#turns.get(kind);
    const { revision } = about;
    return () => this.#turns.get(kind) !== turn || about.revision !== revision;
  }

  /** Ends the question of a kind that is under way. */
  cancel(kind: Kind): void {
    this.#turns.set(kind, (this.#turns.get(kind) ?? 0) + 1);
  }
}
