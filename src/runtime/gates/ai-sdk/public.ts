/**
 * The entry point `./gates/ai-sdk`: a gate in front of the tools of the AI SDK (`ai` 7, which asks for Node
 * 22; it was tried with Node 20 as well).
 *
 *     const { tools, toolApproval, pending, answer } = gateTools(gate, { payments_api: pay });
 *     const first = await generateText({ model, tools, toolApproval, messages });
 *     const requests = first.content.filter(({ type }) => type === 'tool-approval-request');
 *     // … show `await pending(request)` to a person, then go on with
 *     messages.push(...first.responseMessages, { role: 'tool', content: requests.map((one) => answer(one, …)) });
 */
export { gateTools, type GatedTools, type GateToolsOptions } from './gate-tools.ts';
