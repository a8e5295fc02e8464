/** `npm run example mcp`: a server of one's own; a payout waits for you, a production delete never runs. */
import { createInterface } from 'node:readline/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { createGate } from 'stage0-studio/gates';
import { gateTools } from 'stage0-studio/gates/mcp';
import { createRuntime } from 'stage0-studio/runtime';
import { z } from 'zod';

const server = new McpServer({ name: 'company', version: '1.0.0' });
const payout = { inputSchema: { amount: z.number(), to: z.string(), iban: z.string() } };
server.registerTool('payout', payout, ({ amount, to }) => done(`paid ${amount} to ${to}`));
const table = { inputSchema: { environment: z.string(), table: z.string() } };
server.registerTool('delete_table', table, (args) => done(`deleted ${args.table}`));

const gate = createGate({
  decider: await createRuntime({ pack: 'policies/guard' }),
  goal: 'Settle the invoices of our print supplier',
  success_criteria: ['The supplier confirms the payment'],
  context: { actor_role: 'developer', agent_name: 'billing-bot' },
  tools: {
    payout: { side_effects: ['payout'], constraints: ['max_cost_usd: 1.00'], secret: ['/iban'] },
    delete_table: { side_effects: ['delete'], environment: { argument: '/environment' } },
  },
});

const [here, there] = InMemoryTransport.createLinkedPair();
await gateTools(server, gate).connect(there);
const agent = new Client(
  { name: 'agent', version: '1.0.0' },
  { capabilities: { elicitation: {} } },
);
agent.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
  const terminal = createInterface(process.stdin, process.stdout);
  const name = await terminal.question(`\n${params.message}\nYour name, to approve: `);
  terminal.close();
  return name === '' ? { action: 'decline' } : { action: 'accept', content: { approved_by: name } };
});
await agent.connect(here);

// What a model would do: its calls, and what it sees of them.
await call('payout', { amount: 120.5, to: 'Print & Co', iban: 'DE89370400440532013000' });
await call('delete_table', { environment: 'production', table: 'customers' });
await agent.close();

async function call(name, args) {
  const { content } = await agent.callTool({ name, arguments: args });
  console.log(`\n${name}:\n${content[0].text}`);
}

function done(text) {
  console.log(`\nRAN: ${text}`);
  return { content: [{ type: 'text', text }] };
}
