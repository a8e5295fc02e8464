/**
 * The entry point `./gates/mcp`: a gate in front of the tools of an MCP server. It needs neither SDK line, and
 * works with both.
 *
 *     await gateTools(server, gate).connect(new StdioServerTransport());
 */
export type { McpGateOptions } from './tool-call.ts';
export {
  gateTools,
  gateTransport,
  proxyMcp,
  type McpServerLike,
  type McpTransport,
} from './transport.ts';
