import { AIMessage, ToolMessage, type BaseMessage } from '@langchain/core/messages';
import type { RunnableConfig } from '@langchain/core/runnables';
import type { StructuredToolInterface } from '@langchain/core/tools';
import { interrupt } from '@langchain/langgraph';
import type { Gate } from '../gate.ts';
import { SdkCalls, type SdkCall } from '../sdk-calls.ts';
import { checkTurn, sdkCall } from '../message-turn.ts';

type Config = RunnableConfig & { readonly signal?: AbortSignal };
type Messages = { readonly messages: readonly BaseMessage[] };

/**
 * A node in the place of `ToolNode`: runs the tool calls of the last message behind the gate. It stops with
 * a `Waiting`, and goes on with `new Command({ resume: answers })`.
 */
export function gatedToolNode(
  gate: Gate,
  tools: readonly StructuredToolInterface[],
): (state: Messages, config: Config) => Promise<{ messages: ToolMessage[] }> {
  const calls = new SdkCalls(gate);
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  return async ({ messages }, config) => {
    const last = messages.at(-1);
    const wanted = last !== undefined && AIMessage.isInstance(last) ? (last.tool_calls ?? []) : [];
    const thread: unknown = config.configurable?.['thread_id'];
    const turn = wanted.map((call) => ({
      name: call.name,
      id: call.id ?? '',
      sdk: sdkCall(thread, call),
    }));
    const all = turn.map(({ sdk }) => sdk);
    await checkTurn(calls, all, (waiting) => interrupt<unknown, unknown>(waiting), config.signal);
    return {
      messages: await Promise.all(
        turn.map(async ({ name, id, sdk }) => {
          const tool = byName.get(name);
          const run = (args: unknown): unknown => tool?.invoke(args, config);
          try {
            return new ToolMessage({
              name,
              tool_call_id: id,
              ...(await settled(calls, sdk, run, config)),
            });
          } catch (error) {
            const content = `Error: ${error instanceof Error ? error.message : String(error)}`;
            return new ToolMessage({ name, tool_call_id: id, content, status: 'error' });
          }
        }),
      ),
    };
  };
}

interface Settled {
  readonly content: string;
  readonly status: 'success' | 'error';
}

async function settled(
  calls: SdkCalls,
  call: SdkCall,
  run: (args: unknown) => unknown,
  { signal }: Config,
): Promise<Settled> {
  const ruling = await calls.settle(call, signal);
  if (ruling.verdict !== 'ALLOW') return { content: ruling.refusal.message, status: 'error' };
  signal?.throwIfAborted();
  const outcome = await ruling.run(run);
  if (!outcome.ran) return { content: outcome.refusal.message, status: 'error' };
  const { value } = outcome;
  return {
    content: typeof value === 'string' ? value : (JSON.stringify(value) ?? ''),
    status: 'success',
  };
}
