/**
 * Decisions: ours, other engines, and the limit, which is the same rules written by hand. Nobody is
 * measured who does not give the same answers.
 */
import { compareAnswers, measure, ratio } from './measure.mjs';

/** @typedef {import('./measure.mjs').Figure} Figure */

/**
 * @typedef {object} Measured
 * @property {string} title
 * @property {number | undefined} compared answers that were found to be the same; absent: with those before
 * @property {readonly Figure[]} figures the limit first
 */

/** @type {readonly (import('../../src/cedar/workload.bench.ts').Shape & { title: string })[]} */
const SHAPES = [
  { title: '20 rules', rules: 20, scope: 'tool', population: 'few' },
  { title: '100 rules', rules: 100, scope: 'tool', population: 'few' },
  { title: '1,000 rules', rules: 1000, scope: 'tool', population: 'few' },
  { title: '10,000 rules', rules: 10_000, scope: 'tool', population: 'few' },
  { title: '100 rules, 10,000 entities', rules: 100, scope: 'tool', population: 'many' },
  { title: '20 rules, all concern it', rules: 20, scope: 'all', population: 'few' },
  { title: '100 rules, all concern it', rules: 100, scope: 'all', population: 'few' },
];
/** The shape whose requests are also measured by what they come to. */
const BY_VERDICT = '100 rules';
const VERDICTS = /** @type {const} */ (['ALLOW', 'DENY', 'DEFER']);

/** @type {import('./suite.mjs').Suite} */
export const decisions = {
  name: 'decisions',
  run: async (bench) => {
    /** @type {typeof import('../../src/decision/contestants.bench.ts')} */
    const { contestants, REQUESTS } = await bench.load('src/decision/contestants.bench.ts');
    bench.say('Nanoseconds of CPU a decision; ± is half the distance between the quartiles.\n');
    /** @type {Measured[]} */
    const workloads = [];
    const all = Array.from({ length: REQUESTS }, (_, index) => index);
    for (const shape of SHAPES) {
      const everybody = await contestants(shape);
      const compared = await compareAnswers(everybody, REQUESTS);
      const { title } = shape;
      workloads.push(report({ title, compared, figures: await measure(everybody, all) }));
      if (title !== BY_VERDICT) continue;
      const [limit, ours] = everybody;
      if (limit === undefined || ours === undefined) throw new Error('Nobody decides');
      for (const verdict of VERDICTS) {
        const those = [];
        for (const index of all) {
          if ((await limit.answer(index)).verdict === verdict) those.push(index);
        }
        const figures = await measure([limit, ours], those);
        workloads.push(
          report({ title: `${title}, those that ${verdict}`, compared: undefined, figures }),
        );
      }
    }
    return { data: workloads, budgets: judge(workloads) };

    /** @param {Measured} measured */
    function report(measured) {
      const { title, compared, figures } = measured;
      const [limit] = figures;
      bench.say(compared === undefined ? title : `${title} (${compared} answers compared)`);
      for (const figure of figures) {
        const times = limit === undefined ? '' : `${ratio(figure, limit).toFixed(1)}x`;
        const spread = `±${(figure.spread * 100).toFixed(0)} %`;
        const ns = figure.ns.toLocaleString('en', { maximumFractionDigits: 0 });
        bench.say(
          `  ${figure.name.padEnd(32)}${ns.padStart(14)}${spread.padStart(8)}${times.padStart(12)}`,
        );
      }
      bench.say('');
      return measured;
    }
  },
};

/**
 * @param {readonly Measured[]} workloads
 * @returns {readonly import('./suite.mjs').Budget[]}
 */
function judge(workloads) {
  const figure = (/** @type {string} */ title, /** @type {string} */ name) => {
    const found = workloads
      .find((one) => one.title === title)
      ?.figures.find((one) => one.name.startsWith(name));
    if (found === undefined) throw new Error(`Nobody measured ${name} at ${title}`);
    return found;
  };
  const times = (/** @type {number} */ value, digits = 0) => `${value.toFixed(digits)}x`;
  const small = workloads.filter(({ title }) => /^(?:20|100) rules(?!.*entities)/u.test(title));
  const flat =
    figure('10,000 rules', 'ours, decision').ns / figure('100 rules', 'ours, decision').ns;
  return [
    ...small.map(({ title }) => {
      const slower = ratio(figure(title, 'ours, decision'), figure(title, 'by hand'));
      const name = `${title}: a decision within 2x of the rules by hand`;
      return { name, measured: times(slower, 1), met: slower <= 2 };
    }),
    ...['20 rules', '100 rules'].flatMap((title) => {
      const wasm = figure(title, 'official wasm');
      const decision = ratio(wasm, figure(title, 'ours, decision'));
      const check = ratio(wasm, figure(title, 'ours, full check'));
      return [
        {
          name: `${title}: 100x the official wasm preparsed`,
          measured: times(decision),
          met: decision >= 100,
        },
        {
          name: `${title}: the full check 10x its decision alone`,
          measured: times(check),
          met: check >= 10,
        },
      ];
    }),
    { name: '100 to 10,000 rules: flat within 2x', measured: times(flat, 2), met: flat <= 2 },
  ];
}
