/** Verifying a bundle, beside the bare cost of its digests and signature checks. */
import { cpu, median } from './measure.mjs';

/** Files of the pack in the bundle. */
const FILES = 100;
const ROUNDS = 40;
/** In one round: CPU time is counted coarsely. */
const TURNS = 5;
const MOST_TIMES = 3;

const ROWS = [
  'its digests and signature checks alone',
  'up to attestations: it may be believed',
  'all steps, compiling and replay among them',
];

/** @typedef {() => Promise<boolean>} Work */

/** @type {import('./suite.mjs').Suite} */
export const bundles = {
  name: 'bundles',
  run: async (bench) => {
    /** @type {typeof import('../../src/bundle/verify.bench.ts')} */
    const { verifyContestants } = await bench.load('src/bundle/verify.bench.ts');
    const { bytes, bare, believe, verify } = await verifyContestants(FILES);
    const { ms, times } = await sideBySide([bare, believe, verify]);
    bench.say(`Verifying a bundle of ${FILES} files, ${(bytes / 1000).toFixed(0)} kB, in CPU`);
    for (const [index, name] of ROWS.entries()) {
      const [time = 0, ratio = 0] = [ms[index], times[index]];
      bench.say(
        `  ${name.padEnd(48)}${time.toFixed(2).padStart(8)} ms${ratio.toFixed(1).padStart(7)}x`,
      );
    }
    bench.say('');
    return {
      data: { files: FILES, bytes, ms, times },
      budgets: [
        budget('a bundle believed within 3x of its digests and signatures', times[1]),
        budget('the same, compiled and every scenario decided again', times[2]),
      ],
    };
  },
};

/**
 * Median milliseconds of CPU, and how many times the first one's the others take: the median of the
 * rounds, in each of which they run one after another.
 * @param {readonly [bare: Work, believe: Work, verify: Work]} works
 */
async function sideBySide(works) {
  /** @type {number[][]} */
  const rounds = [];
  for (let round = -ROUNDS / 4; round < ROUNDS; round++) {
    /** @type {number[]} */
    const times = [];
    for (const work of works) {
      const began = cpu();
      for (let turn = 0; turn < TURNS; turn++) {
        if (!(await work())) throw new Error('The bundle is not what was expected');
      }
      times.push((cpu() - began) / 1000 / TURNS);
    }
    if (round >= 0) rounds.push(times);
  }
  const [ms, times] = [
    works.map((_, index) => median(rounds.map((round) => round[index] ?? 0))),
    works.map((_, index) => median(rounds.map((round) => (round[index] ?? 0) / (round[0] ?? 0)))),
  ];
  return { ms, times };
}

/**
 * @param {string} name
 * @param {number | undefined} times
 */
function budget(name, times = Number.NaN) {
  return { name, measured: `${times.toFixed(1)}x`, met: times <= MOST_TIMES };
}
