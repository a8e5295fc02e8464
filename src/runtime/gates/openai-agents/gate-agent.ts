import type { Agent, AgentOutputType, FunctionTool } from '@openai/agents';

// The SDK's types are invariant in their context: `any` is how it writes one of any context itself.
// oxlint-disable typescript/no-explicit-any
export type AnyTool = FunctionTool<any, any, any>;
type AnyAgent = Agent<any, any>;
// oxlint-enable typescript/no-explicit-any

export interface GateAgentOptions {
  /** Names of what may stay without a gate: hosted tools, MCP servers, handoffs. */
  readonly ungated?: readonly string[];
}

/**
 * A copy of the agent, and of every agent that it hands over to, with gates in front of all their tools.
 * @throws TypeError that names everything that no gate can stand in front of
 */
export function gateEveryAgent<C, O extends AgentOutputType>(
  first: Agent<C, O>,
  gateTool: (tool: AnyTool) => AnyTool,
  { ungated = [] }: GateAgentOptions = {},
): Agent<C, O> {
  const copies = new Map<AnyAgent, AnyAgent>();
  const problems: string[] = [];
  const open = (what: string, name: string): void => {
    if (!ungated.includes(name)) problems.push(`${what} ${name}`);
  };
  const copyOf = (agent: AnyAgent): AnyAgent => {
    const known = copies.get(agent);
    if (known !== undefined) return known;
    const copy = agent.clone({});
    copies.set(agent, copy);
    fill(copy);
    return copy;
  };
  const fill = (copy: AnyAgent): void => {
    copy.tools = copy.tools.map((tool) => {
      if (tool.type === 'function') return gateTool(tool);
      open(`the ${tool.type} tool`, tool.name);
      return tool;
    });
    for (const { name } of copy.mcpServers) open('the MCP server', name);
    copy.handoffs = copy.handoffs.map((handoff) => {
      if (!('toolName' in handoff)) return copyOf(handoff);
      open('the handoff', handoff.toolName);
      return handoff;
    });
  };
  const copy = first.clone({});
  copies.set(first, copy);
  fill(copy);
  if (problems.length === 0) return copy;
  throw new TypeError(
    `No gate can stand in front of ${problems.join(', ')}: leave them out, or name them in \`ungated\`.`,
  );
}
