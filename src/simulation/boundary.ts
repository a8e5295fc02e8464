/**
 * The cases on and beside every boundary: for each comparison of a condition (a limit, a time window, an
 * amount) one request exactly on it and one a step to either side, all else alike.
 */
import type { Span } from '../base/span.ts';
import type { ComparisonOperator, Expr, Policy } from '../cedar/ast.ts';
import { printExpr } from '../cedar/print.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { Pack } from '../pack/read.ts';
import { branchesOf, type BranchPath } from './branches.ts';
import type { Sliced } from './sliced.ts';
import { decideDraft, tryDraft, type Draft, type Tried } from './solve/draft.ts';
import { needsOf } from './solve/goals.ts';
import { boundaryName } from './solve/names.ts';
import { COMPARISONS } from './solve/repair.ts';
import { writeScenario, type NewScenario } from './solve/scenario-text.ts';
import { search } from './solve/search.ts';
import { settled, valueOf } from './solve/settle.ts';
import { unhidden } from './solve/unhidden.ts';
import { atSteps, stepsOf } from './solve/values.ts';
import { Solver } from './solve.ts';

export interface Boundary {
  readonly ruleId: string;
  readonly at: BranchPath;
  readonly span: Span;
  /** The comparison, as Cedar text. */
  readonly text: string;
  /** A step below, on the boundary, a step above; fewer where no request can stand there. */
  readonly cases: readonly BoundaryCase[];
  /** Both neighbours of the boundary are decided otherwise than the boundary itself. */
  readonly surprising: boolean;
}

export interface BoundaryCase {
  /** Left side minus right side, in the smallest steps of their type: 1, 0.0001 or a millisecond. */
  readonly offset: -1 | 0 | 1;
  readonly verdict: Verdict;
  readonly scenario: NewScenario;
}

const OFFSETS = [-1, 0, 1] as const;
const BUDGET = 200;
const RESTARTS = 3;

/** The boundaries of all rules. Steps are comparisons. */
export function* boundariesInSlices(pack: Pack): Sliced<readonly Boundary[]> {
  const solver = new Solver(pack);
  const places = pack.policies.policySet.policies.flatMap(({ id, policy }) => placesOf(id, policy));
  const boundaries: Boundary[] = [];
  for (const [index, place] of places.entries()) {
    boundaries.push(boundaryAt(solver, place));
    yield { done: index + 1, total: places.length };
  }
  return boundaries;
}

interface BoundaryPlace {
  readonly ruleId: string;
  readonly policy: Policy;
  readonly path: BranchPath;
  readonly expr: Expr;
  readonly left: Expr;
  readonly right: Expr;
}

function placesOf(ruleId: string, policy: Policy): readonly BoundaryPlace[] {
  return branchesOf(policy).flatMap(({ path, expr }) => {
    const sides = sidesOf(expr);
    return sides === undefined ? [] : [{ ruleId, policy, path, expr, ...sides }];
  });
}

const ORDERED: ReadonlySet<ComparisonOperator> = new Set(['<', '<=', '>', '>=']);

function sidesOf(expr: Expr): { readonly left: Expr; readonly right: Expr } | undefined {
  if (expr.kind === 'compare' && ORDERED.has(expr.operator)) return expr;
  const [left, right] = expr.kind === 'extension' ? expr.args : [];
  const compares = expr.kind === 'extension' && COMPARISONS[expr.function] !== undefined;
  return compares && left !== undefined && right !== undefined ? { left, right } : undefined;
}

function boundaryAt(solver: Solver, place: BoundaryPlace): Boundary {
  const { ruleId, path, expr } = place;
  const cases = casesAt(solver, place);
  const [below, on, above] = cases.length === 3 ? cases.map(({ verdict }) => verdict) : [];
  return {
    ruleId,
    at: path,
    span: expr.span,
    text: printExpr(expr),
    cases,
    surprising: on !== undefined && below !== on && above !== on,
  };
}

function casesAt(solver: Solver, place: BoundaryPlace): readonly BoundaryCase[] {
  const { ruleId, policy, path } = place;
  let best: readonly BoundaryCase[] = [];
  const tells = (cases: readonly BoundaryCase[]): boolean =>
    new Set(cases.map(({ verdict }) => verdict)).size > 1;
  for (const value of [true, false]) {
    const goal = { kind: 'branch', ruleId, at: path, value, decides: true } as const;
    const needs = needsOf(goal, policy) ?? [];
    search(
      {
        starts: solver.nearest(needs),
        needs,
        // The boundary is best seen where it changes the verdict.
        accepts: (tried) => {
          const cases = around(solver, place, tried);
          const better =
            cases.length > best.length ||
            (cases.length === best.length && tells(cases) && !tells(best));
          if (better) best = cases;
          return tells(cases) && cases.length === OFFSETS.length;
        },
        others: (tried) => unhidden(solver, ruleId, tried),
        restarts: (all) => solver.nearest(all, RESTARTS),
        budget: BUDGET,
      },
      solver.ground,
    );
    if (best.length === OFFSETS.length && tells(best)) break;
  }
  return best;
}

/** The three requests around one, as far as they can be. */
function around(solver: Solver, place: BoundaryPlace, base: Tried): readonly BoundaryCase[] {
  return OFFSETS.flatMap((offset) => {
    const draft = standing(solver, place, base, offset);
    const record =
      draft === undefined ? undefined : decideDraft(solver.pack.policies, draft)?.record;
    if (draft === undefined || record === undefined) return [];
    const where = offset === 0 ? 'on' : offset < 0 ? 'a step below' : 'a step above';
    const scenario = writeScenario(draft, record, {
      name: boundaryName(place.left, place.right, offset),
      description: `Stands ${where} the boundary ${printExpr(place.expr)} of ${place.ruleId}.`,
      tags: ['generated', 'boundary'],
    });
    return [{ offset, verdict: record.verdict, scenario }];
  });
}

/** The request in which the left side is so many steps from the right. */
function standing(
  { ground }: Solver,
  { left, right }: BoundaryPlace,
  base: Tried,
  offset: number,
): Draft | undefined {
  const [a, b] = [valueOf(left, base), valueOf(right, base)];
  const [from, to] = [a, b].map((value) => (value === undefined ? undefined : stepsOf(value)));
  if (a === undefined || b === undefined || from === undefined || to === undefined)
    return undefined;
  const by = BigInt(offset);
  const [lower, upper] = [atSteps(a, to + by), atSteps(b, from - by)];
  const drafts = [
    ...(lower === undefined ? [] : settled(left, lower, base, ground)),
    ...(upper === undefined ? [] : settled(right, upper, base, ground)),
  ];
  return drafts.find((draft) => {
    const tried = tryDraft(ground.policies, draft);
    if (tried === undefined || !tried.clean) return false;
    const [x, y] = [left, right].map((side) => {
      const value = valueOf(side, tried);
      return value === undefined ? undefined : stepsOf(value);
    });
    return x !== undefined && y !== undefined && x - y === by;
  });
}
