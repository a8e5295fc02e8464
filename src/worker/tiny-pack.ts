/**
 * The smallest pack that decides, for tests: whoever is no guest may do anything, and scenarios
 * `s-0`, `s-1`, … each try that.
 */
export function tinyPack(scenarios = 3): Map<string, string> {
  const files = new Map([
    ['metadata.json', METADATA],
    ['stage0.json', JSON.stringify({ timeZone: 'UTC', risk: { threshold: 100, high: 60 } })],
    ['schema.cedarschema', SCHEMA],
    ['policies/allow.cedar', '@id("allow-all")\npermit (principal, action, resource);\n'],
    [
      'policies/guests.cedar',
      '@id("no-guests")\n@issue("GUEST")\nforbid (principal, action, resource)\nwhen { context has actor_role && context.actor_role == "guest" };\n',
    ],
  ]);
  for (let index = 0; index < scenarios; index += 1) {
    files.set(`scenarios/s-${index}.json`, tinyScenario('operator', 'ALLOW'));
  }
  return files;
}

/** A scenario of the tiny pack. */
export function tinyScenario(role: string, verdict: 'ALLOW' | 'DENY'): string {
  return JSON.stringify({
    name: `As ${role}`,
    at: '2026-03-16T10:00:00Z',
    request: { goal: 'Read the ledger of March', tools: ['ledger'], context: { actor_role: role } },
    expect: { verdict },
  });
}

const METADATA = JSON.stringify({
  cedar_version: '4.5.0',
  policy_store: { id: 'tiny', name: 'tiny', description: '', version: '1.0.0' },
});

const SCHEMA = `
type Context = {
  goal: String, success_criteria: Set<String>, constraints: Set<String>, tools: Set<String>,
  side_effects: Set<String>, limits: {}, session: {}, actor_role?: String,
};
entity Role in [Role];
entity Agent in [Role];
entity Environment;
action "plan", "call_tool" appliesTo { principal: Agent, resource: Environment, context: Context };
`;
