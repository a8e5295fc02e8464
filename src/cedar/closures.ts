/**
 * Expressions to closures, and to steps where they only have to be true or false. Each closure captures
 * its operands, already compiled and specialised by what they are (`specialise.ts`); constants are
 * evaluated here, once, and what is dear and one request can come to twice is kept for the request.
 *
 * What was tried, for ten rules in question (nanoseconds a decision, on one machine; the same rules
 * written by hand take 210 to 250 in the same process):
 * - one closure per node, operands checked by class, results in fresh arrays: 3,000;
 * - the scope index, each distinct condition once per request: 1,700;
 * - names cut from the text replaced by internalised copies: 1,150. A lookup with another copy of its
 *   key compares the characters;
 * - closures of their own for `context.name`, constants, pairs of `&&`: 1,050;
 * - steps instead of closures for `&&`, `||`, `!` (`program.ts`), records by slot (`slots.ts`), nothing
 *   kept that is cheap or that policies for different actions share: 560, the largest of all;
 * - one place for each name that conditions read, so that a hundred rules touch the same memory; entities
 *   of a request looked through, not hashed; the satisfied rules sorted in place: 500;
 * - the names in scopes internalised too, where the index compared characters: 400. That is 1.5 to 1.9
 *   times of the rules by hand, whatever the verdict (`npm run bench`); a third of it is the scope index,
 *   which the rules by hand do not need, as they are found by a name in a map.
 *
 * What gave nothing, and is not here: `context has a && context.a > 1` as one closure; small sets and the
 * types of a `UidMap` compared one by one instead of hashed; methods of decimals with their class at
 * hand; the index as a flat list for each action (slower); names of steps as text (3 % slower).
 */
import { elementAt } from '../base/element.ts';
import type { Failure } from './failure.ts';
import { Frame, type Evaluate } from './frame.ts';
import type { Node } from './intern.ts';
import type { Compiled } from './operands.ts';
import { isContext, isPath, Places } from './paths.ts';
import { FAILS, HOLDS, run, Step } from './program.ts';
import type { Field } from './slots.ts';
import { specialise } from './specialise.ts';
import type { Value } from './value.ts';

/** What constants are evaluated in; they do not look at it. */
const NO_REQUEST = new Frame();

export class ClosureCompiler {
  readonly #compiled = new Map<Node, Compiled>();
  readonly #places = new Places();

  /** The steps that go on at `yes` when the expression is true, and at `no` when it is false. */
  steps(node: Node, yes: Step, no: Step): Step {
    return node.isConstant || isShared(node)
      ? new Step(this.#compile(node).evaluate, { yes, no })
      : this.#ways(node, yes, no);
  }

  #ways(node: Node, yes: Step, no: Step): Step {
    const { expr, children } = node;
    switch (expr.kind) {
      case 'not':
        return this.steps(elementAt(children, 0), no, yes);
      case 'and':
        return children.reduceRight((next, child) => this.steps(child, next, no), yes);
      case 'or':
        return children.reduceRight((next, child) => this.steps(child, yes, next), no);
      case 'if': {
        const consequent = this.steps(elementAt(children, 1), yes, no);
        const alternative = this.steps(elementAt(children, 2), yes, no);
        return this.steps(elementAt(children, 0), consequent, alternative);
      }
      default:
        return new Step(this.#fieldOf(node) ?? this.#compile(node).evaluate, { yes, no });
    }
  }

  /** Of `context has name`: where the name is. */
  #fieldOf({ expr, children }: Node): Field | undefined {
    if (expr.kind !== 'has' || expr.path.length > 1) return undefined;
    const subject = elementAt(children, 0);
    const name = elementAt(expr.path, 0).text;
    return isContext(subject) ? this.#places.field(subject, name) : undefined;
  }

  #compile(node: Node): Compiled {
    const known = this.#compiled.get(node);
    if (known !== undefined) return known;
    const compiled = this.#compileNew(node);
    this.#compiled.set(node, compiled);
    return compiled;
  }

  #compileNew(node: Node): Compiled {
    const evaluate = this.#evaluate(node);
    if (node.isConstant) {
      const constant = evaluate(NO_REQUEST);
      return { evaluate: () => constant, constant };
    }
    const path = this.#places.path(node);
    return { evaluate: isShared(node) ? remember(evaluate) : evaluate, path };
  }

  #evaluate(node: Node): Evaluate {
    const { expr, children } = node;
    if (expr.kind === 'and' || expr.kind === 'or' || expr.kind === 'not') {
      const first = this.#ways(node, HOLDS, FAILS);
      return (frame) => run(first, frame);
    }
    const operands = children.map((child) => this.#compile(child));
    return specialise(expr, operands, (index, name) =>
      this.#places.field(elementAt(children, index), name),
    );
  }
}

/** Whether one request can come to it more than once and its value is worth keeping. */
function isShared(node: Node): boolean {
  return !node.isConstant && node.uses > 1 && !isCheap(node);
}

/** What is found out as fast as its kept value would be looked up. */
function isCheap(node: Node): boolean {
  const { expr, children } = node;
  switch (expr.kind) {
    case 'variable':
      return true;
    case 'not':
    case 'compare':
      return children.every((child) => child.isConstant || isCheap(child));
    case 'has':
      return expr.path.length === 1 && children.every((child) => isContext(child) || isPath(child));
    default:
      return isPath(node);
  }
}

/** Evaluates once per request, whoever asks. */
function remember(evaluate: Evaluate): Evaluate {
  let request = 0;
  let value: Value | Failure = false;
  return (frame) => {
    if (request !== frame.request) {
      value = evaluate(frame);
      request = frame.request;
    }
    return value;
  };
}
