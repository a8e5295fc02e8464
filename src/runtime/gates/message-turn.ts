/**
 * All tool calls of one message of the model. They are checked first, all of them, before any runs: then the
 * graph stops once for every person who is needed, and starts none of the others twice when it goes on.
 */
import type { Answer, Pending } from './approval.ts';
import type { SdkCall, SdkCalls } from './sdk-calls.ts';

/** What the graph stops with: one entry for each call that waits. */
export interface Waiting {
  readonly stage0: readonly { readonly call: string; readonly pending: Pending }[];
}

/** What a person was shown of one call, handed back as it was, and what they answered. */
export interface Answered {
  readonly pending: Pending;
  readonly answer: Answer;
}

/** What the graph is resumed with, by `call`. A call without an answer does not run. */
export type Answers = Readonly<Record<string, Answered>>;

/** A call as messages have it. */
export interface MessageCall {
  readonly name: string;
  readonly args: unknown;
  readonly id?: string | undefined;
}

/** Names the call in its thread: ids that models make up may repeat in another one. */
export function sdkCall(thread: unknown, { name, args, id }: MessageCall): SdkCall {
  const place = typeof thread === 'string' ? thread : '';
  return { tool: name, id: `${place}/${id ?? crypto.randomUUID()}`, arguments: args };
}

/**
 * Checks all calls, and stops where people are needed. `stop` gives their answers, or does not return: the
 * graph ends there and begins this anew when it is resumed.
 */
export async function checkTurn(
  calls: SdkCalls,
  turn: readonly SdkCall[],
  stop: (waiting: Waiting) => unknown,
  signal?: AbortSignal,
): Promise<void> {
  const rulings = await Promise.all(turn.map((call) => calls.foresee(call, signal)));
  const waiting = turn.flatMap((call, index) => {
    const ruling = rulings[index];
    return ruling?.verdict === 'DEFER' ? [{ call, pending: ruling.pending }] : [];
  });
  if (waiting.length === 0) return;
  const answers = stop({
    stage0: waiting.map(({ call, pending }) => ({ call: call.id, pending })),
  });
  for (const { call } of waiting) {
    const given = memberOf(answers, call.id);
    calls.answer(call, memberOf(given, 'pending'), memberOf(given, 'answer'));
  }
}

function memberOf(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, name)
    ? Reflect.get(object, name)
    : undefined;
}
