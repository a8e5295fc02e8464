/**
 * From Cedar to a verdict: the heart of the product, and all of it.
 *
 * Every policy has been evaluated, none was skipped because another had already decided: a record names
 * everything that speaks against a call, so that its author can fix it in one go, and no verdict depends
 * on the order of rules.
 *
 *     a rule that denies is satisfied, or a forbid failed   DENY
 *     no permit is satisfied                                DENY    NOT_PERMITTED
 *     a rule that defers is satisfied                       DEFER
 *     the risks add up to the pack's threshold              DENY    RISK_THRESHOLD_EXCEEDED
 *     otherwise                                             ALLOW
 *
 * Plain Cedar skips a policy that fails. For a permit that is right: it permits nothing. For a forbid it
 * fails open, so here a failed forbid denies.
 */
import { assertNever } from '../base/assert.ts';
import type { Evaluation } from '../cedar/authorize.ts';
import type { Finding } from './finding.ts';
import { engineFinding, findingOf, policyFailed } from './finding.ts';
import type { Rule } from './rules.ts';

export type Verdict = 'ALLOW' | 'DENY' | 'DEFER';

/** What one tool's request came to, and everything that was found on the way. */
export interface Ruling {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

/** One tool's ruling. */
export interface ToolRuling extends Ruling {
  readonly tool: string;
}

/**
 * Rules on one request. `noticed` is what the engine itself found in the request, such as facts it could
 * not read; it counts like the policies' findings. `threshold`: risk from which nothing is allowed.
 */
export function ruleOn(
  rules: readonly Rule[],
  evaluation: Evaluation,
  noticed: readonly Finding[],
  threshold: number,
): Ruling {
  const findings = [...noticed, ...policyFindings(rules, evaluation)];
  const says = (standing: Finding['standing']): boolean =>
    findings.some((finding) => finding.standing === standing);
  const because = (finding: Finding): Ruling => ({
    verdict: 'DENY',
    findings: [...findings, finding],
  });

  if (says('denies')) return { verdict: 'DENY', findings };
  if (!says('permits')) return because(engineFinding('NOT_PERMITTED'));
  if (says('defers')) return { verdict: 'DEFER', findings };
  if (riskOf(findings) >= threshold) return because(engineFinding('RISK_THRESHOLD_EXCEEDED'));
  return { verdict: 'ALLOW', findings };
}

/** The verdict of a check with several tools. Of no verdicts: DENY. */
export function strictest(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce<Verdict>(
    (worst, verdict) => (strictness(verdict) > strictness(worst) ? verdict : worst),
    verdicts.length === 0 ? 'DENY' : 'ALLOW',
  );
}

function strictness(verdict: Verdict): number {
  switch (verdict) {
    case 'ALLOW':
      return 0;
    case 'DEFER':
      return 1;
    case 'DENY':
      return 2;
    default:
      return assertNever(verdict);
  }
}

/** The sum over all findings, capped at 100. */
export function riskOf(findings: readonly Finding[], kind: RiskKind = 'risk'): number {
  let sum = 0;
  for (const { rule } of findings) sum += rule?.[kind] ?? 0;
  return Math.min(100, sum);
}

export type RiskKind = 'risk' | 'valueRisk' | 'wasteRisk';

/** In the policies' order. Costs what is satisfied or failed, not what the pack holds. */
function policyFindings(rules: readonly Rule[], evaluation: Evaluation): readonly Finding[] {
  const satisfied: Finding[] = [];
  for (const index of evaluation.satisfied) {
    const rule = rules[index];
    if (rule !== undefined) satisfied.push(findingOf(rule));
  }
  if (evaluation.errors.length === 0) return satisfied;
  const failed = evaluation.errors.flatMap((failure) => {
    const rule = rules.find(({ id }) => id === failure.policyId);
    return rule === undefined || rule.standing === 'permits' ? [] : policyFailed(rule, failure);
  });
  return [...satisfied, ...failed].toSorted((a, b) => placeOf(a) - placeOf(b));
}

function placeOf({ rule }: Finding): number {
  return rule?.index ?? -1;
}
