/** Replaying a decision log, beside `JSON.parse` of its lines: what reading it at all costs. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../process.mjs';
import { measure, ratio } from './measure.mjs';

/** Example packs; a log of what their scenarios ask. */
const PACKS = ['guard', 'payments'];
const MOST_TIMES = 1.5;

/** @type {import('./suite.mjs').Suite} */
export const replay = {
  name: 'replay',
  run: async (bench) => {
    /** @type {typeof import('../../src/runtime/replay.bench.ts')} */
    const { replayContestants } = await bench.load('src/runtime/replay.bench.ts');
    const measured = [];
    for (const pack of PACKS) {
      const { contestants, lines, bytes } = replayContestants(pack, packFiles(pack));
      const figures = await measure(
        contestants,
        Array.from({ length: lines }, (_, index) => index),
      );
      const [parse, ours] = figures;
      if (parse === undefined || ours === undefined) throw new Error('Nobody replays');
      const times = ratio(ours, parse);
      bench.say(`Replaying a log of the pack ${pack}, ${bytes.toFixed(0)} bytes a line`);
      for (const figure of figures) {
        const ns = figure.ns.toLocaleString('en', { maximumFractionDigits: 0 });
        bench.say(
          `  ${figure.name.padEnd(32)}${ns.padStart(14)} ns of CPU${ratio(figure, parse).toFixed(1).padStart(8)}x`,
        );
      }
      bench.say('');
      measured.push({ pack, lines, bytes, times, figures });
    }
    return {
      data: measured,
      budgets: measured.map(({ pack, times }) => ({
        name: `${pack}: a log replayed within ${MOST_TIMES}x of JSON.parse of its lines`,
        measured: `${times.toFixed(1)}x`,
        met: times <= MOST_TIMES,
      })),
    };
  },
};

/**
 * @param {string} pack
 * @returns {ReadonlyMap<string, string>}
 */
function packFiles(pack) {
  const folder = join(ROOT, 'policies', pack);
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Map(
    paths
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => [path.replaceAll('\\', '/'), readFileSync(join(folder, path), 'utf8')]),
  );
}
