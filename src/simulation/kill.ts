/**
 * A scenario that would notice a mistake: a request on which the rule comes out otherwise, and on which
 * nothing else hides that from the verdict or from the issues that the scenario expects.
 */
import type { DecisionRecord } from '../decision/record.ts';
import type { Pack } from '../pack/read.ts';
import type { Mutant } from './mutants.ts';
import { mutatedPack } from './mutation.ts';
import type { Sliced } from './sliced.ts';
import { decideDraft, type Draft } from './solve/draft.ts';
import { draftName, outcomeWords } from './solve/names.ts';
import { searchInSlices, type Need } from './solve/search.ts';
import { shrink } from './solve/shrink.ts';
import { writeScenario, type NewScenario } from './solve/scenario-text.ts';
import { unhidden } from './solve/unhidden.ts';
import { Solver } from './solve.ts';

/** What came of one survivor. */
export interface Kill {
  readonly mutant: Mutant;
  /** Absent when none was found: perhaps the mistake changes no verdict at all. */
  readonly scenario?: NewScenario;
}

/** Drafts tried for one mutant and direction at most. */
const BUDGET = 900;

/** Looks for a scenario for each mutant. Steps are mutants. */
export function* killInSlices(pack: Pack, mutants: readonly Mutant[]): Sliced<readonly Kill[]> {
  const killer = new Killer(pack);
  const kills: Kill[] = [];
  for (const mutant of mutants) {
    const work = killer.kill(mutant);
    for (;;) {
      const step = work.next();
      if (step.done === true) {
        kills.push(step.value);
        break;
      }
      yield { done: kills.length, total: mutants.length };
    }
    yield { done: kills.length, total: mutants.length };
  }
  return kills;
}

/** Looks for scenarios that notice mistakes in one pack; what it learns of the pack is kept between them. */
export class Killer {
  readonly #pack: Pack;
  readonly #solver: Solver;

  constructor(pack: Pack) {
    this.#pack = pack;
    this.#solver = new Solver(pack);
  }

  /** The smallest scenario found. */
  *kill(mutant: Mutant): Generator<void, Kill, void> {
    const found = yield* this.find(mutant);
    if (found === undefined) return { mutant };
    const { ground } = this.#solver;
    const draft = shrink(found.draft, ground, ({ draft: smaller }) => found.notices(smaller));
    const record = decideDraft(this.#pack.policies, draft)?.record;
    if (record === undefined) return { mutant };
    const unwanted = found.unwanted(draft);
    const scenario = writeScenario(
      draft,
      record,
      {
        name: draftName(draft, outcomeWords(record, unwanted)),
        description: `Fails when ${mutant.ruleId} is changed by mistake: ${mutant.what}.`,
        tags: ['generated'],
      },
      unwanted,
    );
    return { mutant, scenario };
  }

  /** A request that tells the rule from the mutant, near to a saved scenario. */
  *find(mutant: Mutant): Generator<void, Found | undefined, void> {
    const changed = mutatedPack(this.#pack, mutant);
    const policy = this.#solver.policy(mutant.ruleId);
    if (changed === undefined || policy === undefined) return undefined;
    const differenceOn = (draft: Draft): Difference => {
      const [right, wrong] = [
        decideDraft(this.#pack.policies, draft),
        decideDraft(changed.policies, draft),
      ];
      if (right === undefined) return 'none';
      return wrong === undefined ? 'plain' : difference(right.record, wrong.record);
    };
    const notices = (draft: Draft): boolean => differenceOn(draft) !== 'none';
    const unwanted = (draft: Draft): readonly string[] => {
      const found = differenceOn(draft);
      return typeof found === 'string' ? [] : found;
    };
    const holds = (which: typeof policy, so: boolean): Need => ({
      kind: 'rule',
      policy: which,
      holds: so,
    });
    const wrong = mutant.policy;
    const ways: readonly (readonly Need[])[] =
      wrong === undefined || mutant.kind === 'defer' || mutant.kind === 'deny'
        ? [[holds(policy, true)]]
        : [
            [holds(policy, true), holds(wrong, false)],
            [holds(wrong, true), holds(policy, false)],
          ];
    for (const needs of ways) {
      const tried = yield* searchInSlices(
        {
          starts: this.#solver.nearest(needs),
          needs,
          accepts: ({ draft }) => notices(draft),
          others: (at) => unhidden(this.#solver, mutant.ruleId, at),
          restarts: (all) => this.#solver.nearest(all, 3),
          budget: BUDGET,
        },
        this.#solver.ground,
      );
      if (tried !== undefined) return { draft: tried.draft, notices, unwanted };
    }
    return undefined;
  }
}

interface Found {
  readonly draft: Draft;
  notices(draft: Draft): boolean;
  /** Issues that have to stay away for the difference to show. */
  unwanted(draft: Draft): readonly string[];
}

/** `plain`: the verdict or an expected issue tells. Codes: only they do, which must then not be there. */
type Difference = 'none' | 'plain' | readonly string[];

/** How a scenario that expects what the one record says would fail with the other. */
function difference(expected: DecisionRecord, actual: DecisionRecord): Difference {
  const [before, after] = [expected, actual].map(
    ({ issues }) => new Set(issues.map(({ code }) => code)),
  );
  const isMissing = [...(before ?? [])].some((code) => after?.has(code) === false);
  if (expected.verdict !== actual.verdict || isMissing) return 'plain';
  const added = [...(after ?? [])].filter((code) => before?.has(code) === false);
  return added.length === 0 ? 'none' : added;
}
