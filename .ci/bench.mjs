/**
 * `npm run bench`: the engine beside other engines and beside the same rules written by hand, each
 * checked to give the same answers first, and the budgets that the design sets. `-- --json` prints
 * everything as JSON, `-- --only decisions,start` runs some of it, `-- --full` takes as long as it takes:
 * ten million decisions and ten minutes of load to see whether memory grows.
 */
import { mkdirSync, rmSync } from 'node:fs';
import util from 'node:util';
import { bundles } from './bench/bundles.mjs';
import { command } from './bench/command.mjs';
import { decisions } from './bench/decisions.mjs';
import { flips } from './bench/flips.mjs';
import { flow } from './bench/flow.mjs';
import { http } from './bench/http.mjs';
import { load } from './bench/load.mjs';
import { memory } from './bench/memory.mjs';
import { replay } from './bench/replay.mjs';
import { start } from './bench/start.mjs';
import { Bench, FOLDER } from './bench/suite.mjs';
import { typing } from './bench/typing.mjs';
import { secondsSince } from './process.mjs';

/** @type {readonly import('./bench/suite.mjs').Suite[]} */
const SUITES = [
  decisions,
  replay,
  start,
  command,
  memory,
  bundles,
  http,
  load,
  typing,
  flow,
  flips,
];

const { values: options } = util.parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const started = Date.now();
const bench = new Bench({ full: options.full, quiet: options.json });
rmSync(FOLDER, { force: true, recursive: true });
mkdirSync(FOLDER, { recursive: true });

/** @type {Record<string, unknown>} */
const data = {};
/** @type {import('./bench/suite.mjs').Budget[]} */
const budgets = [];
for (const suite of chosen(options.only?.split(','))) {
  const outcome = await suite.run(bench);
  data[suite.name] = outcome.data;
  budgets.push(...outcome.budgets);
}
if (options.json) {
  console.log(JSON.stringify({ ...data, budgets }, undefined, 2));
} else {
  console.log('Budgets');
  for (const { name, measured, met } of budgets) {
    console.log(`  ${met ? 'pass' : 'MISS'}  ${name.padEnd(78)}${measured}`);
  }
  console.log(`\n${secondsSince(started)}`);
}

/** @param {readonly string[] | undefined} names */
function chosen(names) {
  const unknown = names?.find((name) => SUITES.every((suite) => suite.name !== name));
  if (unknown === undefined) return SUITES.filter(({ name }) => names?.includes(name) !== false);
  const known = SUITES.map(({ name }) => name).join(', ');
  throw new Error(`There is no suite "${unknown}"; there are ${known}`);
}
