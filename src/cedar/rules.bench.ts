/**
 * The bench's rules: ten kinds, taken from the example packs, one set of ten for each tool. Every kind
 * stands here in all the languages that are compared, side by side, so that a reader can see that they
 * say the same. Before anything is measured, all contestants must give the same answers.
 */

/** What tells one tool's rules from another's. */
export interface Tool {
  readonly name: string;
  /** The role that may use it. */
  readonly role: string;
  /** US dollars from which on a person has to approve. */
  readonly limit: number;
  readonly retries: number;
}

export type Standing = 'permits' | 'defers' | 'denies';

/** A request as somebody who writes the rules in TypeScript would want it. */
export interface PlainRequest {
  readonly tool: string;
  /** The role and all that it is in. */
  readonly roles: ReadonlySet<string>;
  readonly environment: string;
  readonly sideEffects: ReadonlySet<string>;
  readonly limits: {
    readonly maxIterations?: number;
    readonly maxRetries?: number;
    readonly sameToolLimit?: number;
  };
  readonly session: {
    readonly now: number;
    readonly weekday: number;
    readonly minuteOfDay: number;
    readonly sameToolCalls: number;
  };
  readonly amountUsd?: number;
  readonly approvalStatus?: string;
  readonly approvedBy?: string;
  readonly approvedAt?: number;
  readonly afterHoursApprovedBy?: string;
  readonly payeeVerified?: boolean;
  readonly retryCount?: number;
  readonly currentIteration?: number;
}

export interface RuleKind {
  /** With the tool's name in front, the rule's id. */
  readonly name: string;
  readonly standing: Standing;
  /** Annotations, scope and conditions; the effect follows from the standing. */
  readonly cedar: (tool: Tool) => string;
  /** Over the fields of `plainFacts`, for the tool at hand. */
  readonly cel: (tool: Tool) => string;
  /** For casbin's `eval`, which reads a part of JavaScript. */
  readonly casbin: (tool: Tool) => string;
  /** For zen-engine's expressions. */
  readonly zen: (tool: Tool) => string;
  readonly byHand: (tool: Tool) => (request: PlainRequest) => boolean;
}

const DAY = 86_400_000;

export const RULE_KINDS: readonly RuleKind[] = [
  {
    name: 'is-permitted',
    standing: 'permits',
    cedar: ({ name, role }) =>
      `(principal in Role::"${role}", action == Action::"${name}", resource);`,
    cel: ({ role }) => `"${role}" in r.roles`,
    casbin: ({ role }) => `includes(r.req.roles, '${role}')`,
    zen: ({ role }) => `'${role}' in roles`,
    byHand:
      ({ role }) =>
      (request) =>
        request.roles.has(role),
  },
  {
    name: 'needs-its-role',
    standing: 'denies',
    cedar: ({ name, role }) =>
      `(principal, action == Action::"${name}", resource)\nunless { principal in Role::"${role}" };`,
    cel: ({ role }) => `!("${role}" in r.roles)`,
    casbin: ({ role }) => `!includes(r.req.roles, '${role}')`,
    zen: ({ role }) => `'${role}' not in roles`,
    byHand:
      ({ role }) =>
      (request) =>
        !request.roles.has(role),
  },
  {
    name: 'large-amount-is-approved',
    standing: 'defers',
    cedar: ({ name, limit }) =>
      `(principal, action == Action::"${name}", resource)
when { context has amount_usd && context.amount_usd.greaterThan(decimal("${limit}.00")) }
unless {
  context has approval_status && context.approval_status == "approved" &&
  context has approved_by && context.approved_by != ""
};`,
    cel: ({ limit }) =>
      `has(r.amountUsd) && r.amountUsd > ${limit}.0 && !(has(r.approvalStatus) && r.approvalStatus == "approved" && has(r.approvedBy) && r.approvedBy != "")`,
    casbin: ({ limit }) =>
      `has(r.req.amountUsd) && r.req.amountUsd > ${limit} && !(r.req.approvalStatus == 'approved' && has(r.req.approvedBy) && r.req.approvedBy != '')`,
    zen: ({ limit }) =>
      `amountUsd != null and amountUsd > ${limit} and not (approvalStatus == 'approved' and approvedBy != null and approvedBy != '')`,
    byHand:
      ({ limit }) =>
      ({ amountUsd, approvalStatus, approvedBy }) =>
        amountUsd !== undefined &&
        amountUsd > limit &&
        !(approvalStatus === 'approved' && approvedBy !== undefined && approvedBy !== ''),
  },
  {
    name: 'approval-has-a-time',
    standing: 'defers',
    cedar: ({ name }) =>
      `(principal, action == Action::"${name}", resource)
when { context.side_effects.containsAny(["money_movement", "production_change"]) }
unless { context has approved_at };`,
    cel: () =>
      `("money_movement" in r.sideEffects || "production_change" in r.sideEffects) && !has(r.approvedAt)`,
    casbin: () =>
      `(includes(r.req.sideEffects, 'money_movement') || includes(r.req.sideEffects, 'production_change')) && !has(r.req.approvedAt)`,
    zen: () =>
      `('money_movement' in sideEffects or 'production_change' in sideEffects) and approvedAt == null`,
    byHand:
      () =>
      ({ sideEffects, approvedAt }) =>
        (sideEffects.has('money_movement') || sideEffects.has('production_change')) &&
        approvedAt === undefined,
  },
  {
    name: 'approval-is-recent',
    standing: 'defers',
    cedar: ({ name }) =>
      `(principal, action == Action::"${name}", resource)
when { context has approved_at }
unless { context.session.now.durationSince(context.approved_at) <= duration("24h") };`,
    cel: () => `has(r.approvedAt) && !(r.session.now - r.approvedAt <= ${DAY}.0)`,
    casbin: () => `has(r.req.approvedAt) && !(r.req.session.now - r.req.approvedAt <= ${DAY})`,
    zen: () => `approvedAt != null and not (session.now - approvedAt <= ${DAY})`,
    byHand:
      () =>
      ({ approvedAt, session }) =>
        approvedAt !== undefined && !(session.now - approvedAt <= DAY),
  },
  {
    name: 'payee-is-verified',
    standing: 'denies',
    cedar: ({ name }) =>
      `(principal, action == Action::"${name}", resource)
when { context.side_effects.contains("money_movement") }
unless { context has payee_verified && context.payee_verified };`,
    cel: () => `"money_movement" in r.sideEffects && !(has(r.payeeVerified) && r.payeeVerified)`,
    casbin: () =>
      `includes(r.req.sideEffects, 'money_movement') && !(has(r.req.payeeVerified) && r.req.payeeVerified)`,
    zen: () => `'money_movement' in sideEffects and not (payeeVerified == true)`,
    byHand:
      () =>
      ({ sideEffects, payeeVerified }) =>
        sideEffects.has('money_movement') && payeeVerified !== true,
  },
  {
    name: 'retries-stay-in-budget',
    standing: 'defers',
    cedar: ({ name, retries }) =>
      `(principal, action == Action::"${name}", resource)
when {
  context has retry_count &&
  (context.retry_count >= ${retries} ||
   (context.limits has max_retries && context.retry_count >= context.limits.max_retries))
};`,
    cel: ({ retries }) =>
      `has(r.retryCount) && (r.retryCount >= ${retries}.0 || (has(r.limits.maxRetries) && r.retryCount >= r.limits.maxRetries))`,
    casbin: ({ retries }) =>
      `has(r.req.retryCount) && (r.req.retryCount >= ${retries} || (has(r.req.limits.maxRetries) && r.req.retryCount >= r.req.limits.maxRetries))`,
    zen: ({ retries }) =>
      `retryCount != null and (retryCount >= ${retries} or (limits.maxRetries != null and retryCount >= limits.maxRetries))`,
    byHand:
      ({ retries }) =>
      ({ retryCount, limits: { maxRetries } }) =>
        retryCount !== undefined &&
        (retryCount >= retries || (maxRetries !== undefined && retryCount >= maxRetries)),
  },
  {
    name: 'run-stays-in-budget',
    standing: 'defers',
    cedar: ({ name }) =>
      `(principal, action == Action::"${name}", resource)
when {
  (context.limits has max_iterations && context has current_iteration &&
   context.current_iteration > context.limits.max_iterations) ||
  (context.limits has same_tool_limit &&
   context.session.same_tool_calls >= context.limits.same_tool_limit)
};`,
    cel: () =>
      `(has(r.limits.maxIterations) && has(r.currentIteration) && r.currentIteration > r.limits.maxIterations) || (has(r.limits.sameToolLimit) && r.session.sameToolCalls >= r.limits.sameToolLimit)`,
    casbin: () =>
      `(has(r.req.limits.maxIterations) && has(r.req.currentIteration) && r.req.currentIteration > r.req.limits.maxIterations) || (has(r.req.limits.sameToolLimit) && r.req.session.sameToolCalls >= r.req.limits.sameToolLimit)`,
    zen: () =>
      `(limits.maxIterations != null and currentIteration != null and currentIteration > limits.maxIterations) or (limits.sameToolLimit != null and session.sameToolCalls >= limits.sameToolLimit)`,
    byHand:
      () =>
      ({ limits: { maxIterations, sameToolLimit }, currentIteration, session }) =>
        (maxIterations !== undefined &&
          currentIteration !== undefined &&
          currentIteration > maxIterations) ||
        (sameToolLimit !== undefined && session.sameToolCalls >= sameToolLimit),
  },
  {
    name: 'production-waits-for-business-hours',
    standing: 'defers',
    cedar: ({ name }) =>
      `(principal, action == Action::"${name}", resource in Environment::"production")
unless {
  (context.session.weekday <= 5 &&
   context.session.minute_of_day >= 540 && context.session.minute_of_day < 1020) ||
  (context has after_hours_approved_by && context.after_hours_approved_by != "")
};`,
    cel: () =>
      `r.environment == "production" && !((r.session.weekday <= 5.0 && r.session.minuteOfDay >= 540.0 && r.session.minuteOfDay < 1020.0) || (has(r.afterHoursApprovedBy) && r.afterHoursApprovedBy != ""))`,
    casbin: () =>
      `r.req.environment == 'production' && !((r.req.session.weekday <= 5 && r.req.session.minuteOfDay >= 540 && r.req.session.minuteOfDay < 1020) || (has(r.req.afterHoursApprovedBy) && r.req.afterHoursApprovedBy != ''))`,
    zen: () =>
      `environment == 'production' and not ((session.weekday <= 5 and session.minuteOfDay >= 540 and session.minuteOfDay < 1020) or (afterHoursApprovedBy != null and afterHoursApprovedBy != ''))`,
    byHand:
      () =>
      ({ environment, session: { weekday, minuteOfDay }, afterHoursApprovedBy }) =>
        environment === 'production' &&
        !(
          (weekday <= 5 && minuteOfDay >= 540 && minuteOfDay < 1020) ||
          (afterHoursApprovedBy !== undefined && afterHoursApprovedBy !== '')
        ),
  },
  {
    name: 'very-large-amount-carries-risk',
    standing: 'permits',
    cedar: ({ name, role, limit }) =>
      `(principal in Role::"${role}", action == Action::"${name}", resource)
when { context has amount_usd && context.amount_usd.greaterThan(decimal("${limit * 10}.00")) };`,
    cel: ({ role, limit }) =>
      `"${role}" in r.roles && has(r.amountUsd) && r.amountUsd > ${limit * 10}.0`,
    casbin: ({ role, limit }) =>
      `includes(r.req.roles, '${role}') && has(r.req.amountUsd) && r.req.amountUsd > ${limit * 10}`,
    zen: ({ role, limit }) =>
      `'${role}' in roles and amountUsd != null and amountUsd > ${limit * 10}`,
    byHand:
      ({ role, limit }) =>
      ({ roles, amountUsd }) =>
        roles.has(role) && amountUsd !== undefined && amountUsd > limit * 10,
  },
];

/** The id that a kind's rule for a tool has everywhere. */
export function ruleId(tool: Tool, kind: RuleKind): string {
  return `${tool.name}-${kind.name}`;
}
