/**
 * What has to hold for a policy, as steps. A step finds out one thing and says where to go on when it is
 * so and when it is not; `&&`, `||`, `!`, `if`, `when` and `unless` are nothing but the ways between
 * steps. All ways end in one of two places.
 *
 *     when { context has a && (context.b || x) } unless { y }
 *
 *     context has a ─yes→ context.b ───yes──→ y ─no→ holds
 *                             └─no→ x ─yes─↗          every other way: fails
 */
import { elementAt } from '../base/element.ts';
import type { CompiledPolicy } from './compile.ts';
import { typeFailure, type Failure } from './failure.ts';
import type { Evaluate, Frame } from './frame.ts';
import { Field } from './slots.ts';

/** What a step does. Numbers, because this is compared more often than anything else. */
const END = 0;
const HAS = 1;
const EVALUATE = 2;

interface Ways {
  readonly yes: Step;
  readonly no: Step;
}

/** All steps are of one class and have all fields, so that going from one to the next is fast. */
export class Step {
  readonly kind: typeof END | typeof HAS | typeof EVALUATE;
  readonly field: Field;
  readonly evaluate: Evaluate;
  readonly yes: Step;
  readonly no: Step;

  /** What it finds out: whether the context has a field, or whether an expression is true. */
  constructor(test?: Field | Evaluate, ways?: Ways) {
    this.kind = test === undefined ? END : test instanceof Field ? HAS : EVALUATE;
    this.field = test instanceof Field ? test : NO_FIELD;
    this.evaluate = typeof test === 'function' ? test : NOTHING;
    this.yes = ways?.yes ?? this;
    this.no = ways?.no ?? this;
  }
}

const NO_FIELD = new Field('');
const NOTHING: Evaluate = () => false;

/** Where the ways end. */
export const HOLDS = new Step();
export const FAILS = new Step();

/** Goes all the way: whether it holds, or what came up where only true and false have a place. */
export function run(first: Step, frame: Frame): boolean | Failure {
  let step = first;
  while (step.kind !== END) {
    const truth =
      step.kind === HAS ? step.field.of(frame.context) !== undefined : step.evaluate(frame);
    if (truth === true) step = step.yes;
    else if (truth === false) step = step.no;
    else return typeFailure('bool', truth);
  }
  return step === HOLDS;
}

/** A policy as the decision sees it. */
export interface Rule {
  /** Its place in the set. */
  readonly index: number;
  readonly policy: CompiledPolicy;
  readonly first: Step;
}

/** Rules gathered anew for each request: the first `count` of a list that never shrinks. */
export interface Gathered {
  readonly rules: Rule[];
  count: number;
}

/** Up to so many are sorted by insertion: most often they are sorted already, or nearly. */
const FEW = 32;

/**
 * Puts the first `count` rules into the order of their set, each once: a policy that names several
 * actions is found by each. Returns how many there are then.
 */
export function inOrder(rules: Rule[], count: number): number {
  if (count > FEW) {
    const sorted = [...new Set(rules.slice(0, count))].toSorted((a, b) => a.index - b.index);
    for (const [at, rule] of sorted.entries()) rules[at] = rule;
    return sorted.length;
  }
  let length = 0;
  for (let from = 0; from < count; from++) {
    const rule = elementAt(rules, from);
    let at = length;
    while (at > 0 && elementAt(rules, at - 1).index > rule.index) at--;
    if (at > 0 && rules[at - 1] === rule) continue;
    for (let to = length++; to > at; to--) rules[to] = elementAt(rules, to - 1);
    rules[at] = rule;
  }
  return length;
}
