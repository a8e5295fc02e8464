/**
 * "What would change this?" For a check that is denied or deferred: which few fields of the request, given
 * otherwise, make the same policies allow it. For one that is allowed: the nearest refusals.
 *
 *     decide ─▶ what stands in the way ─▶ ways past the first of it ─▶ values for each way ─▶ decide ─▶ …
 *
 * The search is best first: evidence that is missing costs least, a fact that is said otherwise more, and
 * what makes it another task (its side effects, its tools) most. Everything proposed was run: the request
 * that is handed back was read and decided anew, and it is not allowed with any of its changes left out.
 * Time is nobody's to change, so what only waits is said to wait. The same input gives the same answer.
 */
import { finish } from '../base/slices.ts';
import type { Json } from '../cedar/json/lossless.ts';
import { readCheck } from '../decision/check.ts';
import type { DecisionPolicies } from '../decision/policies.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { ChangeKind } from './change-costs.ts';
import type { Samples } from './change-samples.ts';
import { Search } from './change-search.ts';
import type { Sliced } from './sliced.ts';

export interface ChangeQuestion {
  readonly policies: DecisionPolicies;
  /** The request body, as `parseJson` reads it. */
  readonly request: Json;
  /** Epoch milliseconds: the changed request is decided at the same moment. */
  readonly now: number;
  /** Values that scenarios use: they make proposals that look like the real thing. See `samplesOf`. */
  readonly samples?: Samples;
  /** Decisions to make at most; then the answer is what was found by then. */
  readonly budget?: number;
}

/** One field of the request, before and after. */
export interface FieldChange {
  /** JSON pointer into the request. */
  readonly pointer: string;
  /** Plain data; `undefined`: not there. */
  readonly from: unknown;
  readonly to: unknown;
  /** `to` as JSON text, every digit of a number kept; `undefined` where the field is taken away. */
  readonly literal: string | undefined;
  /** "give approved by: “m.ortiz”". */
  readonly words: string;
  readonly kind: ChangeKind;
}

/** A request that is decided otherwise, and what is different in it. */
export interface ChangedRequest {
  /** The whole body, plain data. */
  readonly request: unknown;
  readonly changes: readonly FieldChange[];
  readonly verdict: Verdict;
  /** The rules and engine issues that decided it. */
  readonly because: readonly string[];
}

export type ChangeAnswer =
  | {
      readonly kind: 'allowed-if';
      readonly proposal: ChangedRequest;
      /** False when the budget ended the search before it was through: a smaller change may exist. */
      readonly isComplete: boolean;
      readonly decisions: number;
    }
  | {
      readonly kind: 'nothing-found';
      /** `TIME`: it can only wait. `FIXED`: it depends on what no request can change, such as the tool. */
      readonly code: 'TIME' | 'FIXED' | 'BUDGET' | 'NOT_FOUND' | 'NOT_DECIDED';
      readonly message: string;
      /** What nothing was found against. */
      readonly blockers: readonly string[];
      readonly decisions: number;
    }
  | {
      readonly kind: 'refused-if';
      /** The nearest first; empty when nothing near refuses it. */
      readonly refusals: readonly ChangedRequest[];
      readonly decisions: number;
    };

const CHANGE_BUDGET = 1500;

/**
 * Searches step by step: each step tells how far it is, and whoever steps may stop for good. The last
 * step returns the answer.
 */
export function* searchChange(question: ChangeQuestion): Sliced<ChangeAnswer> {
  const { request, budget = CHANGE_BUDGET } = question;
  const search = new Search(question, budget);
  const check = readCheck(request);
  const first = check.ok ? search.decide(check.value) : undefined;
  if (!check.ok || first === undefined || first.record.decision === 'ERROR') {
    const message = 'This request is not decided at all: mend it first.';
    return { kind: 'nothing-found', code: 'NOT_DECIDED', message, blockers: [], decisions: 1 };
  }
  return first.record.verdict === 'ALLOW'
    ? yield* search.refusals(check.value, first)
    : yield* search.permission(check.value, first);
}

/** The whole search at once. */
export function findChange(question: ChangeQuestion): ChangeAnswer {
  return finish(searchChange(question));
}
