/** Long work, cut into slices: whoever steps decides when to go on. The last step gives the result. */
export type Slices<T> = Generator<unknown, T, void>;

/** All slices at once. */
export function finish<T>(work: Slices<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
