import { basename, dirname, join } from 'node:path';
import { Command } from 'commander';
import { err, type Result } from '../../base/result.ts';
import { packFromTools } from '../../authoring/tools/pack-from-tools.ts';
import { readToolList, type McpTool } from '../../authoring/tools/tool-list.ts';
import { EXIT } from '../exit.ts';
import { isAbsent, makeFolder, replaceFile } from '../file-bytes.ts';
import { listTools } from '../gates/mcp/list-tools.ts';
import { INSTALL, isMissing, transportTo } from '../gates/mcp/sdk.ts';
import { readServer, withServerOptions, type ServerOptions } from '../gates/mcp/server-options.ts';
import type { Host } from '../host.ts';
import { failed, printProblem } from '../problem.ts';

interface Options extends ServerOptions {
  readonly file?: string;
  readonly output: string;
  readonly name?: string;
  readonly json?: true;
}

const EXAMPLE = `
The pack types what each tool takes, as Cedar's MCP schema generator does, refuses what destroys, defers what reaches
outside, and has scenarios for every tool. In it, tools.json is what stage0 mcp-gate has to know. Read all of it:
what a tool says about itself is only its server's word.

Example:
  stage0 import mcp -o files-pack -- npx -y @modelcontextprotocol/server-filesystem .`;

/** `stage0 import`: packs from what there is. */
export function importCommand(host: Host, end: (code: number) => void): Command {
  const mcp = withServerOptions(
    new Command('mcp')
      .description('make a pack from the tools of an MCP server')
      .option('--file <file>', 'what a server answered to tools/list, or - for the standard input')
      .requiredOption('-o, --output <folder>', 'where to write the pack; it must not be there')
      .option('--name <name>', 'of the pack; the folder’s when absent')
      .option('--json', 'print {folder, tools, files, notes} as JSON'),
  )
    .addHelpText('after', EXAMPLE)
    .action(async (command: readonly string[], options: Options) =>
      end(await run(host, command, options)),
    );
  return new Command('import').description('make a pack from what there is').addCommand(mcp);
}

async function run(host: Host, command: readonly string[], options: Options): Promise<number> {
  const { output, name = basename(output), json } = options;
  const tools = (await isAbsent(output))
    ? await readTools(host, command, options)
    : err(`${output} is there already`);
  if (!tools.ok) return failed(host, [{ message: `error: ${tools.error}` }], options);
  const { files, notes } = packFromTools(name, tools.value);
  for (const [path, text] of files) {
    const file = join(output, ...path.split('/'));
    const made = await makeFolder(dirname(file));
    const written = made.ok ? await replaceFile(file, text) : made;
    if (!written.ok) return failed(host, [written.error], options);
  }
  for (const note of notes) host.error(`${note}\n`);
  const count = tools.value.length - notes.length;
  host.out(
    json === true
      ? `${JSON.stringify({ folder: output, tools: count, files: [...files.keys()], notes })}\n`
      : `${output}: a pack for ${count} tools\n`,
  );
  return EXIT.ok;
}

async function readTools(
  host: Host,
  command: readonly string[],
  { file, ...options }: Options,
): Promise<Result<readonly McpTool[], string>> {
  if (file !== undefined) {
    const source = await host.read(file);
    return source.ok ? readToolList(source.value.text) : err(printProblem(source.error));
  }
  const server = readServer(command, options);
  if (!server.ok) return err(`${server.error}, or --file`);
  try {
    const list = await listTools(await transportTo(server.value));
    return list.ok ? readToolList(JSON.stringify(list.value)) : list;
  } catch (error) {
    if (isMissing(error)) return err(INSTALL);
    return err(`the server cannot be reached: ${error instanceof Error ? error.message : ''}`);
  }
}
