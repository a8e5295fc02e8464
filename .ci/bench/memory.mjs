/** What compiled rules take, and whether deciding leaves anything behind. */
import { child } from './suite.mjs';

/** Heap that may lie between two collections of the same program. */
const GROWTH_ALLOWED = 500_000;

/** @type {import('./suite.mjs').Suite} */
export const memory = {
  name: 'memory',
  run: async (bench) => {
    const decisions = bench.full ? 10_000_000 : 1_000_000;
    const built = await bench.build('src/cedar/cold.bench.ts');
    /** @type {{ bytes: number }} */
    const { bytes } = await child('heapPerRule', built);
    /** @type {{ heaps: readonly number[] }} */
    const { heaps } = await child('growth', built, String(decisions));
    // The first may still hold what only the start needed.
    const grown = (heaps.at(-1) ?? Number.NaN) - (heaps[1] ?? Number.NaN);
    bench.say('Memory');
    bench.say(
      `  heap of a compiled rule, at 10,000: ${bytes.toFixed(0)} bytes, its syntax tree included\n`,
    );
    return {
      data: { bytesPerRule: bytes, decisions, heaps, grown },
      budgets: [
        {
          name: `no growth over ${decisions.toLocaleString('en')} decisions`,
          measured: `${(grown / 1000).toFixed(0)} kB`,
          met: grown < GROWTH_ALLOWED,
        },
      ],
    };
  },
};
