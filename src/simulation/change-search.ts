/** The search behind `change.ts`: best first, from state to state of the request. */
import { pointerTo, type Json } from '../cedar/json/lossless.ts';
import { readCheck, type Check } from '../decision/check.ts';
import { decide, type Decision } from '../decision/decide.ts';
import { plainJson } from '../pack/json-file.ts';
import { changedCheck, changedRequest, editsKey, jsonKey, type Edits } from './change-json.ts';
import type { Samples } from './change-samples.ts';
import {
  dependsOnTime,
  nextSteps,
  obstaclesOf,
  stepsToRefusal,
  type Obstacle,
} from './change-steps.ts';
import { costOf, kindOf, refusalCostOf } from './change-costs.ts';
import { changeWords } from './change-words.ts';
import { jsonAt } from './flow-fields.ts';
import type { Progress, Sliced } from './sliced.ts';
import type { ChangeAnswer, ChangedRequest, ChangeQuestion, FieldChange } from './change.ts';
import { printJson } from './json-text.ts';

/** Once allowed, so many more decisions may look for something smaller. */
const POLISH = 200;

/** One state of the request on the way. */
interface State {
  readonly check: Check;
  readonly edits: Edits;
  readonly decision: Decision;
  readonly obstacles: readonly Obstacle[];
  readonly cost: number;
  /** Cost so far and what is at least ahead. */
  readonly estimate: number;
}

/** One search: it counts its decisions and stops at its budget. */
export class Search {
  readonly #question: ChangeQuestion;
  readonly #budget: number;
  readonly #samples: Samples;
  #decisions = 0;

  constructor(question: ChangeQuestion, budget: number) {
    this.#question = question;
    this.#budget = budget;
    this.#samples = question.samples ?? new Map();
  }

  decide(check: Check): Decision | undefined {
    this.#decisions += 1;
    const { policies, now } = this.#question;
    const decision = decide(policies, check, { now, requestId: 'change' });
    return decision.ok ? decision.value : undefined;
  }

  /** In decisions. */
  get #progress(): Progress {
    return { done: this.#decisions, total: this.#budget };
  }

  /** From a refusal to an ALLOW. */
  *permission(check: Check, first: Decision): Sliced<ChangeAnswer> {
    const start = this.#state(check, new Map(), first);
    const open: State[] = [start];
    const seen = new Set<string>();
    let best: State | undefined;
    let limit = this.#budget;
    while (open.length > 0 && this.#decisions < limit) {
      yield this.#progress;
      const state = takeBest(open);
      if (best !== undefined && state.estimate >= best.cost) break;
      for (const next of this.#after(state, seen)) {
        if (next.decision.record.verdict !== 'ALLOW') {
          open.push(next);
        } else if (best === undefined || next.cost < best.cost) {
          best = next;
          limit = Math.min(this.#budget, this.#decisions + POLISH);
        }
      }
    }
    if (best === undefined) return this.#nothing(start, open.length > 0);
    const isComplete = this.#decisions < limit;
    const proposal = this.#proposal(check, this.#withoutSpare(check, best.edits));
    // What is handed out was read and decided as it is handed out, or it is not handed out.
    if (proposal?.verdict !== 'ALLOW') return this.#nothing(start, true);
    return { kind: 'allowed-if', proposal, isComplete, decisions: this.#decisions };
  }

  /** The states one step on. */
  *#after(state: State, seen: Set<string>): Generator<State, void, void> {
    const { policies, now } = this.#question;
    const [obstacle] = state.obstacles;
    if (obstacle === undefined) return;
    const at = { policies, check: state.check, now, samples: this.#samples };
    for (const step of nextSteps(obstacle, state.decision, at)) {
      if (this.#decisions >= this.#budget) return;
      const edits = merged(state.edits, step, this.#question.request);
      const key = editsKey(edits);
      if (seen.has(key)) continue;
      seen.add(key);
      const check = changedCheck(state.check, step);
      const decision = this.decide(check);
      if (decision !== undefined) yield this.#state(check, edits, decision);
    }
  }

  #state(check: Check, edits: Edits, decision: Decision): State {
    const obstacles = obstaclesOf(decision);
    const cost = this.#cost(edits);
    return { check, edits, decision, obstacles, cost, estimate: cost + obstacles.length };
  }

  #cost(edits: Edits, of = costOf): number {
    return [...edits].reduce((sum, [pointer, to]) => sum + of(pointer, this.#at(pointer), to), 0);
  }

  #at(pointer: string): Json | undefined {
    return jsonAt(this.#question.request, pointer);
  }

  /** The fewest of the changes that still allow it: fewer first, all of them last. */
  #withoutSpare(check: Check, edits: Edits): Edits {
    const all = [...edits];
    if (all.length > MAX_SUBSETS) return this.#oneByOne(check, edits);
    for (let size = 1; size < all.length; size += 1) {
      for (const some of subsets(all, size)) {
        const kept = new Map(some);
        if (this.decide(changedCheck(check, kept))?.record.verdict === 'ALLOW') return kept;
      }
    }
    return edits;
  }

  /** The same for many changes: each is left out in turn, until none can be. */
  #oneByOne(check: Check, edits: Edits): Edits {
    for (const pointer of edits.keys()) {
      const kept = new Map([...edits].filter(([other]) => other !== pointer));
      if (this.decide(changedCheck(check, kept))?.record.verdict === 'ALLOW') {
        return this.#oneByOne(check, kept);
      }
    }
    return edits;
  }

  #proposal(check: Check, edits: Edits): ChangedRequest | undefined {
    const request = changedRequest(this.#question.request, edits);
    const read = readCheck(request);
    const decision = read.ok ? this.decide(read.value) : undefined;
    if (decision === undefined) return undefined;
    const changes = [...edits]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([pointer, to]): FieldChange => {
        const from = jsonAt(this.#question.request, pointer) ?? defaultOf(pointer, check);
        return {
          pointer,
          from: from === undefined ? undefined : plainJson(from),
          to: to === undefined ? undefined : plainJson(to),
          literal: to === undefined ? undefined : printJson(to, 'indented'),
          words: changeWords(pointer, from, to),
          kind: kindOf(pointer, from, to),
        };
      });
    const { verdict } = decision.record;
    return { request: plainJson(request), changes, verdict, because: becauseOf(decision) };
  }

  #nothing(start: State, isCutOff: boolean): ChangeAnswer {
    const { policies, now } = this.#question;
    const at = { policies, check: start.check, now, samples: this.#samples };
    const stuck = start.obstacles.filter(
      (obstacle) => nextSteps(obstacle, start.decision, at).length === 0,
    );
    const blockers = [
      ...new Set((stuck.length > 0 ? stuck : start.obstacles).map(({ name }) => name)),
    ];
    const names = blockers.map((name) => BLOCKERS.get(name) ?? name).join(', ');
    const code =
      stuck.length === 0
        ? isCutOff
          ? 'BUDGET'
          : 'NOT_FOUND'
        : stuck.every((obstacle) => dependsOnTime(obstacle, start.decision, at))
          ? 'TIME'
          : 'FIXED';
    const message = {
      TIME: `Nothing in the request changes this: ${names} waits for another time.`,
      FIXED: `No field of the request was found that changes this: ${names} stands in the way.`,
      BUDGET: `Nothing was found in ${this.#decisions} attempts. The search ended before everything was tried.`,
      NOT_FOUND: `Nothing was found: of all the changes that ${names} would need, none gives an ALLOW.`,
    }[code];
    return { kind: 'nothing-found', code, message, blockers, decisions: this.#decisions };
  }

  /** From an ALLOW to the refusals that are nearest. */
  *refusals(check: Check, first: Decision): Sliced<ChangeAnswer> {
    const { policies, now } = this.#question;
    const at = { policies, check, now, samples: this.#samples };
    const found = new Map<string, { readonly edits: Edits; readonly cost: number }>();
    const tried = new Set<string>();
    const consider = (edits: Edits): void => {
      const key = editsKey(edits);
      if (tried.has(key) || this.#decisions >= this.#budget) return;
      tried.add(key);
      const decision = this.decide(changedCheck(check, edits));
      if (decision === undefined || decision.record.verdict === 'ALLOW') return;
      // For each way of being refused the cheapest change is enough.
      const because = becauseOf(decision).join();
      const cost = this.#cost(edits, refusalCostOf);
      if (cost < (found.get(because)?.cost ?? Infinity)) found.set(because, { edits, cost });
    };
    for (const name of check.context.keys())
      consider(new Map([[pointerTo('/context', name), undefined]]));
    for (const tool of first.tools) {
      for (const ruleIndex of policies.rules.keys()) {
        yield this.#progress;
        for (const edits of stepsToRefusal(ruleIndex, tool, at)) consider(edits);
      }
    }
    const nearest = [...found.values()]
      .toSorted((a, b) => a.edits.size - b.edits.size || a.cost - b.cost)
      .slice(0, MAX_REFUSALS)
      .flatMap(({ edits }) => this.#proposal(check, edits) ?? [])
      .filter(({ verdict }) => verdict !== 'ALLOW');
    return { kind: 'refused-if', refusals: nearest, decisions: this.#decisions };
  }
}

const MAX_REFUSALS = 8;
/** Of so many changes all combinations are tried: 2^8 decisions. */
const MAX_SUBSETS = 8;

/** What stands in the way where no rule does. */
const BLOCKERS: ReadonlyMap<string, string> = new Map([
  ['NOT_PERMITTED', 'the lack of a permit for this tool'],
  ['TOOL_NAME_RESERVED', "the tool's name"],
]);

/** Removes and returns the best state: by estimate, then by how far it has come. */
function takeBest(open: State[]): State {
  let at = 0;
  for (const [index, state] of open.entries()) {
    const best = open[at];
    if (best === undefined) break;
    const closer = state.estimate - best.estimate || state.obstacles.length - best.obstacles.length;
    if (closer < 0) at = index;
  }
  const [state] = open.splice(at, 1);
  if (state === undefined) throw new Error('There is no state to take');
  return state;
}

/** Edits on edits: a field that is again as it was is no edit. */
function merged(before: Edits, step: Edits, request: Json): Edits {
  const edits = new Map([...before, ...step]);
  for (const [pointer, value] of edits) {
    if (jsonKey(value) === jsonKey(jsonAt(request, pointer))) edits.delete(pointer);
  }
  return edits;
}

function* subsets<T>(
  all: readonly T[],
  size: number,
  from = 0,
): Generator<readonly T[], void, void> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let at = from; at <= all.length - size; at += 1) {
    const one = all[at];
    if (one === undefined) continue;
    for (const rest of subsets(all, size - 1, at + 1)) yield [one, ...rest];
  }
}

/** Fields that the contract fills in when a request leaves them out. */
function defaultOf(pointer: string, check: Check): Json | undefined {
  return pointer === '/environment' ? check.environment : undefined;
}

/** Rules and engine issues that speak for the verdict. */
function becauseOf({ record, tools }: Decision): readonly string[] {
  const standing = { ALLOW: 'permits', DEFER: 'defers', DENY: 'denies' } as const;
  const names = tools
    .filter(({ verdict }) => verdict === record.verdict)
    .flatMap(({ findings }) =>
      findings.filter((finding) => finding.standing === standing[record.verdict]),
    )
    .map(({ rule, issue }) => rule?.id ?? issue?.code ?? '');
  return [...new Set(names)];
}
