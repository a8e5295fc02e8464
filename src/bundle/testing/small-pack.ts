/** A pack small enough for a bundle whose every bit a test can flip. */
export function smallPack(version = '1.0.0'): Map<string, string> {
  const metadata = {
    cedar_version: '4.5.0',
    policy_store: { id: 'd00dd00d', name: 'door', description: 'One door.', version },
  };
  return new Map([
    ['metadata.json', JSON.stringify(metadata)],
    ['stage0.json', '{"timeZone":"UTC","risk":{"threshold":100,"high":60}}'],
    ['schema.cedarschema', SCHEMA],
    ['policies/door.cedar', POLICIES],
    ['scenarios/guest.json', scenario('guest', 'DEFER')],
    ['scenarios/owner.json', scenario('owner', 'ALLOW')],
  ]);
}

/** A scenario of the small pack: somebody opens the door. */
export function scenario(role: string, verdict: string): string {
  return JSON.stringify({
    name: `As ${role}`,
    at: '2026-03-16T10:00:00Z',
    request: { goal: 'Open the front door', tools: ['door'], context: { actor_role: role } },
    expect: { verdict },
  });
}

/** The small pack with a rule about roles: other engines need it in another form. */
export function packWithRoles(): Map<string, string> {
  const facts = 'session: { malformed: Set<String> }, user_role?: String,';
  return new Map([
    ...smallPack(),
    ['schema.cedarschema', SCHEMA.replace('session: {},', facts)],
    ['entities/roles.json', '[{"uid":{"type":"Role","id":"owner"},"attrs":{},"parents":[]}]'],
    ['policies/door.cedar', POLICIES.replace('principal,', 'principal in Role::"owner",')],
    ['scenarios/guest.json', scenario('guest', 'DENY')],
  ]);
}

const SCHEMA = `type Facts = {
  goal: String, success_criteria: Set<String>, constraints: Set<String>, tools: Set<String>,
  side_effects: Set<String>, limits: {}, session: {}, actor_role?: String,
};
entity Role in [Role];
entity Agent in [Role];
entity Environment;
action "plan", "call_tool" appliesTo { principal: Agent, resource: Environment, context: Facts };
`;

const POLICIES = `@id("open")
permit (principal, action, resource);

@id("guests-wait")
@verdict("DEFER")
@issue("GUEST")
@question("Who let this guest in?")
forbid (principal, action, resource)
when { context has actor_role && context.actor_role == "guest" };
`;
