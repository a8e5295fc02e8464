/**
 * From a keystroke to refreshed verdicts, measured in Chromium on the built studio: a pack of 100 rules
 * and 200 scenarios, typed into as a person types. Beside it, the same typing into the same editor on a
 * pack that has nothing to check or run: what the browser and Monaco cost by themselves.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { build, preview } from 'vite';
import { CHROMIUM_ARGS, findChromium } from '../chromium.mjs';
import { ROOT } from '../process.mjs';
import { FOLDER } from './suite.mjs';

const RULES = 100;
const SCENARIOS = 200;
const KEYS = 120;
/** Milliseconds between two keys: a fast typist. */
const PACE_MS = 90;
/** The pack is open, compiled and run. */
const READY = '[data-pending="false"]:not([data-revision="0"])';
/** The budgets of a keystroke: refreshed within this at p95, and no task on the main thread longer. */
const BUDGET = { p95Ms: 100, longestTaskMs: 50 };

/** @type {import('./suite.mjs').Suite} */
export const typing = {
  name: 'typing',
  run: async (bench) => {
    if (findChromium() === undefined) {
      bench.say('Typing is not measured: no Chromium was found (CHROMIUM_PATH).\n');
      return { data: undefined, budgets: [] };
    }
    const outDir = join(FOLDER, 'studio');
    await build({ root: ROOT, logLevel: 'error', build: { outDir, emptyOutDir: true } });
    const measured = await benchTyping(outDir);
    const { p50Ms, p95Ms, frameP95Ms, longestTaskMs, baseline } = measured;
    const frames = (/** @type {number} */ ms) => ((ms * 60) / 1000).toFixed(1);
    bench.say('Typing in Chromium, 100 rules and 200 scenarios');
    bench.say(
      `  verdicts refreshed after ${p50Ms.toFixed(0)} ms (p95 ${p95Ms.toFixed(0)}), next frame p95 ${frames(frameP95Ms)} of a frame`,
    );
    bench.say(
      `  on an empty pack ${baseline.p50Ms.toFixed(0)} ms (p95 ${baseline.p95Ms.toFixed(0)}), ${frames(baseline.frameP95Ms)} of a frame\n`,
    );
    return {
      data: measured,
      budgets: [
        {
          name: `keystroke to refreshed verdicts under ${BUDGET.p95Ms} ms at p95`,
          measured: `${p95Ms.toFixed(0)} ms`,
          met: p95Ms <= BUDGET.p95Ms,
        },
        {
          name: `no task on the main thread over ${BUDGET.longestTaskMs} ms while typing`,
          measured: `${longestTaskMs.toFixed(0)} ms`,
          met: longestTaskMs <= BUDGET.longestTaskMs,
        },
      ],
    };
  },
};

/**
 * The guard pack, its rules and scenarios repeated under other ids until there are enough of them.
 *
 * @returns {readonly (readonly [string, string])[]} path and text of each file
 */
function largePack() {
  const folder = join(ROOT, 'policies/guard');
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) =>
    path.replaceAll('\\', '/'),
  );
  const files = paths
    .filter((path) => /\.(?:json|cedar|cedarschema)$/u.test(path))
    .map((path) => /** @type {const} */ ([path, readFileSync(join(folder, path), 'utf8')]));
  const policies = files.filter(([path]) => path.endsWith('.cedar'));
  const scenarios = files.filter(([path]) => path.startsWith('scenarios/'));
  const rest = files.filter(([path]) => !path.endsWith('.cedar') && !path.startsWith('scenarios/'));
  let rules = 0;
  const manyPolicies = [];
  for (let copy = 0; rules < RULES; copy += 1) {
    for (const [path, text] of policies) {
      if (rules >= RULES) break;
      rules += text.match(/^@id\(/gmu)?.length ?? 0;
      const renamed = text.replaceAll(/^@id\("/gmu, copy === 0 ? '@id("' : `@id("copy-${copy}-`);
      manyPolicies.push(
        /** @type {const} */ ([
          path.replace('.cedar', copy === 0 ? '.cedar' : `-${copy}.cedar`),
          renamed,
        ]),
      );
    }
  }
  const manyScenarios = Array.from({ length: SCENARIOS }, (_, index) => {
    const [path = '', text = ''] = scenarios[index % scenarios.length] ?? [];
    const copy = Math.floor(index / scenarios.length);
    return /** @type {const} */ ([
      path.replace('.json', copy === 0 ? '.json' : `-${copy}.json`),
      text,
    ]);
  });
  return [...rest, ...manyPolicies, ...manyScenarios];
}

/**
 * Puts a pack into the store of a page that has the studio open.
 *
 * @param {{ id: string, files: readonly (readonly [string, string])[] }} pack
 */
async function storePack({ id, files }) {
  /** @type {IDBDatabase} */
  const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open('stage0-studio');
    opening.addEventListener('success', () => resolve(opening.result));
    opening.addEventListener('error', () => reject(new Error('no database')));
  });
  const transaction = database.transaction(['packs', 'files'], 'readwrite');
  const now = Date.now();
  transaction.objectStore('packs').put({ v: 1, id, name: id, createdAt: now });
  for (const [path, text] of files) {
    transaction
      .objectStore('files')
      .put({ v: 1, packId: id, path, text, revision: 1, updatedAt: now });
  }
  await new Promise((resolve) => {
    transaction.addEventListener('complete', resolve);
  });
  database.close();
}

/** Watches the page: when each key went down, when its verdicts were in, and which tasks were long. */
function watch() {
  /** @type {{ delays: number[], tasks: number[], frames: number[] }} */
  const seen = { delays: [], tasks: [], frames: [] };
  Object.assign(globalThis, { benchSeen: seen });
  let down = 0;
  addEventListener(
    'keydown',
    () => {
      down = performance.now();
      requestAnimationFrame(() => {
        seen.frames.push(performance.now() - down);
      });
    },
    { capture: true },
  );
  const strip = document.querySelector('[data-revision]');
  if (strip === null) throw new Error('The page shows no status.');
  new MutationObserver(() => {
    if (down === 0 || strip.getAttribute('data-pending') !== 'false') return;
    seen.delays.push(performance.now() - down);
    down = 0;
  }).observe(strip, { attributes: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.tasks.push(entry.duration);
  }).observe({ type: 'longtask' });
}

/**
 * @param {readonly number[]} values
 * @param {number} share
 */
function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/**
 * Opens a pack and types into its approval rules.
 *
 * @param {import('playwright').Page} page
 * @param {string} id
 * @returns {Promise<{ delays: number[], tasks: number[], frames: number[] }>}
 */
async function typeInto(page, id) {
  await page.goto(new URL(`/#/${id}/policies/approval.cedar`, page.url()).href);
  await page.reload();
  await page.locator(READY).waitFor();
  await page.locator('[data-editor="policies/approval.cedar"] .view-lines').click();
  await page.keyboard.press('ControlOrMeta+Home');
  await page.evaluate(watch);
  const text =
    '// typed as a person types, one key after the other, to see what a key costs '.repeat(2);
  for (const key of text.slice(0, KEYS)) await page.keyboard.type(key, { delay: PACE_MS });
  await page.waitForTimeout(1500);
  return page.evaluate('globalThis.benchSeen');
}

/**
 * Measures typing into a large pack, and into one with nothing to check or run.
 *
 * @param {string} outDir the folder of the built studio
 */
async function benchTyping(outDir) {
  const server = await preview({
    root: ROOT,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 4193, strictPort: false, host: '127.0.0.1' },
  });
  const executablePath = findChromium();
  const browser = await chromium.launch({
    args: CHROMIUM_ARGS,
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(server.resolvedUrls?.local[0] ?? '');
    await page.locator(READY).waitFor();
    const files = largePack();
    await page.evaluate(storePack, { id: 'large', files });
    const emptied = files.filter(([path]) => !/^(?:policies|scenarios)\//u.test(path));
    const [, text = ''] = files.find(([path]) => path === 'policies/approval.cedar') ?? [];
    const comment = text.replaceAll(/^/gmu, '// ');
    await page.evaluate(storePack, {
      id: 'nothing',
      files: [...emptied, /** @type {const} */ (['policies/approval.cedar', comment])],
    });
    const baseline = await typeInto(page, 'nothing');
    const ours = await typeInto(page, 'large');
    const p95Ms = percentile(ours.delays, 0.95);
    const longestTaskMs = Math.max(0, ...ours.tasks);
    return {
      keys: KEYS,
      refreshed: ours.delays.length,
      p50Ms: percentile(ours.delays, 0.5),
      p95Ms,
      frameP95Ms: percentile(ours.frames, 0.95),
      longestTaskMs,
      baseline: {
        p50Ms: percentile(baseline.delays, 0.5),
        p95Ms: percentile(baseline.delays, 0.95),
        frameP95Ms: percentile(baseline.frames, 0.95),
        longestTaskMs: Math.max(0, ...baseline.tasks),
      },
    };
  } finally {
    await browser.close();
    await server.close();
  }
}
