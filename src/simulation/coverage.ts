/**
 * What a run of scenarios has seen of a pack: which rules spoke and kept silent, which parts of their
 * conditions were true and false and decided (MC/DC), which issues, actions and roles occurred. Counts
 * belong to what a rule says and not to how it is laid out.
 *
 * `decides` is masking MC/DC under short-circuit evaluation: a part was seen to decide when it was true
 * while the rule turned on it, and false while the rule turned on it.
 */
import type { Span } from '../base/span.ts';
import type { Expr, Policy } from '../cedar/ast.ts';
import { printExpr } from '../cedar/print.ts';
import type { PolicyExplanation } from '../cedar/explain.ts';
import { entityUid } from '../cedar/value.ts';
import { explainDecision, type ExplainedDecision } from '../decision/decide.ts';
import { CALL_TOOL, ROLE } from '../decision/policies.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { Pack, PackRule } from '../pack/read.ts';
import type { Scenario } from '../pack/scenario.ts';
import { branchesOf, seenIn, type Branch, type BranchPath } from './branches.ts';
import { guardsOf, requiredBy, type Required } from './guards.ts';
import type { Sliced } from './sliced.ts';

export interface Coverage {
  /** Scenarios that were decided. */
  readonly scenarios: number;
  /** Points seen and points there are: two a rule and two a branch point. */
  readonly covered: number;
  readonly total: number;
  /** 0 to 100, rounded down to one decimal. 100 when there is nothing to cover. */
  readonly percent: number;
  readonly decisive: { readonly covered: number; readonly total: number };
  /** In the pack's order. */
  readonly rules: readonly RuleCoverage[];
  readonly issues: readonly NamedCount[];
  /** Actions that a request may name, as Cedar text; the group of all tools is none of them. */
  readonly actions: readonly NamedCount[];
  /** Ids of the pack's roles; whoever acts in one acts in those above it. */
  readonly roles: readonly NamedCount[];
}

export interface NamedCount {
  readonly name: string;
  readonly count: number;
}

/** `never-reached`: no request met its scope. `one-sided`: it never spoke, or never kept silent. */
export type RuleState = 'covered' | 'one-sided' | 'never-reached' | 'error';

export interface RuleCoverage {
  readonly id: string;
  readonly verdict: Verdict;
  readonly path: string;
  readonly span: Span;
  readonly state: RuleState;
  /** Requests (a tool of a scenario each) for which it held. */
  readonly satisfied: number;
  /** Whose scope met it and whose conditions did not hold. */
  readonly evaluatedFalse: number;
  readonly error: number;
  /** Whose scope did not meet it. */
  readonly outOfScope: number;
  /** The scenario in which it first spoke. */
  readonly example?: string;
  readonly branches: readonly BranchCoverage[];
}

export interface BranchCoverage {
  /** Index of the condition, then of the operand at each level. */
  readonly at: BranchPath;
  readonly kind: 'when' | 'unless';
  readonly span: Span;
  /** Cedar text in one spelling. */
  readonly text: string;
  readonly seenTrue: number;
  readonly seenFalse: number;
  readonly error: number;
  /** Seen to decide, both ways. */
  readonly decidesTrue: boolean;
  readonly decidesFalse: boolean;
  /**
   * It always comes to the same where it stands: a constant such as `true`, or a test for a fact that was
   * tested before. Nothing can cover its other side, and it is not counted.
   */
  readonly constant: boolean;
}

/** Gathers coverage, scenario by scenario. Order does not matter. */
export class CoverageCollector {
  readonly #pack: Pack;
  readonly #rules: ReadonlyMap<string, RuleTally>;
  readonly #issues: Map<string, number>;
  readonly #actions: Map<string, number>;
  readonly #roles: Map<string, number>;
  #scenarios = 0;

  constructor(pack: Pack) {
    const { policySet, schema, entities } = pack.policies;
    const policies = new Map(policySet.policies.map(({ id, policy }) => [id, policy]));
    this.#pack = pack;
    const required = requiredBy(pack.policies);
    this.#rules = new Map(
      pack.rules.map((rule) => {
        const policy = policies.get(rule.id);
        return [rule.id, new RuleTally(policy, required)];
      }),
    );
    this.#issues = zeros(pack.rules.flatMap(({ annotations }) => annotations.get('issue') ?? []));
    const callable = [...schema.actions].filter(
      ([, { uid, appliesTo }]) => appliesTo !== undefined && !uid.equals(CALL_TOOL),
    );
    this.#actions = zeros(callable.map(([name]) => name));
    this.#roles = zeros([...entities].flatMap(({ uid }) => (uid.type === ROLE ? uid.id : [])));
  }

  /** Decides one scenario and counts what it shows. One that cannot be decided shows nothing. */
  add(scenario: Scenario): void {
    if (!scenario.run.ok) return;
    const { check, now } = scenario.run.value;
    const at = { now, requestId: `scenario:${scenario.id}` };
    const decision = explainDecision(this.#pack.policies, check, at);
    if (decision.ok) this.#count(decision.value, scenario.id);
  }

  #count({ record, tools, explanations }: ExplainedDecision, scenario: string): void {
    this.#scenarios += 1;
    for (const { code } of record.issues) count(this.#issues, code);
    for (const { request, entities } of tools) {
      count(this.#actions, request.action.toString());
      for (const role of this.#roles.keys()) {
        if (entities.isIn(request.principal, entityUid(ROLE, role))) count(this.#roles, role);
      }
    }
    for (const { policies } of explanations) {
      for (const explanation of policies) {
        this.#rules.get(explanation.policyId)?.add(explanation, scenario);
      }
    }
  }

  report(): Coverage {
    const rules = this.#pack.rules.map((rule) => ruleCoverage(rule, this.#rules.get(rule.id)));
    const branches = rules.flatMap((rule) => rule.branches.filter(({ constant }) => !constant));
    const covered =
      rules.reduce((sum, rule) => sum + Number(spoke(rule)) + Number(kept(rule)), 0) +
      branches.reduce(
        (sum, { seenTrue, seenFalse }) => sum + sides(seenTrue > 0, seenFalse > 0),
        0,
      );
    const total = (rules.length + branches.length) * 2;
    return {
      scenarios: this.#scenarios,
      covered,
      total,
      percent: total === 0 ? 100 : Math.floor((covered * 1000) / total) / 10,
      decisive: {
        covered: branches.reduce(
          (sum, { decidesTrue, decidesFalse }) => sum + sides(decidesTrue, decidesFalse),
          0,
        ),
        total: branches.length * 2,
      },
      rules,
      issues: counts(this.#issues),
      actions: counts(this.#actions),
      roles: counts(this.#roles),
    };
  }
}

/** The coverage of a pack by scenarios, all of its own unless some are given. Steps are scenarios. */
export function* coverInSlices(
  pack: Pack,
  scenarios: readonly Scenario[] = pack.scenarios,
  size = 20,
): Sliced<Coverage> {
  const collector = new CoverageCollector(pack);
  const step = size >= 1 ? Math.trunc(size) : 1;
  for (let at = 0; at < scenarios.length; at += step) {
    for (const scenario of scenarios.slice(at, at + step)) collector.add(scenario);
    yield { done: Math.min(at + step, scenarios.length), total: scenarios.length };
  }
  return collector.report();
}

// ---------------------------------------------------------------- counting

class RuleTally {
  satisfied = 0;
  evaluatedFalse = 0;
  error = 0;
  outOfScope = 0;
  example: string | undefined;
  readonly branches: ReadonlyMap<string, BranchTally>;

  constructor(policy: Policy | undefined, required?: Required) {
    const branches = policy === undefined ? [] : branchesOf(policy);
    const redundant = policy === undefined ? undefined : guardsOf(policy, required).redundant;
    this.branches = new Map(
      branches.map((branch) => [branch.path.join('.'), tallyOf(branch, redundant)]),
    );
  }

  add(explanation: PolicyExplanation, scenario: string): void {
    const { outcome, scope } = explanation;
    if (outcome === 'satisfied') {
      this.satisfied += 1;
      this.example ??= scenario;
    } else if (outcome === 'error') this.error += 1;
    else if (scope.principal && scope.action && scope.resource) this.evaluatedFalse += 1;
    else this.outOfScope += 1;
    for (const { path, value, decides } of seenIn(explanation)) {
      const tally = this.branches.get(path.join('.'));
      if (tally === undefined) continue;
      if (value === undefined) tally.error += 1;
      else if (value) tally.seenTrue += 1;
      else tally.seenFalse += 1;
      if (decides && value === true) tally.decidesTrue = true;
      if (decides && value === false) tally.decidesFalse = true;
    }
  }
}

interface BranchTally {
  readonly branch: Branch;
  readonly constant: boolean;
  seenTrue: number;
  seenFalse: number;
  error: number;
  decidesTrue: boolean;
  decidesFalse: boolean;
}

function tallyOf(branch: Branch, redundant: ReadonlySet<Expr> | undefined): BranchTally {
  const constant = branch.expr.kind === 'literal' || redundant?.has(branch.expr) === true;
  const unseen = { seenTrue: 0, seenFalse: 0, error: 0, decidesTrue: false, decidesFalse: false };
  return { branch, constant, ...unseen };
}

function ruleCoverage(
  { id, verdict, path, span }: PackRule,
  tally: RuleTally = new RuleTally(undefined),
): RuleCoverage {
  const { satisfied, evaluatedFalse, error, outOfScope, example } = tally;
  const branches = [...tally.branches.values()].map(branchCoverage);
  const counted = { satisfied, evaluatedFalse, error, outOfScope, branches };
  return {
    id,
    verdict,
    path,
    span,
    state: stateOf(counted),
    ...counted,
    ...(example === undefined ? {} : { example }),
  };
}

function branchCoverage(tally: BranchTally): BranchCoverage {
  const { branch, constant, seenTrue, seenFalse, error, decidesTrue, decidesFalse } = tally;
  const { path, kind, expr } = branch;
  return {
    at: path,
    kind,
    span: expr.span,
    text: printExpr(expr),
    seenTrue,
    seenFalse,
    error,
    decidesTrue,
    decidesFalse,
    constant,
  };
}

type Counted = Pick<
  RuleCoverage,
  'satisfied' | 'evaluatedFalse' | 'error' | 'outOfScope' | 'branches'
>;

function stateOf(counted: Counted): RuleState {
  if (counted.error > 0) return 'error';
  if (spoke(counted) && kept(counted)) return 'covered';
  return spoke(counted) || counted.evaluatedFalse > 0 ? 'one-sided' : 'never-reached';
}

function spoke({ satisfied }: Counted): boolean {
  return satisfied > 0;
}

/** A rule that has conditions kept silent only when it was asked. */
function kept({ evaluatedFalse, outOfScope, branches }: Counted): boolean {
  return (branches.length === 0 ? outOfScope : evaluatedFalse) > 0;
}

function sides(one: boolean, other: boolean): number {
  return Number(one) + Number(other);
}

function zeros(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name) => [name, 0]));
}

function count(counters: Map<string, number>, name: string): void {
  counters.set(name, (counters.get(name) ?? 0) + 1);
}

function counts(counters: ReadonlyMap<string, number>): readonly NamedCount[] {
  return [...counters]
    .map(([name, times]) => ({ name, count: times }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
