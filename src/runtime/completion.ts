/**
 * Scripts that let a shell complete the command: the commands that there are, the options of the one that
 * stands there, the words that an option or argument may be, and else files. They are printed from the
 * commands themselves, so that they cannot know others.
 */

export type Shell = 'bash' | 'zsh' | 'fish';

/** One command, known by its path below `stage0`. */
export interface Completable {
  readonly path: readonly string[];
  readonly commands: readonly Word[];
  readonly options: readonly CompletableOption[];
  /** What its arguments may be, where that is a list. */
  readonly choices: readonly string[];
}

interface Word {
  readonly word: string;
  readonly help: string;
}

interface CompletableOption extends Word {
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** The script of a shell. */
export function completionScript(shell: Shell, commands: readonly Completable[]): string {
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return zsh(commands);
    case 'fish':
      return fish(commands);
  }
}

const key = ({ path }: Completable): string => path.join(' ');

/** The lines of a `case` that leads from a path and one more word to the path of both. */
function steps(commands: readonly Completable[], indent: string): string {
  const paths = commands.map(key).filter((path) => path !== '');
  const line = (path: string): string =>
    `${indent}${quoted(path.includes(' ') ? path : ` ${path}`)}) at=${quoted(path)} ;;`;
  return paths.map(line).join('\n');
}

/** The lines of a `case` over a path and an option whose value is one of a list. */
function values(commands: readonly Completable[], line: (choices: string) => string): string {
  const lines = commands.flatMap((command) =>
    command.options
      .filter(({ choices }) => choices.length > 0)
      .map(
        ({ word, choices }) =>
          `    ${quoted(`${key(command)} ${word}`)}) ${line(choices.join(' '))} ;;`,
      ),
  );
  return lines.join('\n');
}

// ---------------------------------------------------------------- bash

function bash(commands: readonly Completable[]): string {
  const words = (list: readonly Word[]): readonly string[] => list.map(({ word }) => word);
  const offers = commands.map((command) => {
    const offered = [...words(command.commands), ...command.choices].join(' ');
    const options = words(command.options).join(' ');
    return `    ${quoted(key(command))}) offers=${quoted(offered)} options=${quoted(options)} ;;`;
  });
  return `# bash completion for stage0
_stage0() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}"
  local at='' offers='' options='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
${steps(commands, '      ')}
    esac
  done
  case "$at" in
${offers.join('\n')}
  esac
  [[ $cur == -* ]] && offers=$options
  case "$at $prev" in
${values(commands, (choices) => `offers=${quoted(choices)}`)}
  esac
  COMPREPLY=($(compgen -W "$offers" -- "$cur"))
  if [[ -z $offers ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=()
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur")
  fi
}
complete -F _stage0 stage0
`;
}

// ---------------------------------------------------------------- zsh

function zsh(commands: readonly Completable[]): string {
  const described = (list: readonly Word[]): readonly string[] =>
    list.map(({ word, help }) => quoted(`${word}:${help.replaceAll(':', '\\:')}`));
  const offers = commands.flatMap((command) => [
    `    ${quoted(key(command))})`,
    `      offers=(${[...described(command.commands), ...command.choices.map(quoted)].join(' ')})`,
    `      options=(${described(command.options).join(' ')}) ;;`,
  ]);
  return `#compdef stage0
_stage0() {
  local -a offers options
  local at='' word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
${steps(commands, '      ')}
    esac
  done
  case "$at" in
${offers.join('\n')}
  esac
  case "$at $words[CURRENT-1]" in
${values(commands, (choices) => `compadd -- ${choices}; return`)}
  esac
  if [[ "$words[CURRENT]" == -* ]]; then _describe -o option options
  elif (( $#offers )); then _describe command offers
  else _files
  fi
}
compdef _stage0 stage0
`;
}

// ---------------------------------------------------------------- fish

function fish(commands: readonly Completable[]): string {
  const lines = commands.flatMap((command) => {
    const when =
      command.path.length === 0
        ? '__fish_use_subcommand'
        : command.path.map((name) => `__fish_seen_subcommand_from ${name}`).join('; and ');
    const nested = command.commands.map(({ word }) => word);
    const notYet =
      nested.length === 0 || command.path.length === 0
        ? ''
        : `; and not __fish_seen_subcommand_from ${nested.join(' ')}`;
    const start = `complete -c stage0 -n ${quotedForFish(when + notYet)}`;
    return [
      ...command.commands.map(
        ({ word, help }) => `${start} -f -a ${quotedForFish(word)} -d ${quotedForFish(help)}`,
      ),
      ...command.choices.map((word) => `${start} -f -a ${quotedForFish(word)}`),
      ...command.options.map(({ word, help, takesValue, choices }) => {
        const value =
          choices.length > 0
            ? ` -x -a ${quotedForFish(choices.join(' '))}`
            : takesValue
              ? ' -r'
              : '';
        const name = word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`;
        return `${start} ${name}${value} -d ${quotedForFish(help)}`;
      }),
    ];
  });
  return `# fish completion for stage0\n${lines.join('\n')}\n`;
}

function quotedForFish(text: string): string {
  return quoted(text.replaceAll('\\', '\\\\'));
}

/** For bash and zsh, where nothing is special in it; fish takes a backslash for one. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
