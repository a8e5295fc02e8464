import { join } from 'node:path';
import { Command, Option } from 'commander';
import { exportForAgentCore, type AgentCoreNote } from '../../bundle/agentcore.ts';
import { EXIT } from '../exit.ts';
import { makeFolder, replaceFile } from '../file-bytes.ts';
import type { Host } from '../host.ts';
import { readPackFolder } from '../pack-folder.ts';
import { failed } from '../problem.ts';

interface Options {
  readonly profile: 'agentcore';
  readonly target: string;
  readonly gateway: string;
  readonly environment: string;
  readonly roleTag: string;
  readonly output: string;
  readonly json?: true;
}

const EXAMPLE = `
Writes policies.cedar, schema.cedarschema and NOTES.md: everything that has no counterpart there. What cannot be
said becomes what denies more, never less.

Exit code: 0 when it was written, else 1.

Example:
  stage0 export policies/payments --profile agentcore --target Payments \\
    --gateway arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/g-1 --environment production -o agentcore`;

/** `stage0 export`: a pack in the vocabulary of another platform. */
export function exportCommand(host: Host, end: (code: number) => void): Command {
  return new Command('export')
    .description('write a pack in the vocabulary of another platform')
    .argument('<pack>', 'the folder of the pack')
    .addOption(
      new Option('--profile <profile>', 'Amazon Bedrock AgentCore, and Verified Permissions')
        .choices(['agentcore'])
        .makeOptionMandatory(),
    )
    .requiredOption('--target <name>', 'the target of the gateway that offers the tools')
    .requiredOption('--gateway <arn>', 'the gateway')
    .option('--environment <name>', 'the environment that the gateway stands in', 'unspecified')
    .option('--role-tag <name>', 'the claim that holds the role of the caller', 'role')
    .requiredOption('-o, --output <folder>', 'where to write it')
    .option('--json', 'print {folder, files, notes} as JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (folder: string, options: Options) => end(await run(host, folder, options)));
}

async function run(host: Host, from: string, options: Options): Promise<number> {
  const read = await readPackFolder(host, from);
  if (!read.ok) return failed(host, read.error, options);
  const { pack } = read.value;
  const { policies, schema, notes } = exportForAgentCore(pack, options);
  const { output: folder, json } = options;
  const made = await makeFolder(folder);
  if (!made.ok) return failed(host, [made.error], options);
  const files = [
    ['policies.cedar', policies],
    ['schema.cedarschema', schema],
    ['NOTES.md', notesText(`${pack.name} ${pack.version}`, notes)],
  ] as const;
  for (const [name, text] of files) {
    const written = await replaceFile(join(folder, name), text);
    if (!written.ok) return failed(host, [written.error], options);
  }
  const count = (kind: AgentCoreNote['kind']): number =>
    notes.filter((note) => note.kind === kind).length;
  host.out(
    json === true
      ? `${JSON.stringify({ folder, files: files.map(([name]) => name), notes })}\n`
      : `${folder}: ${count('stricter')} conditions deny more than here, ${count('left-out')} policies never apply there; NOTES.md lists them\n`,
  );
  return EXIT.ok;
}

function notesText(title: string, notes: readonly AgentCoreNote[]): string {
  const section = (heading: string, kind: AgentCoreNote['kind']): string => {
    const lines = notes
      .filter((note) => note.kind === kind)
      .map(({ policy, text }) => `- ${policy === undefined ? '' : `**${policy}**: `}${text}`);
    return `## ${heading}\n\n${lines.length === 0 ? 'None.' : lines.join('\n')}\n`;
  };
  return [
    `# ${title} for AgentCore\n`,
    section('What means something else there', 'meaning'),
    section('What denies more there', 'stricter'),
    section('What is left out', 'left-out'),
  ].join('\n');
}
