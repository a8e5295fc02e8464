import type { Gate } from '../gate.ts';
import { GatedConnection } from './connection.ts';
import { isObject } from './messages.ts';
import type { McpGateOptions } from './tool-call.ts';

/** Written as methods: the SDKs name the messages that they take, and every one of them takes all there are. */
interface Handlers {
  send(message: object, options?: object): Promise<void>;
  receive(message: unknown, extra?: unknown): void;
}

/** What the transports of both SDK lines have in common. */
export interface McpTransport {
  start: () => Promise<void>;
  send: Handlers['send'];
  close: () => Promise<void>;
  onmessage?: Handlers['receive'] | undefined;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  setProtocolVersion?: ((version: string) => void) | undefined;
}

/** A server of either SDK line, high-level or low-level. */
export interface McpServerLike {
  connect(transport: McpTransport): Promise<void>;
  readonly server?: McpServerLike;
}

/**
 * Puts a gate in front of the tools of one's own server: of `@modelcontextprotocol/sdk` 1.x or
 * `@modelcontextprotocol/server` 2.x. To be called before the server is connected; gives the server back.
 *
 *     await gateTools(server, gate).connect(new StdioServerTransport());
 */
export function gateTools<S extends McpServerLike>(
  server: S,
  gate: Gate,
  options: McpGateOptions = {},
): S {
  // Whatever connects a high-level server connects the one within: some hosts do so themselves.
  const within = server.server ?? server;
  const connect = within.connect.bind(within);
  within.connect = (transport) => connect(gateTransport(transport, gate, options));
  return server;
}

/** A transport whose server never sees a tool call that the gate does not allow. */
export function gateTransport<T extends McpTransport>(
  transport: T,
  gate: Gate,
  options: McpGateOptions = {},
): T {
  const inner: { receive?: unknown; closed?: unknown } = {};
  const connection = new GatedConnection(
    gate,
    {
      toClient: (message, more) => transport.send(message, more),
      toServer: async (message, extra) => call(inner.receive, [message, extra]),
    },
    options,
  );
  const outer: McpTransport = transport;
  outer.onmessage = (message, extra) => {
    connection.fromClient(message, extra).catch(reportTo(transport));
  };
  outer.onclose = () => {
    connection.close();
    call(inner.closed, []);
  };
  return new Proxy(transport, {
    get: (target, name): unknown => {
      if (name === 'send') return connection.fromServer.bind(connection);
      if (name === 'onmessage') return inner.receive;
      if (name === 'onclose') return inner.closed;
      const value: unknown = Reflect.get(target, name, target);
      // Methods that know private fields work on the transport itself alone.
      if (typeof value !== 'function') return value;
      return (...given: readonly unknown[]): unknown => Reflect.apply(value, target, given);
    },
    set: (target, name, value: unknown) => {
      if (name === 'onmessage') inner.receive = value;
      else if (name === 'onclose') inner.closed = value;
      else return Reflect.set(target, name, value, target);
      return true;
    },
  });
}

function call(handler: unknown, given: readonly unknown[]): void {
  if (typeof handler === 'function') Reflect.apply(handler, undefined, given);
}

function reportTo(transport: McpTransport): (error: unknown) => void {
  return (error) => transport.onerror?.(error instanceof Error ? error : new Error(String(error)));
}

/**
 * Stands between a client and a server that run elsewhere: `client` is a transport that a client connects to,
 * `server` one that reaches the server. Resolves when either is closed, and then closes the other.
 */
export async function proxyMcp(
  client: McpTransport,
  server: McpTransport,
  gate: Gate,
  options: McpGateOptions = {},
): Promise<void> {
  const connection = new GatedConnection(
    gate,
    {
      toClient: (message, more) => client.send(message, more),
      toServer: (message) => server.send(message),
    },
    options,
  );
  const failed = reportTo(client);
  const ended = new Promise<void>((resolve) => {
    client.onclose = () => resolve();
    server.onclose = () => resolve();
  });
  client.onmessage = (message) => void connection.fromClient(message).catch(failed);
  server.onmessage = (message) => {
    const version = negotiated(message);
    // Transports over HTTP name it in every request after this one.
    if (version !== undefined) server.setProtocolVersion?.(version);
    connection.fromServer(message).catch(failed);
  };
  try {
    await server.start();
    await client.start();
    await ended;
  } finally {
    connection.close();
    await Promise.allSettled([client.close(), server.close()]);
  }
}

/** The version of the protocol in the answer to `initialize`, which alone says one. */
function negotiated(message: unknown): string | undefined {
  const result = isObject(message) && isObject(message['result']) ? message['result'] : {};
  const { protocolVersion: version, capabilities } = result;
  return typeof version === 'string' && isObject(capabilities) ? version : undefined;
}
