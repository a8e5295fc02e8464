import { Command } from 'commander';
import { ModelBuilder } from '../../authoring/model.ts';
import { mergeProblems } from '../../authoring/problems.ts';
import { readPack } from '../../pack/read.ts';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { readPackFiles } from '../pack-folder.ts';
import { reportProblems } from '../pack-problems.ts';
import { failed } from '../problem.ts';

interface Options {
  readonly strict?: true;
  readonly json?: true;
}

const EXAMPLE = `
Exit code: 0 without errors (with --strict: without warnings too), else 1.

Example:
  stage0 lint policies/payments --strict`;

/** `stage0 lint`: everything that is wrong or doubtful in a pack. */
export function lintCommand(host: Host, end: (code: number) => void): Command {
  return new Command('lint')
    .description('find what is wrong or doubtful in a pack')
    .argument('<pack>', 'the folder of the pack')
    .option('--strict', 'fail for warnings too')
    .option('--json', 'print everything as JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (folder: string, options: Options) => end(await run(host, folder, options)));
}

async function run(host: Host, folder: string, { strict, json }: Options): Promise<number> {
  const files = await readPackFiles(host, folder);
  if (!files.ok) return failed(host, files.error, { json });
  const read = readPack(files.value);
  const model = new ModelBuilder().build(files.value);
  const problems = mergeProblems(model, read.problems);
  const { errors, warnings } = reportProblems(host, folder, files.value, problems, json === true);
  return errors > 0 || (strict === true && warnings > 0) ? EXIT.failed : EXIT.ok;
}
