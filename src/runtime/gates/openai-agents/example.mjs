/** `npm run example openai-agents`: a payout waits for you, a production delete never runs. No network. */
import { Agent, Runner, tool, Usage } from '@openai/agents';
import { createGate } from 'stage0-studio/gates';
import { gateAgents } from 'stage0-studio/gates/openai-agents';
import { createRuntime } from 'stage0-studio/runtime';
import { askAtTerminal, CALLS, done, PAYOUT, TABLE } from '../example-parts.mjs';

const payout = tool({
  name: 'payout',
  description: 'Pays somebody',
  parameters: PAYOUT,
  execute: ({ amount, to }) => done(`paid ${amount} to ${to}`),
});
const deleteTable = tool({
  name: 'delete_table',
  description: 'Deletes a table',
  parameters: TABLE,
  execute: ({ table }) => done(`deleted ${table}`),
});

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
const { gateAgent, pending, answer } = gateAgents(gate);
const agent = gateAgent(new Agent({ name: 'billing', tools: [payout, deleteTable] }));

// What a model would say: both calls at once, then that it is done.
const call = (callId, name, args) => ({
  type: 'function_call',
  callId,
  name,
  arguments: JSON.stringify(args),
  status: 'completed',
});
const content = [{ type: 'output_text', text: 'Done.' }];
const says = [
  CALLS.map(({ id, name, args }) => call(id, name, args)),
  [{ type: 'message', role: 'assistant', status: 'completed', content }],
];
const model = { getResponse: async () => ({ usage: new Usage(), output: says.shift() }) };
const runner = new Runner({ model, tracingDisabled: true });

let result = await runner.run(agent, 'Settle the invoices');
for (const item of result.interruptions) {
  const waiting = await pending(item);
  answer(result.state, item, waiting, await askAtTerminal(waiting));
}
result = await runner.run(agent, result.state);
for (const item of result.newItems)
  if (item.type === 'tool_call_output_item') console.log(`\n${String(item.output)}`);
