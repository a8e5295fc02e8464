/**
 * A shell command line, read as far as it can be known before it runs.
 *
 * Rules can only be asked about what is known: which programs start, with which words, and which files
 * are written by redirection. So this reader does not try to be a shell. It understands the part of
 * POSIX sh and bash that agents write every day (lists, pipes, groups, quotes, redirections, here
 * documents, substitutions), collects every command in it wherever it stands, and says `readable: false`
 * for all else. A library that guesses would be worse than none here: what a guess gets wrong runs.
 *
 *     readCommandLine("cd build && rm -rf 'old files' > log")
 *     // { commands: [cd build] [rm -rf 'old files', writes log], readable: true }
 *
 * Words that only exist at run time (`$NAME`, `$(…)`) have no text. Source: POSIX.1-2024, Shell Command
 * Language, 2.2 to 2.10; the bash manual for `&>`, `<<<`, `<(…)` and `$'…'`.
 */
import { Reader, type CommandLine } from './reader.ts';

export type { CommandLine, Word } from './reader.ts';

/** UTF-16 code units. What is longer is a program, not a command, and is not read. */
const MAX_LENGTH = 65_536;

/** Never throws; takes time linear in the text's length. */
export function readCommandLine(text: string): CommandLine {
  // A shell takes a carriage return for a letter, and whoever reads the line for nothing.
  if (text.length > MAX_LENGTH || /[\0\r]/.test(text)) return { commands: [], readable: false };
  return new Reader(text).line();
}
