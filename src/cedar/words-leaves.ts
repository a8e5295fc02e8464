/**
 * One condition in words, and its opposite. The opposite is worded from the same parts, so "is not
 * given" is exactly what `!(… has …)` asks: both fail where the other fails.
 */
import type { ComparisonOperator, Expr } from './ast.ts';
import { Datetime } from './extensions/datetime.ts';
import { Decimal } from './extensions/decimal.ts';
import { Duration } from './extensions/duration.ts';
import { isLong } from './value.ts';
import { isPlural, patternText, quotedText } from './words-names.ts';
import { isConstant, type Terms } from './words-terms.ts';
import { constantOf, durationWords } from './words-values.ts';

export interface Leaf {
  readonly text: string;
  readonly negation: string;
}

/** A condition that is neither and, or, not nor if. */
export function leafWords(expr: Expr, terms: Terms): Leaf {
  switch (expr.kind) {
    case 'compare':
      return compare(expr.operator, expr.left, expr.right, terms);
    case 'has': {
      const subject = terms.path(expr.subject, expr.path);
      return pair(subject, isPlural(subject) ? 'are' : 'is', 'given');
    }
    case 'like':
      return like(expr, terms);
    case 'in':
      return belongs(expr.left, expr.right, terms);
    case 'is': {
      const subject = terms.term(expr.subject);
      const type = `of type ${terms.type(expr.entityType.name)}`;
      const within =
        expr.ancestor === undefined ? '' : ` that belongs to ${terms.group(expr.ancestor)}`;
      return pair(subject, 'is', `${type}${within}`);
    }
    case 'method':
      return method(expr, terms);
    case 'extension':
      return call(expr, terms);
    case 'literal':
      if (expr.value === true) return { text: 'always', negation: 'never' };
      if (expr.value === false) return { text: 'never', negation: 'always' };
      return holds(expr, terms);
    default:
      return holds(expr, terms);
  }
}

/** Anything else where true or false is expected. */
function holds(expr: Expr, terms: Terms): Leaf {
  const subject = terms.operand(expr);
  return { text: `${subject} is true`, negation: `${subject} is false` };
}

function pair(subject: string, is: 'is' | 'are', rest: string): Leaf {
  return { text: `${subject} ${is} ${rest}`, negation: `${subject} ${is} not ${rest}` };
}

/** The verb of a subject: "includes" and "does not include", or "include" and "do not include". */
function verb(expr: Expr, terms: Terms, singular: string, rest: string): Leaf {
  const subject = terms.operand(expr);
  const many = terms.isPlural(subject, expr);
  const plain = singular.replace(/(?<=match)es$|s$/, '');
  return {
    text: `${subject} ${many ? plain : singular} ${rest}`,
    negation: `${subject} ${many ? 'do' : 'does'} not ${plain} ${rest}`,
  };
}

function be(expr: Expr, terms: Terms): 'is' | 'are' {
  return terms.isPlural(terms.term(expr), expr) ? 'are' : 'is';
}

// ---------------------------------------------------------------- comparisons

type Order = '<' | '<=' | '>' | '>=';

const MIRRORED = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' } as const;
const OPPOSITE = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const;

function compare(operator: ComparisonOperator, left: Expr, right: Expr, terms: Terms): Leaf {
  // The constant stands behind: "5 < retry count" is "retry count is more than 5".
  if (isConstant(left) && !isConstant(right)) {
    return compare(MIRRORED[operator], right, left, terms);
  }
  if (operator === '==') return equal(left, right, terms);
  if (operator === '!=') {
    const { text, negation } = equal(left, right, terms);
    return { text: negation, negation: text };
  }
  const ago = sinceNow(operator, left, right, terms);
  if (ago !== undefined) return ago;
  const phrases = isMoment(left, terms) || isMoment(right, terms) ? MOMENTS : NUMBERS;
  const isDecimal = [left, right].some((side) => constantOf(side) instanceof Decimal);
  return order(operator, left, right, phrases, isDecimal ? ' (not as decimals)' : '', terms);
}

const NUMBERS = { '<': 'less than', '<=': 'at most', '>': 'more than', '>=': 'at least' } as const;
const MOMENTS = {
  '<': 'earlier than',
  '<=': 'no later than',
  '>': 'later than',
  '>=': 'no earlier than',
} as const;

function order(
  operator: Order,
  left: Expr,
  right: Expr,
  phrases: typeof NUMBERS | typeof MOMENTS,
  remark: string,
  terms: Terms,
): Leaf {
  const say = (said: Order): string =>
    `${terms.operand(left)} ${be(left, terms)} ${phrases[said]} ${explained(left, right, terms)}${remark}`;
  return { text: say(operator), negation: say(OPPOSITE[operator]) };
}

/** The right side, with what a number means there behind it. */
function explained(left: Expr, right: Expr, terms: Terms): string {
  const text = terms.operand(right);
  if (right.kind !== 'literal' || typeof right.value !== 'number') return text;
  const meaning = terms.phrase(left)?.explain?.(right.value);
  return meaning === undefined ? text : `${text} (${meaning})`;
}

function isMoment(expr: Expr, terms: Terms): boolean {
  if (constantOf(expr) instanceof Datetime || terms.phrase(expr)?.is !== undefined) return true;
  return expr.kind === 'extension' && (expr.function === 'offset' || expr.function === 'toDate');
}

function equal(left: Expr, right: Expr, terms: Terms): Leaf {
  const subject = terms.operand(left);
  const are = be(left, terms);
  if (right.kind === 'literal' && typeof right.value === 'boolean') {
    return {
      text: `${subject} equals ${right.value}`,
      negation: `${subject} does not equal ${right.value}`,
    };
  }
  if (!isConstant(right)) return pair(subject, are, `the same as ${terms.operand(right)}`);
  const isNumber = right.kind === 'literal' && isLong(right.value);
  return pair(subject, are, isNumber ? explained(left, right, terms) : terms.value(right));
}

/**
 * `now.durationSince(x) <= duration("8h")` is "x is 8 hours ago or later": exact also where x lies in the
 * future, where "at most 8 hours ago" would mislead.
 */
function sinceNow(operator: Order, left: Expr, right: Expr, terms: Terms): Leaf | undefined {
  const span = constantOf(right);
  if (left.kind !== 'extension' || left.function !== 'durationSince') return undefined;
  const [to, from] = left.args;
  if (!(span instanceof Duration) || to === undefined || from === undefined) return undefined;
  if (left.args.length !== 2) return undefined;
  const isNow = (expr: Expr): boolean => terms.phrase(expr)?.is === 'now';
  if (isNow(to) === isNow(from)) return undefined;
  const moment = isNow(to) ? from : to;
  const distance = `${durationWords(span)} ${isNow(to) ? 'ago' : 'from now'}`;
  const subject = `${terms.operand(moment)} ${be(moment, terms)}`;
  const say = (said: Order): string => {
    // What lies further back has the longer time to now.
    switch (isNow(to) ? MIRRORED[said] : said) {
      case '<':
        return `${subject} earlier than ${distance}`;
      case '<=':
        return `${subject} ${distance} or earlier`;
      case '>':
        return `${subject} later than ${distance}`;
      case '>=':
        return `${subject} ${distance} or later`;
    }
  };
  return { text: say(operator), negation: say(OPPOSITE[operator]) };
}

// ---------------------------------------------------------------- texts, entities, sets

function like(expr: Extract<Expr, { kind: 'like' }>, terms: Terms): Leaf {
  const parts = expr.pattern.filter((part, at) => part !== '*' || expr.pattern[at - 1] !== '*');
  const [a, b, c] = parts;
  const { length } = parts;
  if (length === 0) return verb(expr.subject, terms, 'matches', 'exactly empty text');
  if (length === 1 && a === '*') return verb(expr.subject, terms, 'matches', 'any text');
  if (length === 1 && a !== undefined && a !== '*') {
    return verb(expr.subject, terms, 'matches', `exactly ${quotedText(a.text)}`);
  }
  if (length === 2 && a === '*' && b !== undefined && b !== '*') {
    return verb(expr.subject, terms, 'ends', `with ${quotedText(b.text)}`);
  }
  if (length === 2 && a !== undefined && a !== '*' && b === '*') {
    return verb(expr.subject, terms, 'starts', `with ${quotedText(a.text)}`);
  }
  if (length === 3 && a === '*' && b !== undefined && b !== '*' && c === '*') {
    return verb(expr.subject, terms, 'contains', quotedText(b.text));
  }
  const pattern = parts
    .map((part) => (part === '*' ? '*' : patternText(part.text).replaceAll('*', '\\*')))
    .join('');
  return verb(expr.subject, terms, 'matches', `the pattern “${pattern}”, * being any text`);
}

function belongs(left: Expr, right: Expr, terms: Terms): Leaf {
  if (right.kind !== 'set') return verb(left, terms, 'belongs', `to ${terms.group(right)}`);
  if (right.elements.length === 0) return verb(left, terms, 'belongs', 'to any of nothing');
  const groups = right.elements.map((element) => terms.group(element)).join(', ');
  return verb(left, terms, 'belongs', `to any of ${groups}`);
}

function method(expr: Extract<Expr, { kind: 'method' }>, terms: Terms): Leaf {
  const { subject } = expr;
  const [argument] = expr.args;
  if (expr.method === 'isEmpty') return pair(terms.operand(subject), be(subject, terms), 'empty');
  if (argument === undefined || expr.method === 'getTag') return holds(expr, terms);
  switch (expr.method) {
    case 'hasTag':
      return pairOf(
        terms.operand(subject),
        'has',
        'does not have',
        `the tag ${terms.operand(argument)}`,
      );
    case 'contains':
      return subject.kind === 'set'
        ? pair(terms.operand(argument), be(argument, terms), `one of ${listed(subject, terms)}`)
        : verb(subject, terms, 'includes', terms.value(argument));
    case 'containsAll':
      if (subject.kind === 'set') {
        return verb(argument, terms, 'includes', `nothing but ${listed(subject, terms)}`);
      }
      return argument.kind === 'set'
        ? verb(subject, terms, 'includes', `all of ${listed(argument, terms)}`)
        : verb(subject, terms, 'includes', `everything in ${terms.operand(argument)}`);
    case 'containsAny':
      return argument.kind === 'set'
        ? verb(subject, terms, 'includes', `any of ${listed(argument, terms)}`)
        : verb(subject, terms, 'includes', `anything in ${terms.operand(argument)}`);
  }
}

function pairOf(subject: string, yes: string, no: string, rest: string): Leaf {
  return { text: `${subject} ${yes} ${rest}`, negation: `${subject} ${no} ${rest}` };
}

function listed({ elements }: Extract<Expr, { kind: 'set' }>, terms: Terms): string {
  return elements.length === 0 ? 'nothing' : terms.list(elements);
}

// ---------------------------------------------------------------- extension types

const DECIMAL_ORDER: ReadonlyMap<string, Order> = new Map([
  ['lessThan', '<'],
  ['lessThanOrEqual', '<='],
  ['greaterThan', '>'],
  ['greaterThanOrEqual', '>='],
]);

const IP_KINDS: ReadonlyMap<string, string> = new Map([
  ['isIpv4', 'an IPv4 address'],
  ['isIpv6', 'an IPv6 address'],
  ['isLoopback', 'a loopback address'],
  ['isMulticast', 'a multicast address'],
]);

function call(expr: Extract<Expr, { kind: 'extension' }>, terms: Terms): Leaf {
  const [subject, argument] = expr.args;
  if (expr.style === 'method' && subject !== undefined) {
    const kind = expr.args.length === 1 ? IP_KINDS.get(expr.function) : undefined;
    if (kind !== undefined) return pair(terms.operand(subject), be(subject, terms), kind);
    if (argument !== undefined && expr.args.length === 2) {
      const operator = DECIMAL_ORDER.get(expr.function);
      if (operator !== undefined) return decimals(operator, subject, argument, terms);
      if (expr.function === 'isInRange') {
        return pair(
          terms.operand(subject),
          be(subject, terms),
          `in the range ${terms.operand(argument)}`,
        );
      }
    }
  }
  return holds(expr, terms);
}

function decimals(operator: Order, left: Expr, right: Expr, terms: Terms): Leaf {
  const isPlain = [left, right].some((side) => constantOf(side) instanceof Decimal);
  if (isConstant(left) && !isConstant(right)) {
    return decimals(MIRRORED[operator], right, left, terms);
  }
  return order(operator, left, right, NUMBERS, isPlain ? '' : ' (as decimals)', terms);
}
