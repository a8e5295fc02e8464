import { Command } from 'commander';
import { err, ok, type Result } from '../../base/result.ts';
import {
  logTo,
  openDecider,
  withDeciderOptions,
  type DeciderOptions,
} from '../gates/command-options.ts';
import { claudeCode } from '../hooks/claude-code.ts';
import { cursor } from '../hooks/cursor.ts';
import { dockerMcp } from '../hooks/docker-mcp.ts';
import type { HookHost } from '../hooks/host.ts';
import { runHook } from '../hooks/run-hook.ts';
import type { Host } from '../host.ts';
import { printProblem } from '../problem.ts';

const HOSTS: readonly HookHost[] = [claudeCode, cursor, dockerMcp];

/** `stage0 hook`: answers a coding agent's question before a tool runs. */
export function hookCommand(host: Host, end: (code: number) => void): Command {
  const command = new Command('hook').description('answer a coding agent before it runs a tool');
  for (const hookHost of HOSTS) command.addCommand(hookOf(hookHost, host, end));
  return command;
}

interface HookOptions extends DeciderOptions {
  readonly project?: string;
  readonly log?: string;
}

function hookOf(hookHost: HookHost, host: Host, end: (code: number) => void): Command {
  return withDeciderOptions(
    new Command(hookHost.name).description(`the event of ${hookHost.name} on the standard input`),
  )
    .option(
      '--project <folder>',
      'the folder that the agent may work in; what the host says when absent',
    )
    .option('--log <file>', 'where to write what was decided, a line of JSON each')
    .addHelpText('after', `\nEvery error is a no.\n\n${hookHost.setUp}`)
    .action(async ({ project, log, ...options }: HookOptions) => {
      const answer = await runHook(hookHost, () => readEvent(host), {
        where: { project, env: process.env, cwd: process.cwd() },
        decider: () => openDecider(options),
        log: log === undefined ? undefined : logTo(log),
      });
      if (answer.error !== undefined) host.error(answer.error);
      if (answer.out !== undefined) host.out(answer.out);
      end(answer.code);
    });
}

async function readEvent(host: Host): Promise<Result<string, string>> {
  const source = await (host.readMeanwhile?.() ?? host.read('-'));
  return source.ok ? ok(source.value.text) : err(printProblem(source.error));
}
