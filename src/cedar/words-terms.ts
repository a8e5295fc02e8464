/** What an expression stands for: a field, a value, a sum. Conditions are worded in `words-leaves.ts`. */
import type { Expr, Name } from './ast.ts';
import { printExpr } from './print.ts';
import { isLong } from './value.ts';
import type { FieldPhrase, Lexicon } from './words-lexicon.ts';
import { isPlural, nameWords, quotedText, textWords, typeWords } from './words-names.ts';
import { constantOf, constantWords, durationWords, longWords } from './words-values.ts';
import { Duration } from './extensions/duration.ts';

/** Words conditions, for terms that hold some. */
export type ConditionWords = (expr: Expr) => string;

/** Words terms with one lexicon. */
export class Terms {
  readonly #lexicon: Lexicon;
  readonly #condition: ConditionWords;

  constructor(lexicon: Lexicon, condition: ConditionWords) {
    this.#lexicon = lexicon;
    this.#condition = condition;
  }

  /** As the subject of a sentence, or behind words that end unmistakably. */
  term(expr: Expr): string {
    if (isCondition(expr)) return `whether (${this.#condition(expr)})`;
    const constant = constantOf(expr);
    if (constant !== undefined && expr.kind === 'extension') {
      return constantWords(constant, sourceOf(expr));
    }
    switch (expr.kind) {
      case 'literal':
        if (typeof expr.value === 'string') return quotedText(expr.value);
        return isLong(expr.value) ? longWords(expr.value) : String(expr.value);
      case 'entity':
        return this.#entity(expr, this.#lexicon.types);
      case 'variable':
        return this.#lexicon.variables[expr.name];
      case 'negate':
        return `the negative of ${this.operand(expr.operand)}`;
      case 'arithmetic': {
        const operator = { '+': 'plus', '-': 'minus', '*': 'times' }[expr.operator];
        return `${this.operand(expr.left)} ${operator} ${this.operand(expr.right)}`;
      }
      case 'if':
        return `if ${this.#condition(expr.condition)} then ${this.operand(expr.consequent)}, otherwise ${this.operand(expr.alternative)}`;
      case 'attribute':
        return this.#attribute(expr.subject, expr.name);
      case 'method': {
        const subject = this.operand(expr.subject);
        const args = expr.args.map((argument) => this.operand(argument)).join(', ');
        return expr.method === 'getTag'
          ? `the tag ${args} of ${subject}`
          : `the result of ${expr.method} (${subject}, ${args})`;
      }
      case 'extension':
        return this.#call(expr);
      case 'set':
        return expr.elements.length === 0 ? 'the empty set' : `the set of (${this.#listed(expr)})`;
      case 'record':
        return `the record of (${expr.entries.map(({ name, value }) => `${nameWords(name.text)}: ${this.operand(value)}`).join(', ')})`;
      default:
        // Conditions, all worded above.
        return `whether (${this.#condition(expr)})`;
    }
  }

  /** Where words follow that could be taken for its own: in parentheses unless it is a name or a value. */
  operand(expr: Expr): string {
    return isAtom(expr) ? this.term(expr) : `(${this.term(expr)})`;
  }

  /** Where a value is expected: constants plainly, everything else as "the value of …". */
  value(expr: Expr): string {
    if (expr.kind === 'literal' && typeof expr.value === 'string') return textWords(expr.value);
    return isConstant(expr) ? this.term(expr) : `the value of ${this.operand(expr)}`;
  }

  /** The elements of a set literal where they are listed: `a, b, c`. */
  list(elements: readonly Expr[]): string {
    return elements.map((element) => this.value(element)).join(', ');
  }

  /** An entity to which something belongs. */
  group(expr: Expr): string {
    if (expr.kind !== 'entity') return this.operand(expr);
    const { types, groups } = this.#lexicon;
    return this.#entity(expr, new Map([...types, ...groups]));
  }

  /** The name of a type, as in "of type Agent". */
  type(name: string): string {
    return typeWords(name, []);
  }

  /** Several names behind "has": `has a.b` is a, that has b. */
  path(subject: Expr, path: readonly Name[]): string {
    const [first, ...rest] = path;
    if (first === undefined) return this.operand(subject);
    const start = this.#attribute(subject, first);
    if (rest.length === 0) return start;
    const names = [nameWords(first.text), ...rest.map(({ text }) => nameWords(text))];
    const chain = names.join(' that has ');
    const isContext = subject.kind === 'variable' && subject.name === 'context';
    return isContext ? chain : `${chain} of ${this.operand(subject)}`;
  }

  isPlural(words: string, expr: Expr): boolean {
    return (expr.kind === 'attribute' || expr.kind === 'has') && isPlural(words);
  }

  /** The lexicon's own phrase for a field, if it has one. */
  phrase(expr: Expr): FieldPhrase | undefined {
    const path = contextPath(expr);
    return path === undefined ? undefined : this.#lexicon.fields.get(path.join('.'));
  }

  #attribute(subject: Expr, { text }: Name): string {
    const above = contextPath(subject);
    if (above !== undefined && IDENTIFIER.test(text)) {
      const phrase = this.#lexicon.fields.get([...above, text].join('.'));
      if (phrase !== undefined) return phrase.text;
      const [record, ...deeper] = above;
      const called = record === undefined ? undefined : this.#lexicon.records.get(record);
      if (called !== undefined && deeper.length === 0) return `${called} ${nameWords(text)}`;
    }
    const name = nameWords(text);
    return subject.kind === 'variable' && subject.name === 'context'
      ? name
      : `${name} of ${this.operand(subject)}`;
  }

  #entity({ uid }: Extract<Expr, { kind: 'entity' }>, called: ReadonlyMap<string, string>): string {
    const { types, groups } = this.#lexicon;
    const type =
      called.get(uid.type) ?? typeWords(uid.type, [...types.values(), ...groups.values()]);
    return `the ${type} ${textWords(uid.id)}`;
  }

  #call(expr: Extract<Expr, { kind: 'extension' }>): string {
    const [first, second] = expr.args;
    if (expr.style === 'method' && first !== undefined) {
      const subject = this.operand(first);
      if (second !== undefined && expr.args.length === 2) {
        const by = constantOf(second);
        if (expr.function === 'durationSince') {
          return `the time from ${this.operand(second)} to ${subject}`;
        }
        if (expr.function === 'offset') {
          return by instanceof Duration
            ? `the time ${durationWords(by)} after ${subject}`
            : `${subject} shifted by ${this.operand(second)}`;
        }
      }
      const unary = expr.args.length === 1 ? UNARY.get(expr.function) : undefined;
      if (unary !== undefined) return `${unary} of ${subject}`;
    }
    const args = expr.args.map((argument) => this.operand(argument)).join(', ');
    return `the result of ${expr.function} (${args})`;
  }

  #listed({ elements }: Extract<Expr, { kind: 'set' }>): string {
    return this.list(elements);
  }
}

const UNARY: ReadonlyMap<string, string> = new Map([
  ['toDate', 'the day'],
  ['toTime', 'the time of day'],
  ['toMilliseconds', 'the whole milliseconds'],
  ['toSeconds', 'the whole seconds'],
  ['toMinutes', 'the whole minutes'],
  ['toHours', 'the whole hours'],
  ['toDays', 'the whole days'],
]);

const IDENTIFIER = /^[A-Za-z_]\w*$/;

/** The field of the context that `expr` reads: `context.a.b` is `a`, `b`; `context` is the empty path. */
function contextPath(expr: Expr): readonly string[] | undefined {
  if (expr.kind === 'variable') return expr.name === 'context' ? [] : undefined;
  if (expr.kind !== 'attribute' || !IDENTIFIER.test(expr.name.text)) return undefined;
  const above = contextPath(expr.subject);
  return above === undefined ? undefined : [...above, expr.name.text];
}

/** Calls that give true or false, and how many arguments they take, the subject counted. */
const PREDICATES: ReadonlyMap<string, number> = new Map([
  ['lessThan', 2],
  ['lessThanOrEqual', 2],
  ['greaterThan', 2],
  ['greaterThanOrEqual', 2],
  ['isIpv4', 1],
  ['isIpv6', 1],
  ['isLoopback', 1],
  ['isMulticast', 1],
  ['isInRange', 2],
]);

/** Whether an expression can only give true or false. Literals and fields are worded as terms. */
export function isCondition(expr: Expr): boolean {
  switch (expr.kind) {
    case 'not':
    case 'and':
    case 'or':
    case 'compare':
    case 'in':
    case 'is':
    case 'has':
    case 'like':
      return true;
    case 'method':
      return expr.method !== 'getTag' && expr.args.length === (expr.method === 'isEmpty' ? 0 : 1);
    case 'extension':
      return expr.style === 'method' && PREDICATES.get(expr.function) === expr.args.length;
    default:
      return false;
  }
}

/** Whether nothing in it depends on the request. */
export function isConstant(expr: Expr): boolean {
  return expr.kind === 'literal' || expr.kind === 'entity' || constantOf(expr) !== undefined;
}

function isAtom(expr: Expr): boolean {
  return isConstant(expr) || expr.kind === 'variable' || expr.kind === 'attribute';
}

function sourceOf(expr: Extract<Expr, { kind: 'extension' }>): string {
  const [argument] = expr.args;
  return argument?.kind === 'literal' ? String(argument.value) : printExpr(expr);
}
