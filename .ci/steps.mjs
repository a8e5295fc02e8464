/**
 * The steps of `npm run check` and `npm test`. A step that counts tests reports what its runner
 * counted; any other is one test, passed or failed. A step never throws.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { REPORT } from './build-report.mjs';
import { checkBudget } from './budget.mjs';
import { ROOT, runPackage, secondsSince } from './process.mjs';

/** @typedef {import('./budget.mjs').Claim} Claim */

/**
 * @typedef {object} Count
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/**
 * @typedef {object} Outcome
 * @property {string} name
 * @property {Count} count
 * @property {string} output what is still to be printed
 * @property {string} took
 * @property {readonly Failure[]} [failures] the tests that failed, where the runner names them
 */

/**
 * @typedef {object} Failure
 * @property {string} test its file and its name
 * @property {string} why what its runner says of it
 */

/** @typedef {{ count: Count, failures: readonly Failure[] }} Report what a runner left */

/**
 * @callback Step
 * @param {{ collect: boolean, env?: Readonly<Record<string, string>> }} how `collect` keeps the output for the outcome, for steps that run
 *   side by side
 * @returns {Promise<Outcome>}
 */

/** Which cases the property tests of a gate draw. */
export const FIXED_SEED = '20260316';

/** @type {Count} */
const ONE_PASSED = { passed: 1, failed: 0, skipped: 0 };
/** @type {Count} */
const ONE_FAILED = { passed: 0, failed: 1, skipped: 0 };

/** @type {Step} */
const format = simple('format', 'oxfmt', ['--check']);
/** @type {Step} */
const lint = simple('lint', 'oxlint', ['--deny-warnings']);
/** @type {Step} */
const types = simple('types', 'typescript', ['-b'], 'tsc');
/** @type {Step} */
const unused = simple('unused code', 'knip', ['--no-progress']);
/** @type {Step} */
const unit = vitest('unit');
/** Thousands of cases against oracles: minutes, so not in `npm run check`. @type {Step} */
const proof = vitest('proof');
/**
 * Every branch of the engine is reached by its own unit tests, which no chance is part of. What explains
 * conditions in words (`words*.ts`) is held to by proofs instead.
 * @type {Step}
 */
const branches = seeded(
  simple('engine branches', 'vitest', [
    'run',
    '--project=unit',
    'src/cedar/',
    '--reporter=dot',
    '--coverage.enabled',
    '--coverage.include=src/cedar/**/*.ts',
    ...['**/*.bench.ts', 'src/cedar/testing/**', 'src/cedar/words*.ts'].map(
      (files) => `--coverage.exclude=${files}`,
    ),
    '--coverage.reporter=text',
    '--coverage.skipFull',
    '--coverage.reportsDirectory=node_modules/.cache/coverage',
    '--coverage.thresholds.branches=100',
  ]),
);
/** @type {Step} */
const browser = vitest('browser');
/** Not `dist`: a studio that somebody serves from there stays whole while tests run. */
const TEST_BUILD = 'node_modules/.cache/test-build';

const viteBuild = simple('build', 'vite', [
  'build',
  '--logLevel=warn',
  `--outDir=${TEST_BUILD}`,
  '--emptyOutDir',
]);

/** @type {Step} */
const build = (how) => {
  // When this build fails, nothing after it may pass on what an earlier one left.
  for (const remains of [TEST_BUILD, REPORT])
    rmSync(join(ROOT, remains), { force: true, recursive: true });
  return viteBuild(how);
};

/** @type {Step} */
const budget = claims('budget', checkBudget);
/** @type {Step} */
const nodePackage = claims('package', async () => {
  // Imported late: it needs the packages.
  const { checkPackage } = await import('./package-claims.mjs');
  return checkPackage();
});

/** @type {Step} */
const e2e = counting('e2e', 'e2e', async (_report, how) => {
  const { code, output } = await runPackage(
    '@playwright/test',
    ['test', '--config', 'e2e/playwright.config.ts'],
    { ...how, env: { E2E_BUILD: TEST_BUILD } },
    'playwright',
  );
  return { code, output, read: readPlaywright };
});

/** In the order in which they start, the slow ones first: they run side by side. */
export const CHECK_STEPS = [types, lint, unit, unused, format];
export const PROOF_STEPS = [branches, proof];
export const BROWSER_STEPS = [browser];
export const E2E_STEPS = [build, budget, nodePackage, e2e];

/**
 * @param {string} name
 * @param {string} program the package
 * @param {readonly string[]} args
 * @param {string} [command] when it is not called like the package
 * @returns {Step}
 */
function simple(name, program, args, command) {
  return async (how) => {
    const started = Date.now();
    const { code, output } = await runPackage(program, args, how, command);
    const count = code === 0 ? ONE_PASSED : ONE_FAILED;
    return { name, count, output, took: secondsSince(started) };
  };
}

/**
 * The step with property tests that draw the same cases every time, in whatever command it runs.
 *
 * @param {Step} step
 * @returns {Step}
 */
function seeded(step) {
  return (how) => step({ ...how, env: { FAST_CHECK_SEED: FIXED_SEED } });
}

/**
 * A step whose tests are claims about something that is built.
 * @param {string} name
 * @param {() => readonly Claim[] | Promise<readonly Claim[]>} check throws when there is nothing to
 *   look into
 * @returns {Step}
 */
function claims(name, check) {
  return async () => {
    const started = Date.now();
    try {
      const found = await check();
      const held = found.filter((claim) => claim.held).length;
      return {
        name,
        count: { passed: held, failed: found.length - held, skipped: 0 },
        output: found
          .map((claim) => `${claim.held ? '✓' : '✗'} ${claim.name}: ${claim.detail}\n`)
          .join(''),
        took: secondsSince(started),
      };
    } catch (error) {
      const output = `There is no build to look into: ${String(error)}\n`;
      return { name, count: ONE_FAILED, output, took: secondsSince(started) };
    }
  };
}

/**
 * @param {'unit' | 'proof' | 'browser'} project
 * @returns {Step}
 */
function vitest(project) {
  return counting(`${project} tests`, project, async (report, how) => {
    const args = [
      'run',
      `--project=${project}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      // Left to itself the runner leaves one core idle, and of two that is half. Nothing else runs then.
      ...(project === 'proof' ? [`--maxWorkers=${availableParallelism()}`] : []),
    ];
    const first = await runPackage('vitest', args, how);
    if (first.code === 0 || !hasNoFailure(report)) return { ...first, read: readVitest };
    // V8 of Node 20 aborts now and then while it deoptimises (nodejs/node#55289), and takes a worker and
    // the tests in it along. What fails for a reason of ours fails again.
    const why = `${project} tests: the runner failed though no test did; it runs once more.\n`;
    if (!how.collect) process.stdout.write(why);
    rmSync(report, { force: true });
    const second = await runPackage('vitest', args, how);
    return { code: second.code, output: first.output + why + second.output, read: readVitest };
  });
}

/**
 * Whether no test failed of those that the report knows.
 * @param {string} report
 */
function hasNoFailure(report) {
  try {
    const { count, failures } = readVitest(readFileSync(report, 'utf8'));
    return count.failed === 0 && failures.length === 0 && count.passed > 0;
  } catch {
    return true;
  }
}

/**
 * A step whose runner leaves a report. A runner that failed, counted nothing or left no report has
 * failed once at least, whatever the report says.
 * @param {string} name
 * @param {string} file
 * @param {(report: string, how: { collect: boolean }) => Promise<{
 *   code: number; output: string; read: (text: string) => Report;
 * }>} start
 * @returns {Step}
 */
function counting(name, file, start) {
  return async (how) => {
    const started = Date.now();
    const report = join(ROOT, 'node_modules/.cache/test-reports', `${file}.json`);
    mkdirSync(dirname(report), { recursive: true });
    rmSync(report, { force: true });
    const { code, output, read } = await start(report, how);
    /** @type {Count} */
    let count = { passed: 0, failed: 0, skipped: 0 };
    /** @type {readonly Failure[]} */
    let failures = [];
    let notes = output;
    try {
      const counted = read(readFileSync(report, 'utf8'));
      if (!Object.values(counted.count).every(Number.isSafeInteger))
        throw new Error('it has no counts');
      ({ count, failures } = counted);
    } catch (error) {
      notes += `${name}: no report to count: ${String(error)}\n`;
    }
    if (count.passed + count.failed === 0) notes += `${name}: no test ran.\n`;
    const broken = code !== 0 || count.passed === 0;
    if (broken && count.failed === 0) count = { ...count, failed: 1 };
    return { name, count, output: notes, took: secondsSince(started), failures };
  };
}

/**
 * @param {string} text
 * @returns {Report}
 */
function readVitest(text) {
  /**
   * @type {{
   *   numPassedTests: number; numFailedTests: number; numPendingTests: number; numTodoTests: number;
   *   testResults: readonly {
   *     name: string; status: string; message: string;
   *     assertionResults: readonly { status: string; fullName: string; failureMessages: readonly string[] }[];
   *   }[];
   * }}
   */
  const report = JSON.parse(text);
  return {
    count: {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
    },
    failures: report.testResults.flatMap((file) => {
      const name = relative(ROOT, file.name);
      const failed = file.assertionResults.filter((test) => test.status === 'failed');
      // A file that could not be loaded has no tests that could fail.
      if (failed.length === 0 && file.status === 'failed')
        return [{ test: name, why: file.message }];
      return failed.map((test) => ({
        test: `${name} > ${test.fullName}`,
        why: test.failureMessages.join('\n'),
      }));
    }),
  };
}

/**
 * @param {string} text
 * @returns {Report}
 */
function readPlaywright(text) {
  /**
   * @typedef {{
   *   file: string; specs?: readonly { title: string; tests: readonly { status: string; results: readonly { error?: { message?: string } }[] }[] }[];
   *   suites?: readonly Suite[];
   * }} Suite
   */
  /**
   * @type {{
   *   stats: { expected: number; unexpected: number; flaky: number; skipped: number };
   *   errors: readonly { message?: string }[]; suites: readonly Suite[];
   * }}
   */
  const { stats, errors, suites } = JSON.parse(text);
  /** @type {(suite: Suite) => readonly Failure[]} */
  const failuresOf = (suite) => [
    ...(suite.specs ?? []).flatMap(({ title, tests }) =>
      tests
        .filter(({ status }) => status === 'unexpected' || status === 'flaky')
        .map(({ results }) => ({
          test: `${suite.file} > ${title}`,
          why: results.map(({ error }) => error?.message ?? '').join('\n'),
        })),
    ),
    ...(suite.suites ?? []).flatMap(failuresOf),
  ];
  return {
    count: {
      passed: stats.expected,
      failed: stats.unexpected + stats.flaky + errors.length,
      skipped: stats.skipped,
    },
    failures: [
      ...suites.flatMap(failuresOf),
      ...errors.map(({ message }) => ({ test: 'e2e', why: message ?? '' })),
    ],
  };
}
