import { interrupt } from '@langchain/langgraph';
import { AIMessage, createMiddleware, ToolMessage } from 'langchain';
import type { Gate } from '../gate.ts';
import { SdkCalls } from '../sdk-calls.ts';
import { checkTurn, sdkCall } from '../message-turn.ts';

/**
 * Middleware of `createAgent` that stands in front of all its tools. The agent stops with a `Waiting` before
 * any of a message's calls has run, and goes on with `new Command({ resume: answers })`.
 */
export function gateMiddleware(gate: Gate) {
  const calls = new SdkCalls(gate);
  return createMiddleware({
    name: 'stage0',
    afterModel: async ({ messages }, runtime) => {
      const last = messages.at(-1);
      const wanted = AIMessage.isInstance(last) ? (last.tool_calls ?? []) : [];
      const turn = wanted.map((call) => sdkCall(threadOf(runtime), call));
      await checkTurn(
        calls,
        turn,
        (waiting) => interrupt<unknown, unknown>(waiting),
        runtime.signal,
      );
      return undefined;
    },
    wrapToolCall: async (request, handler) => {
      const { toolCall, runtime } = request;
      const { name, id = '' } = toolCall;
      const refuse = (content: string): ToolMessage =>
        new ToolMessage({ name, tool_call_id: id, content, status: 'error' });
      const ruling = await calls.settle(sdkCall(threadOf(runtime), toolCall), runtime.signal);
      if (ruling.verdict !== 'ALLOW') return refuse(ruling.refusal.message);
      runtime.signal?.throwIfAborted();
      const outcome = await ruling.run((args) =>
        handler({ ...request, toolCall: { ...toolCall, args } }),
      );
      return outcome.ran ? outcome.value : refuse(outcome.refusal.message);
    },
  });
}

interface RuntimeLike {
  readonly configurable?: { readonly thread_id?: string } | undefined;
}

function threadOf({ configurable }: RuntimeLike): string | undefined {
  return configurable?.thread_id;
}
