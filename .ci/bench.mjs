/**
 * `npm run bench`: the engine beside other engines and beside the same rules written by hand, each
 * checked to give the same answers first, and the budgets that the design sets. `-- --json` prints
 * everything as JSON, `-- --full` also makes ten million decisions to see whether memory grows.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import util from 'node:util';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { benchTyping } from './bench-typing.mjs';
import { findChromium } from './chromium.mjs';
import { compareAnswers, measure, median, ratio } from './bench-measure.mjs';
import { buildPackage, bundleEntry, ENTRIES, PACKAGE } from './package.mjs';
import { ROOT, run, secondsSince } from './process.mjs';

/** @typedef {import('./bench-measure.mjs').Figure} Figure */

/**
 * @typedef {object} Budget
 * @property {string} name
 * @property {string} measured
 * @property {boolean} met
 */

/**
 * @typedef {object} Measured
 * @property {string} title
 * @property {number} compared answers that were found to be the same
 * @property {readonly Figure[]} figures the limit first
 */

/**
 * @typedef {object} Times
 * @property {number} ms by the clock
 * @property {number} cpuMs
 */

/** @typedef {Times & { decision: unknown }} ColdStart */

const FOLDER = join(ROOT, 'node_modules/.cache/bench');
const COLD_STARTS = 9;
/** Heap that may lie between two collections of the same program. */
const GROWTH_ALLOWED = 500_000;

/** @type {readonly (import('../src/cedar/workload.bench.ts').Shape & { title: string })[]} */
const SHAPES = [
  { title: '20 rules', rules: 20, scope: 'tool', population: 'few' },
  { title: '100 rules', rules: 100, scope: 'tool', population: 'few' },
  { title: '1,000 rules', rules: 1000, scope: 'tool', population: 'few' },
  { title: '10,000 rules', rules: 10_000, scope: 'tool', population: 'few' },
  { title: '100 rules, 10,000 entities', rules: 100, scope: 'tool', population: 'many' },
  { title: '20 rules, all concern it', rules: 20, scope: 'all', population: 'few' },
  { title: '100 rules, all concern it', rules: 100, scope: 'all', population: 'few' },
];

const { values: options } = util.parseArgs({
  options: { json: { type: 'boolean', default: false }, full: { type: 'boolean', default: false } },
});
const say = (/** @type {string} */ text) => {
  if (!options.json) console.log(text);
};
const started = Date.now();

const { contestants, REQUESTS } = await buildBench();
/** @type {Measured[]} */
const workloads = [];
for (const shape of SHAPES) workloads.push(await runShape(shape));
const cold = await coldStarts();
const memory = await heap();
const cedar = await bundleEntry(ENTRIES.cedar);
const gzip = gzipSync(cedar.code).length;
const typing = await typingInChromium();
const budgets = judge();

if (options.json) {
  console.log(JSON.stringify({ workloads, cold, memory, gzip, typing, budgets }, undefined, 2));
} else {
  printRest();
}

/** @returns {Promise<typeof import('../src/decision/contestants.bench.ts')>} */
async function buildBench() {
  say('Nanoseconds of CPU a decision; ± is half the distance between the quartiles.\n');
  rmSync(FOLDER, { force: true, recursive: true });
  await buildPackage();
  // Bundled as the package is, so that what is measured is what ships; a dev server's modules are slower.
  await build({
    root: ROOT,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    build: {
      ssr: true,
      target: 'node20',
      minify: false,
      outDir: FOLDER,
      rolldownOptions: {
        input: {
          contestants: join(ROOT, 'src/decision/contestants.bench.ts'),
          cold: join(ROOT, 'src/cedar/cold.bench.ts'),
        },
        output: { entryFileNames: '[name].js' },
      },
    },
  });
  /** @type {typeof import('../src/decision/contestants.bench.ts')} */
  const bench = await import(pathToFileURL(join(FOLDER, 'contestants.js')).href);
  return bench;
}

/** @param {(typeof SHAPES)[number]} shape */
async function runShape(shape) {
  const everybody = await contestants(shape);
  const compared = await compareAnswers(everybody, REQUESTS);
  const figures = await measure(everybody, REQUESTS);
  const [limit] = figures;
  say(`${shape.title} (${compared} answers compared)`);
  for (const figure of figures) {
    const times = limit === undefined ? '' : `${ratio(figure, limit).toFixed(1)}x`;
    const spread = `±${(figure.spread * 100).toFixed(0)} %`;
    say(
      `  ${figure.name.padEnd(32)}${ns(figure.ns).padStart(14)}${spread.padStart(8)}${times.padStart(12)}`,
    );
  }
  say('');
  return { title: shape.title, compared, figures };
}

async function coldStarts() {
  mkdirSync(FOLDER, { recursive: true });
  /** @type {typeof import('../src/cedar/cold.bench.ts')} */
  const bench = await import(pathToFileURL(join(FOLDER, 'cold.js')).href);
  const input = join(FOLDER, 'cold.json');
  writeFileSync(input, JSON.stringify(bench.coldInput()));
  /** @type {ColdStart[]} */
  const ours = [];
  /** @type {(ColdStart & { instantiated: Times })[]} */
  const wasm = [];
  for (let index = 0; index < COLD_STARTS; index++) {
    ours.push(await child('coldOurs', join(ROOT, PACKAGE), input));
    wasm.push(await child('coldWasm', join(ROOT, PACKAGE), input));
  }
  const decisions = new Set([...ours, ...wasm].map(({ decision }) => JSON.stringify(decision)));
  if (decisions.size !== 1) throw new Error(`First decisions differ: ${[...decisions].join(', ')}`);
  return {
    ours: middle(ours),
    wasm: middle(wasm),
    wasmInstantiated: middle(wasm.map(({ instantiated }) => instantiated)),
  };
}

/**
 * @param {readonly Times[]} list
 * @returns {Times}
 */
function middle(list) {
  return { ms: median(list.map(({ ms }) => ms)), cpuMs: median(list.map(({ cpuMs }) => cpuMs)) };
}

async function heap() {
  const decisions = options.full ? 10_000_000 : 1_000_000;
  /** @type {{ bytes: number }} */
  const { bytes } = await child('heapPerRule', FOLDER, '');
  /** @type {{ heaps: readonly number[] }} */
  const { heaps } = await child('growth', FOLDER, String(decisions));
  // The first may still hold what only the start needed.
  const grown = (heaps.at(-1) ?? Number.NaN) - (heaps[1] ?? Number.NaN);
  return { bytesPerRule: bytes, decisions, heaps, grown };
}

/**
 * @template T
 * @param {string} what
 * @param {string} folder
 * @param {string} argument
 * @returns {Promise<T>} what the child printed
 */
async function child(what, folder, argument) {
  const script = join(ROOT, '.ci/bench-child.mjs');
  const args = ['--expose-gc', script, what, folder, argument];
  const { code, output } = await run(process.execPath, args, { collect: true });
  if (code !== 0) throw new Error(`${what} failed: ${output}`);
  /** @type {T} */
  const result = JSON.parse(output);
  return result;
}

/** @returns {readonly Budget[]} */
function judge() {
  const figure = (/** @type {string} */ title, /** @type {string} */ name) => {
    const found = workloads
      .find((one) => one.title === title)
      ?.figures.find((one) => one.name.startsWith(name));
    if (found === undefined) throw new Error(`Nobody measured ${name} at ${title}`);
    return found;
  };
  /** @type {Budget[]} */
  const list = [];
  const add = (
    /** @type {string} */ name,
    /** @type {string} */ measured,
    /** @type {boolean} */ met,
  ) => list.push({ name, measured, met });
  for (const { title } of SHAPES.filter(
    ({ rules, population }) => rules <= 100 && population === 'few',
  )) {
    const times = ratio(figure(title, 'ours, decision'), figure(title, 'by hand'));
    add(`${title}: a decision within 2x of the rules by hand`, `${times.toFixed(1)}x`, times <= 2);
  }
  for (const title of ['20 rules', '100 rules']) {
    const wasm = figure(title, 'official wasm');
    const decision = ratio(wasm, figure(title, 'ours, decision'));
    add(`${title}: 100x the official wasm preparsed`, `${decision.toFixed(0)}x`, decision >= 100);
    const check = ratio(wasm, figure(title, 'ours, full check'));
    add(`${title}: the full check 10x its decision alone`, `${check.toFixed(0)}x`, check >= 10);
  }
  const flat =
    figure('10,000 rules', 'ours, decision').ns / figure('100 rules', 'ours, decision').ns;
  add('100 to 10,000 rules: flat within 2x', `${flat.toFixed(2)}x`, flat <= 2);
  add('./cedar under 20 kB after gzip', `${(gzip / 1000).toFixed(1)} kB`, gzip < 20_000);
  add(
    'first decision sooner than the wasm is there',
    `${cold.ours.cpuMs.toFixed(0)} and ${cold.wasmInstantiated.cpuMs.toFixed(0)} ms of CPU`,
    cold.ours.cpuMs < cold.wasmInstantiated.cpuMs,
  );
  add(
    `no growth over ${memory.decisions.toLocaleString('en')} decisions`,
    `${(memory.grown / 1000).toFixed(0)} kB`,
    memory.grown < GROWTH_ALLOWED,
  );
  if (typing !== undefined) {
    add(
      'keystroke to refreshed verdicts under 100 ms at p95',
      `${typing.p95Ms.toFixed(0)} ms`,
      typing.held.p95,
    );
    add(
      'no task on the main thread over 50 ms while typing',
      `${typing.longestTaskMs.toFixed(0)} ms`,
      typing.held.longestTask,
    );
  }
  return list;
}

/** Typing into the built studio; undefined, and said so, where there is no Chromium. */
async function typingInChromium() {
  if (findChromium() === undefined) {
    say('Typing is not measured: no Chromium was found (CHROMIUM_PATH).\n');
    return undefined;
  }
  const outDir = join(FOLDER, 'studio');
  await build({ root: ROOT, logLevel: 'error', build: { outDir, emptyOutDir: true } });
  return benchTyping(outDir);
}

function printRest() {
  const start = (
    /** @type {string} */ name,
    /** @type {{ ms: number; cpuMs: number }} */ { ms, cpuMs },
  ) =>
    say(
      `  ${name.padEnd(44)}${ms.toFixed(0).padStart(6)} ms${cpuMs.toFixed(0).padStart(6)} ms of CPU`,
    );
  say('Cold start: load, parse and compile 100 rules, first decision');
  start('ours', cold.ours);
  start('official wasm', cold.wasm);
  start('official wasm, loaded and instantiated alone', cold.wasmInstantiated);
  say(
    `\nHeap of a compiled rule, at 10,000: ${memory.bytesPerRule.toFixed(0)} bytes, its syntax tree included`,
  );
  if (typing !== undefined) {
    const frame = 1000 / 60;
    say(
      `\nTyping in Chromium, 100 rules and 200 scenarios: verdicts refreshed after ${typing.p50Ms.toFixed(0)} ms (p95 ${typing.p95Ms.toFixed(0)}), ` +
        `next frame p95 ${(typing.frameP95Ms / frame).toFixed(1)} of a frame; ` +
        `on an empty pack ${typing.baseline.p50Ms.toFixed(0)} ms (p95 ${typing.baseline.p95Ms.toFixed(0)}), ${(typing.baseline.frameP95Ms / frame).toFixed(1)} of a frame`,
    );
  }
  say('\nBudgets');
  for (const { name, measured, met } of budgets) {
    say(`  ${met ? 'pass' : 'MISS'}  ${name.padEnd(70)}${measured}`);
  }
  say(`\n${secondsSince(started)}`);
}

/** @param {number} value */
function ns(value) {
  return value.toLocaleString('en', { maximumFractionDigits: 0 });
}
