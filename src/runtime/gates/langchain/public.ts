/**
 * The entry point `./gates/langchain`: a gate in front of the tools of an agent of LangChain.
 *
 *     const agent = createAgent({ model, tools: [pay], middleware: [gateMiddleware(gate)], checkpointer });
 *     const { __interrupt__: [stopped] } = await agent.invoke(input, thread);   // stopped.value: Waiting
 *     await agent.invoke(new Command({ resume: { [call]: { pending, answer } } }), thread);
 */
export type { Answered, Answers, Waiting } from '../message-turn.ts';
export { gateMiddleware } from './gate-middleware.ts';
