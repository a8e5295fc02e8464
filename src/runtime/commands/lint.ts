import { Command } from 'commander';
import { ModelBuilder } from '../../authoring/model.ts';
import { mergeProblems } from '../../authoring/problems.ts';
import { LineIndex, type Position } from '../../base/span.ts';
import { readPack } from '../../pack/read.ts';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { readPackFiles } from '../pack-folder.ts';
import { printProblem } from '../problem.ts';

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
  if (!files.ok) {
    for (const problem of files.error) host.error(`${printProblem(problem)}\n`);
    return EXIT.failed;
  }
  const read = readPack(files.value);
  const model = new ModelBuilder().build(files.value);
  const problems = mergeProblems(model, read.problems).map((problem) => {
    const { path, span, severity, code, message } = problem;
    const lines = new LineIndex(files.value.get(path) ?? '');
    const place: Partial<Position> = span === undefined ? {} : lines.position(span.start);
    return Object.assign({ path }, place, { severity, code, message });
  });
  const count = (wanted: string): number =>
    problems.filter(({ severity }) => severity === wanted).length;
  const [errors, warnings] = [count('error'), count('warning')];
  if (json === true) host.out(`${JSON.stringify(problems)}\n`);
  else {
    for (const { path, severity, code, message, ...place } of problems) {
      const text = `${severity}: ${message} (${code})`;
      const file = path === '' ? folder : `${folder.replace(/\/+$/, '')}/${path}`;
      host.out(`${printProblem({ file, ...place, message: text })}\n`);
    }
    host.out(`${errors} errors, ${warnings} warnings\n`);
  }
  return errors > 0 || (strict === true && warnings > 0) ? EXIT.failed : EXIT.ok;
}
