import { userInfo } from 'node:os';
import { Command } from 'commander';
import { EXIT } from '../exit.ts';
import { openGate, withGateOptions, type GateCommandOptions } from '../gates/command-options.ts';
import { INSTALL, isMissing, transportFromStdin, transportTo } from '../gates/mcp/sdk.ts';
import { readServer, withServerOptions, type ServerOptions } from '../gates/mcp/server-options.ts';
import { proxyMcp } from '../gates/mcp/transport.ts';
import type { Host } from '../host.ts';

interface Options extends GateCommandOptions, ServerOptions {
  readonly approver?: string;
}

const EXAMPLE = `
It speaks MCP on its standard input and output, as the server behind it does. What the policies refuse, and what
nobody has described, is never called; what they defer is asked about through the client, if it shows forms.

Example, in the place of the server in a client's configuration:
  stage0 mcp-gate --pack ./files-pack -- npx -y @modelcontextprotocol/server-filesystem .`;

/** `stage0 mcp-gate`: stands in front of an MCP server. */
export function mcpGateCommand(host: Host, end: (code: number) => void): Command {
  const made = new Command('mcp-gate').description(
    'stand in front of an MCP server and ask before a tool runs',
  );
  return withGateOptions(
    withServerOptions(made).option(
      '--approver <name>',
      'who is in front of the client; the user of this machine if absent',
    ),
  )
    .addHelpText('after', EXAMPLE)
    .action(async (command: readonly string[], options: Options) =>
      end(await run(host, command, options)),
    );
}

async function run(host: Host, command: readonly string[], options: Options): Promise<number> {
  const server = readServer(command, options);
  const gate = server.ok ? await openGate(host, options) : server;
  if (!server.ok || !gate.ok) {
    host.error(`error: ${gate.ok ? '' : gate.error}\n`);
    return EXIT.failed;
  }
  const { approver = nameOfUser() } = options;
  try {
    const behind = await transportTo(server.value);
    await proxyMcp(await transportFromStdin(), behind, gate.value, { approver });
    return EXIT.ok;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    host.error(`error: ${isMissing(error) ? INSTALL : `the server cannot be reached: ${why}`}\n`);
    return EXIT.failed;
  }
}

function nameOfUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // In a container a user may have no name.
    return undefined;
  }
}
