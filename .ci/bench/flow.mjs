/**
 * The rule flow in Chromium, on the built studio: 300 rules that all stand open, panned and zoomed as a
 * person does, and 1,000 rules laid out. Beside it the frames of a page with nothing on it: on a machine
 * that does other things too, those are late as well. What the drawing itself costs is the CPU time of
 * the main thread a frame, which other programs do not change.
 */
import { findChromium } from '../chromium.mjs';
import { largePack, openStudio, percentile, READY, storePack } from './studio.mjs';

const RULES = 300;
const MANY_RULES = 1000;
const SCENARIOS = 8;
/** Milliseconds of the main thread that a frame may take at p95: one of sixty a second. */
const FRAME_MS = 1000 / 60;
/** Milliseconds from asking for 1,000 rules to having them on the screen. */
const LAYOUT_MS = 2000;

/** @typedef {{ name: string, p50Ms: number, p95Ms: number, cpuP50Ms: number, cpuP95Ms: number }} Moves */

/** @type {import('./suite.mjs').Suite} */
export const flow = {
  name: 'flow',
  run: async (bench) => {
    if (findChromium() === undefined) {
      bench.say('The rule flow is not measured: no Chromium was found (CHROMIUM_PATH).\n');
      return { data: undefined, budgets: [] };
    }
    const measured = await benchFlow(await bench.studio());
    const { moves, layoutMs } = measured;
    bench.say(`The rule flow in Chromium, ${RULES} rules open: milliseconds a frame, p50 and p95`);
    for (const { name, p50Ms, p95Ms, cpuP50Ms, cpuP95Ms } of moves) {
      const between = `${p50Ms.toFixed(1)} ${p95Ms.toFixed(1)}`.padStart(14);
      const cpu = `${cpuP50Ms.toFixed(1)} ${cpuP95Ms.toFixed(1)}`.padStart(12);
      bench.say(`  ${name.padEnd(28)}between frames${between}   CPU of the main thread${cpu}`);
    }
    bench.say(`  ${MANY_RULES} rules laid out and on the screen after ${layoutMs.toFixed(0)} ms\n`);
    const ours = moves.filter(({ name }) => !name.startsWith('nothing'));
    const worst = Math.max(...ours.map(({ cpuP95Ms }) => cpuP95Ms));
    return {
      data: measured,
      budgets: [
        {
          name: `${RULES} rules open: a frame of a pan or zoom under ${FRAME_MS.toFixed(1)} ms of CPU at p95`,
          measured: `${worst.toFixed(1)} ms`,
          met: worst <= FRAME_MS,
        },
        {
          name: `${MANY_RULES} rules laid out and on the screen within ${LAYOUT_MS} ms`,
          measured: `${layoutMs.toFixed(0)} ms`,
          met: layoutMs <= LAYOUT_MS,
        },
      ],
    };
  },
};

/** Notes the time between frames until it is stopped. */
function watchFrames() {
  /** @type {number[]} */
  const frames = [];
  let before = performance.now();
  let on = true;
  const note = (/** @type {number} */ now) => {
    frames.push(now - before);
    before = now;
    if (on) requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
  Object.assign(globalThis, {
    benchFrames: () => {
      on = false;
      return frames.slice(2);
    },
  });
}

/**
 * CPU milliseconds of each frame on the page's main thread, from a trace of the browser.
 * @param {Buffer} trace
 */
function frameCosts(trace) {
  /** @type {{ traceEvents: { name: string, ph: string, pid: number, tdur?: number }[] }} */
  const { traceEvents } = JSON.parse(trace.toString());
  /** @type {Map<number, number[]>} */
  const byProcess = new Map();
  for (const { name, ph, pid, tdur = 0 } of traceEvents) {
    if (name !== 'ProxyMain::BeginMainFrame' || ph !== 'X') continue;
    byProcess.set(pid, [...(byProcess.get(pid) ?? []), tdur / 1000]);
  }
  // The window around the page has frames too, and less to do in them.
  const sum = (/** @type {readonly number[]} */ costs) =>
    costs.reduce((all, cost) => all + cost, 0);
  return [...byProcess.values()].toSorted((a, b) => sum(b) - sum(a))[0] ?? [];
}

/** @param {import('playwright').Page} page */
function browserOf(page) {
  const browser = page.context().browser();
  if (browser === null) throw new Error('The page has no browser.');
  return browser;
}

/**
 * Moves the drawing and measures its frames.
 * @param {import('playwright').Page} page
 * @param {string} name
 * @param {() => Promise<void>} move
 * @returns {Promise<Moves>}
 */
async function measureMoves(page, name, move) {
  const browser = browserOf(page);
  await browser.startTracing(page, { categories: ['cc', 'toplevel'] });
  await page.evaluate(watchFrames);
  await move();
  /** @type {number[]} */
  const frames = await page.evaluate('globalThis.benchFrames()');
  const costs = frameCosts(await browser.stopTracing());
  return {
    name,
    p50Ms: percentile(frames, 0.5),
    p95Ms: percentile(frames, 0.95),
    cpuP50Ms: percentile(costs, 0.5),
    cpuP95Ms: percentile(costs, 0.95),
  };
}

/**
 * @param {import('playwright').Page} page
 * @param {string} what
 * @returns {Promise<readonly Moves[]>}
 */
async function panAndZoom(page, what) {
  const [x, y] = [560, 480];
  const pan = await measureMoves(page, `${what}: pan`, async () => {
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (let step = 0; step < 120; step += 1) {
      await page.mouse.move(x + 200 * Math.sin(step / 12), y + 180 * Math.cos(step / 9));
      await page.waitForTimeout(8);
    }
    await page.mouse.up();
  });
  const zoom = await measureMoves(page, `${what}: zoom`, async () => {
    await page.mouse.move(x, y);
    for (let step = 0; step < 80; step += 1) {
      await page.mouse.wheel(0, step % 40 < 20 ? -60 : 60);
      await page.waitForTimeout(16);
    }
  });
  return [pan, zoom];
}

/**
 * Opens a stored pack on its flow.
 * @param {import('playwright').Page} page
 * @param {string} id
 */
async function openFlow(page, id) {
  await page.goto(new URL(`/#/${id}`, page.url()).href);
  await page.reload();
  await page.locator(READY).waitFor();
  await page.getByRole('button', { name: 'Graph', exact: true }).click();
  await page.locator('[data-nodes]').waitFor();
}

/** @param {string} outDir the folder of the built studio */
async function benchFlow(outDir) {
  const { page, close } = await openStudio(outDir);
  try {
    const bare = await browserOf(page).newPage({ viewport: { width: 1440, height: 900 } });
    await bare.setContent('<p>Nothing</p>');
    const nothing = await panAndZoom(bare, 'nothing');
    await bare.close();

    await page.evaluate(storePack, {
      id: 'open',
      files: largePack({ rules: RULES, scenarios: SCENARIOS }),
    });
    await openFlow(page, 'open');
    // Files are taken whole, so that there may be a few rules more, and then they start out in groups.
    const groups = page.getByRole('button', { name: 'Open all groups' });
    if (await groups.isVisible()) await groups.click();
    await page.getByRole('button', { name: 'Open rules' }).click();
    await page.locator('[data-open]').first().waitFor();
    await page.locator('.react-flow__controls-fitview').click();
    await page.waitForTimeout(1500);
    const afar = await panAndZoom(page, 'all in view');
    await page.locator('[data-kind="rule"] button[data-node-button]').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.waitForTimeout(1500);
    const near = await panAndZoom(page, 'near enough to read');

    await page.evaluate(storePack, {
      id: 'many',
      files: largePack({ rules: MANY_RULES, scenarios: SCENARIOS }),
    });
    await openFlow(page, 'many');
    const began = performance.now();
    await page.getByRole('button', { name: 'Open all groups' }).click();
    await page.waitForFunction(
      (rules) => Number(document.querySelector('[data-nodes]')?.getAttribute('data-nodes')) > rules,
      MANY_RULES,
    );
    const layoutMs = performance.now() - began;
    return { moves: [...nothing, ...afar, ...near], layoutMs };
  } finally {
    await close();
  }
}
