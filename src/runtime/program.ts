import { Command, CommanderError } from 'commander';
import { attachCommand } from './commands/attach.ts';
import { authorizeCommand } from './commands/authorize.ts';
import { bundleCommand } from './commands/bundle.ts';
import { checkCommand } from './commands/check.ts';
import { conformanceCommand } from './commands/conformance.ts';
import { diffCommand } from './commands/diff.ts';
import { exportCommand } from './commands/export.ts';
import { explainCommand } from './commands/explain.ts';
import { keygenCommand } from './commands/keygen.ts';
import { keysCommand } from './commands/keys.ts';
import { lintCommand } from './commands/lint.ts';
import { logCommand } from './commands/log.ts';
import { serveCommand } from './commands/serve.ts';
import { testCommand } from './commands/test.ts';
import { verifyCommand } from './commands/verify.ts';
import { EXIT } from './exit.ts';
import type { Host } from './host.ts';

/** The `stage0` command: runs what the arguments ask for, and gives the exit code. */
export async function runProgram(args: readonly string[], host: Host): Promise<number> {
  let code: number = EXIT.failed;
  const end = (ended: number): void => {
    code = ended;
  };
  const program = new Command('stage0')
    .description('Cedar policies that decide whether an AI agent may act')
    .addCommand(authorizeCommand(host, end))
    .addCommand(conformanceCommand(host, end))
    .addCommand(checkCommand(host, end))
    .addCommand(explainCommand(host, end))
    .addCommand(lintCommand(host, end))
    .addCommand(testCommand(host, end))
    .addCommand(diffCommand(host, end))
    .addCommand(keygenCommand(host, end))
    .addCommand(bundleCommand(host, end))
    .addCommand(attachCommand(host, end))
    .addCommand(verifyCommand(host, end))
    .addCommand(exportCommand(host, end))
    .addCommand(serveCommand(host, end))
    .addCommand(keysCommand(host, end))
    .addCommand(logCommand(host, end));
  for (const command of everyCommand(program)) {
    command
      .exitOverride()
      .configureOutput({ writeOut: host.out, writeErr: host.error })
      .showHelpAfterError(`(${wholeName(command)} --help says more)`);
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Help ends here with 0, a command line that makes no sense with 1; both have been printed.
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function wholeName(command: Command): string {
  return command.parent === null
    ? command.name()
    : `${wholeName(command.parent)} ${command.name()}`;
}
