/**
 * What has to hold for a policy: tests, in order. A test is a condition and the boolean that it has to
 * come to. The same condition is one object over all policies of a set, evaluated at most once per
 * request: in a set in which a hundred rules ask `context has approved_by`, one of them finds out and
 * the other ninety-nine read the answer.
 */
import type { CompiledPolicy } from './compile.ts';
import type { Evaluate, Frame } from './frame.ts';

/** A condition came to false, to true, or to no boolean at all. */
export type Truth = false | true | 'error';

export class SharedCondition {
  readonly #evaluate: Evaluate;
  #request = 0;
  #truth: Truth = false;

  constructor(evaluate: Evaluate) {
    this.#evaluate = evaluate;
  }

  /** What it comes to for the frame's request; found out once. */
  truth(frame: Frame): Truth {
    if (this.#request !== frame.request) {
      const value = this.#evaluate(frame);
      this.#truth = typeof value === 'boolean' ? value : 'error';
      this.#request = frame.request;
    }
    return this.#truth;
  }
}

export interface Test {
  readonly condition: SharedCondition;
  readonly want: boolean;
}

/** A policy as the decision sees it. */
export interface Rule {
  /** Its place in the set. */
  readonly index: number;
  readonly policy: CompiledPolicy;
  readonly tests: readonly Test[];
}

/** A policy held, did not, or could not be evaluated. */
export type Outcome = 'satisfied' | 'unsatisfied' | 'error';

/** What the conditions of a policy, whose scope matches, come to. */
export function outcomeOf(rule: Rule, frame: Frame): Outcome {
  for (const { condition, want } of rule.tests) {
    const truth = condition.truth(frame);
    if (truth !== want) return truth === 'error' ? 'error' : 'unsatisfied';
  }
  return 'satisfied';
}
