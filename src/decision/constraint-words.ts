/**
 * What a client may say in `constraints`, as data. `constraints.ts` reads it; a pack's schema may add
 * limits of its own. Everything is written the way the grammar folds it: lower case, `snake_case`.
 */
import type { Type } from '../cedar/schema/model.ts';

/**
 * A requirement asks for evidence, a declaration says how the work is done; both are guardrails that a
 * machine can read. A soft word promises something that nothing enforces, and is no guardrail.
 */
export type WordKind = 'requirement' | 'declaration' | 'soft';

export const WORDS: ReadonlyMap<string, WordKind> = new Map([
  ['approval_required', 'requirement'],
  ['ticket_required', 'requirement'],
  ['rollback_plan_required', 'requirement'],
  ['mfa_required', 'requirement'],

  ['production_deployment', 'declaration'],
  ['dry_run', 'declaration'],
  ['sandbox', 'declaration'],
  ['read_only', 'declaration'],
  ['allowlist', 'declaration'],

  ['informational_only', 'soft'],
  ['no_side_effects', 'soft'],
  ['local_files_only', 'soft'],
  ['no_advice', 'soft'],
  ['internal_draft_only', 'soft'],
]);

/** Phrases that mean one of the words above, or a limit. */
export const PHRASES: ReadonlyMap<string, string> = new Map([
  ['approval_needed', 'approval_required'],
  ['approval_is_required', 'approval_required'],
  ['human_approval', 'approval_required'],
  ['human_approval_required', 'approval_required'],
  ['human_review_required', 'approval_required'],
  ['human_in_the_loop', 'approval_required'],
  ['manual_approval_required', 'approval_required'],
  ['manual_review_required', 'approval_required'],
  ['require_approval', 'approval_required'],
  ['requires_approval', 'approval_required'],
  ['require_human_approval', 'approval_required'],
  ['requires_human_approval', 'approval_required'],
  ['require_human_review', 'approval_required'],
  ['review_required', 'approval_required'],

  ['require_ticket', 'ticket_required'],
  ['requires_ticket', 'ticket_required'],
  ['ticket_id_required', 'ticket_required'],
  ['require_ticket_id', 'ticket_required'],

  ['require_rollback', 'rollback_plan_required'],
  ['require_rollback_plan', 'rollback_plan_required'],
  ['requires_rollback_plan', 'rollback_plan_required'],
  ['rollback_required', 'rollback_plan_required'],

  ['require_mfa', 'mfa_required'],
  ['requires_mfa', 'mfa_required'],

  ['production_deploy', 'production_deployment'],
  ['dryrun', 'dry_run'],
  ['dry_run_only', 'dry_run'],
  ['readonly', 'read_only'],
  ['read_only_mode', 'read_only'],
  ['sandboxed', 'sandbox'],
  ['sandbox_only', 'sandbox'],
  ['in_sandbox', 'sandbox'],
  ['allow_list', 'allowlist'],
  ['allowlist_only', 'allowlist'],
  ['allowlisted', 'allowlist'],

  ['business_hours', 'allowed_change_window: business_hours'],
  ['business_hours_only', 'allowed_change_window: business_hours'],
  ['during_business_hours', 'allowed_change_window: business_hours'],
  ['only_during_business_hours', 'allowed_change_window: business_hours'],

  ['information_only', 'informational_only'],
  ['for_information_only', 'informational_only'],
  ['without_side_effects', 'no_side_effects'],
  ['local_only', 'local_files_only'],
]);

const long: Type = { kind: 'long' };
const text: Type = { kind: 'string' };
const texts: Type = { kind: 'set', element: text };

/** The limits every pack knows. A pack's schema may type one of them otherwise; then the schema counts. */
export const LIMITS: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['max_iterations', long],
  ['max_retries', long],
  ['timeout_seconds', long],
  ['same_tool_limit', long],
  ['max_records', long],
  ['max_cost_usd', { kind: 'extension', name: 'decimal' }],
  ['required_role', texts],
  ['allowed_environment', texts],
  ['allowed_mcp_servers', texts],
  ['allowed_change_window', text],
]);

/** Other names of limits. */
export const LIMIT_KEYS: ReadonlyMap<string, string> = new Map([
  ['timeout', 'timeout_seconds'],
  ['max_seconds', 'timeout_seconds'],
  ['max_iteration', 'max_iterations'],
  ['max_retry', 'max_retries'],
  ['max_cost', 'max_cost_usd'],
  ['required_roles', 'required_role'],
  ['allowed_environments', 'allowed_environment'],
  ['allowed_mcp_server', 'allowed_mcp_servers'],
  ['change_window', 'allowed_change_window'],
]);

/** What `key: value` may say for a requirement or declaration. */
export const YES: ReadonlySet<string> = new Set(['true', 'yes', 'on', '1', 'required']);
export const NO: ReadonlySet<string> = new Set(['false', 'no', 'off', '0', 'not_required', 'none']);

/** Seconds in one unit of a duration, for limits named `…_seconds`. */
export const SECONDS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['s', 1],
  ['sec', 1],
  ['secs', 1],
  ['second', 1],
  ['seconds', 1],
  ['m', 60],
  ['min', 60],
  ['mins', 60],
  ['minute', 60],
  ['minutes', 60],
  ['h', 3600],
  ['hour', 3600],
  ['hours', 3600],
]);
