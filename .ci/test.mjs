/**
 * `npm test`: everything, from nothing. Installs the packages and a browser when they are missing, runs
 * every step even after one failed, and ends with one line over all of them.
 */
import util from 'node:util';
import { ensureInstalled, requireNode } from './install.mjs';
import { ensureRedis } from './install-redis.mjs';
import { conclude, runInTurn, runSideBySide } from './runner.mjs';
import { BROWSER_STEPS, CHECK_STEPS, E2E_STEPS, FIXED_SEED, PROOF_STEPS } from './steps.mjs';

const PARTS = ['check', 'proof', 'browser', 'e2e'];

const HELP = `npm test [-- --only ${PARTS.join('|')}]

  check     format, lint, types, unused code, unit tests
  proof     every branch of the engine, and it and the language service against the official ones
  browser   tests of the store and the workers in Chromium
  e2e       the build, its budget, the package for Node, and the whole studio in Chromium

Chromium is taken from CHROMIUM_PATH, the system or Playwright, or else installed.
Property tests draw the same cases every time; FAST_CHECK_SEED=<integer> draws others, and \`npm run
check\` and \`npm run fuzz\` draw new ones each time.`;

/** @returns {readonly string[]} the parts to run */
function readParts() {
  const { values } = util.parseArgs({
    options: { only: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    console.log(HELP);
    process.exit(0);
  }
  if (values.only === undefined) return PARTS;
  if (!PARTS.includes(values.only)) throw new Error(`--only must be one of ${PARTS.join(', ')}.`);
  return [values.only];
}

/** @param {readonly string[]} parts */
async function runParts(parts) {
  /** @type {import('./steps.mjs').Outcome[]} */
  const outcomes = [];
  if (parts.includes('check')) outcomes.push(...(await runSideBySide(CHECK_STEPS, 2)));
  if (parts.includes('proof')) {
    await ensureRedis();
    outcomes.push(...(await runInTurn(PROOF_STEPS)));
  }
  const inChromium = [
    ...(parts.includes('browser') ? BROWSER_STEPS : []),
    ...(parts.includes('e2e') ? E2E_STEPS : []),
  ];
  if (inChromium.length > 0) {
    // Imported late: it needs the packages.
    const { ensureChromium } = await import('./install-chromium.mjs');
    try {
      process.env['CHROMIUM_PATH'] = await ensureChromium();
    } catch (error) {
      // The steps still run, and fail, so that the closing line cannot claim what was not tested.
      console.error(error instanceof Error ? error.message : error);
    }
    outcomes.push(...(await runInTurn(inChromium)));
  }
  return outcomes;
}

requireNode();
// A gate must judge the change, not the dice: what chance can find is for long runs to look for.
process.env['FAST_CHECK_SEED'] ??= FIXED_SEED;
try {
  const parts = readParts();
  if (await ensureInstalled({ always: process.env['CI'] === 'true' })) {
    conclude(await runParts(parts));
  } else {
    console.log('\n0 passed, 1 failed');
    process.exitCode = 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
