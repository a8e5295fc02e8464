/**
 * How the bench measures. Contestants take turns in short slices, so that whatever slows the machine
 * down slows all of them; what is counted is CPU time of the process, so that other programs do not
 * count at all. A ratio is the median of the ratios of slices that ran one after the other.
 */

/** @typedef {import('../../src/cedar/contestants.bench.ts').Contestant} Contestant */
/** @typedef {Pick<Contestant, 'name' | 'run' | 'async'>} Runner */

/**
 * @typedef {object} Figure
 * @property {string} name
 * @property {number} ns median nanoseconds of CPU a decision
 * @property {number} spread half the distance between the quartiles, as a share of the median
 * @property {readonly number[]} rounds nanoseconds a decision, round by round
 */

/** Microseconds of CPU that one slice is to take. */
const SLICE = 8_000;
const ROUNDS = 21;
/** Of contestants that take longer than a slice for one decision. */
const SLOW_ROUNDS = 5;
/** Until the compiler has seen enough: the full check is some fifty functions deep. */
const WARM_UP = 1_000_000;
const SLOW_WARM_UP = 200_000;
/** Microseconds of a decision that is native code all the way down. */
const SLOW = 1_000;
/** Slower ones are asked fewer questions. */
const MANY_QUESTIONS_WITHIN = 20_000;
const FEW_QUESTIONS = 8;

/** Microseconds of CPU that this process has used. */
export function cpu() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** @param {readonly number[]} numbers */
export function median(numbers) {
  return quantile(numbers, 0.5);
}

/**
 * @param {readonly number[]} numbers
 * @param {number} share
 */
function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/**
 * Asks everybody the same questions.
 * @param {readonly Contestant[]} contestants
 * @param {number} requests how many there are
 * @returns {Promise<number>} how many answers were compared
 * @throws when two differ
 */
export async function compareAnswers(contestants, requests) {
  const [first, ...others] = contestants;
  if (first === undefined) return 0;
  let compared = 0;
  for (const other of others) {
    const started = cpu();
    await other.answer(0);
    const few = cpu() - started > MANY_QUESTIONS_WITHIN;
    for (let index = 0; index < (few ? FEW_QUESTIONS : requests); index++) {
      const [expected, found] = [await first.answer(index), await other.answer(index)];
      for (const part of /** @type {const} */ (['decision', 'verdict', 'satisfied', 'reasons'])) {
        const wanted = part === 'reasons' ? reasonsOf(expected) : expected[part];
        if (found[part] === undefined || wanted === undefined) continue;
        compared++;
        if (JSON.stringify(found[part]) === JSON.stringify(wanted)) continue;
        throw new Error(
          `${other.name} disagrees with ${first.name} on request ${index}: ${part} ` +
            `${JSON.stringify(found[part])} and not ${JSON.stringify(wanted)}`,
        );
      }
    }
  }
  return compared;
}

/**
 * Plain Cedar's determining policies, from all that hold: the permits of an ALLOW; of a denial the
 * forbids, whose ids do not say that they permit.
 * @param {import('../../src/cedar/contestants.bench.ts').Answer} answer
 */
function reasonsOf({ decision, satisfied }) {
  const permits = /-(?:is-permitted|carries-risk)$/u;
  return satisfied?.filter((id) => decision === 'allow' || !permits.test(id));
}

/**
 * Measures contestants side by side.
 * @param {readonly Runner[]} contestants
 * @param {readonly number[]} requests numbers of those to decide, in turn
 * @returns {Promise<readonly Figure[]>} in the order of the contestants
 */
export async function measure(contestants, requests) {
  const lanes = [];
  for (const contestant of contestants) lanes.push(await warmUp(contestant, requests));
  for (let round = 0; round < ROUNDS; round++) {
    for (const lane of lanes) {
      if (lane.batch === 1 && round >= SLOW_ROUNDS) continue;
      lane.rounds.push(await slice(lane.contestant, lane.batch, requests));
    }
  }
  return lanes.map(({ contestant: { name }, rounds }) => {
    const ns = median(rounds);
    const spread = (quantile(rounds, 0.75) - quantile(rounds, 0.25)) / 2 / ns;
    return { name, ns, spread, rounds };
  });
}

/**
 * Runs a contestant until it is as fast as it gets, and finds how often it can run in one slice.
 * @param {Runner} contestant
 * @param {readonly number[]} requests
 */
async function warmUp(contestant, requests) {
  const started = cpu();
  let batch = 1;
  let took = await slice(contestant, batch, requests);
  while (cpu() - started < (took / 1000 > SLOW ? SLOW_WARM_UP : WARM_UP)) {
    if ((took * batch) / 1000 < SLICE) batch *= 2;
    took = await slice(contestant, batch, requests);
  }
  batch = Math.max(1, Math.round((SLICE * 1000) / took));
  /** @type {number[]} */
  const rounds = [];
  return { contestant, batch, rounds };
}

/**
 * What was computed last: it is kept, so that nothing can be left out as unused.
 * @type {{ last: unknown }}
 */
const kept = { last: undefined };

/**
 * @param {Runner} contestant
 * @param {number} batch
 * @param {readonly number[]} requests
 * @returns {Promise<number>} nanoseconds of CPU a decision
 */
async function slice({ run, async: waits }, batch, requests) {
  const { length } = requests;
  const started = cpu();
  if (waits === true)
    for (let at = 0; at < batch; at++) kept.last = await run(Number(requests[at % length]));
  else for (let at = 0; at < batch; at++) kept.last = run(Number(requests[at % length]));
  return ((cpu() - started) * 1000) / batch;
}

/**
 * How many times as long the one takes as the other.
 * @param {Figure} figure
 * @param {Figure} base
 */
export function ratio(figure, base) {
  const pairs = Math.min(figure.rounds.length, base.rounds.length);
  const ratios = Array.from({ length: pairs }, (_, round) => {
    const [a, b] = [figure.rounds[round] ?? Number.NaN, base.rounds[round] ?? Number.NaN];
    return a / b;
  });
  return median(ratios);
}
