import { Command, InvalidArgumentError } from 'commander';
import { coverageAsLcov } from '../../simulation/lcov.ts';
import { mutateInSlices, type MutationReport } from '../../simulation/mutation.ts';
import { testsAsJson } from '../../simulation/report-json.ts';
import { testsAsJunit } from '../../simulation/report-junit.ts';
import { testInSlices, type TestRun } from '../../simulation/test-run.ts';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { readPackSource, TRUST_OPTION } from '../pack-source.ts';
import { failed, printProblem } from '../problem.ts';
import { stepping } from '../progress.ts';
import { oneOnOutput, writeReports } from '../report-file.ts';

interface Options {
  readonly json?: true;
  readonly junit?: string;
  readonly lcov?: string;
  readonly minCoverage?: number;
  readonly trust?: string;
  readonly mutation?: true;
  readonly minMutation?: number;
}

const EXAMPLE = `
Exit code: 0 when every scenario comes out as it expects, and enough is covered and noticed; else 1.

Examples:
  stage0 test policies/payments --junit report.xml --lcov lcov.info --min-coverage 80
  stage0 test payments-1.4.0.cjar --trust trust.json`;

/** `stage0 test`: runs a pack's scenarios and says what they cover. */
export function testCommand(host: Host, end: (code: number) => void): Command {
  return new Command('test')
    .description('run the scenarios of a pack')
    .argument('<pack>', 'the folder of the pack, or a bundle')
    .option('--json', 'print results and coverage as JSON')
    .option('--junit <file>', 'write a JUnit report; - is the standard output')
    .option('--lcov <file>', 'write coverage as LCOV; - is the standard output')
    .option('--min-coverage <percent>', 'fail when less is covered', percent)
    .option(...TRUST_OPTION)
    .option(
      '--mutation',
      'make small mistakes in the rules, and list those that no scenario notices',
    )
    .option('--min-mutation <percent>', 'fail when fewer mistakes are noticed', percent)
    .addHelpText('after', EXAMPLE)
    .action(async (folder: string, options: Options) => end(await run(host, folder, options)));
}

async function run(host: Host, folder: string, options: Options): Promise<number> {
  const { junit, lcov, minCoverage, minMutation } = options;
  const crowd = oneOnOutput(options.json, junit, lcov);
  if (crowd.length > 0) return failed(host, crowd, options);
  const read = await readPackSource(host, folder, options.trust);
  if (!read.ok) return failed(host, read.error, options);
  const { pack, files, problems } = read.value;
  for (const problem of problems) host.error(`${printProblem(problem)}\n`);
  const tests = stepping(host, testInSlices(pack), 'scenarios');
  const mutation =
    options.mutation === true || minMutation !== undefined
      ? stepping(host, mutateInSlices(pack), 'mutants')
      : undefined;
  const unwritten = await writeReports(host, [
    [junit, () => testsAsJunit(tests)],
    [lcov, () => coverageAsLcov(tests.coverage, files, prefixOf(folder))],
  ]);
  if (unwritten.length > 0) return failed(host, unwritten, options);
  const enough = minCoverage === undefined || tests.coverage.percent >= minCoverage;
  const noticed = minMutation === undefined || (mutation?.percent ?? 0) >= minMutation;
  if (options.json === true) host.out(`${JSON.stringify(testsAsJson(tests, mutation))}\n`);
  else if (junit !== '-' && lcov !== '-') host.out(pretty(tests, mutation));
  if (!enough) host.error(`coverage ${tests.coverage.percent} % is less than ${minCoverage} %\n`);
  if (!noticed) host.error(`mutants ${mutation?.percent ?? 0} % is less than ${minMutation} %\n`);
  // A pack whose scenarios were taken away has not been tested.
  const good = tests.passed > 0 && tests.failed + tests.errors === 0;
  if (tests.results.length === 0) host.error('there is no scenario\n');
  return good && enough && noticed ? EXIT.ok : EXIT.failed;
}

function pretty(
  { pack, passed, failed: wrong, errors, results, coverage }: TestRun,
  mutation: MutationReport | undefined,
): string {
  const bad = results.filter(({ state }) => state !== 'pass');
  const silent = coverage.rules.filter(({ state }) => state !== 'covered');
  const more = errors === 0 ? '' : `, ${errors} not decided`;
  return [
    ...bad.map(({ id, name, problem }) => `✗ ${id}  ${name}\n    ${problem ?? ''}`),
    ...silent.map(({ id, state }) => `· ${id}: ${state}`),
    ...(mutation?.survivors ?? []).map(({ key }) => `~ ${key}`),
    `${pack.name}@${pack.version}: ${passed} passed, ${wrong} failed${more}`,
    `coverage ${coverage.percent} % (${coverage.covered} of ${coverage.total}), decisions shown ${coverage.decisive.covered} of ${coverage.decisive.total}`,
    ...(mutation === undefined
      ? []
      : [`mutants ${mutation.percent} % noticed (${mutation.noticed} of ${mutation.total})`]),
    '',
  ].join('\n');
}

/** What leads from where the command runs to the pack's files. */
function prefixOf(folder: string): string {
  const plain = folder.replaceAll('\\', '/').replace(/^\.\//, '').replace(/\/+$/, '');
  return plain === '' || plain === '.' ? '' : `${plain}/`;
}

function percent(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0 && number <= 100)) {
    throw new InvalidArgumentError('must be a number from 0 to 100');
  }
  return number;
}
