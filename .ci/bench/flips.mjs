/**
 * Comparisons in Chromium on the built studio: 10,000 scenarios by two versions of a pack of 100 rules,
 * from opening the comparison to flips on the screen; what the pool costs over a bare loop that makes the
 * same decisions; frames while a matrix of 10,000 scenarios by 50 versions is scrolled; and a list of
 * 1,000 versions.
 */
import { join } from 'node:path';
import { build } from 'vite';
import { findChromium } from '../chromium.mjs';
import { ROOT } from '../process.mjs';
import { median } from './measure.mjs';
import { largePack, openStudio, READY, storePack, storeVersions } from './studio.mjs';

const SIZE = { rules: 100, scenarios: 10_000 };
const VERSIONS = 50;
const LONG_HISTORY = 1000;
const ROUNDS = 7;
const FRAMES = 200;
const BUDGET = {
  flipsMs: 1000,
  overhead: 0.3,
  longestTaskMs: 50,
  frameMs: 1000 / 60,
  listMs: 1000,
};

/** @typedef {import('playwright').Page} Page */

/** @type {import('./suite.mjs').Suite} */
export const flips = {
  name: 'flips',
  run: async (bench) => {
    if (findChromium() === undefined) {
      bench.say('Comparisons are not measured: no Chromium was found (CHROMIUM_PATH).\n');
      return { data: undefined, budgets: [] };
    }
    const outDir = await bench.studio();
    await buildPoolBench(outDir);
    const { page, close } = await openStudio(outDir);
    try {
      const after = new Map(largePack(SIZE));
      const before = loosened(after, 0);
      const pool = await poolCost(page, before, after);
      await page.evaluate(storePack, { id: 'large', files: [...after] });
      const states = Array.from({ length: VERSIONS }, (_, index) => ({
        version: `1.${index}.0`,
        files: loosened(after, index),
      }));
      await storeVersions(page, 'large', states);
      const compared = await compareVersions(page);
      const matrix = await scrollMatrix(page);
      const list = await longHistory(page);
      const data = { pool, compared, matrix, list };
      print(bench, data);
      return { data, budgets: budgetsOf(data) };
    } finally {
      await close();
    }
  },
};

/**
 * The pack with what is asked of one rule another in every version.
 *
 * @param {ReadonlyMap<string, string>} files
 * @param {number} index
 */
function loosened(files, index) {
  const stated = 'context.constraints.contains("approval_required")';
  const other = `context.constraints.contains("approval_${index % 2 === 0 ? 'never_' : ''}required")`;
  return new Map(
    [...files].map(([path, text]) => [
      path,
      path.startsWith('policies/') ? `// ${index}\n${text.replaceAll(stated, other)}` : text,
    ]),
  );
}

/** @param {string} outDir */
async function buildPoolBench(outDir) {
  await build({
    root: ROOT,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    base: './',
    worker: { format: 'es' },
    build: {
      target: 'es2023',
      emptyOutDir: false,
      outDir: join(outDir, 'bench'),
      rolldownOptions: {
        input: { pool: join(ROOT, 'src/worker/pool.bench.ts') },
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: '[name].js' },
      },
    },
  });
}

/**
 * @param {Page} page
 * @param {ReadonlyMap<string, string>} before
 * @param {ReadonlyMap<string, string>} after
 */
async function poolCost(page, before, after) {
  /** @type {Awaited<ReturnType<typeof import('../../src/worker/pool.bench.ts').poolRounds>>} */
  const { times, workers, decisions } = await page.evaluate(
    async ([first, second, rounds]) => {
      /** @type {typeof import('../../src/worker/pool.bench.ts')} */
      const { poolRounds } = await import(new URL('bench/pool.js', location.href).href);
      return poolRounds(first, second, rounds);
    },
    /** @type {const} */ ([[...before], [...after], ROUNDS]),
  );
  return {
    workers,
    decisions,
    bareMs: median(times.map(({ bare }) => bare)),
    oneMs: median(times.map(({ one }) => one)),
    allMs: median(times.map(({ all }) => all)),
    overhead: median(times.map(({ bare, one }) => one / bare - 1)),
    speedUp: median(times.map(({ bare, all }) => bare / all)),
  };
}

/** Watches for long tasks and frames from now on. */
function watch() {
  /** @type {{ tasks: number[]; frames: number[]; on: boolean }} */
  const seen = { tasks: [], frames: [], on: true };
  Object.assign(globalThis, { benchSeen: seen });
  new PerformanceObserver((list) => {
    if (seen.on) for (const entry of list.getEntries()) seen.tasks.push(entry.duration);
  }).observe({ type: 'longtask' });
}

/**
 * The first comparison, of versions that nobody has run yet, with workers that are to be started; then one
 * of two others.
 *
 * @param {Page} page
 */
async function compareVersions(page) {
  await open(page, 'large');
  await page.evaluate(watch);
  const times = [];
  for (const [from, to] of [
    ['1.10.0', '1.11.0'],
    ['1.20.0', '1.21.0'],
    ['1.30.0', '1.31.0'],
  ]) {
    times.push(
      await page.evaluate(async (address) => {
        const began = performance.now();
        location.hash = address;
        while (document.querySelector('[data-flip]') === null) {
          await new Promise((resolve) => {
            requestAnimationFrame(resolve);
          });
        }
        return performance.now() - began;
      }, `#/large?screen=compare&from=${from}&to=${to}`),
    );
    await page.evaluate(() => {
      location.hash = '#/large';
    });
    await page.locator('[data-flip]').first().waitFor({ state: 'detached' });
  }
  /** @type {{ tasks: number[] }} */
  const { tasks } = await page.evaluate('globalThis.benchSeen');
  return {
    firstMs: times[0] ?? 0,
    nextMs: median(times.slice(1)),
    longestTaskMs: Math.max(0, ...tasks),
  };
}

/** @param {Page} page */
async function scrollMatrix(page) {
  const began = Date.now();
  await page.evaluate(() => {
    location.hash = '#/large?screen=matrix';
  });
  await page.getByLabel('How many versions').selectOption(String(VERSIONS));
  await page
    .locator(`[role="grid"][aria-colcount="${VERSIONS + 2}"]`)
    .waitFor({ timeout: 120_000 });
  const runMs = Date.now() - began;
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  /** Seconds that the main thread has spent on what the page asks of it. */
  const worked = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const parts = new Set(['ScriptDuration', 'RecalcStyleDuration', 'LayoutDuration']);
    return metrics.filter(({ name }) => parts.has(name)).reduce((sum, { value }) => sum + value, 0);
  };
  const perFrame = async (/** @type {number} */ right, /** @type {number} */ down) => {
    const before = await worked();
    await page.evaluate(scroll, { right, down, frames: FRAMES });
    return ((await worked()) - before) * (1000 / FRAMES);
  };
  return {
    runMs,
    downMs: await perFrame(0, 90),
    acrossMs: await perFrame(40, 0),
    stillMs: await perFrame(0, 0),
  };
}

/** @param {{ right: number; down: number; frames: number }} by pixels a frame */
async function scroll({ right, down, frames }) {
  const grid = document.querySelector('[role="grid"]');
  if (grid === null) throw new Error('There is no matrix.');
  grid.scrollTo(0, 0);
  for (let frame = 0; frame < frames; frame += 1) {
    grid.scrollBy(right, down);
    if (grid.scrollLeft + grid.clientWidth >= grid.scrollWidth) grid.scrollLeft = 0;
    await new Promise((resolve) => {
      requestAnimationFrame(resolve);
    });
  }
}

/** @param {Page} page */
async function longHistory(page) {
  const files = new Map(largePack({ rules: 100, scenarios: 200 }));
  await page.evaluate(storePack, { id: 'old', files: [...files] });
  const states = Array.from({ length: LONG_HISTORY }, (_, index) => ({
    version: `1.${index}.0`,
    files: loosened(files, index),
  }));
  await storeVersions(page, 'old', states);
  await open(page, 'old');
  return page.evaluate(async () => {
    const next = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const until = async (/** @type {() => boolean} */ holds) => {
      const began = performance.now();
      while (!holds()) await next();
      return performance.now() - began;
    };
    location.hash = '#/old?screen=versions';
    const listMs = await until(() => document.querySelectorAll('[data-version]').length > 0);
    const rows = document.querySelectorAll('[data-version]');
    const row = rows[Math.min(rows.length - 1, 5)];
    const version = row?.getAttribute('data-version') ?? '';
    if (row instanceof HTMLElement) row.click();
    const openMs = await until(
      () => document.querySelector(`[aria-label="Version ${version}"] pre`) !== null,
    );
    return { listMs, openMs };
  });
}

/**
 * @param {Page} page
 * @param {string} id
 */
async function open(page, id) {
  await page.goto(new URL(`/#/${id}`, page.url()).href);
  await page.reload();
  await page.locator(READY).waitFor({ timeout: 120_000 });
}

/** @typedef {{ pool: Awaited<ReturnType<typeof poolCost>>; compared: Awaited<ReturnType<typeof compareVersions>>; matrix: Awaited<ReturnType<typeof scrollMatrix>>; list: Awaited<ReturnType<typeof longHistory>> }} Data */

/**
 * @param {import('./suite.mjs').Bench} bench
 * @param {Data} data
 */
function print(bench, { pool, compared, matrix, list }) {
  const ms = (/** @type {number} */ value) => `${value.toFixed(0)} ms`;
  bench.say('Comparisons in Chromium, 100 rules and 10,000 scenarios by two versions');
  bench.say(
    `  ${pool.decisions.toLocaleString('en')} decisions: ${ms(pool.bareMs)} in a bare loop, ${ms(pool.oneMs)} with one worker, ${ms(pool.allMs)} with ${pool.workers}`,
  );
  bench.say(
    `  flips on the screen after ${ms(compared.firstMs)} at first and ${ms(compared.nextMs)} from then on, longest task of the page ${ms(compared.longestTaskMs)}`,
  );
  bench.say(
    `  matrix by ${VERSIONS} versions run in ${ms(matrix.runMs)}; script, style and layout take ${ms(matrix.downMs)} a frame scrolling down, ${ms(matrix.acrossMs)} across, ${ms(matrix.stillMs)} standing still`,
  );
  bench.say(
    `  of ${LONG_HISTORY.toLocaleString('en')} versions the list stands after ${ms(list.listMs)}, one is open after ${ms(list.openMs)}\n`,
  );
}

/**
 * @param {Data} data
 * @returns {readonly import('./suite.mjs').Budget[]}
 */
function budgetsOf({ pool, compared, matrix, list }) {
  const within = (
    /** @type {string} */ name,
    /** @type {number} */ ms,
    /** @type {number} */ most,
  ) => ({
    name: `${name} under ${most.toFixed(0)} ms`,
    measured: `${ms.toFixed(0)} ms`,
    met: ms <= most,
  });
  return [
    within(
      '10,000 scenarios by two versions: flips on the screen',
      compared.nextMs,
      BUDGET.flipsMs,
    ),
    {
      name: 'the pool costs under 30 % over a bare loop of the same decisions',
      measured: `${(pool.overhead * 100).toFixed(0)} %`,
      met: pool.overhead <= BUDGET.overhead,
    },
    within(
      'no task on the main thread while comparing',
      compared.longestTaskMs,
      BUDGET.longestTaskMs,
    ),
    within(
      'matrix of 10,000 by 50: script, style and layout a frame of scrolling',
      Math.max(matrix.downMs, matrix.acrossMs),
      BUDGET.frameMs,
    ),
    within('1,000 versions: the list stands', list.listMs, BUDGET.listMs),
    within('1,000 versions: one is open', list.openMs, BUDGET.listMs),
  ];
}
