/** JSON-RPC as MCP uses it, in the shapes that every revision of the protocol and both SDK lines share. */

export type Id = string | number;
export type Params = Readonly<Record<string, unknown>>;

export interface Request {
  readonly id: Id;
  readonly method: string;
  readonly params?: Params | undefined;
}

/** What a message is, by what it has, and `raw` as it came; anything else is `undefined`. */
export type Message = { readonly raw: object } & (
  | { readonly kind: 'request'; readonly request: Request }
  | { readonly kind: 'notification'; readonly method: string; readonly params: Params }
  | { readonly kind: 'response'; readonly id: Id; readonly result: Params | undefined }
);

export function readMessage(raw: unknown): Message | undefined {
  if (!isObject(raw)) return undefined;
  const { id, method, params, result } = raw;
  const known = typeof id === 'string' || typeof id === 'number' ? id : undefined;
  const given = isObject(params) ? params : {};
  if (typeof method !== 'string') {
    if (known === undefined) return undefined;
    return { kind: 'response', raw, id: known, result: isObject(result) ? result : undefined };
  }
  if (!('id' in raw)) return { kind: 'notification', raw, method, params: given };
  if (known === undefined) return undefined;
  return { kind: 'request', raw, request: { id: known, method, params: given } };
}

export function isObject(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const METHOD_NOT_FOUND = -32_601;
export const INVALID_REQUEST = -32_600;
export const INTERNAL_ERROR = -32_603;

export function errorTo(id: Id, code: number, message: string): object {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

export function resultTo(id: Id, result: object): object {
  return { jsonrpc: '2.0', id, result };
}

export function requestOf(id: Id, method: string, params: object): object {
  return { jsonrpc: '2.0', id, method, params };
}

/**
 * Requests that go through to a server. What is not here does not: a method that nobody thought of might run
 * a tool.
 */
export const TO_SERVER: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'server/discover',
  'subscriptions/listen',
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'prompts/list',
  'prompts/get',
  'completion/complete',
  'logging/setLevel',
  'tasks/get',
  'tasks/result',
  'tasks/list',
  'tasks/cancel',
]);

/** Requests that go through to a client. */
export const TO_CLIENT: ReadonlySet<string> = new Set([
  'ping',
  'sampling/createMessage',
  'elicitation/create',
  'roots/list',
  'tasks/get',
  'tasks/result',
  'tasks/list',
  'tasks/cancel',
]);

/** Since its revision 2026-07-28 a request itself says what its client can do, and there is no handshake. */
export function isModern({ params }: Request): boolean {
  return typeof metaOf(params, 'protocolVersion') === 'string';
}

export function metaOf(params: Params | undefined, name: string): unknown {
  const meta = params?.['_meta'];
  return isObject(meta) ? meta[`io.modelcontextprotocol/${name}`] : undefined;
}
