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
  const asked = await askPerson(ask, pending, askTimeout, how.signal);
  if (typeof asked === 'string') return stopped(call.tool, asked, NO_ANSWER[asked]);
  if (asked === undefined) return { ran: false, refusal };
  return resumeTool(gate, taken, tool, { pending, answer: asked }, first);
}

/**
 * A call that waited, with what a person answered: for hosts that end in between and begin anew. `pending`
 * may come from anywhere, since it is sealed; `answer` must come from a person. Without an answer it is a
 * call like the first, and no person is asked again.
 */
export async function resumeTool<T>(
  gate: Gate,
  call: ToolCall,
  tool: Tool<T>,
  waited: { readonly pending: unknown; readonly answer: Answer | undefined },
  how: Omit<DecideHow, 'approval'> = {},
): Promise<Outcome<T>> {
  let evidence: Pick<DecideHow, 'approval'> = {};
  if (waited.answer !== undefined) {
    const answer = readAnswer(waited.answer);
    if (answer === undefined) {
      return stopped(call.tool, 'APPROVAL_REFUSED', 'What was answered is no answer.');
    }
    if (!answer.approved) {
      return { ran: false, refusal: rejected(call.tool, answer.by, answer.reason) };
    }
    const approval = gate.approve(waited.pending, answer);
    if (!approval.ok) return stopped(call.tool, 'APPROVAL_REFUSED', approval.error);
    evidence = { approval: approval.value };
  }
  const ruling = await gate.decide(call, { ...how, ...evidence });
  return ruling.verdict === 'ALLOW' ? ruling.run(tool) : { ran: false, refusal: ruling.refusal };
}

function stopped(tool: string, code: string, why: string): Outcome<never> {
  return { ran: false, refusal: undecidable(tool, code, why) };
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
