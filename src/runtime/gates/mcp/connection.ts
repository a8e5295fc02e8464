/**
 * What happens to the messages between one MCP client and one MCP server, whatever carries them:
 *
 *     client ─ tools/call ──→ gate ─ if it may ─→ server         everything else that is known passes
 *     client ←─ tools/list ── without what cannot be allowed ── server
 *
 * A call that is deferred is asked about through the client, if that can show a form: in older revisions of
 * MCP by a request to the client while the call waits, since 2026-07-28 by an answer that wants the call again
 * with a person's answer in it. A client that cannot is told no.
 */
import { randomUUID } from 'node:crypto';
import type { Answer, Pending } from '../approval.ts';
import type { Gate, Outcome } from '../gate.ts';
import type { Refusal } from '../refusal.ts';
import { resumeTool, runTool, type RunHow } from '../run-tool.ts';
import { answerIn, formFor, readRound, showsForms, writeRound } from './elicitation.ts';
import * as rpc from './messages.ts';
import { isObject, type Id, type Params, type Request } from './messages.ts';

/** Where messages go. What `options` are is for the transport to know. */
export interface Wire {
  readonly toClient: (message: object, options?: object) => Promise<void>;
  readonly toServer: (message: object, extra?: unknown) => Promise<void>;
}

export interface McpGateOptions extends Pick<RunHow, 'context' | 'goal' | 'askTimeout'> {
  /** Who is likely to sit in front of the client; a person may say otherwise. */
  readonly approver?: string | undefined;
}

interface Answered {
  readonly message: object;
  readonly options: object | undefined;
}

/** A request of the client that the server has not answered. */
interface Open {
  readonly method: string;
  readonly cancel: AbortController;
  /** Set once a call was handed on to the server. */
  handedOn?: { resolve: (answer: Answered) => void; reject: (error: Error) => void };
}

export class GatedConnection {
  readonly #gate: Gate;
  readonly #wire: Wire;
  readonly #options: McpGateOptions;
  /** By the id's JSON: 1 and "1" are two. */
  readonly #open = new Map<string, Open>();
  readonly #ofServer = new Set<string>();
  readonly #asking = new Map<string, (result: Params | undefined) => void>();
  #capabilities: unknown;

  constructor(gate: Gate, wire: Wire, options: McpGateOptions) {
    this.#gate = gate;
    this.#wire = wire;
    this.#options = options;
  }

  async fromClient(message: unknown, extra?: unknown): Promise<void> {
    const read = rpc.readMessage(message);
    switch (read?.kind) {
      case 'request':
        return this.#request(read.request, read.raw, extra);
      case 'notification': {
        // A tool must not be called by a message that only looks like a notification.
        if (!read.method.startsWith('notifications/')) return;
        // What the server has not seen it need not cancel.
        if (read.method === 'notifications/cancelled' && this.#cancel(read.params)) return;
        return this.#wire.toServer(read.raw, extra);
      }
      case 'response': {
        const key = JSON.stringify(read.id);
        const asking = this.#asking.get(key);
        if (asking !== undefined) return asking(read.result);
        if (this.#ofServer.delete(key)) await this.#wire.toServer(read.raw, extra);
        return;
      }
      case undefined:
        return;
    }
  }

  async fromServer(message: unknown, options?: object): Promise<void> {
    const read = rpc.readMessage(message);
    switch (read?.kind) {
      case 'request': {
        const { id, method } = read.request;
        if (!rpc.TO_CLIENT.has(method)) {
          return this.#wire.toServer(rpc.errorTo(id, rpc.METHOD_NOT_FOUND, notPassed(method)));
        }
        this.#ofServer.add(JSON.stringify(id));
        return this.#wire.toClient(read.raw, options);
      }
      case 'notification':
        if (!read.method.startsWith('notifications/')) return;
        return this.#wire.toClient(read.raw, options);
      case 'response': {
        const key = JSON.stringify(read.id);
        const open = this.#open.get(key);
        if (open === undefined) return;
        if (open.handedOn !== undefined) {
          return open.handedOn.resolve({ message: read.raw, options });
        }
        // An answer to a call that was never handed on is none.
        if (open.method === 'tools/call') return;
        this.#open.delete(key);
        const shown =
          open.method === 'tools/list' ? this.#filtered(read.id, read.result) : undefined;
        return this.#wire.toClient(shown ?? read.raw, options);
      }
      case undefined:
        return;
    }
  }

  /** Nobody waits for this request any more. Gives whether the server knows nothing of it. */
  #cancel({ requestId }: Params): boolean {
    const key = JSON.stringify(requestId);
    const open = this.#open.get(key);
    if (open === undefined) return false;
    open.cancel.abort();
    // The protocol wants no answer to what was cancelled, and one that comes all the same is dropped.
    open.handedOn?.reject(new Error('The call was cancelled.'));
    if (open.method !== 'tools/call') this.#open.delete(key);
    return open.method === 'tools/call' && open.handedOn === undefined;
  }

  /** One side is gone: nobody waits any more. */
  close(): void {
    for (const { cancel, handedOn } of this.#open.values()) {
      cancel.abort();
      handedOn?.reject(new Error('The connection was closed.'));
    }
    this.#open.clear();
  }

  async #request(request: Request, message: object, extra: unknown): Promise<void> {
    const { id, method, params } = request;
    const key = JSON.stringify(id);
    if (!rpc.TO_SERVER.has(method)) {
      return this.#wire.toClient(rpc.errorTo(id, rpc.METHOD_NOT_FOUND, notPassed(method)));
    }
    if (this.#open.has(key)) {
      return this.#wire.toClient(rpc.errorTo(id, rpc.INVALID_REQUEST, 'The id is in use.'));
    }
    if (method === 'initialize') this.#capabilities = params?.['capabilities'];
    const open: Open = { method, cancel: new AbortController() };
    this.#open.set(key, open);
    if (method !== 'tools/call') return this.#wire.toServer(message, extra);
    try {
      const answer = await this.#call(request, open, extra);
      // Nobody waits for what was cancelled, and the protocol wants no answer to it.
      if (!open.cancel.signal.aborted) await this.#wire.toClient(answer.message, answer.options);
    } catch {
      if (open.cancel.signal.aborted) return;
      const failed = rpc.errorTo(id, rpc.INTERNAL_ERROR, 'The server did not answer the call.');
      await this.#wire.toClient(failed);
    } finally {
      this.#open.delete(key);
    }
  }

  /** The server's answer to a call that may run, or the gate's own. */
  async #call(request: Request, open: Open, extra: unknown): Promise<Answered> {
    const { id, params = {} } = request;
    const { name, arguments: args, ...rest } = params;
    if (typeof name !== 'string') {
      const message = rpc.errorTo(id, rpc.INVALID_REQUEST, 'The call names no tool.');
      return { message, options: undefined };
    }
    const modern = rpc.isModern(request);
    const able = modern ? rpc.metaOf(params, 'clientCapabilities') : this.#capabilities;
    const asks = showsForms(able);
    const round = modern && asks ? readRound(params) : undefined;
    const { inputResponses: _responses, requestState: _state, ...first } = rest;
    const others = round === undefined ? rest : { ...first, ...round.inner };
    const how: RunHow = {
      goal: this.#options.goal,
      context: this.#options.context,
      askTimeout: this.#options.askTimeout,
      signal: open.cancel.signal,
      ...(asks && !modern ? { ask: (pending, signal) => this.#ask(pending, id, signal) } : {}),
    };
    const handOn = (checked: Record<string, unknown>): Promise<Answered> => {
      const passed = { ...others, name, ...(args === undefined ? {} : { arguments: checked }) };
      return new Promise<Answered>((resolve, reject) => {
        open.handedOn = { resolve, reject };
        const sent = this.#wire.toServer(rpc.requestOf(id, 'tools/call', passed), extra);
        sent.catch(() => reject(new Error('The server cannot be reached.')));
      });
    };
    const call = { tool: name, arguments: args };
    const outcome: Outcome<Answered> =
      round === undefined
        ? await runTool(this.#gate, call, handOn, how)
        : await resumeTool(
            this.#gate,
            call,
            handOn,
            { pending: round.pending, answer: answerIn(responseIn(params)) },
            how,
          );
    if (outcome.ran) return outcome.value;
    const { refusal, pending } = outcome;
    const result =
      pending !== undefined && modern && asks
        ? this.#inputRequired(pending, rest)
        : refused(refusal, modern);
    return { message: rpc.resultTo(id, result), options: undefined };
  }

  async #ask(pending: Pending, id: Id, signal: AbortSignal): Promise<Answer | undefined> {
    const own = `stage0-${randomUUID()}`;
    const key = JSON.stringify(own);
    try {
      const result = await new Promise<Params | undefined>((resolve, reject) => {
        signal.addEventListener('abort', () => resolve(undefined), { once: true });
        if (signal.aborted) return;
        this.#asking.set(key, resolve);
        const form = rpc.requestOf(
          own,
          'elicitation/create',
          formFor(pending, this.#options.approver),
        );
        this.#wire.toClient(form, { relatedRequestId: id }).catch(reject);
      });
      return answerIn(result);
    } finally {
      this.#asking.delete(key);
    }
  }

  #inputRequired(pending: Pending, rest: Params): object {
    const { inputResponses, requestState } = rest;
    const inner = {
      ...(inputResponses === undefined ? {} : { inputResponses }),
      ...(requestState === undefined ? {} : { requestState }),
    };
    const params = formFor(pending, this.#options.approver);
    return {
      resultType: 'input_required',
      inputRequests: { [APPROVAL]: { method: 'elicitation/create', params } },
      requestState: writeRound({ pending, inner }),
    };
  }

  #filtered(id: Id, result: Params | undefined): object | undefined {
    const tools = result?.['tools'];
    if (!Array.isArray(tools)) return undefined;
    const shown = tools.filter(
      (tool: unknown) =>
        isObject(tool) &&
        typeof tool['name'] === 'string' &&
        this.#gate.couldAllow(tool['name'], this.#options.context),
    );
    return rpc.resultTo(id, { ...result, tools: shown });
  }
}

const APPROVAL = 'stage0_approval';

/** What the client says about our form, in the call that comes again. */
function responseIn({ inputResponses: responses }: Params): Params | undefined {
  const given = isObject(responses) ? responses[APPROVAL] : undefined;
  return isObject(given) ? given : undefined;
}

function notPassed(method: string): string {
  return `The gate does not pass on ${method.slice(0, 100)}.`;
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
