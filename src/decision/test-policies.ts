/** For tests: small policies over a small schema, without a pack around them. */
import { compilePolicies } from '../cedar/compile.ts';
import { buildEntities, type Entity } from '../cedar/entities.ts';
import { parsePolicies } from '../cedar/parse.ts';
import type { Schema } from '../cedar/schema/model.ts';
import { readSchema } from '../cedar/schema/resolve.ts';
import { actionEntities } from '../cedar/schema/validate.ts';
import { readCheck, type Check } from './check.ts';
import { decisionPolicies, type DecisionPolicies } from './policies.ts';
import type { Settings } from './settings.ts';

const TEST_SCHEMA = `
  type Limits = { max_retries?: Long, max_cost_usd?: decimal, required_role?: Set<String>, max_amount?: decimal };
  type Session = {
    now: datetime, hour: Long, minute_of_day: Long, weekday: Long,
    goal_length: Long, same_tool_calls: Long, malformed: Set<String>,
  };
  type CheckContext = {
    goal: String, success_criteria: Set<String>, constraints: Set<String>, tools: Set<String>,
    side_effects: Set<String>, limits: Limits, session: Session,
    environment?: String, retry_count?: Long, cost_usd?: decimal, approved_at?: datetime,
    approved?: Bool, targets?: Set<String>, place?: { city: String, zip?: Long }, owner?: Agent,
    recent_tools?: Set<String>,
  };
  entity Role in [Role];
  entity Agent in [Role];
  entity Environment;
  action "plan", "call_tool" appliesTo { principal: Agent, resource: Environment, context: CheckContext };
  action "risky" in ["call_tool"];
  action "pay" in ["risky"] appliesTo {
    principal: Agent, resource: Environment,
    context: { goal: String, session: Session, limits: Limits, amount?: decimal },
  };
  action "strict" in ["call_tool"] appliesTo {
    principal: Agent, resource: Environment, context: { ticket: String, session: Session },
  };
`;

const TEST_SETTINGS: Settings = {
  timeZone: 'Europe/Berlin',
  risk: { threshold: 80, high: 60 },
  tools: { search: { cost_usd: [0.01, 0.05] }, pay: { cost_usd: [0.1, 0.2] } },
};

const schema = testSchema();

function testSchema(): Schema {
  const read = readSchema(TEST_SCHEMA);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

export interface TestOptions {
  readonly settings?: Partial<Settings>;
  readonly entities?: readonly Entity[];
}

/** Policies from Cedar text; the test's own mistakes throw. A policy without `@id` is named by its place. */
export function policiesFrom(text: string, options: TestOptions = {}): DecisionPolicies {
  const parsed = parsePolicies(text);
  if (parsed.errors.length > 0) throw new Error(JSON.stringify(parsed.errors));
  const named = parsed.policies.map((policy, index) => ({
    id: policy.annotations.find(({ name }) => name === 'id')?.value ?? `policy${index}`,
    policy,
  }));
  const policySet = compilePolicies(named);
  if (!policySet.ok) throw new Error(JSON.stringify(policySet.error));
  const entities = buildEntities([...actionEntities(schema), ...(options.entities ?? [])]);
  if (!entities.ok) throw new Error(JSON.stringify(entities.error));
  return decisionPolicies({
    name: 'test',
    version: '1.2.3',
    digest: 'sha256:0',
    policySet: policySet.value,
    schema,
    entities: entities.value,
    settings: { ...TEST_SETTINGS, ...options.settings },
  });
}

/** A check from a body; the goal may be left out. */
export function checkFrom(body: Readonly<Record<string, unknown>>): Check {
  const check = readCheck({ goal: 'A goal', ...body });
  if (!check.ok) throw new Error(JSON.stringify(check.error));
  return check.value;
}
