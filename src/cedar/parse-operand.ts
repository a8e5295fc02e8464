/**
 * What operators stand between: literals, variables, entities, sets, records, calls, and the attributes,
 * indexes and methods behind any of them. An expression in parentheses is read by whoever reads
 * expressions.
 */
import type { BuiltinMethod, Expr, RecordEntry, TypeName, VariableName } from './ast.ts';
import { EXTENSION_FUNCTIONS } from './extensions/functions.ts';
import type { Heights } from './heights.ts';
import { checkedLong } from './long.ts';
import { spanOf, type Reader } from './reader.ts';
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
const EXPRESSION = ['an expression'] as const;

/** What official Cedar reads and this engine refuses, because it would never come to a value. */
const NOT_HERE: ReadonlyMap<string, string> = new Map([
  [
    'unknown',
    '`unknown` is for partial evaluation, an experiment of Cedar; requests are whole here',
  ],
]);

export class OperandParser {
  readonly #reader: Reader;
  readonly #heights: Heights;
  readonly #expression: () => Expr | undefined;

  constructor(reader: Reader, heights: Heights, expression: () => Expr | undefined) {
    this.#reader = reader;
    this.#heights = heights;
    this.#expression = expression;
  }

  /** An operand with all that stands behind it. */
  member(): Expr | undefined {
    const reader = this.#reader;
    const { start } = reader.token;
    let subject = this.#primary();
    while (subject !== undefined) {
      if (reader.accept('.')) {
        subject = this.#dot(subject, start);
      } else if (reader.accept('[')) {
        const name = reader.string('the name of an attribute as a string');
        if (name === undefined || reader.expect(']') === undefined) return undefined;
        subject = this.#heights.node({
          kind: 'attribute',
          subject,
          name,
          span: reader.spanFrom(start),
        });
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
    const height = this.#heights.last;
    const name = reader.identifier('the name of an attribute or a method');
    if (name === undefined) return undefined;
    if (!reader.at('(')) {
      return this.#heights.node({ kind: 'attribute', subject, name, span: reader.spanFrom(start) });
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
      return this.#heights.node(
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
    return this.#heights.node(
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
      const element = this.#expression();
      if (element === undefined) return undefined;
      elements.push(element);
      height = Math.max(height, this.#heights.last);
      if (!reader.accept(',') && !reader.at(close)) {
        return reader.unexpected(['`,`', `\`${close}\``, 'an operator']);
      }
    }
    reader.take();
    this.#heights.last = height;
    return elements;
  }

  #primary(): Expr | undefined {
    const reader = this.#reader;
    const { token } = reader;
    if (token.kind === 'identifier') return this.#named();
    if (token.kind === '(') return this.#parenthesised();
    if (token.kind === 'integer') return this.integer(undefined);
    if (token.kind === '{') return this.#record();
    if (token.kind === 'string') {
      const { text, span } = reader.takeString();
      return this.#heights.leaf({ kind: 'literal', value: text, span });
    }
    if (token.kind === '[') {
      reader.take();
      const elements = this.#list(']');
      if (elements === undefined) return undefined;
      return this.#heights.node({ kind: 'set', elements, span: reader.spanFrom(token.start) });
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
    const inner = this.#expression();
    if (inner === undefined) return undefined;
    if (reader.expect(')', ['`)`', 'an operator']) === undefined) return undefined;
    return { ...inner, span: reader.spanFrom(start) };
  }

  /** An integer, with the place of the minus sign that belongs to it, if one does. */
  integer(minus: number | undefined): Expr | undefined {
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
    return this.#heights.leaf({ kind: 'literal', value: value ?? 0, span });
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
      const value = this.#expression();
      if (value === undefined) return undefined;
      entries.push({ name, value });
      height = Math.max(height, this.#heights.last);
      if (!reader.accept(',') && !reader.at('}')) return reader.unexpected(['`,`', '`}`']);
    }
    reader.take();
    this.#heights.last = height;
    return this.#heights.node({ kind: 'record', entries, span: reader.spanFrom(start) });
  }

  /** What begins with a word: `true`, `false`, a variable, an entity or a function call. */
  #named(): Expr | undefined {
    const reader = this.#reader;
    const { word } = reader.token;
    if (reader.next.kind !== '::') {
      if (word === 'true' || word === 'false') {
        const span = spanOf(reader.take());
        return this.#heights.leaf({ kind: 'literal', value: word === 'true', span });
      }
      if (isVariable(word) && reader.next.kind !== '(') {
        return this.#heights.leaf({ kind: 'variable', name: word, span: spanOf(reader.take()) });
      }
    }
    const name = this.path(EXPRESSION[0]);
    if (name === undefined) return undefined;
    if (reader.at('string')) {
      const id = reader.takeString();
      const span = reader.spanFrom(name.span.start);
      return this.#heights.leaf({ kind: 'entity', uid: new EntityUid(name.name, id.text), span });
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
        : (NOT_HERE.get(name.name) ??
          `there is no function \`${name.name}\`; there are decimal, ip, datetime and duration`);
      reader.report('unknown_function', name.span, message, {
        found: name.name,
        expected: ['decimal', 'ip', 'datetime', 'duration'],
      });
    }
    const args = this.#args();
    if (args === undefined) return undefined;
    const span = reader.spanFrom(name.span.start);
    return this.#heights.node(
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
}

function isVariable(word: string): word is VariableName {
  return VARIABLES.has(word);
}

function isBuiltinMethod(name: string): name is BuiltinMethod {
  return METHOD_ARITY.has(name);
}
