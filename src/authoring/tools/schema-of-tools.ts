/** The schema of a pack of tools: an action a tool, with what the tool takes. */
import { quote } from '../../cedar/strings.ts';
import { GROUPS, groupsOf, type Described } from './groups.ts';
import { docOf, InputTypes } from './input-types.ts';

const FACTS = `goal: String,
    success_criteria: Set<String>,
    constraints: Set<String>,
    tools: Set<String>,
    side_effects: Set<String>,
    limits: Limits,
    session: Session,
    agent_name?: String,
    actor_role?: String,
    user_role?: String,
    environment?: String,
    run_id?: String,
    approval_status?: String,
    approved_by?: String,
    approved_at?: datetime,
    approval_reason?: String,
    recent_tools?: Set<String>,
    cumulative_cost_usd?: decimal,`;

const HEAD = `// Made from a server's list of tools. One action a tool, with its arguments in context.input, named and typed as
// Cedar's MCP schema generator does it. What a tool says about itself is the server's word: read it before you
// trust it.

type Limits = {
  max_iterations?: Long,
  max_retries?: Long,
  timeout_seconds?: Long,
  max_cost_usd?: decimal,
  same_tool_limit?: Long,
};

type Session = {
  now: datetime,
  hour: Long,
  minute_of_day: Long,
  weekday: Long,
  goal_length: Long,
  same_tool_calls: Long,
  malformed: Set<String>,
};

entity Role in [Role];
entity Agent in [Role];
entity Environment in [Environment];
`;

const GROUP_DOCS: Readonly<Record<string, string>> = {
  [GROUPS.looks]: 'Tools that say they only look.',
  [GROUPS.changes]: 'Tools that change something, or do not say that they only look.',
  [GROUPS.destroys]: 'Tools that may destroy what is there, or do not say that they only add.',
  [GROUPS.reaches]: 'Tools that reach systems outside, or do not say that they stay inside.',
};

/** `used`: the groups that any of the tools is in. */
export function schemaOf(described: readonly Described[], used: ReadonlySet<string>): string {
  const types = new InputTypes();
  const actions = described.map(({ tool, nature }) => {
    const groups = ['call_tool', ...groupsOf(nature)].map((group) => quote(group)).join(', ');
    const doc = docOf(tool.description ?? tool.title);
    return `${doc === '' ? '' : `${doc.trim()}\n`}action ${quote(tool.name)} in [${groups}]
  appliesTo {
  principal: Agent,
  resource: Environment,
  context: {
    input: ${types.add(tool)},
    ${FACTS}
  },
};
`;
  });
  const any = `action "plan", "call_tool"
  appliesTo {
  principal: Agent,
  resource: Environment,
  context: {
    ${FACTS}
  },
};
`;
  const groups = Object.entries(GROUP_DOCS)
    .filter(([group]) => used.has(group))
    .map(([group, doc]) => `@doc(${quote(doc)})\naction ${quote(group)} in ["call_tool"];\n`);
  return [HEAD, `${[...types.declared.values()].join('\n\n')}\n`, any, ...groups, ...actions].join(
    '\n',
  );
}
