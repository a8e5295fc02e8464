/**
 * Long work, cut into slices: whoever steps decides when to go on, reports `done` of `total`, and stops
 * for good with `return`. The last step gives the result.
 */
export type Sliced<T> = Generator<Progress, T, void>;

export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** All slices at once. */
export function finish<T>(work: Sliced<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
