/**
 * From a keystroke to refreshed verdicts, measured in Chromium on the built studio: a pack of 100 rules
 * and 200 scenarios, typed into as a person types. Beside it, the same typing into the same editor on a
 * pack that has nothing to check or run: what the browser and Monaco cost by themselves.
 */
import { findChromium } from '../chromium.mjs';
import { largePack, openStudio, percentile, READY, storePack } from './studio.mjs';

const SIZE = { rules: 100, scenarios: 200 };
const KEYS = 120;
/** Milliseconds between two keys: a fast typist. */
const PACE_MS = 90;
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
    const measured = await benchTyping(await bench.studio());
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
  const { page, close } = await openStudio(outDir);
  try {
    const files = largePack(SIZE);
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
    await close();
  }
}
