import { basename } from 'node:path';
import { readCommandLine } from './read.ts';
import type { CommandLine, SimpleCommand, Word } from './reader.ts';

/** A program that would start, with its words: what is wrapped in another program stands for itself. */
export interface Invocation {
  /** Its name without folder, in small letters; absent when only the run can tell. */
  readonly program: string | undefined;
  readonly words: readonly Word[];
}

export interface Invocations {
  readonly invocations: readonly Invocation[];
  /** The commands that they stand in, and those that have redirections alone. */
  readonly commands: readonly SimpleCommand[];
  readonly readable: boolean;
  /** A shell or another interpreter runs what it is fed, or what only the run can tell. */
  readonly runsInput: boolean;
}

/** Options of a wrapper that take the next word, and how many words of its own it takes before the program. */
interface Wrapper {
  readonly valued: readonly string[];
  readonly plain: readonly string[];
  readonly operands: number;
}

/** Programs that start the program in their words. */
const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  sudo: {
    valued: ['-u', '-g', '-h', '-p', '-C', '-D', '-T'],
    plain: ['-n', '-S', '-E', '-H', '-k', '-b', '-A'],
    operands: 0,
  },
  doas: { valued: ['-u', '-C'], plain: ['-n'], operands: 0 },
  env: { valued: ['-u', '-C'], plain: ['-i', '-0', '-'], operands: 0 },
  command: { valued: [], plain: ['-p', '-v', '-V'], operands: 0 },
  builtin: { valued: [], plain: [], operands: 0 },
  exec: { valued: ['-a'], plain: ['-c', '-l'], operands: 0 },
  time: { valued: ['-f', '-o'], plain: ['-p', '-v'], operands: 0 },
  nohup: { valued: [], plain: [], operands: 0 },
  setsid: { valued: [], plain: ['-w', '-f'], operands: 0 },
  nice: { valued: ['-n'], plain: [], operands: 0 },
  ionice: { valued: ['-c', '-n'], plain: ['-t'], operands: 0 },
  timeout: { valued: ['-s', '-k'], plain: ['--foreground', '--preserve-status'], operands: 1 },
  stdbuf: { valued: [], plain: ['-oL', '-o0', '-eL', '-e0', '-iL', '-i0'], operands: 0 },
  xargs: {
    valued: ['-I', '-n', '-P', '-L', '-d', '-s', '-a', '-E'],
    plain: ['-0', '-r', '-t', '-p', '-x'],
    operands: 0,
  },
};

/** Programs that read their commands from `-c`, a file or their input. */
const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'zsh', 'dash', 'ksh', 'ash', 'fish']);
/** Programs that run a file of code, or their input when none is named. */
const INTERPRETER = /^(?:python|node|nodejs|deno|bun|perl|ruby|php|lua|osascript|Rscript)[\d.]*$/i;
/** Commands of the shell itself that run text or files which are not to be seen here. */
const RUNS_UNSEEN = new Set(['eval', 'source', '.', 'trap', 'alias', 'enable', 'hash', 'bind']);
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/;
/** Wrappers in wrappers, and shells in shells. */
const MAX_DEPTH = 8;

/** Every program that the line would start, as far as can be known. Never throws. */
export function invocationsOf(line: CommandLine): Invocations {
  return collect(line, 0);
}

function collect(line: CommandLine, depth: number): Invocations {
  const inner = merged(line.commands.map((command) => started(command.words, command, depth)));
  const plain = line.commands.every(({ assigned }) => !assigned.some(isRisky));
  return {
    ...inner,
    commands: [...line.commands, ...inner.commands],
    readable: line.readable && plain && inner.readable,
  };
}

const UNKNOWN: Word = { text: undefined, pattern: false, tilde: false };
const NOTHING: Invocations = { invocations: [], commands: [], readable: true, runsInput: false };
const UNREADABLE: Invocations = { ...NOTHING, readable: false };
const UNSEEN_CODE: Invocations = { ...UNREADABLE, runsInput: true };

function merged(parts: readonly Invocations[]): Invocations {
  return {
    invocations: parts.flatMap(({ invocations }) => invocations),
    commands: parts.flatMap(({ commands }) => commands),
    readable: parts.every(({ readable }) => readable),
    runsInput: parts.some(({ runsInput }) => runsInput),
  };
}

function started(words: readonly Word[], command: SimpleCommand, depth: number): Invocations {
  const [first, ...rest] = words;
  // Redirections alone, or assignments.
  if (first === undefined) return NOTHING;
  const program = first.text === undefined ? undefined : basename(first.text).toLowerCase();
  const self: Invocation = { program, words: rest };
  if (program === undefined || first.pattern || depth > MAX_DEPTH || RUNS_UNSEEN.has(program))
    return { ...UNREADABLE, invocations: [self] };
  const inner = within(program, rest, command, depth + 1);
  return { ...inner, invocations: [self, ...inner.invocations] };
}

/** What a program starts in its turn. */
function within(
  program: string,
  words: readonly Word[],
  command: SimpleCommand,
  depth: number,
): Invocations {
  const wrapper = WRAPPERS[program];
  if (Object.hasOwn(WRAPPERS, program) && wrapper !== undefined) {
    // What xargs adds comes from its input.
    const added = program === 'xargs' ? [...words, UNKNOWN] : words;
    return wrapped(wrapper, added, command, depth);
  }
  if (INTERPRETER.test(program)) return interpreted(words, command);
  if (SHELLS.has(program)) return shellText(words, command, depth);
  if (program === 'find' || program === 'fd') return executed(words, command, depth);
  return NOTHING;
}

function wrapped(
  wrapper: Wrapper,
  words: readonly Word[],
  command: SimpleCommand,
  depth: number,
): Invocations {
  let index = 0;
  for (; index < words.length; index += 1) {
    const word = words[index];
    if (word === UNKNOWN) break;
    const text = word?.text;
    if (text === undefined) return UNREADABLE;
    if (text === '--') {
      index += 1;
      break;
    }
    if (ASSIGNMENT.test(text)) {
      // `env LD_PRELOAD=… program` is no different from the same before the program.
      if (isRisky(text.slice(0, text.indexOf('=')))) return UNREADABLE;
    } else if (wrapper.valued.includes(text)) index += 1;
    else if (text.startsWith('-') && text.length > 1) {
      // An unknown option may or may not take the next word: what follows could be the program.
      if (!wrapper.plain.includes(text) && !attached(wrapper, text)) return UNREADABLE;
    } else if (!wrapper.plain.includes(text)) break;
  }
  const inner = words.slice(index + wrapper.operands);
  return inner[0] === UNKNOWN ? NOTHING : started(inner, command, depth);
}

/** Whether this is an option with its value in the same word, such as `-n1` or `--signal=KILL`. */
function attached(wrapper: Wrapper, text: string): boolean {
  return text.startsWith('--') ? text.includes('=') : wrapper.valued.includes(text.slice(0, 2));
}

/** An interpreter whose code comes through a pipe or a here document. */
function interpreted(words: readonly Word[], command: SimpleCommand): Invocations {
  const named = words.some(
    ({ text }) => text === undefined || (text !== '-' && text !== '/dev/stdin'),
  );
  return command.fed && !named ? UNSEEN_CODE : NOTHING;
}

/** `bash -c text` runs the text, `bash file` a file; without either it runs what it is fed. */
function shellText(words: readonly Word[], command: SimpleCommand, depth: number): Invocations {
  for (const [index, { text }] of words.entries()) {
    if (text === undefined) return UNSEEN_CODE;
    if (/^-[a-z]*c[a-z]*$/.test(text)) {
      const script = words[index + 1]?.text;
      return script === undefined ? UNSEEN_CODE : collect(readCommandLine(script), depth);
    }
    if (text === '-s' || text.startsWith('-o') || text.startsWith('--rcfile')) return UNSEEN_CODE;
    if (!text.startsWith('-')) return NOTHING;
  }
  return words.length === 1 && words[0]?.text === '--version' && !command.fed
    ? NOTHING
    : UNSEEN_CODE;
}

/** `find … -exec program … ;` */
function executed(words: readonly Word[], command: SimpleCommand, depth: number): Invocations {
  const parts: Invocations[] = [];
  for (let index = 0; index < words.length; index += 1) {
    if (!/^(?:-exec|-execdir|-ok|-okdir|-x|-X|--exec|--exec-batch)$/.test(words[index]?.text ?? ''))
      continue;
    const rest = words.slice(index + 1);
    const end = rest.findIndex(({ text }) => text === ';' || text === '+');
    // The names that it finds take the place of {}.
    const inner = rest
      .slice(0, end === -1 ? undefined : end)
      .map((word) => (word.text?.includes('{}') === true ? UNKNOWN : word));
    parts.push(inner.length === 0 ? UNREADABLE : started(inner, command, depth));
  }
  return merged(parts);
}

/** Variables that change which program runs, or what it does before it begins. */
function isRisky(name: string): boolean {
  return (
    /^(?:LD|DYLD|GIT|NPM_CONFIG|npm_config|PYTHON|PERL5|RUBY)/.test(name) ||
    [
      'PATH',
      'ENV',
      'BASH_ENV',
      'IFS',
      'NODE_OPTIONS',
      'SHELLOPTS',
      'PROMPT_COMMAND',
      'EDITOR',
      'VISUAL',
      'PAGER',
      'CDPATH',
      'HOME',
    ].includes(name)
  );
}
