/** A small pack that has one of everything, for the tests of this room. */
import type { PackFiles } from '../../pack/files.ts';
import { ModelBuilder, type PackModel } from '../model.ts';

export const SCHEMA = `@doc("What the constraint strings say.")
type Limits = { max_records?: Long, max_cost_usd?: decimal };
type Session = {
  now: datetime, hour: Long, minute_of_day: Long, weekday: Long,
  goal_length: Long, same_tool_calls: Long, malformed: Set<String>,
};
type CheckContext = {
  goal: String,
  constraints: Set<String>,
  side_effects: Set<String>,
  limits: Limits,
  session: Session,
  @doc("approved, pending or rejected.")
  approval_status?: String,
  approved_by?: String,
  approved_at?: datetime,
  amount_usd?: decimal,
  record_count?: Long,
  mfa_verified?: Bool,
  target_tenants?: Set<String>,
  owner?: Agent,
  client_ip?: ipaddr,
};
entity Role in [Role];
entity Agent in [Role] = { clearance?: Long, team: String } tags String;
entity Environment in [Environment];
@doc("Think first.")
action "plan" appliesTo { principal: Agent, resource: Environment, context: CheckContext };
@doc("Any tool.")
action "call_tool" appliesTo { principal: Agent, resource: Environment, context: CheckContext };
@doc("Whatever moves money.")
action "move_money" in ["call_tool"];
action "payout", "refund" in ["move_money"]
  appliesTo { principal: Agent, resource: Environment, context: CheckContext };
`;

export const RULES = `// Who may pay.
@id("operators-may-pay")
permit (
  principal in Role::"operator",
  action in Action::"move_money",
  resource
);

@id("payout-needs-approval")
@verdict("DEFER")
@issue("APPROVAL_REQUIRED")
@message("Ask someone.")
@question("Who approved this?")
@risk("40")
forbid (principal, action == Action::"payout", resource)
when { context.side_effects.contains("money_movement") }
unless
{
  context has approval_status && context.approval_status == "approved" &&
  context has approved_by && context.approved_by != ""
};

@id("limits-hold")
@issue("LIMIT_EXCEEDED")
forbid (principal, action, resource)
when
{
  context.limits has max_records && context has record_count &&
  context.record_count > context.limits.max_records
};
`;

const ROLES = `[
  { "uid": { "type": "Role", "id": "operator" }, "attrs": {}, "parents": [] },
  { "uid": { "type": "Role", "id": "treasurer" }, "attrs": {}, "parents": [{ "type": "Role", "id": "operator" }] },
  { "uid": { "type": "Environment", "id": "production" }, "attrs": {}, "parents": [] }
]
`;

export const SCENARIO = `{
  "name": "Payout",
  "tags": ["headline"],
  "at": "2026-03-16T10:00:00Z",
  "request": {
    "goal": "Pay the invoice",
    "tools": ["payout"],
    "side_effects": ["money_movement"],
    "context": { "actor_role": "operator", "approval_status": "pending", "environment": "production" }
  },
  "expect": { "verdict": "DEFER", "issues": ["APPROVAL_REQUIRED"] }
}
`;

/** The pack, with some files changed or (`undefined`) taken away. */
export function packFiles(changes: Readonly<Record<string, string | undefined>> = {}): PackFiles {
  const files: Record<string, string | undefined> = {
    'metadata.json':
      '{"cedar_version":"4.5.0","policy_store":{"id":"p","name":"mini","version":"1.0.0"}}',
    'stage0.json':
      '{"timeZone":"UTC","risk":{"threshold":90,"high":50},"tools":{"payout":{"cost_usd":[0,1]}}}',
    'schema.cedarschema': SCHEMA,
    'policies/rules.cedar': RULES,
    'entities/roles.json': ROLES,
    'scenarios/payout.json': SCENARIO,
    ...changes,
  };
  return new Map(
    Object.entries(files).flatMap(([path, text]) => (text === undefined ? [] : [[path, text]])),
  );
}

export function packModel(changes?: Readonly<Record<string, string | undefined>>): PackModel {
  return new ModelBuilder().build(packFiles(changes));
}

/** A text with its cursor: `▮` is taken out. */
export function atCursor(marked: string): { readonly text: string; readonly offset: number } {
  const offset = marked.indexOf('▮');
  return { text: marked.replace('▮', ''), offset };
}
