/**
 * What every answer has in common, whichever way it goes to the wire: its id, its headers, the one body
 * of all refusals, who asks and how much that takes of a quota.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ok, type Result } from '../../base/result.ts';
import type { Caller } from '../keys/key-ring.ts';
import type { AuthZenOptions } from './authzen.ts';
import type { Gate } from './gate.ts';
import { Lots } from './lot.ts';
import { refusalBody, type Refusal } from './refusal.ts';
import type { Service } from './service.ts';
import type { RequestSpan, Tracing } from './tracing.ts';

/** What answers over HTTP. */
export interface DeskParts {
  readonly service: Service;
  /** Absent: everybody may ask. */
  readonly gate: Gate | undefined;
  /** Whether the server is about to stop. */
  readonly draining: () => boolean;
  /** Asked when it is needed: the address may be known only when the server listens. */
  readonly authZen: () => AuthZenOptions;
  /** Absent: nothing is traced. */
  readonly tracing?: Tracing | undefined;
}

/** An answer before it is on the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export type Headers = Readonly<Record<string, string>>;

/** One request, known by its id. */
export interface Ask {
  readonly incoming: IncomingMessage;
  readonly requestId: string;
  /** Absent where no keys are needed. */
  readonly caller: Caller | undefined;
  /** Absent where nothing is traced. */
  readonly span: RequestSpan | undefined;
}

export class Desk {
  readonly service: Service;
  readonly gate: Gate | undefined;
  readonly draining: () => boolean;
  readonly authZen: () => AuthZenOptions;
  readonly tracing: Tracing | undefined;
  readonly lots = new Lots();
  /** Requests under way, by the id of their key, where their plan limits them. */
  readonly #underWay = new Map<string, number>();

  constructor({ service, gate, draining, authZen, tracing }: DeskParts) {
    this.service = service;
    this.gate = gate;
    this.draining = draining;
    this.authZen = authZen;
    this.tracing = tracing;
  }

  /** Whose key a request presents, in `x-api-key` or as a bearer; nobody in particular where none is needed. */
  who({ headers }: IncomingMessage): Result<Caller | undefined, Refusal> {
    if (this.gate === undefined) return ok(undefined);
    const key = headers['x-api-key'];
    if (typeof key === 'string') return this.gate.who(key);
    return this.gate.who(BEARER.exec(headers.authorization ?? '')?.[1]);
  }

  /** Lets a caller in, to `leave` later, unless as much of theirs is under way as may be. */
  enter(caller: Caller | undefined): Refusal | undefined {
    const limit = caller?.plan.concurrent;
    if (caller === undefined || limit === undefined) return undefined;
    const { id } = caller.key;
    const count = this.#underWay.get(id) ?? 0;
    if (count >= limit) return BUSY;
    this.#underWay.set(id, count + 1);
    return undefined;
  }

  leave(caller: Caller | undefined): void {
    if (caller?.plan.concurrent === undefined) return;
    const { id } = caller.key;
    const left = (this.#underWay.get(id) ?? 1) - 1;
    if (left === 0) this.#underWay.delete(id);
    else this.#underWay.set(id, left);
  }

  /** Counts `n` checks of one request that has `all`, or says why there may be none. */
  async take(caller: Caller | undefined, n: number, all = n): Promise<Refusal | undefined> {
    if (this.gate === undefined || caller === undefined || n === 0) return undefined;
    const taken = await this.gate.take(caller, n, this.service.now(), all);
    return taken.ok ? undefined : taken.error;
  }

  /** An answer with a JSON body. */
  reply(requestId: string, status: number, body: object, more?: Headers): Reply {
    return this.replyText(requestId, status, JSON.stringify(body), more);
  }

  /** The same, of what is JSON already. */
  replyText(requestId: string, status: number, body: string, more?: Headers): Reply {
    return { status, headers: this.#headers(requestId, status, more), body };
  }

  /** An answer that is no decision. */
  refuse(requestId: string, refusal: Refusal, more?: Headers): Reply {
    this.service.metrics.refused(refusal.code);
    const { status, retryAfter } = refusal;
    const wait = retryAfter === undefined ? more : { ...more, 'retry-after': String(retryAfter) };
    return this.reply(requestId, status, refusalBody(refusal, requestId), wait);
  }

  #headers(requestId: string, status: number, more: Headers | undefined): Headers {
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': requestId,
    };
    if (this.service.policies.unsigned()) headers['x-stage0-unsigned'] = 'true';
    if (this.service.dryRun === true) headers['x-stage0-dry-run'] = 'true';
    if (status === 413 || this.draining()) headers['connection'] = 'close';
    return more === undefined ? headers : { ...headers, ...more };
  }
}

const BUSY: Refusal = {
  status: 429,
  code: 'CONCURRENCY_EXCEEDED',
  message: 'As many requests of this key are under way as its plan allows.',
  retryAfter: 1,
};

const BEARER = /^Bearer +(\S+)$/i;
const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The client's own id when it is one that is safe in headers and logs, else a new one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const own = headers['x-request-id'];
  return typeof own === 'string' && REQUEST_ID.test(own) ? own : randomUUID();
}
