/**
 * What happens to the messages between one MCP client and one MCP server, whatever carries them:
 *
 *     client ─ tools/call ──→ gate ─ if it may ─→ server         everything else that is known passes
 *     client ←─ tools/list ── without what cannot be allowed ── server
 *
 * This knows which message belongs to which, and who waits for it; `tool-call.ts` knows what becomes of a call.
 */
import { randomUUID } from 'node:crypto';
import type { Gate } from '../gate.ts';
import * as rpc from './messages.ts';
import { isObject, type Id, type Params, type Request } from './messages.ts';
import { answerCall, type Answered, type McpGateOptions } from './tool-call.ts';

/** Where messages go. What `options` are is for the transport to know. */
export interface Wire {
  readonly toClient: (message: object, options?: object) => Promise<void>;
  readonly toServer: (message: object, extra?: unknown) => Promise<void>;
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
      const answer = await answerCall(this.#gate, this.#options, request, {
        capabilities: this.#capabilities,
        signal: open.cancel.signal,
        ask: (form, signal) => this.#ask(form, id, signal),
        handOn: (call) => this.#handOn(call, open, extra),
      });
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

  /** Hands a call on to the server; its answer, when there is one. */
  #handOn(call: object, open: Open, extra: unknown): Promise<Answered> {
    return new Promise<Answered>((resolve, reject) => {
      open.handedOn = { resolve, reject };
      const sent = this.#wire.toServer(call, extra);
      sent.catch(() => reject(new Error('The server cannot be reached.')));
    });
  }

  /** A form in front of the person at the client, who answers or never does. */
  async #ask(params: object, about: Id, signal: AbortSignal): Promise<Params | undefined> {
    const own = `stage0-${randomUUID()}`;
    const key = JSON.stringify(own);
    try {
      return await new Promise<Params | undefined>((resolve, reject) => {
        signal.addEventListener('abort', () => resolve(undefined), { once: true });
        if (signal.aborted) return;
        this.#asking.set(key, resolve);
        const form = rpc.requestOf(own, 'elicitation/create', params);
        this.#wire.toClient(form, { relatedRequestId: about }).catch(reject);
      });
    } finally {
      this.#asking.delete(key);
    }
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

function notPassed(method: string): string {
  return `The gate does not pass on ${method.slice(0, 100)}.`;
}
