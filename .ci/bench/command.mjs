/** The command line: from nothing to the verdict of `stage0 check`, and what else is asked again and again. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMAND } from '../package.mjs';
import { ROOT } from '../process.mjs';
import { median } from './measure.mjs';
import { FOLDER } from './suite.mjs';

/** New processes of each. */
const STARTS = 15;
const START_CPU_MS = 100;
const CLI = join(ROOT, COMMAND);
const CHECK = '{"goal": "Look for the newest report", "tools": ["search"]}';
const EVENT =
  '{"hook_event_name": "PreToolUse", "cwd": "/tmp", "tool_name": "Bash", "tool_input": {"command": "ls"}}';

/**
 * What is started, in turn; the first is what Node takes for itself.
 * @type {Readonly<Record<string, { readonly args: readonly string[]; readonly input: string }>>}
 */
const STARTED = {
  'node -e 0': { args: ['-e', '0'], input: '' },
  'stage0 check': { args: [CLI, 'check', join(ROOT, 'policies/guard'), '-'], input: CHECK },
  'stage0 hook': {
    args: [CLI, 'hook', 'claude-code', '--pack', join(ROOT, 'policies/coding-agent')],
    input: EVENT,
  },
  'stage0 --version': { args: [CLI, '--version'], input: '' },
  'stage0 --help': { args: [CLI, '--help'], input: '' },
};

/** A process tells at its end what it took: the same for all that are compared. */
const TELL = join(FOLDER, 'tell.cjs');
const TELLING =
  'process.on("exit",()=>{const u=process.cpuUsage();require("fs").writeSync(2,JSON.stringify({ms:performance.now(),cpuMs:(u.user+u.system)/1000}))})';

/** Node reads certificates before anything runs where this is set: 30 ms that belong to the machine. */
const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, ...ENVIRONMENT } = process.env;

/** @type {import('./suite.mjs').Suite} */
export const command = {
  name: 'command',
  run: async (bench) => {
    await bench.package();
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(TELL, TELLING);
    const rounds = Array.from(
      { length: STARTS },
      () => new Map(Object.entries(STARTED).map(([name, one]) => [name, started(one)])),
    );
    const of = (/** @type {string} */ name, /** @type {'ms' | 'cpuMs'} */ what) =>
      median(rounds.map((round) => round.get(name)?.[what] ?? Number.NaN));
    const ratio = median(
      rounds.map(
        (round) =>
          (round.get('stage0 check')?.cpuMs ?? Number.NaN) / (round.get('node -e 0')?.cpuMs ?? 0),
      ),
    );
    bench.say('Command line: a new process to its end');
    for (const name of Object.keys(STARTED)) {
      const [ms, cpuMs] = [of(name, 'ms').toFixed(0), of(name, 'cpuMs').toFixed(0)];
      bench.say(`  ${name.padEnd(16)} ${ms.padStart(4)} ms, ${cpuMs.padStart(4)} ms of CPU`);
    }
    bench.say('');
    return {
      data: { checkMs: of('stage0 check', 'ms'), nodeMs: of('node -e 0', 'ms'), cpuRatio: ratio },
      budgets: [
        {
          name: `stage0 check within ${START_CPU_MS} ms of CPU`,
          measured: `${of('stage0 check', 'cpuMs').toFixed(0)} ms, ${ratio.toFixed(1)} times those of node -e 0`,
          met: of('stage0 check', 'cpuMs') < START_CPU_MS,
        },
      ],
    };
  },
};

/**
 * @param {(typeof STARTED)[string]} one
 * @returns {import('./start.mjs').Times}
 */
function started({ args, input }) {
  const { stderr, status } = spawnSync(process.execPath, ['--require', TELL, ...args], {
    encoding: 'utf8',
    env: ENVIRONMENT,
    input,
  });
  if (status !== 0) throw new Error(stderr);
  /** @type {import('./start.mjs').Times} */
  const times = JSON.parse(stderr);
  return times;
}
