/** One word of a command. */
export interface Word {
  /** As the program would get it, home folder and patterns not expanded; absent when only the run can tell. */
  readonly text: string | undefined;
  /** It stands for the names of files that match it, or begins with an unquoted `~`. */
  readonly pattern: boolean;
  readonly tilde: boolean;
}

/** A program with its words, redirections apart. */
export interface SimpleCommand {
  /** The program first. Assignments before it are left out. */
  readonly words: readonly Word[];
  /** Names of variables that are assigned for this program alone. */
  readonly assigned: readonly string[];
  /** Files that redirections write. */
  readonly writes: readonly Word[];
  /** Files that redirections read. */
  readonly reads: readonly Word[];
  /** Its input is a here document or string, or comes through a pipe. */
  readonly fed: boolean;
}

export interface CommandLine {
  /** All commands, wherever they stand: in lists, pipes, groups and substitutions. */
  readonly commands: readonly SimpleCommand[];
  /** False when there is something that this reader does not know, so that `commands` may lack some. */
  readonly readable: boolean;
}

/** Groups and substitutions inside one another. */
const MAX_DEPTH = 24;
/** Reserved words behind which the command itself begins. */
const LEADING = new Set([
  '!',
  '{',
  '}',
  'if',
  'then',
  'elif',
  'else',
  'fi',
  'while',
  'until',
  'do',
  'done',
]);
/** Constructs with a grammar of their own. */
const UNREAD = new Set(['case', 'esac', 'function', 'select', 'coproc', '[[', ']]']);
const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)\+?=/;
const NAME_START = /[A-Za-z_]/;
const SPECIAL_PARAMETER = /[0-9@*#?$!-]/;

interface HereDocument {
  readonly end: string;
  readonly tabs: boolean;
  readonly quoted: boolean;
}

/** What is collected of a command while it is read. */
interface Draft {
  readonly words: Word[];
  readonly assigned: string[];
  readonly writes: Word[];
  readonly reads: Word[];
  fed: boolean;
}

/** Reads one text from left to right. */
export class Reader {
  readonly #text: string;
  #at = 0;
  #depth: number;
  #readable = true;
  readonly #commands: SimpleCommand[] = [];
  #waiting: HereDocument[] = [];

  constructor(text: string, depth = 0) {
    this.#text = text;
    this.#depth = depth;
  }

  line(): CommandLine {
    this.#list(undefined);
    if (this.#waiting.length > 0) this.#readable = false;
    return { commands: this.#commands, readable: this.#readable };
  }

  /** Commands up to `end`, or to the end of the text when there is none. */
  #list(end: ')' | undefined): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) return this.#giveUp();
    let piped = false;
    while (this.#at < this.#text.length) {
      const sign = this.#text[this.#at];
      if (sign === ')' && end === ')') {
        this.#at += 1;
        this.#depth -= 1;
        return;
      }
      if (sign === ')') return this.#giveUp();
      if (sign === '\n') {
        this.#at += 1;
        this.#hereDocuments();
      } else if (sign === ' ' || sign === '\t' || sign === ';') {
        this.#at += 1;
      } else if (sign === '&' || sign === '|') {
        const or = this.#text.startsWith('||', this.#at);
        piped = sign === '|' && !or;
        this.#at +=
          or || this.#text.startsWith('&&', this.#at) || this.#text.startsWith('|&', this.#at)
            ? 2
            : 1;
        continue;
      } else if (sign === '#') {
        this.#comment();
      } else if (sign === '(') {
        // `((…))` is arithmetic, which assigns and reads variables alone; it is rare enough to be refused.
        if (this.#text.startsWith('((', this.#at)) return this.#giveUp();
        this.#at += 1;
        this.#list(')');
      } else {
        this.#command(piped);
      }
      piped = false;
    }
    if (end !== undefined) this.#giveUp();
    this.#depth -= 1;
  }

  #command(piped: boolean): void {
    const draft: Draft = { words: [], assigned: [], writes: [], reads: [], fed: piped };
    while (this.#at < this.#text.length) {
      this.#blanks();
      const sign = this.#text[this.#at];
      if (sign === undefined || '\n;|)'.includes(sign)) break;
      if (sign === '&' && this.#text[this.#at + 1] !== '>') break;
      if (sign === '#') this.#comment();
      else if (this.#redirection(draft)) continue;
      else if (sign === '(') return this.#giveUp();
      else this.#takeWord(draft);
    }
    if (draft.words.length > 0 || draft.writes.length > 0 || draft.reads.length > 0)
      this.#commands.push(draft);
  }

  #takeWord(draft: Draft): void {
    const began = this.#at;
    const word = this.#word();
    const raw = this.#text.slice(began, this.#at);
    if (draft.words.length > 0) {
      draft.words.push(word);
      return;
    }
    if (LEADING.has(raw)) return;
    // A line break that is taken out could make a reserved word of this one.
    if (UNREAD.has(raw) || raw.includes('\\\n')) return this.#giveUp();
    const [, name] = ASSIGNMENT.exec(raw) ?? [];
    if (name !== undefined) {
      draft.assigned.push(name);
    } else if (raw === 'for') {
      this.#forWords();
    } else {
      draft.words.push(word);
    }
  }

  /** `name in words` behind `for`: data, and which of them a command gets only the run can tell. */
  #forWords(): void {
    for (let index = 0; ; index += 1) {
      this.#blanks();
      const sign = this.#text[this.#at] ?? '';
      if (sign === '\n' || sign === ';') return;
      const began = this.#at;
      if (sign === '' || '&|<>()'.includes(sign)) return this.#giveUp();
      this.#word();
      // `for name do` is allowed as well, and would begin a command here.
      if (index === 1 && this.#text.slice(began, this.#at) !== 'in') return this.#giveUp();
    }
  }

  /** Takes a redirection if one stands here. */
  #redirection(draft: Draft): boolean {
    const found = /^(?:\d*(?:<<<|<<-?|<>|<&|<(?!\()|>>|>\||>&|>(?!\())|&>>?)/.exec(
      this.#text.slice(this.#at, this.#at + 16),
    );
    if (found === null) return false;
    const operator = found[0].replace(/^\d+/, '');
    this.#at += found[0].length;
    this.#blanks();
    if (operator === '<<' || operator === '<<-') {
      this.#waiting.push(this.#delimiter(operator === '<<-'));
      draft.fed = true;
      return true;
    }
    if ('\n;|&)<>('.includes(this.#text[this.#at] ?? '\n')) {
      this.#giveUp();
      return true;
    }
    const began = this.#at;
    const word = this.#word();
    const raw = this.#text.slice(began, this.#at);
    if (operator === '<<<') draft.fed = true;
    else if (operator === '<') draft.reads.push(word);
    else if ((operator === '>&' || operator === '<&') && /^(?:\d+-?|-)$/.test(raw)) return true;
    else draft.writes.push(word);
    return true;
  }

  #delimiter(tabs: boolean): HereDocument {
    const began = this.#at;
    const { text } = this.#word();
    const raw = this.#text.slice(began, this.#at);
    if (text === undefined || text === '') this.#giveUp();
    return { end: text ?? '', tabs, quoted: /['"\\]/.test(raw) };
  }

  /** The bodies of here documents, which begin behind the line that announces them. */
  #hereDocuments(): void {
    for (const { end, tabs, quoted } of this.#waiting) {
      const began = this.#at;
      let closed = false;
      while (this.#at < this.#text.length && !closed) {
        const stop = this.#text.indexOf('\n', this.#at);
        const line = this.#text.slice(this.#at, stop === -1 ? undefined : stop);
        this.#at = stop === -1 ? this.#text.length : stop + 1;
        closed = (tabs ? line.replace(/^\t+/, '') : line) === end;
      }
      const body = this.#text.slice(began, this.#at);
      // An unquoted body runs the substitutions in it.
      if (!closed || (!quoted && /\$\(|`/.test(body))) this.#giveUp();
    }
    this.#waiting = [];
  }

  /** One word, quotes taken off. Leaves the position behind it. */
  #word(): Word {
    let text: string | undefined = '';
    let pattern = false;
    let braces = false;
    const add = (part: string | undefined): void => {
      text = text === undefined || part === undefined ? undefined : text + part;
    };
    const tilde = this.#text[this.#at] === '~';
    while (this.#at < this.#text.length) {
      const sign = this.#text[this.#at] ?? '';
      if (' \t\n;|&'.includes(sign) || sign === ')') break;
      if (sign === '<' || sign === '>') {
        if (this.#text[this.#at + 1] !== '(') break;
        this.#at += 2;
        this.#list(')');
        add(undefined);
      } else if (sign === '(') {
        this.#giveUp();
        break;
      } else if (sign === "'") add(this.#single());
      else if (sign === '"') add(this.#double());
      else if (sign === '\\') add(this.#escape());
      else if (sign === '$') add(this.#dollar(false));
      else if (sign === '`') {
        this.#giveUp();
        break;
      } else {
        if (sign === '*' || sign === '?' || sign === '[') pattern = true;
        if (sign === '{') braces = true;
        // `{a,b}` and `{1..3}` become several words.
        if (braces && (sign === ',' || this.#text.startsWith('..', this.#at))) add(undefined);
        add(sign);
        this.#at += 1;
      }
    }
    // A lone bracket is the program that tests.
    return { text, pattern: pattern && text !== '[', tilde };
  }

  #single(): string {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end === -1) {
      this.#giveUp();
      return '';
    }
    const inside = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return inside;
  }

  #double(): string | undefined {
    let text: string | undefined = '';
    this.#at += 1;
    while (this.#at < this.#text.length) {
      const sign = this.#text[this.#at] ?? '';
      if (sign === '"') {
        this.#at += 1;
        return text;
      }
      let part: string | undefined = sign;
      if (sign === '$') part = this.#dollar(true);
      else if (sign === '`') {
        this.#giveUp();
        return undefined;
      } else if (sign === '\\' && '$`"\\\n'.includes(this.#text[this.#at + 1] ?? ' ')) {
        part = this.#escape();
      } else this.#at += 1;
      text = text === undefined || part === undefined ? undefined : text + part;
    }
    this.#giveUp();
    return undefined;
  }

  #escape(): string {
    const next = this.#text[this.#at + 1];
    this.#at += 2;
    if (next === undefined) this.#giveUp();
    return next === '\n' ? '' : (next ?? '');
  }

  /** What a `$` begins. Nothing of it is known before the run, but what a substitution starts is. */
  #dollar(quoted: boolean): string | undefined {
    const next = this.#text[this.#at + 1] ?? '';
    if (this.#text.startsWith('$((', this.#at)) return this.#arithmetic();
    if (next === '(') {
      this.#at += 2;
      this.#list(')');
      return undefined;
    }
    if (next === '{') {
      const end = this.#text.indexOf('}', this.#at);
      // Simple expansions only: others may run commands, or be nested.
      if (end === -1 || !/^[A-Za-z0-9_@*#?!:%/.+=-]*$/.test(this.#text.slice(this.#at + 2, end)))
        this.#giveUp();
      this.#at = end === -1 ? this.#text.length : end + 1;
      return undefined;
    }
    if (!quoted && (next === "'" || next === '"')) {
      // $'…' has escapes of its own, $"…" a translation.
      this.#at += 1;
      if (next === '"') this.#double();
      else this.#ansi();
      return undefined;
    }
    if (NAME_START.test(next)) {
      this.#at += 1;
      while (/[A-Za-z0-9_]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
      return undefined;
    }
    if (SPECIAL_PARAMETER.test(next)) {
      this.#at += 2;
      return undefined;
    }
    this.#at += 1;
    return '$';
  }

  /** `$((…))`. What is not plainly arithmetic could be a substitution that begins with a group. */
  #arithmetic(): undefined {
    const end = this.#text.indexOf('))', this.#at);
    const inside = this.#text.slice(this.#at + 3, Math.max(end, 0));
    if (end === -1 || !/^[\w\s+*/%<>=!~?:,.$-]*$/.test(inside)) this.#giveUp();
    else this.#at = end + 2;
    return undefined;
  }

  #ansi(): void {
    this.#at += 1;
    while (this.#at < this.#text.length && this.#text[this.#at] !== "'")
      this.#at += this.#text[this.#at] === '\\' ? 2 : 1;
    if (this.#at >= this.#text.length) this.#giveUp();
    this.#at += 1;
  }

  #blanks(): void {
    for (;;) {
      const sign = this.#text[this.#at];
      if (sign === ' ' || sign === '\t') this.#at += 1;
      else if (sign === '\\' && this.#text[this.#at + 1] === '\n') this.#at += 2;
      else return;
    }
  }

  #comment(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end === -1 ? this.#text.length : end;
  }

  /** There is something here that this reader does not know. What came before it stays collected. */
  #giveUp(): void {
    this.#readable = false;
    this.#at = this.#text.length;
  }
}
