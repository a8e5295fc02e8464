/**
 * What becomes of one `tools/call`: it is handed on to the server, or the gate answers in its place.
 *
 * A call that is deferred is asked about through the client, if that can show a form: in older revisions of
 * MCP by a request to the client while the call waits, since 2026-07-28 by an answer that wants the call again
 * with a person's answer in it. A client that cannot is told no.
 */
import type { Pending } from '../approval.ts';
import type { Gate, Outcome } from '../gate.ts';
import type { Refusal } from '../refusal.ts';
import { resumeTool, runTool, type RunHow } from '../run-tool.ts';
import { answerIn, formFor, readRound, showsForms, writeRound } from './elicitation.ts';
import * as rpc from './messages.ts';
import { isObject, type Params, type Request } from './messages.ts';

export interface McpGateOptions extends Pick<RunHow, 'context' | 'goal' | 'askTimeout'> {
  /** Who is likely to sit in front of the client; a person may say otherwise. */
  readonly approver?: string | undefined;
}

/** An answer for the client. What `options` are is for the transport to know. */
export interface Answered {
  readonly message: object;
  readonly options: object | undefined;
}

/** What the connection does for a call. */
export interface CallHost {
  /** What the client said of itself when the connection began; a client of today says it with each call. */
  readonly capabilities: unknown;
  readonly signal: AbortSignal;
  /** Shows a form to the person at the client. `undefined` once `signal` is aborted. */
  readonly ask: (form: object, signal: AbortSignal) => Promise<Params | undefined>;
  /** Hands the call on to the server. Rejects when there is no answer. */
  readonly handOn: (call: object) => Promise<Answered>;
}

/** The server's answer to a call that may run, or the gate's own. Rejects when the server does not answer. */
export async function answerCall(
  gate: Gate,
  options: McpGateOptions,
  request: Request,
  host: CallHost,
): Promise<Answered> {
  const { id, params = {} } = request;
  const { name, arguments: args, ...rest } = params;
  if (typeof name !== 'string') {
    const message = rpc.errorTo(id, rpc.INVALID_REQUEST, 'The call names no tool.');
    return { message, options: undefined };
  }
  const modern = rpc.isModern(request);
  const able = modern ? rpc.metaOf(params, 'clientCapabilities') : host.capabilities;
  const asks = showsForms(able);
  const round = modern && asks ? readRound(params) : undefined;
  const { inputResponses: _responses, requestState: _state, ...first } = rest;
  const others = round === undefined ? rest : { ...first, ...round.inner };
  const form = (pending: Pending): object => formFor(pending, options.approver);
  const ask: RunHow['ask'] = async (pending, signal) =>
    answerIn(await host.ask(form(pending), signal));
  const how: RunHow = {
    goal: options.goal,
    context: options.context,
    askTimeout: options.askTimeout,
    signal: host.signal,
    ...(asks && !modern ? { ask } : {}),
  };
  const handOn = (checked: Record<string, unknown>): Promise<Answered> => {
    const passed = { ...others, name, ...(args === undefined ? {} : { arguments: checked }) };
    return host.handOn(rpc.requestOf(id, 'tools/call', passed));
  };
  const call = { tool: name, arguments: args };
  const outcome: Outcome<Answered> =
    round === undefined
      ? await runTool(gate, call, handOn, how)
      : await resumeTool(
          gate,
          call,
          handOn,
          { pending: round.pending, answer: answerIn(responseIn(params)) },
          how,
        );
  if (outcome.ran) return outcome.value;
  const { refusal, pending } = outcome;
  const result =
    pending !== undefined && modern && asks
      ? inputRequired(pending, form(pending), rest)
      : refused(refusal, modern);
  return { message: rpc.resultTo(id, result), options: undefined };
}

const APPROVAL = 'stage0_approval';

/** The answer that wants the call again, with what a person says to the form. */
function inputRequired(pending: Pending, form: object, rest: Params): object {
  const { inputResponses, requestState } = rest;
  const inner = {
    ...(inputResponses === undefined ? {} : { inputResponses }),
    ...(requestState === undefined ? {} : { requestState }),
  };
  return {
    resultType: 'input_required',
    inputRequests: { [APPROVAL]: { method: 'elicitation/create', params: form } },
    requestState: writeRound({ pending, inner }),
  };
}

/** What the client says about our form, in the call that comes again. */
function responseIn({ inputResponses: responses }: Params): Params | undefined {
  const given = isObject(responses) ? responses[APPROVAL] : undefined;
  return isObject(given) ? given : undefined;
}

/** Why a call did not run, as a result that the model reads. */
function refused(
  { code, message, issues, questions, requestId, policyVersion }: Refusal,
  modern: boolean,
) {
  return {
    ...(modern ? { resultType: 'complete' } : {}),
    isError: true,
    content: [{ type: 'text', text: message }],
    _meta: {
      'stage0/refusal': {
        code,
        issues,
        questions,
        ...(requestId === undefined ? {} : { request_id: requestId }),
        ...(policyVersion === undefined ? {} : { policy_version: policyVersion }),
      },
    },
  };
}
