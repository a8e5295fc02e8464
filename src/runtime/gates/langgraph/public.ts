/**
 * The entry point `./gates/langgraph`: a gate in front of the tools of a graph.
 *
 *     const graph = new StateGraph(MessagesAnnotation)
 *       .addNode('tools', gatedToolNode(gate, [pay]))            // in the place of ToolNode
 *       …
 *     const { __interrupt__: [stopped] } = await graph.invoke(input, thread);   // stopped.value: Waiting
 *     await graph.invoke(new Command({ resume: { [call]: { pending, answer } } }), thread);
 */
export { gatedToolNode } from './gate-node.ts';
export type { Answered, Answers, Waiting } from '../message-turn.ts';
