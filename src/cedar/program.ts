/**
 * All conditions of a policy set, as one array of integers.
 *
 * A policy holds when its tests hold, in order. A test is a compiled expression and the boolean that
 * it has to come to; the same expression is one expression over all policies, evaluated at most once
 * per request, and what it came to is kept in `#outcomes`. So a set in which a hundred rules ask
 * `context has approved_by` asks it once; the other ninety-nine rules read an integer.
 *
 * `#outcomes` is never cleared. Each request adds 4 to `#base`, and an outcome is kept as `#base` plus
 * 0 (false), 1 (true) or 2 (no boolean): what an earlier request left is less than `#base`.
 */
import type { Entities } from './entities.ts';
import type { Evaluate, Frame } from './frame.ts';
import type { Request } from './request.ts';
import type { Leaf } from './scope-index.ts';

export interface Test {
  /** Number of the expression. */
  readonly expression: number;
  readonly want: boolean;
}

const FALSE = 0;
const TRUE = 1;
const OTHER = 2;
const STEP = 4;
const LAST_BASE = 2 ** 31 - 2 * STEP;

/** A policy held, did not, or could not be evaluated. */
export type Outcome = 'satisfied' | 'unsatisfied' | 'error';

export class Program {
  readonly frame: Frame;
  /** The policies in question, found anew for each request. */
  readonly leaves: Leaf[] = [];
  readonly #evaluates: readonly Evaluate[];
  /** The tests of all policies in a row: the number of the expression times 2, plus what it must be. */
  readonly #tests: Int32Array;
  /** Where each policy's tests begin; one entry more than there are policies. */
  readonly #starts: Int32Array;
  readonly #outcomes: Int32Array;
  #base: number;

  constructor(
    evaluates: readonly Evaluate[],
    policies: readonly (readonly Test[])[],
    frame: Frame,
    base = 0,
  ) {
    this.frame = frame;
    this.#base = base;
    this.#evaluates = evaluates;
    this.#starts = new Int32Array(policies.length + 1);
    for (const [index, tests] of policies.entries()) {
      this.#starts[index + 1] = Number(this.#starts[index]) + tests.length;
    }
    const codes = policies
      .flat()
      .map(({ expression, want }) => expression * 2 + (want ? TRUE : FALSE));
    this.#tests = Int32Array.from(codes);
    this.#outcomes = new Int32Array(evaluates.length).fill(-1);
  }

  /** Begins a request. */
  enter(request: Request, entities: Entities): void {
    this.frame.enter(request, entities);
    if (this.#base >= LAST_BASE) {
      this.#outcomes.fill(-1);
      this.#base = 0;
    }
    this.#base += STEP;
  }

  /** What this policy's conditions come to for the request at hand. */
  run(policy: number): Outcome {
    const tests = this.#tests;
    const outcomes = this.#outcomes;
    const base = this.#base;
    const end = Number(this.#starts[policy + 1]);
    for (let at = Number(this.#starts[policy]); at < end; at++) {
      const code = Number(tests[at]);
      const kept = Number(outcomes[code >> 1]) - base;
      const outcome = kept >= 0 ? kept : this.#evaluate(code >> 1);
      if (outcome !== (code & 1)) return outcome === OTHER ? 'error' : 'unsatisfied';
    }
    return 'satisfied';
  }

  #evaluate(expression: number): number {
    const value = this.#evaluates[expression]?.(this.frame);
    const outcome = value === true ? TRUE : value === false ? FALSE : OTHER;
    this.#outcomes[expression] = this.#base + outcome;
    return outcome;
  }
}
