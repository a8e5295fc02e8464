import { Command } from 'commander';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { GENESIS } from '../log/chain.ts';
import { filesOfLog } from '../log/decision-log.ts';
import { verifyLog } from '../log/verify-log.ts';
import { failed } from '../problem.ts';

interface Options {
  readonly head?: string;
  readonly json?: true;
}

const EXAMPLE = `
The chain shows lines that were changed, taken out or put in. Lines taken from the end show when the digest
of the last line was noted before, and is given with --head.

Exit code: 0 when the chain holds, 2 when it is broken, 1 when it cannot be read.

Example:
  stage0 log verify decisions.log`;

/** `stage0 log`: the decision log of a server. */
export function logCommand(host: Host, end: (code: number) => void): Command {
  return new Command('log').description('verify a decision log').addCommand(
    new Command('verify')
      .description('follow the chain of a decision log, and find where it breaks')
      .argument('<log>', 'as given to stage0 serve; its full files are found beside it')
      .option('--head <digest>', 'a line that must be there, such as sha256:…')
      .option('--json', 'print the result as JSON')
      .addHelpText('after', EXAMPLE)
      .action(async (path: string, options: Options) => end(await verify(host, path, options))),
  );
}

async function verify(host: Host, path: string, options: Options): Promise<number> {
  const { head, json } = options;
  try {
    const files = filesOfLog(path);
    if (files.length === 0) {
      return failed(host, [{ file: path, message: 'there is no such log' }], options);
    }
    const chain = await verifyLog(files, head);
    if (json === true) {
      host.out(
        `${JSON.stringify(chain.ok ? { ok: true, ...chain.value } : { ok: false, ...chain.error })}\n`,
      );
    } else if (chain.ok) {
      const { lines, from, head: last, unfinished } = chain.value;
      const start = from === GENESIS ? 'from the first of all' : `after ${from}`;
      host.out(`${path}: ${lines} lines, ${start}, to ${last}\n`);
      if (unfinished) host.error('A line at the end was not finished and is not counted.\n');
    } else {
      const { file, line, message } = chain.error;
      host.error(`${file}:${line}: ${message}\n`);
    }
    return chain.ok ? EXIT.ok : EXIT.denied;
  } catch (error) {
    const message = error instanceof Error ? error.message : 'cannot be read';
    return failed(host, [{ file: path, message }], options);
  }
}
