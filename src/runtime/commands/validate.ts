import { Command } from 'commander';
import { ModelBuilder } from '../../authoring/model.ts';
import { validatePack } from '../../authoring/official/toolchain.ts';
import { mergeProblems } from '../../authoring/problems.ts';
import { readPack } from '../../pack/read.ts';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { loadOfficial } from '../official.ts';
import { readPackFiles } from '../pack-folder.ts';
import { reportProblems } from '../pack-problems.ts';
import { failed } from '../problem.ts';

interface Options {
  readonly json?: true;
}

const EXAMPLE = `
The official validator looks at every policy, strictly, and what is an error to stage0 lint is one here.
Exit code: 0 without errors, else 1.

Example:
  stage0 validate policies/payments`;

/** `stage0 validate`: whether a pack's policies keep to its schema, as official Cedar sees it. */
export function validateCommand(host: Host, end: (code: number) => void): Command {
  return new Command('validate')
    .description('hold the policies of a pack to its schema, with the official validator')
    .argument('<pack>', 'the folder of the pack')
    .option('--json', 'print everything as JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (folder: string, options: Options) => end(await run(host, folder, options)));
}

async function run(host: Host, folder: string, { json }: Options): Promise<number> {
  const files = await readPackFiles(host, folder);
  if (!files.ok) return failed(host, files.error, { json });
  const read = readPack(files.value);
  const model = new ModelBuilder().build(files.value);
  const own = mergeProblems(model, read.problems).filter(({ severity }) => severity === 'error');
  const official = validatePack(await loadOfficial(), files.value);
  const all = [...own, ...(official ?? [])];
  const { errors } = reportProblems(host, folder, files.value, all, json === true);
  if (official === undefined) {
    host.error('The official validator was not asked: there is no schema that it can read.\n');
    return EXIT.failed;
  }
  // What the validator could not look at was not validated.
  const skipped = official.some(({ code }) => code === 'too-deep');
  return errors > 0 || skipped ? EXIT.failed : EXIT.ok;
}
