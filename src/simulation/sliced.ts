/**
 * Long work, cut into slices: whoever steps decides when to go on, reports `done` of `total`, and stops
 * for good with `return`. The last step gives the result.
 */
export type Sliced<T> = Generator<Progress, T, void>;

export interface Progress {
  readonly done: number;
  readonly total: number;
}
