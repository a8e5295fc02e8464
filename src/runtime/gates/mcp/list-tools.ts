import { err, ok, type Result } from '../../../base/result.ts';
import { isObject, readMessage, type Params } from './messages.ts';
import type { McpTransport } from './transport.ts';

const LIMITS = { pages: 100, milliseconds: 60_000 };
const OFFERED = '2025-11-25';

/** What a server answers to `tools/list`, all pages of it. Closes the transport. */
export async function listTools(
  transport: McpTransport,
): Promise<Result<readonly unknown[], string>> {
  const waiting = new Map<number, (result: Params | undefined) => void>();
  let last = 0;
  let late: NodeJS.Timeout | undefined;
  const gone = new Promise<undefined>((resolve) => {
    transport.onclose = () => resolve(undefined);
    late = setTimeout(() => resolve(undefined), LIMITS.milliseconds);
  });
  transport.onmessage = (raw) => {
    const message = readMessage(raw);
    if (message?.kind === 'response') waiting.get(Number(message.id))?.(message.result);
  };
  const ask = async (method: string, params: object): Promise<Params | undefined> => {
    const id = (last += 1);
    const answer = new Promise<Params | undefined>((resolve) => waiting.set(id, resolve));
    await transport.send({ jsonrpc: '2.0', id, method, params });
    return Promise.race([answer, gone]);
  };
  try {
    await transport.start();
    const clientInfo = { name: 'stage0', version: '0.1.0' };
    const offer = { protocolVersion: OFFERED, capabilities: {}, clientInfo };
    const agreed = await ask('initialize', offer);
    const version = agreed?.['protocolVersion'];
    if (typeof version !== 'string') return err('the server does not answer as an MCP server does');
    transport.setProtocolVersion?.(version);
    await transport.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    const tools: unknown[] = [];
    let cursor: unknown;
    for (let page = 0; page < LIMITS.pages; page += 1) {
      const answer = await ask('tools/list', cursor === undefined ? {} : { cursor });
      const more = answer?.['tools'];
      if (!isObject(answer) || !Array.isArray(more)) return err('the server lists no tools');
      tools.push(...(more as readonly unknown[]));
      cursor = answer['nextCursor'];
      if (cursor === undefined) return ok(tools);
    }
    return err(`the server lists tools on more than ${LIMITS.pages} pages`);
  } finally {
    clearTimeout(late);
    await transport.close();
  }
}
