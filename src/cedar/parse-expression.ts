/**
 * Expressions, by recursive descent: one function a level of precedence, lowest first. What operators
 * stand between is read in `parse-operand.ts`.
 *
 *     if … then … else …   ||   &&   == != < <= > >= in has like is   + -   *   ! -   . [] ()
 *
 * Comparisons do not chain.
 */
import type { ArithmeticOperator, ComparisonOperator, Expr, Name, TypeName } from './ast.ts';
import { Heights } from './heights.ts';
import type { TokenKind } from './lex.ts';
import { MAX_DEPTH, MAX_UNARY } from './limits.ts';
import { OperandParser } from './parse-operand.ts';
import { spanOf, type Reader } from './reader.ts';
import { unescapePattern } from './strings.ts';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const RELATION_WORDS: ReadonlySet<string> = new Set(['in', 'has', 'like', 'is']);

export class ExpressionParser {
  readonly #reader: Reader;
  readonly #heights: Heights;
  readonly #operands: OperandParser;
  #nesting = 0;

  constructor(reader: Reader) {
    this.#reader = reader;
    this.#heights = new Heights(reader);
    this.#operands = new OperandParser(reader, this.#heights, () => this.expression());
  }

  /** One expression, at the lowest precedence. */
  expression(): Expr | undefined {
    const reader = this.#reader;
    if (this.#nesting >= MAX_DEPTH) return this.#heights.tooDeep(spanOf(reader.token));
    this.#nesting++;
    const expr = reader.atWord('if') && reader.next.kind !== '::' ? this.#if() : this.#chain('or');
    this.#nesting--;
    return expr;
  }

  #if(): Expr | undefined {
    const reader = this.#reader;
    const { start } = reader.take();
    const condition = this.expression();
    if (condition === undefined) return undefined;
    let height = this.#heights.last;
    if (!reader.acceptWord('then')) return reader.unexpected(['`then`']);
    const consequent = this.expression();
    if (consequent === undefined) return undefined;
    height = Math.max(height, this.#heights.last);
    if (!reader.acceptWord('else')) return reader.unexpected(['`else`']);
    const alternative = this.expression();
    if (alternative === undefined) return undefined;
    const span = reader.spanFrom(start);
    return this.#heights.node({ kind: 'if', condition, consequent, alternative, span }, height);
  }

  /** `a || b || c`, or with `and` what stands between: `a && b && c`. */
  #chain(kind: 'or' | 'and'): Expr | undefined {
    const reader = this.#reader;
    const operator = kind === 'or' ? '||' : '&&';
    const { start } = reader.token;
    const first = this.#link(kind);
    if (first === undefined || !reader.at(operator)) return first;
    const operands = [first];
    let height = this.#heights.last;
    while (reader.accept(operator)) {
      const next = this.#link(kind);
      if (next === undefined) return undefined;
      operands.push(next);
      height = Math.max(height, this.#heights.last);
    }
    return this.#heights.node({ kind, operands, span: reader.spanFrom(start) }, height);
  }

  #link(kind: 'or' | 'and'): Expr | undefined {
    return kind === 'or' ? this.#chain('and') : this.#relation();
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
    return token.kind === 'identifier'
      ? RELATION_WORDS.has(token.word)
      : COMPARISONS.has(token.kind);
  }

  #relationOf(left: Expr, start: number): Expr | undefined {
    const reader = this.#reader;
    const height = this.#heights.last;
    const operator = reader.take();
    if (isComparison(operator.kind)) {
      const right = this.#additive();
      if (right === undefined) return undefined;
      const span = reader.spanFrom(start);
      return this.#heights.node(
        { kind: 'compare', operator: operator.kind, left, right, span },
        height,
      );
    }
    switch (operator.word) {
      case 'in': {
        const right = this.#additive();
        if (right === undefined) return undefined;
        return this.#heights.node(
          { kind: 'in', left, right, span: reader.spanFrom(start) },
          height,
        );
      }
      case 'has': {
        const path = this.#hasPath();
        if (path === undefined) return undefined;
        this.#heights.last = height;
        return this.#heights.node({
          kind: 'has',
          subject: left,
          path,
          span: reader.spanFrom(start),
        });
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
    const { parts, bad } = unescapePattern(reader.bodyOf(token));
    reader.badEscapes(bad, token.start + 1);
    this.#heights.last = height;
    return this.#heights.node({
      kind: 'like',
      subject,
      pattern: parts,
      span: reader.spanFrom(start),
    });
  }

  #is(subject: Expr, start: number, height: number): Expr | undefined {
    const reader = this.#reader;
    const entityType = this.#operands.typeName();
    if (entityType === undefined) return undefined;
    if (!reader.acceptWord('in')) {
      this.#heights.last = height;
      return this.#heights.node({ kind: 'is', subject, entityType, span: reader.spanFrom(start) });
    }
    const ancestor = this.#additive();
    if (ancestor === undefined) return undefined;
    const span = reader.spanFrom(start);
    return this.#heights.node({ kind: 'is', subject, entityType, ancestor, span }, height);
  }

  #additive(): Expr | undefined {
    return this.#arithmetic('sum');
  }

  /** A sum of products, or a product of what operators stand before or behind. */
  #arithmetic(level: 'sum' | 'product'): Expr | undefined {
    const reader = this.#reader;
    const { start } = reader.token;
    let left = this.#term(level);
    while (left !== undefined) {
      const { kind: operator } = reader.token;
      if (!isArithmetic(operator, level)) break;
      const height = this.#heights.last;
      reader.take();
      const right = this.#term(level);
      if (right === undefined) return undefined;
      const span = reader.spanFrom(start);
      left = this.#heights.node({ kind: 'arithmetic', operator, left, right, span }, height);
    }
    return left;
  }

  #term(level: 'sum' | 'product'): Expr | undefined {
    return level === 'sum' ? this.#arithmetic('product') : this.#unary();
  }

  #unary(): Expr | undefined {
    const reader = this.#reader;
    const { kind: operator, start: first } = reader.token;
    if (operator !== '!' && operator !== '-') return this.#operands.member();
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
      operand = this.#operands.integer(starts.pop());
    } else {
      operand = this.#operands.member();
    }
    for (let start = starts.pop(); start !== undefined; start = starts.pop()) {
      if (operand === undefined) return undefined;
      const kind = operator === '!' ? 'not' : 'negate';
      operand = this.#heights.node({ kind, operand, span: reader.spanFrom(start) });
    }
    return operand;
  }

  /** The name of an entity type. */
  typeName(): TypeName | undefined {
    return this.#operands.typeName();
  }

  /** `A::B::C`, and the `::` behind it when a string follows. */
  path(expected: string): TypeName | undefined {
    return this.#operands.path(expected);
  }
}

function isComparison(kind: TokenKind): kind is ComparisonOperator {
  return COMPARISONS.has(kind);
}

function isArithmetic(kind: TokenKind, level: 'sum' | 'product'): kind is ArithmeticOperator {
  return level === 'sum' ? kind === '+' || kind === '-' : kind === '*';
}

function isMemberStart(kind: TokenKind): boolean {
  return kind === '.' || kind === '[' || kind === '(';
}
