/**
 * Whether the official toolchain can take in a text. Its parser, formatter and even its lexer recurse, and
 * a WebAssembly instance whose stack overflowed is lost: such a text is refused before it gets there.
 *
 * Measured, official Cedar 4.13 dies past about 116 nested brackets, 300 operands of one `&&`, 500
 * methods and 770 `else if` in a row. Each costs its share of one budget here, at half of what was survived,
 * because they add up. In a worker's stack it also dies of 5,000 characters past ASCII in one string
 * or comment, and of a few thousand lines of comment in a row.
 */
import { Lexer, type Token } from '../../cedar/lex.ts';

const BUDGET = 1000;
const BRACKET = 16;
const OPERATOR = 6;
const MEMBER = 4;
/** Elements of one list: the formatter nests them, too. */
const LIST = 1000;
/** Annotations of one policy, and lines of one comment. */
const ROWS = 500;
/** Characters past ASCII in one string or comment. */
const WIDE = 1000;

/** One level of brackets. */
interface Level {
  operators: number;
  members: number;
  elements: number;
}

/** Whether a policy text, or a schema, nests too deeply for the toolchain. */
export function tooDeep(text: string): boolean {
  const lexer = new Lexer(text);
  const outer: Level[] = [];
  let level: Level = { operators: 0, members: 0, elements: 0 };
  let spent = 0;
  let annotations = 0;
  let before = 0;
  for (let token = lexer.next(); token.kind !== 'end'; token = lexer.next()) {
    if (tooLong(text, before, token)) return true;
    before = token.end;
    switch (roleOf(token, text)) {
      case 'open':
        spent += BRACKET;
        outer.push(level);
        level = { operators: 0, members: 0, elements: 0 };
        break;
      case 'close':
        spent -= costOf(level) + (outer.length > 0 ? BRACKET : 0);
        level = outer.pop() ?? { operators: 0, members: 0, elements: 0 };
        // What stands in brackets is one operand: `a[0].b(1)[2]` goes on from here.
        level.members += 1;
        spent += MEMBER;
        break;
      case 'operator':
        spent += OPERATOR - level.members * MEMBER;
        level.operators += 1;
        level.members = 0;
        break;
      case 'member':
        spent += MEMBER;
        level.members += 1;
        break;
      case 'separator':
        spent -= costOf(level);
        level.operators = 0;
        level.members = 0;
        level.elements += 1;
        if (level.elements > LIST) return true;
        break;
      case 'end':
        outer.length = 0;
        spent = 0;
        annotations = 0;
        level = { operators: 0, members: 0, elements: 0 };
        break;
      case 'annotation':
        annotations += 1;
        if (annotations > ROWS) return true;
        break;
      case 'plain':
        break;
    }
    if (spent > BUDGET) return true;
  }
  return tooWide(text.slice(before)) || text.slice(before).split('//').length > ROWS;
}

/** Looks at a token and at what stands before it: blanks and comments. */
function tooLong(text: string, before: number, { start, end }: Token): boolean {
  const gap = start - before;
  // Most are short: nothing to count.
  if (end - start > WIDE && tooWide(text.slice(start, end))) return true;
  if (gap <= ROWS) return false;
  const blank = text.slice(before, start);
  return tooWide(blank) || blank.split('//').length > ROWS;
}

function tooWide(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- ASCII begins with controls
  return text.length > WIDE && text.replaceAll(/[\u0000-\u007f]+/g, '').length > WIDE;
}

function costOf({ operators, members }: Level): number {
  return operators * OPERATOR + members * MEMBER;
}

type Role = 'open' | 'close' | 'operator' | 'member' | 'separator' | 'end' | 'annotation' | 'plain';

function roleOf(token: Token, text: string): Role {
  switch (token.kind) {
    case '(':
    case '[':
    case '{':
      return 'open';
    case ')':
    case ']':
    case '}':
      return 'close';
    case '&&':
    case '||':
    case '+':
    case '-':
    case '*':
    case '!':
    // In a schema it opens `Set<`; in a policy it cannot stand in a row.
    case '<':
      return 'operator';
    case '.':
      return 'member';
    case ',':
      return 'separator';
    case ';':
      return 'end';
    case '@':
      return 'annotation';
    case 'identifier':
      return text.slice(token.start, token.end) === 'if' ? 'operator' : 'plain';
    case 'string':
    case 'integer':
    case 'slot':
    case 'invalid':
    case 'unterminated':
    case 'end':
    case ':':
    case '::':
    case '==':
    case '!=':
    case '<=':
    case '>':
    case '>=':
      return 'plain';
  }
}
