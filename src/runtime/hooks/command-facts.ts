import { fileFacts, placeOf, placesOf, type FileFacts, type Surroundings } from './places.ts';
import { invocationsOf, type Invocation } from './shell/invocation.ts';
import { readCommandLine, type Word } from './shell/read.ts';

/** What rules may ask about a shell command: `context.command` of the pack coding-agent. */
export interface CommandFacts {
  /** The command line as it was given. */
  readonly text: string;
  /** Every program that would start, by name without folder, in small letters. */
  readonly programs: readonly string[];
  /** Every program with the command that it is given: `git push`, `npm publish`. Alone where it has no words. */
  readonly actions: readonly string[];
  /** Every program with each of its options, alone and behind its action: `rm -r`, `git push --force`. */
  readonly options: readonly string[];
  /** All words that are no options, of all programs. */
  readonly words: readonly string[];
  /** Files that redirections write, as in `context.files.paths`. */
  readonly writes: readonly string[];
  /** True when the line was understood as a whole. When false, the other fields may lack something. */
  readonly readable: boolean;
  /** True when a shell or interpreter runs what it is fed, or what a substitution gives. */
  readonly runs_input: boolean;
  /** True when every word of every program is known before it runs. */
  readonly known: boolean;
}

export interface ShellFacts {
  readonly command: CommandFacts;
  readonly files: FileFacts;
  /** Hosts that stand in its words, in small letters. */
  readonly hosts: readonly string[];
}

/** `user@host:path`, as scp, rsync and git write it. */
const REMOTE = /^(?:[\w.-]+@)?([A-Za-z0-9][\w.-]*\.[A-Za-z][\w-]*):(?!\/\/)/;
const URL_START = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//;

/** Folders that a line may be in after its `cd`s. Whoever moves about more is not followed. */
const MAX_FOLDERS = 8;

/** Reads a shell command. Never throws; what it cannot know it says so of. */
export function shellFacts(text: string, at: Surroundings): ShellFacts {
  const { invocations, commands, readable, runsInput } = invocationsOf(readCommandLine(text));
  const touched = new Touched(at);
  for (const one of invocations) {
    for (const word of one.words) touched.add(word);
    touched.move(one);
  }
  for (const word of commands.flatMap(({ reads }) => reads)) touched.addFile(word);
  const writes = commands.flatMap((command) => command.writes);
  const written = writes.flatMap((word) => touched.addFile(word));
  return {
    command: {
      text,
      programs: set(invocations.flatMap(({ program }) => program ?? [])),
      actions: set(invocations.flatMap(actionOf)),
      options: set(invocations.flatMap(optionsOf)),
      words: set(invocations.flatMap(({ words }) => words.flatMap(operandsIn))),
      writes: fileFacts(written, at).paths,
      readable: readable && touched.readable,
      runs_input: runsInput,
      known: touched.known,
    },
    files: fileFacts(touched.places, at),
    hosts: set(touched.hosts),
  };
}

/** The files and hosts that words name, gathered in the order of the line. */
class Touched {
  readonly places: string[] = [];
  readonly hosts: string[] = [];
  /** False when a redirection or a `cd` leads to where only the run can tell. */
  readable = true;
  /** False when a word has no text before the run. */
  known = true;
  /**
   * Where the line may be by now. A `cd` may fail, or hold for a group alone, so that a path behind it is
   * looked at from both folders.
   */
  #folders: readonly Surroundings[];

  constructor(at: Surroundings) {
    this.#folders = [at];
  }

  /** A word of a program, which may be a file, a host or neither. */
  add(word: Word): void {
    if (word.text === undefined) this.known = false;
    for (const text of operandsIn(word)) {
      const host = hostIn(text);
      if (host === undefined) this.#addText(text, word);
      else this.hosts.push(host);
    }
  }

  /** The file of a redirection. Gives its places. */
  addFile(word: Word): readonly string[] {
    if (word.text === undefined || word.pattern) {
      this.readable = false;
      return [];
    }
    return this.#addText(word.text, word);
  }

  /** Follows `cd`. */
  move({ program, words }: Invocation): void {
    if (program === 'pushd' || program === 'popd') this.readable = false;
    if (program !== 'cd' && program !== 'chdir') return;
    const [target, ...more] = words.filter(
      ({ text }) => !/^-[LPe@]?-?$/.test(text ?? '') || text === '-',
    );
    const text = target === undefined ? '~' : target.text;
    if (text === undefined || text === '-' || target?.pattern === true || more.length > 0) {
      this.readable = false;
      return;
    }
    const moved = this.#folders.flatMap((folder) => {
      const cwd = placeOf(fileText(text, target?.tilde ?? true), folder);
      return cwd === undefined ? [] : { ...folder, cwd };
    });
    if (this.#folders.length + moved.length > MAX_FOLDERS) this.readable = false;
    else this.#folders = [...this.#folders, ...moved];
  }

  #addText(text: string, { pattern, tilde }: Word): readonly string[] {
    // Sentences are no names of files. `@file` is how curl is given one.
    if (/\s/.test(text)) return [];
    const name = fileText(text.replace(/^@/, ''), tilde);
    const places = this.#folders.flatMap((folder) => {
      if (!pattern) return placeOf(name, folder) ?? [];
      const matched = placesOf(name, folder);
      if (matched === undefined) this.known = false;
      return matched ?? placeOf(name.slice(0, name.search(/[^/]*[*?[]/)) || '.', folder) ?? [];
    });
    this.places.push(...places);
    return places;
  }
}

/** Only an unquoted tilde is the home folder. */
function fileText(text: string, tilde: boolean): string {
  return text.startsWith('~') && !tilde ? `./${text}` : text;
}

/** What in a word may be more than an option: all of it, or the value behind its `=`. */
function operandsIn({ text }: Word): readonly string[] {
  if (text === undefined || text === '') return [];
  const equals = text.indexOf('=');
  const value = equals === -1 || equals === text.length - 1 ? [] : [text.slice(equals + 1)];
  return text.startsWith('-') ? value : [text, ...value];
}

function actionOf({ program, words }: Invocation): readonly string[] {
  if (program === undefined) return [];
  const operand = words.find(({ text }) => text === undefined || !text.startsWith('-'));
  if (operand === undefined) return [program];
  // Paths, patterns and sentences are what it works on, no commands.
  return /^[\w:.@+-]+$/.test(operand.text ?? '') ? [`${program} ${operand.text}`] : [];
}

function optionsOf(one: Invocation): readonly string[] {
  const { program, words } = one;
  if (program === undefined) return [];
  const names = [program, ...actionOf(one)];
  return words.flatMap(({ text }) => {
    if (text === undefined || !/^-./.test(text)) return [];
    const [option = text] = text.split('=', 1);
    // `-rf` is two options or one, by program: both are said.
    const letters = /^-[A-Za-z0-9]{2,5}$/.test(option)
      ? option
          .slice(1)
          .split('')
          .map((letter) => `-${letter}`)
      : [];
    return [option, ...letters].flatMap((each) => names.map((name) => `${name} ${each}`));
  });
}

function hostIn(text: string): string | undefined {
  if (URL_START.test(text)) return hostOf(text);
  return REMOTE.exec(text)?.[1]?.toLowerCase();
}

/** The host of an address in small letters; `undefined` when it is none or has none. */
export function hostOf(address: string): string | undefined {
  try {
    return new URL(address).hostname.toLowerCase() || undefined;
  } catch {
    return undefined;
  }
}

function set(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted();
}
