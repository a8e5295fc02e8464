/** Cold start: a new process from nothing to its first decision; and how much there is to load. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleEntry, ENTRIES, PACKAGE } from '../package.mjs';
import { ROOT } from '../process.mjs';
import { median } from './measure.mjs';
import { child, FOLDER } from './suite.mjs';

/**
 * @typedef {object} Times
 * @property {number} ms by the clock
 * @property {number} cpuMs
 */

/** @typedef {Times & { decision: unknown }} ColdStart */

/** New processes of each contestant. */
const STARTS = 15;
const MAX_GZIP = 20_000;

/** @type {import('./suite.mjs').Suite} */
export const start = {
  name: 'start',
  run: async (bench) => {
    await bench.package();
    /** @type {typeof import('../../src/cedar/cold.bench.ts')} */
    const { coldInput } = await bench.load('src/cedar/cold.bench.ts');
    const { ours, wasm, instantiated } = await coldStarts(coldInput());
    const { code } = await bundleEntry(ENTRIES.cedar);
    const gzip = gzipSync(code).length;
    bench.say('Cold start: load, parse and compile 100 rules, first decision');
    bench.say(row('ours', ours));
    bench.say(row('official wasm', wasm));
    bench.say(row('official wasm, loaded and instantiated alone', instantiated));
    bench.say('');
    return {
      data: { ours, wasm, instantiated, gzip },
      budgets: [
        {
          name: 'first decision sooner than the wasm is there',
          measured: `${ours.cpuMs.toFixed(0)} and ${instantiated.cpuMs.toFixed(0)} ms of CPU`,
          met: ours.cpuMs < instantiated.cpuMs,
        },
        {
          name: `./cedar under ${MAX_GZIP / 1000} kB after gzip`,
          measured: `${(gzip / 1000).toFixed(1)} kB`,
          met: gzip < MAX_GZIP,
        },
      ],
    };
  },
};

/** @param {unknown} input */
async function coldStarts(input) {
  const file = join(FOLDER, 'cold.json');
  writeFileSync(file, JSON.stringify(input));
  /** @type {ColdStart[]} */
  const ours = [];
  /** @type {(ColdStart & { instantiated: Times })[]} */
  const wasm = [];
  for (let index = 0; index < STARTS; index++) {
    ours.push(await child('coldOurs', join(ROOT, PACKAGE), file));
    wasm.push(await child('coldWasm', join(ROOT, PACKAGE), file));
  }
  const decisions = new Set([...ours, ...wasm].map(({ decision }) => JSON.stringify(decision)));
  if (decisions.size !== 1) throw new Error(`First decisions differ: ${[...decisions].join(', ')}`);
  return {
    ours: middle(ours),
    wasm: middle(wasm),
    instantiated: middle(wasm.map((one) => one.instantiated)),
  };
}

/**
 * @param {readonly Times[]} list
 * @returns {Times}
 */
function middle(list) {
  return { ms: median(list.map(({ ms }) => ms)), cpuMs: median(list.map(({ cpuMs }) => cpuMs)) };
}

/**
 * @param {string} name
 * @param {Times} times
 */
function row(name, { ms, cpuMs }) {
  return `  ${name.padEnd(44)}${ms.toFixed(0).padStart(6)} ms${cpuMs.toFixed(0).padStart(6)} ms of CPU`;
}
