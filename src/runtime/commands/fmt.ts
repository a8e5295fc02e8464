import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { format, type CedarWasm } from '../../authoring/official/toolchain.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { parsePolicies } from '../../cedar/parse.ts';
import { printPolicies } from '../../cedar/print.ts';
import { EXIT } from '../exit.ts';
import { replaceFile } from '../file-bytes.ts';
import type { Host } from '../host.ts';
import { loadOfficial } from '../official.ts';
import { printProblem, problemsAt, type Problem, type Source } from '../problem.ts';

interface Options {
  readonly check?: true;
  readonly json?: true;
  readonly lineWidth: number;
  readonly indent: number;
}

const EXAMPLE = `
Policies are laid out by the official formatter, in their files; a folder stands for all .cedar files in it,
and - for the standard input. A file with an error is left as it is.
Exit code: 0, or 1 when a file cannot be formatted, or with --check is not formatted.

Examples:
  stage0 fmt policies/payments
  stage0 fmt --check policies`;

/** `stage0 fmt`: lays policies out. */
export function fmtCommand(host: Host, end: (code: number) => void): Command {
  return new Command('fmt')
    .description('lay out policies, with the official formatter')
    .argument('<path...>', 'files or folders; - is the standard input')
    .option('--check', 'change nothing, and list what is not formatted')
    .option('--line-width <columns>', 'where lines are broken', number, 100)
    .option('--indent <spaces>', 'of what stands inside', number, 2)
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (paths: readonly string[], options: Options) =>
      end(await run(host, paths, options)),
    );
}

/** What became of one file. */
interface Done {
  readonly file: string;
  readonly changed: boolean;
  /** The standard input's, laid out. */
  readonly text?: string;
}

async function run(host: Host, paths: readonly string[], options: Options): Promise<number> {
  const cedar = await loadOfficial();
  const done: Done[] = [];
  const problems: Problem[] = [];
  for (const path of await Promise.all(paths.map(policyFiles))) {
    if (!path.ok) problems.push(path.error);
    for (const file of path.ok ? path.value : []) {
      const formatted = await formatFile(host, cedar, file, options);
      if (formatted.ok) done.push(formatted.value);
      else problems.push(...formatted.error);
    }
  }
  const changed = done.filter((one) => one.changed);
  if (options.json === true) host.out(`${JSON.stringify({ files: done, problems })}\n`);
  else if (!paths.includes('-')) for (const { file } of changed) host.out(`${file}\n`);
  for (const problem of problems) host.error(`${printProblem(problem)}\n`);
  const wrong = problems.length > 0 || (options.check === true && changed.length > 0);
  return wrong ? EXIT.failed : EXIT.ok;
}

/** The policy files that a path stands for. */
async function policyFiles(path: string): Promise<Result<readonly string[], Problem>> {
  if (path === '-') return ok([path]);
  try {
    if (!(await stat(path)).isDirectory()) return ok([path]);
    const names = await readdir(path, { recursive: true });
    const files = names.filter((name) => name.endsWith('.cedar')).toSorted();
    return ok(files.map((name) => join(path, name)));
  } catch {
    return err({ file: path, message: 'there is no such file or folder' });
  }
}

/** Formats one file where it stands, and the standard input to the standard output. */
async function formatFile(
  host: Host,
  cedar: CedarWasm,
  path: string,
  options: Options,
): Promise<Result<Done, readonly Problem[]>> {
  const source = await host.read(path);
  if (!source.ok) return err([source.error]);
  const neat = laidOut(cedar, source.value, options);
  if (!neat.ok) return neat;
  const text = neat.value;
  const changed = text !== source.value.text;
  if (path === '-') {
    if (options.json === true) return ok({ file: path, changed, text });
    if (options.check !== true) host.out(text);
    return ok({ file: path, changed });
  }
  if (!changed || options.check === true) return ok({ file: path, changed });
  // Where a link leads, not in its place.
  const written = await replaceFile(await realpath(path), text);
  return written.ok ? ok({ file: path, changed }) : err([written.error]);
}

function laidOut(
  cedar: CedarWasm,
  source: Source,
  { lineWidth, indent }: Options,
): Result<string, readonly Problem[]> {
  const { policies, errors } = parsePolicies(source.text);
  if (errors.length > 0) return err(problemsAt(source, errors));
  // The official formatter takes a text without policies for a mistake.
  if (policies.length === 0) return ok(source.text);
  const answer = format(cedar, source.text, { lineWidth, indentWidth: indent });
  const refused = (message: string) => err([{ file: source.name, message }]);
  if (!answer.ok) {
    return refused(
      [answer.error, ...answer.error.problems].map(({ message }) => message).join(' '),
    );
  }
  const text = `${answer.value.trim()}\n`;
  // Somebody else's program has rewritten rules that decide: they must still be the same rules.
  const after = parsePolicies(text);
  if (after.errors.length > 0 || printPolicies(after.policies) !== printPolicies(policies)) {
    return refused('the official formatter would change what it says');
  }
  return ok(text);
}

function number(text: string): number {
  const value = Number(text);
  if (!/^\d{1,3}$/.test(text) || value < 1) {
    throw new InvalidArgumentError('must be a number from 1 to 999');
  }
  return value;
}
