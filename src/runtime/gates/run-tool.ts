import { readAnswer, type Answer, type Pending } from './approval.ts';
import { inTime } from './ask.ts';
import { takeData, type ToolCall } from './call.ts';
import type { DecideHow, Gate, Outcome, Tool } from './gate.ts';
import { rejected, undecidable } from './refusal.ts';

export interface RunHow extends DecideHow {
  /**
   * Asks a person, where the host can wait for one. `undefined` when nobody answers. The signal ends when
   * nobody waits for the answer any more.
   */
  readonly ask?:
    | ((pending: Pending, signal: AbortSignal) => Promise<Answer | undefined>)
    | undefined;
  /** Milliseconds that a person may take; five minutes when absent. */
  readonly askTimeout?: number | undefined;
}

const FIVE_MINUTES = 300_000;

/**
 * One call from a model's wish to its result: decided, asked about where policies defer and `ask` is given,
 * decided again, and run at most once. What the tool throws is thrown; nothing else is.
 */
export async function runTool<T>(
  gate: Gate,
  call: ToolCall,
  tool: Tool<T>,
  how: RunHow = {},
): Promise<Outcome<T>> {
  const { ask, askTimeout = FIVE_MINUTES, ...first } = how;
  // As it is now: while a person thinks, nobody must be able to change what they are shown.
  const args = takeData(call.arguments ?? {});
  const taken = args.ok ? { ...call, arguments: args.value } : call;
  const ruling = await gate.decide(taken, first);
  if (ruling.verdict === 'ALLOW') return ruling.run(tool);
  if (ruling.verdict === 'DENY') return { ran: false, refusal: ruling.refusal };
  const { refusal, pending } = ruling;
  if (ask === undefined) return { ran: false, refusal, pending };
  const stop = (code: string, why: string) =>
    ({ ran: false, refusal: undecidable(call.tool, code, why) }) as const;
  const asked = await askPerson(ask, pending, askTimeout, how.signal);
  if (typeof asked === 'string') return stop(asked, NO_ANSWER[asked]);
  if (asked === undefined) return { ran: false, refusal };
  const answer = readAnswer(asked);
  if (answer === undefined) return stop('ASKING_FAILED', 'What was answered is no answer.');
  if (!answer.approved) {
    return { ran: false, refusal: rejected(pending, answer.by, answer.reason) };
  }
  const approval = gate.approve(pending, answer);
  if (!approval.ok) return stop('APPROVAL_REFUSED', approval.error);
  const again = await gate.decide(taken, { ...first, approval: approval.value });
  return again.verdict === 'ALLOW' ? again.run(tool) : { ran: false, refusal: again.refusal };
}

const NO_ANSWER = {
  TIMEOUT: 'Nobody answered in time.',
  CANCELLED: 'The call was cancelled.',
  ASKING_FAILED: 'Nobody could be asked.',
} as const;

async function askPerson(
  ask: NonNullable<RunHow['ask']>,
  pending: Pending,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<Answer | undefined | keyof typeof NO_ANSWER> {
  const waiting = new AbortController();
  try {
    return await inTime<Answer | undefined | keyof typeof NO_ANSWER>(
      timeout,
      signal,
      () => ask(pending, waiting.signal),
      (code) => code,
    );
  } catch {
    return 'ASKING_FAILED';
  } finally {
    waiting.abort();
  }
}
