/** `npm run example ai-sdk`: a payout waits for you, a production delete never runs. No network. */
import { generateText, isStepCount, tool } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { createGate } from 'stage0-studio/gates';
import { gateTools } from 'stage0-studio/gates/ai-sdk';
import { createRuntime } from 'stage0-studio/runtime';
import { askAtTerminal, CALLS, done, PAYOUT, TABLE } from '../example-parts.mjs';

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
const { tools, toolApproval, pending, answer } = gateTools(gate, {
  payout: tool({
    inputSchema: PAYOUT,
    execute: async ({ amount, to }) => done(`paid ${amount} to ${to}`),
  }),
  delete_table: tool({
    inputSchema: TABLE,
    execute: async ({ table }) => done(`deleted ${table}`),
  }),
});

// What a model would say: both calls at once, then that it is done.
const call = (toolCallId, toolName, input) => ({ type: 'tool-call', toolCallId, toolName, input });
const says = [
  CALLS.map(({ id, name, args }) => call(id, name, JSON.stringify(args))),
  [{ type: 'text', text: 'Done.' }],
];
const [none, finishReason] = [{ total: 0 }, { unified: 'stop' }];
const usage = { inputTokens: none, outputTokens: none };
const model = new MockLanguageModelV4({
  doGenerate: async () => ({ content: says.shift() ?? [], finishReason, usage, warnings: [] }),
});
const messages = [{ role: 'user', content: 'Settle the invoices' }];
const go = async () =>
  generateText({ model, tools, toolApproval, messages, stopWhen: isStepCount(3) });

const first = await go();
messages.push(...first.responseMessages);
const asked = first.steps
  .flatMap(({ content }) => content)
  .filter((part) => part.type === 'tool-approval-request' && !part.isAutomatic);
for (const request of asked) {
  const waiting = await pending(request);
  messages.push({
    role: 'tool',
    content: [answer(request, waiting, await askAtTerminal(waiting))],
  });
}
messages.push(...(await go()).responseMessages);
for (const { content } of messages.filter(({ role }) => role === 'tool'))
  for (const { output } of content) if (output) console.log(`\n${output.value ?? output.reason}`);
