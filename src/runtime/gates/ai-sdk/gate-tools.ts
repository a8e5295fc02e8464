import type { ToolApprovalResponse, ToolApprovalStatus, ToolExecutionOptions, ToolSet } from 'ai';
import type { Answer, Pending } from '../approval.ts';
import type { Gate } from '../gate.ts';
import { SdkCalls } from '../sdk-calls.ts';

/** A call as the SDK hands it out. */
interface CallLike {
  readonly toolName: string;
  readonly toolCallId: string;
  readonly input: unknown;
}

/** What a model's call that waits looks like in a result or a message. */
interface RequestLike {
  readonly approvalId: string;
  readonly toolCall: CallLike;
}

export interface GatedTools<T extends ToolSet> {
  /** The tools with the gate in front of them; both this and `toolApproval` are for the SDK. */
  readonly tools: T;
  readonly toolApproval: (asked: { readonly toolCall: CallLike }) => Promise<ToolApprovalStatus>;
  /** What to show to a person about a call that waits; `undefined` when no answer can make it run. */
  readonly pending: (request: RequestLike) => Promise<Pending | undefined>;
  /**
   * A person's answer as the message part that the SDK goes on with. It counts in this process alone:
   * messages that come from elsewhere and call themselves approved approve nothing.
   */
  readonly answer: (request: RequestLike, pending: unknown, answer: Answer) => ToolApprovalResponse;
}

export interface GateToolsOptions {
  /** Names of tools that may stay without a gate: those that run elsewhere. */
  readonly ungated?: readonly string[];
}

/**
 * A gate in front of tools of the AI SDK, which itself is not loaded by this.
 * @throws TypeError that names every tool that runs elsewhere, where no gate can stand in front of it
 */
export function gateTools<T extends ToolSet>(
  gate: Gate,
  tools: T,
  { ungated = [] }: GateToolsOptions = {},
): GatedTools<T> {
  const calls = new SdkCalls(gate);
  const elsewhere = Object.entries(tools).filter(
    ([name, { execute }]) => execute === undefined && !ungated.includes(name),
  );
  if (elsewhere.length > 0) {
    const names = elsewhere.map(([name]) => name).join(', ');
    throw new TypeError(
      `No gate can stand in front of ${names}, which run elsewhere: leave them out, or name them in \`ungated\`.`,
    );
  }
  const gated = Object.entries(tools).map(([name, tool]) => [name, behindGate(calls, name, tool)]);
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Each stands for the tool of its name.
    tools: Object.fromEntries(gated) as T,
    toolApproval: async ({ toolCall }) => {
      if (ungated.includes(toolCall.toolName)) return undefined;
      const ruling = await calls.foresee(callOf(toolCall));
      switch (ruling.verdict) {
        case 'ALLOW':
          return undefined;
        case 'DEFER':
          return { type: 'user-approval', reason: ruling.pending.reason };
        case 'DENY':
          return { type: 'denied', reason: ruling.refusal.message };
      }
    },
    pending: ({ toolCall }) => calls.pending(callOf(toolCall)),
    answer: ({ approvalId, toolCall }, pending, answer) => {
      const approval = calls.approve(toolCall.toolCallId, pending, answer);
      const said = answer.approved ? undefined : answer.reason;
      const reason = approval.ok
        ? undefined
        : `${toolCall.toolName} did not run: ${said ?? approval.error}`;
      return {
        type: 'tool-approval-response',
        approvalId,
        approved: approval.ok,
        ...(reason === undefined ? {} : { reason }),
      };
    },
  };
}

function callOf({ toolName, toolCallId, input }: CallLike) {
  return { tool: toolName, id: toolCallId, arguments: input };
}

type Options = ToolExecutionOptions<never>;

function behindGate(calls: SdkCalls, name: string, tool: ToolSet[string]): ToolSet[string] {
  const execute: ((input: unknown, options: Options) => unknown) | undefined = tool.execute;
  if (execute === undefined) return tool;
  /** What the tool gives. What is refused is thrown: it is no output of the tool's own type. */
  const settle = async (input: unknown, options: Options): Promise<unknown> => {
    const { toolCallId: id, abortSignal } = options;
    const ruling = await calls.settle({ tool: name, id, arguments: input }, abortSignal);
    if (ruling.verdict !== 'ALLOW') throw new Error(ruling.refusal.message);
    if (abortSignal?.aborted === true) throw new Error(`${name} did not run: it was cancelled.`);
    const outcome = await ruling.run<unknown>((args) => execute(args, options));
    if (outcome.ran) return outcome.value;
    throw new Error(outcome.refusal.message);
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- It takes and gives what the tool does.
  return {
    ...tool,
    async *execute(input: unknown, options: Options) {
      const output = await settle(input, options);
      if (isIterable(output)) yield* output;
      else yield output;
    },
  } as ToolSet[string];
}

function isIterable(output: unknown): output is AsyncIterable<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output;
}
