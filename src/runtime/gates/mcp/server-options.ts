/** How a command line names an MCP server. */
import type { Command } from 'commander';
import { err, ok, type Result } from '../../../base/result.ts';
import type { ServerAt } from './sdk.ts';

export interface ServerOptions {
  readonly url?: string;
  readonly header: readonly string[];
}

export function withServerOptions(command: Command): Command {
  const many = (value: string, before: readonly string[]) => [...before, value];
  return command
    .argument('[command...]', 'after --: starts the server, on its standard input and output')
    .option('--url <url>', 'a server over HTTP, in place of a command')
    .option('--header <name=VARIABLE>', 'a header for --url, from a variable', many, []);
}

/** Where the server is that the command line names. */
export function readServer(
  [command, ...args]: readonly string[],
  { url, header }: ServerOptions,
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
    if (name === '' || value === undefined) {
      return err(`--header ${one} names no variable that is set`);
    }
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
