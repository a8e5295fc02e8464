import { userInfo } from 'node:os';
import { Command } from 'commander';
import { err, ok, type Result } from '../../base/result.ts';
import { EXIT } from '../exit.ts';
import { openGate, withGateOptions, type GateCommandOptions } from '../gates/command-options.ts';
import {
  INSTALL,
  isMissing,
  transportFromStdin,
  transportTo,
  type ServerAt,
} from '../gates/mcp/sdk.ts';
import { proxyMcp } from '../gates/mcp/transport.ts';
import type { Host } from '../host.ts';

interface Options extends GateCommandOptions {
  readonly url?: string;
  readonly header: readonly string[];
  readonly approver?: string;
}

const EXAMPLE = `
It speaks MCP on its standard input and output, as the server behind it does. What the policies refuse, and what
nobody has described, is never called; what they defer is asked about through the client, if it shows forms.

Example, in the place of the server in a client's configuration:
  stage0 mcp-gate --pack ./files-pack -- npx -y @modelcontextprotocol/server-filesystem .`;

/** `stage0 mcp-gate`: stands in front of an MCP server. */
export function mcpGateCommand(host: Host, end: (code: number) => void): Command {
  const many = (value: string, before: readonly string[]) => [...before, value];
  return withGateOptions(
    new Command('mcp-gate')
      .description('stand in front of an MCP server and ask before a tool runs')
      .argument('[command...]', 'after --: starts the server, on its standard input and output')
      .option('--url <url>', 'a server over HTTP, in place of a command')
      .option('--header <name=VARIABLE>', 'a header for --url, from a variable', many, [])
      .option(
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

/** Where the server is that the command line names. */
function readServer(
  [command, ...args]: readonly string[],
  { url, header = [] }: { readonly url?: string | undefined; readonly header?: readonly string[] },
): Result<ServerAt, string> {
  if ((command === undefined) === (url === undefined)) {
    return err('give a command after --, or --url');
  }
  if (command !== undefined) return ok({ command, args, env: environment() });
  if (url === undefined || !/^https?:/u.test(url) || !URL.canParse(url)) {
    return err('--url must be an address such as http://127.0.0.1:3000/mcp');
  }
  const headers: Record<string, string> = {};
  for (const one of header) {
    const [name = '', variable = ''] = one.split('=');
    const value = process.env[variable];
    if (name === '' || value === undefined)
      return err(`--header ${one} names no variable that is set`);
    headers[name] = value;
  }
  return ok({ url: new URL(url), headers });
}

/** What the server is given of ours: all but what opens our own doors. */
function environment(): Record<string, string> {
  const known = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('STAGE0_'),
  );
  return Object.fromEntries(known);
}

function nameOfUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // In a container a user may have no name.
    return undefined;
  }
}
