import { Argument, Command } from 'commander';
import { completionScript, type Completable, type Shell } from '../completion.ts';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish'];

const EXAMPLE = `
Examples:
  source <(stage0 completion bash)                                           # in ~/.bashrc
  source <(stage0 completion zsh)                                            # in ~/.zshrc
  stage0 completion fish > ~/.config/fish/completions/stage0.fish`;

/** `stage0 completion`: a script that lets a shell complete this command. */
export function completionCommand(
  host: Host,
  end: (code: number) => void,
  whole: () => Promise<Command>,
): Command {
  return new Command('completion')
    .description('print a script that lets a shell complete stage0')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .option('--json', 'print {shell, commands, script} as JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (asked: string, { json }: { readonly json?: true }) => {
      const shell = SHELLS.find((known) => known === asked) ?? 'bash';
      const commands = completables(await whole(), []);
      const script = completionScript(shell, commands);
      host.out(json === true ? `${JSON.stringify({ shell, commands, script })}\n` : script);
      end(EXIT.ok);
    });
}

/** A command and all below it, as far as completion goes. */
function completables(command: Command, path: readonly string[]): readonly Completable[] {
  const here = {
    path,
    commands: command.commands.map((sub) => ({ word: sub.name(), help: sub.description() })),
    options: [
      ...command.options.map((option) => ({
        word: option.long ?? option.short ?? '',
        help: option.description,
        takesValue: option.required || option.optional,
        choices: option.argChoices ?? [],
      })),
      { word: '--help', help: 'display help for command', takesValue: false, choices: [] },
    ],
    choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  };
  return [here, ...command.commands.flatMap((sub) => completables(sub, [...path, sub.name()]))];
}
