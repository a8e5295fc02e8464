/** One's own server over streamable HTTP: the sessions of SDK 1.x, and the requests without any of 2.x. */
import { randomUUID } from 'node:crypto';
import { StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { serve, type ServerType } from '@hono/node-server';
import { gateSuite } from '../testing/gate-suite.ts';
import type { HostOptions } from '../testing/host.ts';
import { client1, client2, server1, server2, type TestClient } from './testing/hosts.ts';
import { gateTools } from './transport.ts';

type Fetch = (request: Request) => Promise<Response>;

async function listen(fetch: Fetch): Promise<{ readonly url: URL; readonly stop: () => void }> {
  return new Promise((resolve) => {
    const server: ServerType = serve({ fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      resolve({
        url: new URL(`http://127.0.0.1:${port}/mcp`),
        stop: () => {
          server.close();
          if ('closeAllConnections' in server) server.closeAllConnections();
        },
      });
    });
  });
}

function host(client: TestClient, close: () => Promise<void>) {
  return {
    turn: (
      calls: readonly {
        readonly tool: string;
        readonly arguments: Readonly<Record<string, unknown>>;
      }[],
      signal?: AbortSignal,
    ) => Promise.all(calls.map((call) => client.call(call.tool, call.arguments, signal))),
    close: async () => {
      await client.close();
      await close();
    },
  };
}

gateSuite({
  name: 'gateTools, SDK 1.x, a session over HTTP',
  asks: true,
  cancels: true,
  open: async ({ gate, tools, run, person }: HostOptions) => {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
    });
    await gateTools(server1({ names: tools, run }), gate).connect(transport);
    const { url, stop } = await listen((request) => transport.handleRequest(request));
    return host(await client1(new Http1(url), person), async () => stop());
  },
});

gateSuite({
  name: 'gateTools, SDK 2.x, revision 2026-07-28 over HTTP',
  asks: true,
  cancels: true,
  open: async ({ gate, tools, run, person }: HostOptions) => {
    const handler = createMcpHandler(() => gateTools(server2({ names: tools, run }), gate));
    const { url, stop } = await listen((request) => handler.fetch(request));
    return host(await client2(new Http2(url), true, person), async () => stop());
  },
});
