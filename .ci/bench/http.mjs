/**
 * `/check` beside a bare Node server that parses the same body and echoes it. Both are driven in turn, in
 * short slices, so that whatever slows the machine down slows both; a ratio is the median of the ratios of
 * slices that ran one after the other. Throughput is what clients see; CPU time a request is what it costs
 * where clients are not slower than the server.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { median } from './measure.mjs';
import { FOLDER } from './suite.mjs';
import { bodies, CLI, rssOf, RULES, signedBundle, start } from './server.mjs';

/**
 * @typedef {object} Slice
 * @property {number} rate requests a second
 * @property {number} p99 milliseconds
 * @property {number | undefined} cpu microseconds a request, where the system says
 */

/**
 * @typedef {object} HttpFigure
 * @property {string} name
 * @property {number} rate
 * @property {number} p99
 * @property {number} throughput share of the bare server's
 * @property {number} p99Ratio times the bare server's
 * @property {number | undefined} cpuRatio times the bare server's CPU time a request
 * @property {number} rss bytes, after the load
 */

const SECONDS = 2;
const ROUNDS = 5;
const CONNECTIONS = 32;

const BARE = `
import { createServer } from 'node:http';
createServer((incoming, outgoing) => {
  const chunks = [];
  incoming.on('data', (chunk) => chunks.push(chunk));
  incoming.on('end', () => {
    const body = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    outgoing.end(body);
  });
}).listen(0, '127.0.0.1', function () {
  console.log('Answering at http://127.0.0.1:' + this.address().port);
});`;

/** @type {import('./suite.mjs').Suite} */
export const http = {
  name: 'http',
  run: async (bench) => {
    await bench.package();
    const figures = await measure(join(FOLDER, 'http'));
    bench.say(`HTTP: ${CONNECTIONS} connections, ${RULES.toLocaleString('en')} rules`);
    for (const { name, rate, p99, cpuRatio, rss } of figures) {
      const cost = cpuRatio === undefined ? '' : `${cpuRatio.toFixed(1)}x its CPU`.padStart(14);
      bench.say(
        `  ${name.padEnd(32)}${rate.toFixed(0).padStart(8)} a second  p99 ${p99.toFixed(0).padStart(3)} ms  ` +
          `${(rss / 1e6).toFixed(0).padStart(4)} MB resident${cost}`,
      );
    }
    bench.say('');
    return {
      data: { rules: RULES, figures },
      budgets: figures.slice(1).map(({ name, throughput, p99Ratio }) => ({
        name: `${name}: 70 % of a bare server that echoes`,
        measured: `${(throughput * 100).toFixed(0)} %, p99 ${p99Ratio.toFixed(1)}x`,
        met: throughput >= 0.7,
      })),
    };
  },
};

/**
 * @param {string} place folder to work in
 * @returns {Promise<readonly HttpFigure[]>} the bare server first
 */
async function measure(place) {
  const served = await signedBundle(place);
  /** @type {Contestant[]} */
  const contestants = [];
  try {
    /** @type {readonly [string, readonly string[]][]} */
    const servers = [
      ['a bare server that echoes', ['--input-type=module', '-e', BARE]],
      ['/check', [CLI, ...served]],
      ['/check, each decision logged', [CLI, ...served, '--log', join(place, 'd.log')]],
    ];
    for (const [name, args] of servers) {
      contestants.push({ ...(await start(name, args)), slices: [] });
    }
    const requests = bodies();
    for (const { url } of contestants) await slice(url, requests);
    for (let round = 0; round < ROUNDS; round++) {
      for (const contestant of contestants) {
        const before = cpuOf(contestant.pid);
        const { rate, p99, count } = await slice(contestant.url, requests);
        const spent = cpuOf(contestant.pid);
        const cpu =
          before === undefined || spent === undefined ? undefined : (spent - before) / count;
        contestant.slices.push({ rate, p99, cpu });
      }
    }
    return contestants.map((one) => figureOf(one, contestants[0]?.slices ?? []));
  } finally {
    for (const { stop } of contestants) await stop();
  }
}

/** @typedef {Awaited<ReturnType<typeof start>> & { slices: Slice[] }} Contestant */

/**
 * @param {string} url
 * @param {readonly string[]} requests
 */
async function slice(url, requests) {
  const result = await autocannon({
    url: `${url}/check`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    requests: requests.map((body) => ({ body })),
    connections: CONNECTIONS,
    duration: SECONDS,
  });
  if (result.non2xx + result.errors > 0)
    throw new Error(`${url} refused ${result.non2xx} requests`);
  const count = result.requests.total;
  return { rate: count / result.duration, p99: result.latency.p99, count };
}

/**
 * @param {Contestant} contestant
 * @param {readonly Slice[]} bare
 * @returns {HttpFigure}
 */
function figureOf({ name, pid, slices }, bare) {
  const against = (/** @type {(slice: Slice) => number | undefined} */ of) =>
    median(slices.map((one, index) => (of(one) ?? NaN) / (of(bare[index] ?? one) ?? NaN)));
  const cpu = against(({ cpu: spent }) => spent);
  return {
    name,
    rate: median(slices.map(({ rate }) => rate)),
    p99: median(slices.map(({ p99 }) => p99)),
    throughput: against(({ rate }) => rate),
    p99Ratio: against(({ p99 }) => p99),
    cpuRatio: Number.isNaN(cpu) ? undefined : cpu,
    rss: rssOf(pid),
  };
}

/**
 * Microseconds of CPU that a process has used; `undefined` where the system has no /proc.
 * @param {number} pid
 */
function cpuOf(pid) {
  try {
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const fields = rest.split(' ');
    // In hundredths of a second, on every Linux that runs Node.
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return undefined;
  }
}
