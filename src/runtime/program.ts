import { Command, CommanderError } from 'commander';
import { EXIT } from './exit.ts';
import type { Host } from './host.ts';
import { failureJson } from './problem.ts';

type MakeCommand = (host: Host, end: (code: number) => void) => Command;

/** In the order of the help. Each is loaded when it is asked for: what the others need takes its time. */
const COMMANDS: Readonly<Record<string, () => Promise<MakeCommand>>> = {
  check: async () => (await import('./commands/check.ts')).checkCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  test: async () => (await import('./commands/test.ts')).testCommand,
  lint: async () => (await import('./commands/lint.ts')).lintCommand,
  validate: async () => (await import('./commands/validate.ts')).validateCommand,
  fmt: async () => (await import('./commands/fmt.ts')).fmtCommand,
  diff: async () => (await import('./commands/diff.ts')).diffCommand,
  keygen: async () => (await import('./commands/keygen.ts')).keygenCommand,
  trust: async () => (await import('./commands/trust.ts')).trustCommand,
  bundle: async () => (await import('./commands/bundle.ts')).bundleCommand,
  attach: async () => (await import('./commands/attach.ts')).attachCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  'mcp-gate': async () => (await import('./commands/mcp-gate.ts')).mcpGateCommand,
  hook: async () => (await import('./commands/hook.ts')).hookCommand,
  keys: async () => (await import('./commands/keys.ts')).keysCommand,
  log: async () => (await import('./commands/log.ts')).logCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
  authorize: async () => (await import('./commands/authorize.ts')).authorizeCommand,
  conformance: async () => (await import('./commands/conformance.ts')).conformanceCommand,
  completion: async () => {
    const { completionCommand } = await import('./commands/completion.ts');
    return (host, end) => completionCommand(host, end, () => program('', host, end));
  },
};

/** What commander answers by itself. */
const OWN_QUESTIONS = new Set(['--version', '-V']);

/** The command that is asked for, or all of them: to list them, or to say that there is no such one. */
function makersOf(asked = ''): Promise<readonly MakeCommand[]> {
  if (OWN_QUESTIONS.has(asked)) return Promise.resolve([]);
  const known = Object.hasOwn(COMMANDS, asked) ? COMMANDS[asked] : undefined;
  return Promise.all(
    (known === undefined ? Object.values(COMMANDS) : [known]).map((load) => load()),
  );
}

const EXAMPLE = `
Examples:
  stage0 test policies/payments
  echo '{"goal": "Deploy the site", "tools": ["deploy"]}' | stage0 check policies/guard -
  stage0 <command> --help                  # an example of each`;

/** The command line: the command that is asked for, or all of them. */
async function program(
  asked: string | undefined,
  host: Host,
  end: (code: number) => void,
): Promise<Command> {
  const whole = new Command('stage0')
    .description('Cedar policies that decide whether an AI agent may act')
    .addHelpText('after', EXAMPLE);
  if (host.version !== undefined) whole.version(host.version);
  for (const make of await makersOf(asked)) whole.addCommand(make(host, end));
  for (const command of everyCommand(whole)) {
    command
      .exitOverride()
      .configureOutput({ writeOut: host.out, writeErr: host.error })
      .showHelpAfterError(`(${wholeName(command)} --help says more)`);
  }
  return whole;
}

/** The `stage0` command: runs what the arguments ask for, and gives the exit code. */
export async function runProgram(args: readonly string[], host: Host): Promise<number> {
  let code: number = EXIT.failed;
  const end = (ended: number): void => {
    code = ended;
  };
  const whole = await program(args[0], host, end);
  try {
    await whole.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Help ends here with 0, a command line that makes no sense with 1; both have been printed.
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return error.exitCode;
    if (asksForJson(args)) host.out(failureJson([{ message: error.message }]));
    return failureOf(args);
  }
}

/** Whether `--json` is among the options. What stands behind `--` is not ours. */
function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes('--json');
}

/**
 * What a command ends with that could not do its work. To the hosts of hooks 1 means "go on", so that theirs
 * is another.
 */
export function failureOf([command]: readonly string[]): number {
  return command === 'hook' ? EXIT.refused : EXIT.failed;
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function wholeName(command: Command): string {
  return command.parent === null
    ? command.name()
    : `${wholeName(command.parent)} ${command.name()}`;
}
