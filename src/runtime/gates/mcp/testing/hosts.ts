/** MCP clients and servers of both SDK lines, with the same few functions. */
import { Client as Client2, type Transport as Transport2 } from '@modelcontextprotocol/client';
import { InMemoryTransport as Memory2, McpServer as Server2 } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport as Memory1 } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer as Server1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { Transport as Transport1 } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { z } from '../../../../decision/zod.ts';
import type { Answer } from '../../approval.ts';
import type { Person } from '../../testing/host.ts';

/** What a client can do in a test, whatever it is made of. */
export interface TestClient {
  readonly list: () => Promise<readonly string[]>;
  /** The text of the result; an error rejects. */
  readonly call: (
    tool: string,
    args: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
  ) => Promise<string>;
  readonly close: () => Promise<void>;
}

export interface TestTools {
  readonly names: readonly string[];
  readonly run: (tool: string, args: unknown) => unknown;
}

const NAMED = { name: 'test', version: '1.0.0' };
const ANYTHING = { inputSchema: z.looseObject({}) };
const textOf = (value: unknown) => ({ content: [{ type: 'text' as const, text: String(value) }] });

function elicited(answer: Answer | undefined) {
  if (answer === undefined) return { action: 'cancel' as const };
  const { approved, by = '', reason = '' } = answer;
  if (!approved) return { action: 'decline' as const, content: { reason } };
  // What is no answer is sent as a form that nobody filled in.
  const given: unknown = approved;
  const content = given === true ? { approved_by: by, reason } : {};
  return { action: 'accept' as const, content };
}

function firstText(content: unknown): string {
  const [first] = content as readonly { readonly text?: string }[];
  return first?.text ?? '';
}

// ---------------------------------------------------------------- SDK 1.x

export function server1({ names, run }: TestTools): Server1 {
  const server = new Server1(NAMED);
  for (const name of names) server.registerTool(name, ANYTHING, (args) => textOf(run(name, args)));
  return server;
}

export async function client1(transport: Transport1, person?: Person): Promise<TestClient> {
  const client = new Client1(NAMED, {
    capabilities: person === undefined ? {} : { elicitation: {} },
  });
  if (person !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) =>
      elicited(await person(params.message)),
    );
  }
  await client.connect(transport);
  return {
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (tool, args, signal) => {
      const call = { name: tool, arguments: args };
      const { content } = await client.callTool(call, undefined, signal && { signal });
      return firstText(content);
    },
    close: () => client.close(),
  };
}

// ---------------------------------------------------------------- SDK 2.x

export function server2({ names, run }: TestTools): Server2 {
  const server = new Server2(NAMED);
  for (const name of names) server.registerTool(name, ANYTHING, (args) => textOf(run(name, args)));
  return server;
}

/** `modern`: revision 2026-07-28, where a server cannot ask a client by itself. */
export async function client2(
  transport: Transport2,
  modern: boolean,
  person?: Person,
): Promise<TestClient> {
  const client = new Client2(NAMED, {
    capabilities: person === undefined ? {} : { elicitation: { form: {} } },
    versionNegotiation: { mode: modern ? { pin: '2026-07-28' } : 'legacy' },
  });
  if (person !== undefined) {
    client.setRequestHandler('elicitation/create', async ({ params }) =>
      elicited(await person(params.message)),
    );
  }
  await client.connect(transport);
  return {
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (tool, args, signal) => {
      const call = { name: tool, arguments: args };
      const { content } = await client.callTool(call, signal && { signal });
      return firstText(content);
    },
    close: () => client.close(),
  };
}

/** Two ends of a wire, for SDK 1.x and for 2.x. */
export const wire1 = (): readonly [Memory1, Memory1] => Memory1.createLinkedPair();
export const wire2 = (): readonly [Memory2, Memory2] => Memory2.createLinkedPair();

/** Serves as a process does on its standard input: every revision. */
export function serve2(make: () => Server2, transport: Transport2): () => Promise<void> {
  const handle = serveStdio(make, { transport });
  return () => handle.close();
}
