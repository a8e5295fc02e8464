/**
 * Expressions, by recursive descent: one function a level of precedence.
 *
 *     if … then … else …   ||   &&   == != < <= > >= in has like is   + -   *   ! -   . [] ()
 *
 * Comparisons do not chain. Every function that reads a node leaves its height in `#height`; a node
 * higher than the limit is an error, so that whoever walks the tree later may recurse.
 */
import type {
  ArithmeticOperator,
  BuiltinMethod,
  ComparisonOperator,
  Expr,
  Name,
  RecordEntry,
  TypeName,
  VariableName,
} from './ast.ts';
import type { Span } from '../base/span.ts';
import { EXTENSION_FUNCTIONS } from './extensions/functions.ts';
import type { TokenKind } from './lex.ts';
import { MAX_DEPTH, MAX_UNARY } from './limits.ts';
import { checkedLong } from './long.ts';
import { spanOf, type Reader } from './reader.ts';
import { unescapePattern } from './strings.ts';
import { EntityUid } from './value.ts';

const VARIABLES: ReadonlySet<string> = new Set(['principal', 'action', 'resource', 'context']);
const METHOD_ARITY: ReadonlyMap<string, number> = new Map([
  ['contains', 1],
  ['containsAll', 1],
  ['containsAny', 1],
  ['isEmpty', 0],
  ['getTag', 1],
  ['hasTag', 1],
]);
const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const RELATION_WORDS: ReadonlySet<string> = new Set(['in', 'has', 'like', 'is']);
const EXPRESSION = ['an expression'] as const;

export class ExpressionParser {
  readonly #reader: Reader;
  #nesting = 0;
  #height = 0;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** One expression, at the lowest precedence. */
  expression(): Expr | undefined {
    const reader = this.#reader;
    if (this.#nesting >= MAX_DEPTH) return this.#tooDeep(spanOf(reader.token));
    this.#nesting++;
    const expr = reader.atWord('if') && reader.next.kind !== '::' ? this.#if() : this.#or();
    this.#nesting--;
    return expr;
  }

  #if(): Expr | undefined {
    const reader = this.#reader;
    const { start } = reader.take();
    const condition = this.expression();
    if (condition === undefined) return undefined;
    let height = this.#height;
    if (!reader.acceptWord('then')) return reader.unexpected(['`then`']);
    const consequent = this.expression();
    if (consequent === undefined) return undefined;
    height = Math.max(height, this.#height);
    if (!reader.acceptWord('else')) return reader.unexpected(['`else`']);
    const alternative = this.expression();
    if (alternative === undefined) return undefined;
    const span = reader.spanFrom(start);
    return this.#node({ kind: 'if', condition, consequent, alternative, span }, height);
  }

  #or(): Expr | undefined {
    return this.#chain('||', 'or', () => this.#and());
  }

  #and(): Expr | undefined {
    return this.#chain('&&', 'and', () => this.#relation());
  }

  #chain(
    operator: '&&' | '||',
    kind: 'and' | 'or',
    operand: () => Expr | undefined,
  ): Expr | undefined {
    const reader = this.#reader;
    const { start } = reader.token;
    const first = operand();
    if (first === undefined || !reader.at(operator)) return first;
    const operands = [first];
    let height = this.#height;
    while (reader.accept(operator)) {
      const next = operand();
      if (next === undefined) return undefined;
      operands.push(next);
      height = Math.max(height, this.#height);
    }
    return this.#node({ kind, operands, span: reader.spanFrom(start) }, height);
  }

  #relation(): Expr | undefined {
    const reader = this.#reader;
    const { start } = reader.token;
    const left = this.#additive();
    if (left === undefined || !this.#atRelation()) return left;
    const relation = this.#relationOf(left, start);
    if (relation === undefined || !this.#atRelation()) return relation;
    const found = reader.textOf(reader.token);
    const message = `\`${found}\` cannot follow another comparison without parentheses`;
    return reader.report('chained_comparison', reader.token, message, { found });
  }

  #atRelation(): boolean {
    const { token } = this.#reader;
    if (token.kind === 'identifier') return RELATION_WORDS.has(this.#reader.textOf(token));
    return COMPARISONS.has(token.kind);
  }

  #relationOf(left: Expr, start: number): Expr | undefined {
    const reader = this.#reader;
    const height = this.#height;
    const operator = reader.take();
    if (isComparison(operator.kind)) {
      const right = this.#additive();
      if (right === undefined) return undefined;
      const span = reader.spanFrom(start);
      return this.#node({ kind: 'compare', operator: operator.kind, left, right, span }, height);
    }
    switch (reader.textOf(operator)) {
      case 'in': {
        const right = this.#additive();
        if (right === undefined) return undefined;
        return this.#node({ kind: 'in', left, right, span: reader.spanFrom(start) }, height);
      }
      case 'has': {
        const path = this.#hasPath();
        if (path === undefined) return undefined;
        this.#height = height;
        return this.#node({ kind: 'has', subject: left, path, span: reader.spanFrom(start) }, 0);
      }
      case 'like':
        return this.#like(left, start, height);
      default:
        return this.#is(left, start, height);
    }
  }

  #hasPath(): readonly Name[] | undefined {
    const reader = this.#reader;
    if (reader.at('string')) return [reader.takeString()];
    const path: Name[] = [];
    do {
      const name = reader.identifier('the name of an attribute, or a string');
      if (name === undefined) return undefined;
      path.push(name);
    } while (reader.accept('.'));
    return path;
  }

  #like(subject: Expr, start: number, height: number): Expr | undefined {
    const reader = this.#reader;
    const token = reader.expect('string', ['a pattern: a string in which `*` stands for any text']);
    if (token === undefined) return undefined;
    const { parts, bad } = unescapePattern(reader.text.slice(token.start + 1, token.end - 1));
    reader.badEscapes(bad, token.start + 1);
    this.#height = height;
    return this.#node({ kind: 'like', subject, pattern: parts, span: reader.spanFrom(start) }, 0);
  }

  #is(subject: Expr, start: number, height: number): Expr | undefined {
    const reader = this.#reader;
    const entityType = this.typeName();
    if (entityType === undefined) return undefined;
    if (!reader.acceptWord('in')) {
      this.#height = height;
      return this.#node({ kind: 'is', subject, entityType, span: reader.spanFrom(start) }, 0);
    }
    const ancestor = this.#additive();
    if (ancestor === undefined) return undefined;
    const span = reader.spanFrom(start);
    return this.#node({ kind: 'is', subject, entityType, ancestor, span }, height);
  }

  #additive(): Expr | undefined {
    return this.#arithmetic(['+', '-'], () => this.#multiplicative());
  }

  #multiplicative(): Expr | undefined {
    return this.#arithmetic(['*'], () => this.#unary());
  }

  #arithmetic(
    operators: readonly ArithmeticOperator[],
    operand: () => Expr | undefined,
  ): Expr | undefined {
    const reader = this.#reader;
    const { start } = reader.token;
    let left = operand();
    while (left !== undefined) {
      const operator = operators.find((candidate) => reader.at(candidate));
      if (operator === undefined) break;
      const height = this.#height;
      reader.take();
      const right = operand();
      if (right === undefined) return undefined;
      const span = reader.spanFrom(start);
      left = this.#node({ kind: 'arithmetic', operator, left, right, span }, height);
    }
    return left;
  }

  #unary(): Expr | undefined {
    const reader = this.#reader;
    const { kind: operator, start: first } = reader.token;
    if (operator !== '!' && operator !== '-') return this.#member();
    const starts: number[] = [];
    while (reader.at(operator)) starts.push(reader.take().start);
    if (starts.length > MAX_UNARY) {
      const span = reader.spanFrom(first);
      const message = `at most ${MAX_UNARY} \`${operator}\` can stand in a row`;
      reader.report('too_many_unary_operators', span, message);
    }
    // The least integer has no positive counterpart: a minus sign belongs to the literal behind it.
    let operand: Expr | undefined;
    if (operator === '-' && reader.at('integer') && !isMemberStart(reader.next.kind)) {
      operand = this.#integer(starts.pop());
    } else {
      operand = this.#member();
    }
    for (let start = starts.pop(); start !== undefined; start = starts.pop()) {
      if (operand === undefined) return undefined;
      const kind = operator === '!' ? 'not' : 'negate';
      operand = this.#node({ kind, operand, span: reader.spanFrom(start) }, 0);
    }
    return operand;
  }

  #member(): Expr | undefined {
    const reader = this.#reader;
    const { start } = reader.token;
    let subject = this.#primary();
    while (subject !== undefined) {
      if (reader.accept('.')) {
        subject = this.#dot(subject, start);
      } else if (reader.accept('[')) {
        const name = reader.string('the name of an attribute as a string');
        if (name === undefined || reader.expect(']') === undefined) return undefined;
        subject = this.#node({ kind: 'attribute', subject, name, span: reader.spanFrom(start) }, 0);
      } else if (reader.at('(')) {
        const message = 'only functions and methods can be called';
        return reader.report('unexpected_token', reader.token, message, { found: '(' });
      } else {
        break;
      }
    }
    return subject;
  }

  #dot(subject: Expr, start: number): Expr | undefined {
    const reader = this.#reader;
    const height = this.#height;
    const name = reader.identifier('the name of an attribute or a method');
    if (name === undefined) return undefined;
    if (!reader.at('(')) {
      return this.#node({ kind: 'attribute', subject, name, span: reader.spanFrom(start) }, 0);
    }
    const args = this.#args();
    if (args === undefined) return undefined;
    const span = reader.spanFrom(start);
    const nameSpan = name.span;
    if (isBuiltinMethod(name.text)) {
      const arity = METHOD_ARITY.get(name.text);
      if (args.length !== arity) {
        const message = `\`${name.text}\` takes ${arity} argument${arity === 1 ? '' : 's'}, not ${args.length}`;
        reader.report('wrong_arity', name.span, message);
      }
      return this.#node(
        { kind: 'method', method: name.text, subject, args, nameSpan, span },
        height,
      );
    }
    const style = EXTENSION_FUNCTIONS.get(name.text)?.style;
    if (style !== 'method') {
      const message =
        style === 'function'
          ? `\`${name.text}\` is a function, not a method: write \`${name.text}(…)\``
          : `there is no method \`${name.text}\``;
      reader.report('unknown_method', name.span, message, { found: name.text });
    }
    return this.#node(
      {
        kind: 'extension',
        function: name.text,
        style: 'method',
        args: [subject, ...args],
        nameSpan,
        span,
      },
      height,
    );
  }

  /** Arguments in parentheses; leaves the height of the highest. */
  #args(): readonly Expr[] | undefined {
    this.#reader.take();
    return this.#list(')');
  }

  #list(close: ')' | ']'): readonly Expr[] | undefined {
    const reader = this.#reader;
    const elements: Expr[] = [];
    let height = 0;
    while (!reader.at(close)) {
      const element = this.expression();
      if (element === undefined) return undefined;
      elements.push(element);
      height = Math.max(height, this.#height);
      if (!reader.accept(',') && !reader.at(close)) {
        return reader.unexpected(['`,`', `\`${close}\``, 'an operator']);
      }
    }
    reader.take();
    this.#height = height;
    return elements;
  }

  #primary(): Expr | undefined {
    const reader = this.#reader;
    const { token } = reader;
    if (token.kind === 'identifier') return this.#named();
    if (token.kind === '(') return this.#parenthesised();
    if (token.kind === 'integer') return this.#integer(undefined);
    if (token.kind === '{') return this.#record();
    if (token.kind === 'string') {
      const { text, span } = reader.takeString();
      return this.#leaf({ kind: 'literal', value: text, span });
    }
    if (token.kind === '[') {
      reader.take();
      const elements = this.#list(']');
      if (elements === undefined) return undefined;
      return this.#node({ kind: 'set', elements, span: reader.spanFrom(token.start) }, 0);
    }
    if (token.kind !== 'slot') return reader.unexpected(EXPRESSION);
    const found = reader.textOf(reader.take());
    const message = `\`${found}\` can only stand in the scope of a policy`;
    return reader.report('slot_in_condition', token, message, { found });
  }

  /** The span of an expression in parentheses takes them in. */
  #parenthesised(): Expr | undefined {
    const reader = this.#reader;
    const { start } = reader.take();
    const inner = this.expression();
    if (inner === undefined) return undefined;
    if (reader.expect(')', ['`)`', 'an operator']) === undefined) return undefined;
    return { ...inner, span: reader.spanFrom(start) };
  }

  #integer(minus: number | undefined): Expr | undefined {
    const reader = this.#reader;
    const token = reader.take();
    const digits = reader.textOf(token);
    const span = { start: minus ?? token.start, end: token.end };
    const negative = minus !== undefined;
    // BigInt of a very long literal would be slow.
    const significant = digits.replace(/^0+(?=.)/, '');
    const size = significant.length > 19 ? undefined : BigInt(significant);
    const value = size === undefined ? undefined : checkedLong(negative ? -size : size);
    if (value === undefined) {
      const message = 'integers go from -9223372036854775808 to 9223372036854775807';
      reader.report('integer_out_of_range', span, message, { found: reader.textOf(span) });
    }
    return this.#leaf({ kind: 'literal', value: value ?? 0, span });
  }

  #record(): Expr | undefined {
    const reader = this.#reader;
    const { start } = reader.take();
    const entries: RecordEntry[] = [];
    const names = new Set<string>();
    let height = 0;
    while (!reader.at('}')) {
      const expected = 'the name of a field';
      const name = reader.at('string') ? reader.string(expected) : reader.identifier(expected);
      if (name === undefined || reader.expect(':') === undefined) return undefined;
      if (names.has(name.text)) {
        const message = `the field \`${name.text}\` stands in this record twice`;
        reader.report('duplicate_key', name.span, message, { found: name.text });
      }
      names.add(name.text);
      const value = this.expression();
      if (value === undefined) return undefined;
      entries.push({ name, value });
      height = Math.max(height, this.#height);
      if (!reader.accept(',') && !reader.at('}')) return reader.unexpected(['`,`', '`}`']);
    }
    reader.take();
    this.#height = height;
    return this.#node({ kind: 'record', entries, span: reader.spanFrom(start) }, 0);
  }

  /** What begins with a word: `true`, `false`, a variable, an entity or a function call. */
  #named(): Expr | undefined {
    const reader = this.#reader;
    const word = reader.textOf(reader.token);
    if (reader.next.kind !== '::') {
      if (word === 'true' || word === 'false') {
        const span = spanOf(reader.take());
        return this.#leaf({ kind: 'literal', value: word === 'true', span });
      }
      if (isVariable(word) && reader.next.kind !== '(') {
        return this.#leaf({ kind: 'variable', name: word, span: spanOf(reader.take()) });
      }
    }
    const name = this.path(EXPRESSION[0]);
    if (name === undefined) return undefined;
    if (reader.at('string')) {
      const id = reader.takeString();
      const span = reader.spanFrom(name.span.start);
      return this.#leaf({ kind: 'entity', uid: new EntityUid(name.name, id.text), span });
    }
    if (reader.at('(')) return this.#call(name);
    const message = `\`${name.name}\` is not a variable; the variables are principal, action, resource and context, and text stands in quotes`;
    return reader.report('unknown_variable', name.span, message, {
      found: name.name,
      expected: [...VARIABLES],
    });
  }

  #call(name: TypeName): Expr | undefined {
    const reader = this.#reader;
    const style = EXTENSION_FUNCTIONS.get(name.name)?.style;
    if (style !== 'function') {
      const isMethod = style === 'method' || METHOD_ARITY.has(name.name);
      const message = isMethod
        ? `\`${name.name}\` is a method, not a function: write \`x.${name.name}(…)\``
        : `there is no function \`${name.name}\`; there are decimal, ip, datetime and duration`;
      reader.report('unknown_function', name.span, message, {
        found: name.name,
        expected: ['decimal', 'ip', 'datetime', 'duration'],
      });
    }
    const args = this.#args();
    if (args === undefined) return undefined;
    const span = reader.spanFrom(name.span.start);
    return this.#node(
      {
        kind: 'extension',
        function: name.name,
        style: 'function',
        args,
        nameSpan: name.span,
        span,
      },
      0,
    );
  }

  /** The name of an entity type. */
  typeName(): TypeName | undefined {
    const name = this.path('the name of an entity type');
    if (name === undefined || !this.#reader.at('string')) return name;
    const message = '`is` takes the name of an entity type; an entity is compared with `==`';
    return this.#reader.report('unexpected_token', name.span, message, {
      found: name.name,
      expected: ['the name of an entity type'],
    });
  }

  /** `A::B::C`, and the `::` behind it when a string follows. */
  path(expected: string): TypeName | undefined {
    const reader = this.#reader;
    const first = reader.identifier(expected);
    if (first === undefined) return undefined;
    let name = first.text;
    let { end } = first.span;
    while (reader.accept('::')) {
      if (reader.at('string')) break;
      const part = reader.identifier('a name or the id of an entity');
      if (part === undefined) return undefined;
      name += `::${part.text}`;
      ({ end } = part.span);
    }
    return { name, span: { start: first.span.start, end } };
  }

  #leaf(expr: Expr): Expr {
    this.#height = 1;
    return expr;
  }

  /** A node over a child of the height at hand and others no higher than `height`. */
  #node(expr: Expr, height: number): Expr | undefined {
    this.#height = Math.max(this.#height, height) + 1;
    return this.#height > MAX_DEPTH ? this.#tooDeep(expr.span) : expr;
  }

  #tooDeep(span: Span): undefined {
    const message = `this expression is nested more than ${MAX_DEPTH} deep`;
    return this.#reader.report('too_deep', span, message);
  }
}

function isComparison(kind: TokenKind): kind is ComparisonOperator {
  return COMPARISONS.has(kind);
}

function isVariable(word: string): word is VariableName {
  return VARIABLES.has(word);
}

function isBuiltinMethod(name: string): name is BuiltinMethod {
  return METHOD_ARITY.has(name);
}

function isMemberStart(kind: TokenKind): boolean {
  return kind === '.' || kind === '[' || kind === '(';
}
