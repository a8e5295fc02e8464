import { z } from '../decision/zod.ts';

const Texts = z.array(z.string());
const Severity = z.enum(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW']);
const Score = z.number().min(0).max(100);

const GRAVE: ReadonlySet<string> = new Set(['CRITICAL', 'HIGH']);
const WORDS = { ALLOW: 'GO', DENY: 'NO_GO', DEFER: 'DEFER' } as const;

/**
 * A decision as it comes over the wire: every field that the contract has, and none that contradicts another.
 * What a later version adds is let through.
 */
export const RecordAnswer = z
  .looseObject({
    decision: z.enum(['GO', 'NO_GO', 'DEFER']),
    verdict: z.enum(['ALLOW', 'DENY', 'DEFER']),
    reason: z.string(),
    issues: z.array(
      z.looseObject({
        code: z.string(),
        severity: Severity,
        message: z.string(),
        details: z.record(z.string(), z.union([z.string(), Texts])),
      }),
    ),
    defer_questions: Texts,
    clarifying_questions: Texts,
    risk_score: Score,
    high_risk: z.boolean(),
    value_risk: Score,
    waste_risk: Score,
    guardrails: Texts,
    guardrail_checks: z.record(z.string(), z.union([z.boolean(), Texts])),
    constraints_applied: Texts,
    value_findings: z.array(
      z.looseObject({
        policy: z.string(),
        value_risk: z.number(),
        waste_risk: z.number(),
        message: z.string(),
      }),
    ),
    cost_estimate: z.looseObject({
      currency: z.literal('USD'),
      min: z.number(),
      max: z.number(),
      assumptions: Texts,
    }),
    request_id: z.string(),
    task_hash: z.string(),
    policy_version: z.string(),
    policy_pack_version: z.string(),
    environment: z.string(),
    timestamp: z.number(),
    evaluated_at: z.number(),
    decision_trace_summary: z.string(),
    cached: z.boolean(),
    meta: z.looseObject({ bundle_digest: z.string() }),
  })
  .refine(({ decision, verdict }) => WORDS[verdict] === decision, 'contradicts itself')
  .refine(
    ({ verdict, risk_score, issues }) =>
      verdict !== 'ALLOW' ||
      (risk_score < 100 && !issues.some(({ severity }) => GRAVE.has(severity))),
    'allows what is too grave to be allowed',
  );

/** The one body of every error. */
export const ErrorAnswer = z.looseObject({
  error: z.string(),
  message: z.string(),
  request_id: z.string().optional(),
  retry_after_seconds: z.number().min(0).optional(),
});
