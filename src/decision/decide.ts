/**
 * From a check to its record: `map` says what is asked in Cedar, one request a tool, the policies are
 * evaluated, `verdict` rules on each tool, `record` writes down what came of it.
 *
 * All of that, with the reading of the body before it, takes about a quarter of the CPU time that it
 * took when it was first written (`npm run bench`, 100 rules, one tool, on a busy machine):
 *
 *     µs            before  now   what paid
 *     read body        6     2    the usual body without zod (`check`)
 *     map             17     2    the clock's last minute (`session`), people looked up (`people`), names
 *                                 and words that are known already, facts by their place in their type
 *     hash the task   14     6    see there (`task-hash`)
 *     the rest        16     5    findings, issues and reasons without lists in between
 *     whole check     57    13    more than the sum: half of the garbage is gone
 *
 * What did not pay: JavaScript's own order of texts for the comparison in canonical JSON, and a copy of
 * the facts for each tool even where there is one. Of what is left SHA-256 is a seventh, the JSON of the
 * body an eighth.
 */
import { elementAt } from '../base/element.ts';
import { err, ok, type Result } from '../base/result.ts';
import { evaluate, type Request } from '../cedar/authorize.ts';
import type { Entities } from '../cedar/entities.ts';
import { explain, type PolicyExplanation } from '../cedar/explain.ts';
import type { PolicyError } from '../cedar/failure.ts';
import type { Check } from './check.ts';
import { clip } from './clip.ts';
import { engineFinding, type Finding } from './finding.ts';
import { mapCheck } from './map.ts';
import type { DecisionPolicies } from './policies.ts';
import {
  packVersion,
  writeErrorRecord,
  writeRecord,
  type At,
  type DecisionRecord,
} from './record.ts';
import { ruleOn, strictest, type Verdict } from './verdict.ts';

/** One decision: the record for the client, and how each tool came to its verdict. */
export interface Decision {
  readonly record: DecisionRecord;
  /** In the order proposed; empty when the engine failed. */
  readonly tools: readonly ToolDecision[];
}

export interface ToolDecision {
  /** The tool's name, or `plan` when the check proposes none. */
  readonly tool: string;
  readonly request: Request;
  readonly entities: Entities;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Ids of the satisfied policies, in the pack's order. */
  readonly satisfied: readonly string[];
  readonly errors: readonly PolicyError[];
}

/** A decision with every policy's way through every tool's request. */
export interface ExplainedDecision extends Decision {
  readonly explanations: readonly ToolExplanation[];
}

export interface ToolExplanation {
  readonly tool: string;
  readonly policies: readonly PolicyExplanation[];
}

/** The check asks for another pack or version than the one at hand: no verdict, and never a silent other one. */
export interface PackVersionMismatch {
  readonly code: 'PACK_VERSION_MISMATCH';
  readonly message: string;
  readonly asked: string;
  readonly loaded: string;
}

/**
 * Decides a check. A pack that was asked for by name and version and is not this one is an error; all
 * else is a decision. A defect of the engine decides ERROR, which denies.
 */
export function decide(
  policies: DecisionPolicies,
  check: Check,
  at: At,
): Result<Decision, PackVersionMismatch> {
  const loaded = packVersion(policies);
  const asked = check.policy_pack_version;
  if (asked !== '' && asked !== loaded) {
    const message = `The check asks for ${clip(asked)}; loaded is ${loaded}.`;
    return err({ code: 'PACK_VERSION_MISMATCH', message, asked, loaded });
  }
  try {
    return ok(decideUnguarded(policies, check, at));
  } catch {
    // The one catch of the engine. Whatever broke, the side effect must not happen, and what broke is
    // no business of the client's.
    return ok(failed(policies, check, at, engineFinding('INTERNAL_ERROR')));
  }
}

/** Decides a check and explains it, policy by policy and condition by condition. */
export function explainDecision(
  policies: DecisionPolicies,
  check: Check,
  at: At,
): Result<ExplainedDecision, PackVersionMismatch> {
  const decision = decide(policies, check, at);
  if (!decision.ok) return decision;
  const explanations = decision.value.tools.map(({ tool, request, entities }) => ({
    tool,
    policies: explain(policies.policySet, request, entities),
  }));
  return ok({ ...decision.value, explanations });
}

/**
 * The verdict alone, as `decide` would give it, whatever pack version the check asks for: for whoever
 * goes through many checks and looks closer at few. `undefined` when the engine failed.
 */
export function verdictOf(policies: DecisionPolicies, check: Check, at: At): Verdict | undefined {
  try {
    const mapped = mapCheck(policies, check, at.now, at.doubted);
    if (!mapped.ok) return undefined;
    const { threshold } = policies.settings.risk;
    return strictest(
      mapped.value.tools.map(
        ({ request, entities, noticed }) =>
          ruleOn(
            policies.rules,
            evaluate(policies.policySet, request, entities),
            noticed,
            threshold,
          ).verdict,
      ),
    );
  } catch {
    return undefined;
  }
}

function decideUnguarded(policies: DecisionPolicies, check: Check, at: At): Decision {
  const mapped = mapCheck(policies, check, at.now, at.doubted);
  if (!mapped.ok) {
    return failed(policies, check, at, engineFinding('INTERNAL_ERROR', { message: mapped.error }));
  }
  const { threshold } = policies.settings.risk;
  const tools = mapped.value.tools.map(({ tool, request, entities, noticed }): ToolDecision => {
    const evaluation = evaluate(policies.policySet, request, entities);
    const { verdict, findings } = ruleOn(policies.rules, evaluation, noticed, threshold);
    const satisfied = evaluation.satisfied.map((index) => elementAt(policies.rules, index).id);
    return { tool, request, entities, verdict, findings, satisfied, errors: evaluation.errors };
  });
  const { environment, constraints } = mapped.value;
  const record = writeRecord({ policies, check, at, environment, constraints, rulings: tools });
  return { record, tools };
}

function failed(policies: DecisionPolicies, check: Check, at: At, finding: Finding): Decision {
  return { record: writeErrorRecord(policies, check, at, finding), tools: [] };
}
