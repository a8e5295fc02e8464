/** How a person is asked through an MCP client: a form with who they are, and accept or decline. */
import type { Answer, Pending } from '../approval.ts';
import { isObject, type Params } from './messages.ts';

/** Whether a client with these capabilities can show a form. */
export function showsForms(capabilities: unknown): boolean {
  const elicitation = isObject(capabilities) ? capabilities['elicitation'] : undefined;
  // At first there were only forms, and nothing had to be said about them.
  return isObject(elicitation) && ('form' in elicitation || !('url' in elicitation));
}

export function formFor(pending: Pending, approver: string | undefined): object {
  const { tool, arguments: args, questions, reason } = pending;
  const message = [
    `May ${tool} run?`,
    reason,
    ...questions.map((question) => `- ${question}`),
    `With: ${JSON.stringify(args, null, 2)}`,
  ].join('\n');
  const name = { type: 'string', title: 'Your name', minLength: 1 };
  const approved_by = approver === undefined ? name : { ...name, default: approver };
  return {
    mode: 'form',
    message,
    requestedSchema: {
      type: 'object',
      properties: { approved_by, reason: { type: 'string', title: 'Why (optional)' } },
      required: ['approved_by'],
    },
  };
}

/** What a client says that a person answered. `undefined` when nobody did. */
export function answerIn(result: Params | undefined): Answer | undefined {
  const content = isObject(result?.['content']) ? result['content'] : {};
  const { approved_by: by, reason } = content;
  const why = typeof reason === 'string' && reason !== '' ? { reason } : {};
  switch (result?.['action']) {
    case 'accept':
      return typeof by === 'string' ? { approved: true, by, ...why } : undefined;
    case 'decline':
      return { approved: false, ...why };
    default:
      return undefined;
  }
}

const OURS = 'stage0:';

/** What a client keeps for us between two rounds of a call, and hands back as it is. The pending call is sealed. */
export interface Round {
  readonly pending: unknown;
  /** The server's own round, when it was in one. */
  readonly inner: Params;
}

export function writeRound(round: Round): string {
  return `${OURS}${JSON.stringify(round)}`;
}

/** Our round among a call's parameters; `undefined` when the call is in none of ours. */
export function readRound(params: Params): Round | undefined {
  const state = params['requestState'];
  if (typeof state !== 'string' || !state.startsWith(OURS)) return undefined;
  try {
    const round: unknown = JSON.parse(state.slice(OURS.length));
    if (!isObject(round)) return { pending: undefined, inner: {} };
    const { pending, inner } = round;
    return { pending, inner: isObject(inner) ? inner : {} };
  } catch {
    return { pending: undefined, inner: {} };
  }
}
