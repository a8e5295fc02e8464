/**
 * The entry point `./gates/openai-agents`: a gate in front of the tools of the OpenAI Agents SDK.
 *
 *     const gated = gateAgents(gate);
 *     const agent = gated.gateAgent(new Agent({ name: 'billing', tools: [pay] }));
 *     let result = await run(agent, 'Pay the open invoices');
 *     for (const item of result.interruptions) {
 *       const pending = await gated.pending(item);                       // show it to a person
 *       gated.answer(result.state, item, pending, { approved: true, by: 'l.haas' });
 *     }
 *     result = await run(agent, result.state);
 */
export type { GateAgentOptions } from './gate-agent.ts';
export { gateAgents, type AgentsGate } from './gate-tool.ts';
