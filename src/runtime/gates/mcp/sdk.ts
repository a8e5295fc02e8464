/** The transports of whichever MCP SDK is installed: 2.x if it is, else 1.x. Neither is needed for anything else. */
import type { McpTransport } from './transport.ts';

/** Where the server is. */
export type ServerAt =
  | {
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Record<string, string>;
    }
  | { readonly url: URL; readonly headers: Readonly<Record<string, string>> };

/** To a server: a program that is started, or an address. */
export async function transportTo(server: ServerAt): Promise<McpTransport> {
  if ('url' in server) {
    const init = { requestInit: { headers: server.headers } };
    const { StreamableHTTPClientTransport } = await either(
      () => import('@modelcontextprotocol/client'),
      () => import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
    );
    return new StreamableHTTPClientTransport(server.url, init);
  }
  const { StdioClientTransport } = await either(
    () => import('@modelcontextprotocol/client/stdio'),
    () => import('@modelcontextprotocol/sdk/client/stdio.js'),
  );
  return new StdioClientTransport({ ...server, args: [...server.args], stderr: 'inherit' });
}

/** To the client that has started this process. */
export async function transportFromStdin(): Promise<McpTransport> {
  const { StdioServerTransport } = await either(
    () => import('@modelcontextprotocol/server/stdio'),
    () => import('@modelcontextprotocol/sdk/server/stdio.js'),
  );
  return new StdioServerTransport();
}

/** What has to be installed, for whoever lacks it. */
export const INSTALL =
  'npm install @modelcontextprotocol/server @modelcontextprotocol/client (or @modelcontextprotocol/sdk)';

async function either<A, B>(first: () => Promise<A>, second: () => Promise<B>): Promise<A | B> {
  try {
    return await first();
  } catch (error) {
    if (!isMissing(error)) throw error;
    return second();
  }
}

/** Whether an import failed because the package is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}
