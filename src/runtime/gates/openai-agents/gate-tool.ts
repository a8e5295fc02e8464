import type { Agent, AgentOutputType, RunToolApprovalItem } from '@openai/agents';
import type { Answer, Pending } from '../approval.ts';
import type { Gate } from '../gate.ts';
import { rejected } from '../refusal.ts';
import { SdkCalls, type SdkCall } from '../sdk-calls.ts';
import { gateEveryAgent, type AnyTool, type GateAgentOptions } from './gate-agent.ts';

type Interruptible = { readonly approve: (item: RunToolApprovalItem) => void } & {
  readonly reject: (item: RunToolApprovalItem, options?: { readonly message?: string }) => void;
};

/** The gate of the tools of one or more agents. */
export interface AgentsGate {
  /** The tool with the gate in front of it. */
  readonly gateTool: <T extends AnyTool>(tool: T) => T;
  /** The agent, and every agent that it hands over to, with the gate in front of all their tools. */
  readonly gateAgent: <C, O extends AgentOutputType>(
    agent: Agent<C, O>,
    options?: GateAgentOptions,
  ) => Agent<C, O>;
  /** What to show to a person about a call that waits; `undefined` when no answer can make it run. */
  readonly pending: (item: RunToolApprovalItem) => Promise<Pending | undefined>;
  /**
   * Takes a person's answer into the run's state. It counts in this process alone: a state that comes from
   * elsewhere and calls itself approved approves nothing.
   */
  readonly answer: (
    state: Interruptible,
    item: RunToolApprovalItem,
    pending: unknown,
    answer: Answer,
  ) => void;
}

/** What a function tool is asked with. Arguments that are no JSON are refused by the gate. */
function callOf(tool: string, id: string | undefined, text: string): SdkCall {
  // A call without an id is one of a kind: nobody can approve it later.
  return { tool, id: id ?? crypto.randomUUID(), arguments: parsed(text) };
}

/** A gate in front of tools of the OpenAI Agents SDK, which itself is not loaded by this. */
export function gateAgents(gate: Gate): AgentsGate {
  const calls = new SdkCalls(gate);

  function gateTool<T extends AnyTool>(tool: T): T {
    return {
      ...tool,
      needsApproval: async (context, input, callId) => {
        const own = await tool.needsApproval(context, input, callId);
        const id = callId ?? crypto.randomUUID();
        const { verdict } = await calls.foresee({ tool: tool.name, id, arguments: input });
        return own || verdict === 'DEFER';
      },
      inputGuardrails: [
        ...(tool.inputGuardrails ?? []),
        {
          type: 'tool_input',
          name: 'stage0',
          // What is not refused already is settled when it runs, so that nothing lies between.
          run: async ({ toolCall }) => {
            const ruling = calls.foreseen(callOf(tool.name, toolCall.callId, toolCall.arguments));
            return ruling?.verdict === 'DENY'
              ? { behavior: { type: 'rejectContent', message: ruling.refusal.message } }
              : { behavior: { type: 'allow' } };
          },
        },
      ],
      invoke: async (context, text, details) => {
        const { signal, toolCall } = details ?? {};
        const ruling = await calls.settle(callOf(tool.name, toolCall?.callId, text), signal);
        if (ruling.verdict !== 'ALLOW') return ruling.refusal.message;
        if (signal?.aborted === true) return `${tool.name} did not run: the call was cancelled.`;
        const outcome = await ruling.run<unknown>((args) =>
          tool.invoke(context, JSON.stringify(args), details),
        );
        return outcome.ran ? outcome.value : outcome.refusal.message;
      },
    };
  }

  return {
    gateTool,
    gateAgent: (agent, options) => gateEveryAgent(agent, gateTool, options),
    pending: async (item) => calls.pending(waiting(item)),
    answer: (state, item, pending, answer) => {
      const { tool, id } = waiting(item);
      const refusal = answer.approved ? undefined : rejected(tool, answer.by, answer.reason);
      const approval = calls.approve(id, pending, answer);
      if (approval.ok) state.approve(item);
      else
        state.reject(item, {
          message: refusal?.message ?? `${tool} did not run: ${approval.error}`,
        });
    },
  };
}

function waiting({ rawItem }: RunToolApprovalItem): SdkCall {
  if (rawItem.type !== 'function_call') throw new TypeError('Only function tools have this gate.');
  return callOf(rawItem.name, rawItem.callId, rawItem.arguments);
}

const UNREADABLE = Symbol('unreadable');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch {
    // No JSON value, so that no gate takes it for one.
    return UNREADABLE;
  }
}
