/** Runs steps, prints what they say, and ends with one line for all of them. */

/** @typedef {import('./steps.mjs').Outcome} Outcome */
/** @typedef {import('./steps.mjs').Step} Step */

/** Steps whose figures are worth reading when all is well. */
const PRINTED = new Set(['budget', 'package']);

/**
 * Runs steps side by side, at most `width` at once, and prints the output of each when it ends.
 * @param {readonly Step[]} steps
 * @param {number} width
 * @returns {Promise<readonly Outcome[]>} in the order in which they ended
 */
export async function runSideBySide(steps, width) {
  const waiting = [...steps];
  /** @type {Outcome[]} */
  const outcomes = [];
  const lane = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const outcome = await step({ collect: true });
      outcomes.push(outcome);
      print(outcome);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return outcomes;
}

/**
 * Runs steps one after the other; their output shows as it comes.
 * @param {readonly Step[]} steps
 * @returns {Promise<readonly Outcome[]>}
 */
export async function runInTurn(steps) {
  const outcomes = [];
  for (const step of steps) {
    const outcome = await step({ collect: false });
    outcomes.push(outcome);
    print(outcome);
  }
  return outcomes;
}

/**
 * Prints once more what failed (of a log often only the end is kept), the table and the closing line,
 * and sets the exit code.
 * @param {readonly Outcome[]} outcomes
 */
export function conclude(outcomes) {
  for (const { name, failures = [] } of outcomes) {
    for (const { test, why } of failures) console.log(`\n✗ ${name}: ${test}\n${excerpt(why)}`);
  }
  console.log('');
  for (const { name, count, took } of outcomes) {
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    const figures = `${count.passed} ok, ${count.failed} not ok${skipped}`;
    console.log(`${mark(count.failed)} ${name.padEnd(14)} ${took.padStart(7)}   ${figures}`);
  }
  const passed = outcomes.reduce((sum, { count }) => sum + count.passed, 0);
  const failed = outcomes.reduce((sum, { count }) => sum + count.failed, 0);
  if (failed > 0) process.exitCode = 1;
  console.log(`\n${passed} passed, ${failed} failed`);
}

/** @param {Outcome} outcome */
function print({ name, count, output, took }) {
  console.log(`${mark(count.failed)} ${name} (${took})`);
  if (output.trim() !== '' && (count.failed > 0 || PRINTED.has(name))) {
    console.log(output.trimEnd().replace(/^/gmu, '  '));
  }
}

/** @param {string} why */
function excerpt(why) {
  const lines = why.trim().split('\n');
  return lines.slice(0, 20).join('\n').slice(0, 2_000).replace(/^/gmu, '    ');
}

/** @param {number} failed */
function mark(failed) {
  return failed === 0 ? '✓' : '✗';
}
