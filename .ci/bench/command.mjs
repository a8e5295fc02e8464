/** The command line: from nothing to the verdict of `stage0 check`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { COMMAND } from '../package.mjs';
import { ROOT } from '../process.mjs';
import { median } from './measure.mjs';

/** New processes of each. */
const STARTS = 15;
const START_CPU_MS = 100;
const PACK = join(ROOT, 'policies/guard');

/** A process tells at its end what it took: the same for all that are compared. */
const TELL = `data:text/javascript,${encodeURIComponent(
  'process.on("exit",()=>{const u=process.cpuUsage();process.stderr.write(JSON.stringify({ms:performance.now(),cpuMs:(u.user+u.system)/1000}))})',
)}`;

/** @type {import('./suite.mjs').Suite} */
export const command = {
  name: 'command',
  run: async (bench) => {
    await bench.package();
    const node = ['-e', '0'];
    const check = [join(ROOT, COMMAND), 'check', PACK, '-'];
    /** @type {import('./start.mjs').Times[][]} */
    const starts = Array.from({ length: STARTS }, () => [started(node), started(check)]);
    const of = (/** @type {number} */ index, /** @type {'ms' | 'cpuMs'} */ what) =>
      median(starts.map((pair) => pair[index]?.[what] ?? Number.NaN));
    const ratio = median(starts.map(([bare, full]) => (full?.cpuMs ?? 0) / (bare?.cpuMs ?? 0)));
    bench.say('Command line: a new process to its end');
    bench.say(
      `  node -e 0       ${of(0, 'ms').toFixed(0)} ms, ${of(0, 'cpuMs').toFixed(0)} ms of CPU`,
    );
    bench.say(
      `  stage0 check    ${of(1, 'ms').toFixed(0)} ms, ${of(1, 'cpuMs').toFixed(0)} ms of CPU\n`,
    );
    return {
      data: { checkMs: of(1, 'ms'), nodeMs: of(0, 'ms'), cpuRatio: ratio },
      budgets: [
        {
          name: `stage0 check within ${START_CPU_MS} ms of CPU`,
          measured: `${of(1, 'cpuMs').toFixed(0)} ms, ${ratio.toFixed(1)} times those of node -e 0`,
          met: of(1, 'cpuMs') < START_CPU_MS,
        },
      ],
    };
  },
};

/**
 * @param {readonly string[]} args
 * @returns {import('./start.mjs').Times}
 */
function started(args) {
  const { stderr, status } = spawnSync(process.execPath, ['--import', TELL, ...args], {
    encoding: 'utf8',
    input: '{"goal": "Look for the newest report", "tools": ["search"]}',
  });
  if (status !== 0) throw new Error(stderr);
  /** @type {import('./start.mjs').Times} */
  const times = JSON.parse(stderr);
  return times;
}
