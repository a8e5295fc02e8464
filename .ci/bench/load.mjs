/**
 * The server under load for minutes while its policies are loaded anew again and again: whether every
 * check is answered, and whether what it holds in memory stays what it was.
 */
import { join } from 'node:path';
import autocannon from 'autocannon';
import { median } from './measure.mjs';
import { bodies, CLI, rssOf, RULES, signedBundle, start } from './server.mjs';
import { FOLDER } from './suite.mjs';

const CONNECTIONS = 32;
/** How often memory is looked at: between two collections it swings by half. */
const SAMPLES = 100;
/** Of the median of the last fifth by that of the second, when everything is compiled. */
const GROWTH_ALLOWED = 1.1;

/** @type {import('./suite.mjs').Suite} */
export const load = {
  name: 'load',
  run: async (bench) => {
    await bench.package();
    const seconds = bench.full ? 600 : 60;
    const reloads = bench.full ? 100 : 10;
    const served = await signedBundle(join(FOLDER, 'load'));
    const server = await start('/check', [CLI, ...served, '--log', join(FOLDER, 'load/d.log')]);
    try {
      const { rss, requests, failures, reloaded } = await drive(server, seconds, reloads);
      const fifths = Array.from({ length: 5 }, (_, index) =>
        median(rss.slice(index * 20, index * 20 + 20)),
      );
      const [, early, , , late] = fifths;
      const grown = (late ?? NaN) / (early ?? NaN);
      const count = requests.toLocaleString('en');
      bench.say(`Load: ${seconds} s, ${RULES.toLocaleString('en')} rules, each decision logged`);
      bench.say(
        `  ${count} checks, ${failures} without an answer; policies loaded ${reloaded} times`,
      );
      bench.say(
        `  resident in each fifth, median: ${fifths.map((bytes) => (bytes / 1e6).toFixed(0)).join(', ')} MB\n`,
      );
      return {
        data: { seconds, requests, failures, reloaded, fifths },
        budgets: [
          {
            name: `memory flat over ${seconds} s of load and ${reloads} reloads`,
            measured: `${(grown * 100 - 100).toFixed(0)} % from the second fifth to the last`,
            met: grown <= GROWTH_ALLOWED,
          },
          {
            name: 'every check answered while policies are loaded anew',
            measured: `${failures} of ${count} were not; ${reloaded} loads`,
            met: failures === 0 && reloaded >= reloads,
          },
        ],
      };
    } finally {
      await server.stop();
    }
  },
};

/**
 * @param {{ pid: number; url: string }} server
 * @param {number} seconds
 * @param {number} reloads
 */
async function drive({ pid, url }, seconds, reloads) {
  /** @type {number[]} */
  const rss = [];
  const sampling = setInterval(() => rss.push(rssOf(pid)), (seconds * 1000) / SAMPLES);
  const reloading = setInterval(
    () => process.kill(pid, 'SIGHUP'),
    (seconds * 1000) / (reloads + 1),
  );
  try {
    const result = await autocannon({
      url: `${url}/check`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      requests: bodies().map((body) => ({ body })),
      connections: CONNECTIONS,
      duration: seconds,
    });
    const requests = result.requests.total;
    return { rss, requests, failures: result.non2xx + result.errors, reloaded: await loads(url) };
  } finally {
    clearInterval(sampling);
    clearInterval(reloading);
  }
}

/**
 * How often policies were loaded, by the server's own count.
 * @param {string} url
 */
async function loads(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^stage0_policy_reloads_total\{result="ok"\} (\d+)$/mu.exec(text)?.[1] ?? 0);
}
