/** `npm run example langgraph`: a payout waits for you, a production delete never runs. No network. */
import { AIMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import {
  Command,
  END,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
} from '@langchain/langgraph';
import { createGate } from 'stage0-studio/gates';
import { gatedToolNode } from 'stage0-studio/gates/langgraph';
import { createRuntime } from 'stage0-studio/runtime';
import { askAtTerminal, CALLS, done, PAYOUT, TABLE } from '../example-parts.mjs';

const payout = tool(({ amount, to }) => done(`paid ${amount} to ${to}`), {
  name: 'payout',
  schema: PAYOUT,
});
const deleteTable = tool(({ table }) => done(`deleted ${table}`), {
  name: 'delete_table',
  schema: TABLE,
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

const graph = new StateGraph(MessagesAnnotation)
  .addNode('model', () => ({ messages: [new AIMessage({ content: '', tool_calls: CALLS })] }))
  .addNode('tools', gatedToolNode(gate, [payout, deleteTable]))
  .addEdge(START, 'model')
  .addEdge('model', 'tools')
  .addEdge('tools', END)
  .compile({ checkpointer: new MemorySaver() });

const thread = { configurable: { thread_id: 'invoices' } };
let result = await graph.invoke(
  { messages: [{ role: 'user', content: 'Settle the invoices' }] },
  thread,
);
const resume = {};
for (const { call, pending } of result.__interrupt__[0].value.stage0) {
  resume[call] = { pending, answer: await askAtTerminal(pending) };
}
result = await graph.invoke(new Command({ resume }), thread);
for (const { type, text } of result.messages) if (type === 'tool') console.log(`\n${text}`);
