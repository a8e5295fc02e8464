/**
 * The type of an expression in one kind of request, by the rules of Cedar's strict validator: `&&`, `||`
 * and `if` pass on what a `has` found, and what can never be reached is not looked at. Operators stand
 * in `check-operators.ts`.
 */
import type { Expr, Name } from '../../cedar/ast.ts';
import type { Attributes } from '../../cedar/schema/model.ts';
import { printExpr } from '../../cedar/print.ts';
import { quote } from '../../cedar/strings.ts';
import { CheckOperators } from './check-operators.ts';
import { guardIntersection, guardUnion, NO_GUARDS, type Answer, type Guards } from './finding.ts';
import {
  BOOL,
  FALSE,
  join,
  LONG,
  settled,
  STRING,
  TRUE,
  typeText,
  UNKNOWN,
  type Inferred,
  type InferredAttribute,
} from './inferred.ts';

const NO_ATTRIBUTES: Attributes = new Map();

export class CheckExpression extends CheckOperators {
  protected override answer(expr: Expr, prior: Guards): Answer {
    switch (expr.kind) {
      case 'literal':
        return plain(literalType(expr.value));
      case 'entity':
        return plain(this.entityType(expr.uid));
      case 'variable':
        return plain(this.variableType(expr.name));
      case 'not': {
        const value = settled(this.boolean(expr.operand, prior).type);
        return plain(value === undefined ? BOOL : value ? FALSE : TRUE);
      }
      case 'negate':
        this.expect(expr.operand, prior, LONG);
        return plain(LONG);
      case 'and':
        return this.#and(expr.operands, prior);
      case 'or':
        return this.#or(expr.operands, prior);
      case 'if':
        return this.#if(expr, prior);
      case 'compare':
        return plain(this.compare(expr, prior));
      case 'arithmetic':
        this.expect(expr.left, prior, LONG);
        this.expect(expr.right, prior, LONG);
        return plain(LONG);
      case 'in':
        return plain(this.in(expr.left, expr.right, prior));
      case 'is':
        return this.#is(expr, prior);
      case 'has':
        return this.#has(expr.subject, expr.path, prior);
      case 'like':
        this.expect(expr.subject, prior, STRING);
        return plain(BOOL);
      case 'attribute':
        return plain(this.#attribute(expr, prior));
      case 'method':
        return this.method(expr, prior);
      case 'extension':
        return plain(this.extension(expr, prior));
      case 'set':
        return plain(this.#set(expr, prior));
      case 'record': {
        const attributes = new Map<string, InferredAttribute>();
        for (const { name, value } of expr.entries) {
          attributes.set(name.text, { type: this.infer(value, prior).type, required: true });
        }
        return plain({ kind: 'record', attributes });
      }
    }
  }

  /** A condition of a policy where `prior` is known to be present. */
  condition(body: Expr, prior: Guards): Answer {
    return this.boolean(body, prior);
  }

  /** Attributes of a record or of an entity's type; `undefined` for what has none. */
  attributesOf(type: Inferred): ReadonlyMap<string, InferredAttribute> | undefined {
    if (type.kind === 'record') return type.attributes;
    if (type.kind !== 'entity') return undefined;
    return this.hierarchy.schema.entityTypes.get(type.name)?.attributes ?? NO_ATTRIBUTES;
  }

  #and(operands: readonly Expr[], prior: Guards): Answer {
    let type: Inferred = TRUE;
    let guards = NO_GUARDS;
    for (const operand of operands) {
      const next = this.boolean(operand, guardUnion(prior, guards));
      if (settled(next.type) === false) return plain(FALSE);
      guards = guardUnion(guards, next.guards);
      if (settled(next.type) === undefined) type = BOOL;
    }
    return { type, guards };
  }

  #or(operands: readonly Expr[], prior: Guards): Answer {
    let whole: Answer = plain(FALSE);
    for (const operand of operands) {
      const next = this.boolean(operand, prior);
      if (settled(next.type) === true) return next;
      if (settled(next.type) === false) continue;
      whole =
        settled(whole.type) === false
          ? next
          : { type: BOOL, guards: guardIntersection(whole.guards, next.guards) };
    }
    return whole;
  }

  #if(expr: Expr & { readonly kind: 'if' }, prior: Guards): Answer {
    const condition = this.boolean(expr.condition, prior);
    const value = settled(condition.type);
    if (value === false) return this.infer(expr.alternative, prior);
    const then = this.infer(expr.consequent, guardUnion(prior, condition.guards));
    const guards = guardUnion(then.guards, condition.guards);
    if (value === true) return { type: then.type, guards };
    const otherwise = this.infer(expr.alternative, prior);
    const type = join(then.type, otherwise.type);
    if (type === undefined) {
      const message = `\`then\` gives ${typeText(then.type)} and \`else\` ${typeText(otherwise.type)}; both must give one type.`;
      this.report('incompatible-types', message, expr.span, { expr });
      return plain(UNKNOWN);
    }
    return { type, guards: guardIntersection(guards, otherwise.guards) };
  }

  #is(expr: Expr & { readonly kind: 'is' }, prior: Guards): Answer {
    const subject = this.entity(expr.subject, prior);
    const type =
      subject.kind !== 'entity' ? BOOL : subject.name === expr.entityType.name ? TRUE : FALSE;
    if (expr.ancestor === undefined || settled(type) === false) return plain(type);
    const isIn = this.in(expr.subject, expr.ancestor, prior);
    return plain(settled(isIn) === true ? type : isIn);
  }

  /** `a has b.c` is `a has b && a.b has c`. */
  #has(subject: Expr, path: readonly Name[], prior: Guards): Answer {
    let { type } = this.infer(subject, prior);
    let access = subject;
    let whole: Inferred = TRUE;
    const found = new Set<string>();
    for (const [index, name] of path.entries()) {
      if (type.kind === 'unknown') return plain(BOOL);
      const attributes = this.attributesOf(type);
      if (attributes === undefined) {
        const span =
          index === 0 ? subject.span : { start: subject.span.start, end: name.span.start };
        const message = `\`has\` asks a record or an entity; this is a ${typeText(type)}.`;
        this.report('unexpected-type', message, span, { expr: subject });
        return plain(BOOL);
      }
      const attribute = attributes.get(name.text);
      if (attribute === undefined) {
        this.absent.set(name, type);
        return plain(FALSE);
      }
      access = { kind: 'attribute', subject: access, name, span: access.span };
      const guard = printExpr(access);
      const known = prior.has(guard) || (attribute.required && type.kind === 'record');
      if (!known) whole = BOOL;
      found.add(guard);
      this.note(name, attribute);
      ({ type } = attribute);
    }
    return { type: whole, guards: found };
  }

  #attribute(expr: Expr & { readonly kind: 'attribute' }, prior: Guards): Inferred {
    const { subject, name } = expr;
    const { type } = this.infer(subject, prior);
    if (type.kind === 'unknown') return UNKNOWN;
    const attributes = this.attributesOf(type);
    if (attributes === undefined) {
      const message = `A ${typeText(type)} has no attributes.`;
      this.report('unexpected-type', message, subject.span, { expr: subject });
      return UNKNOWN;
    }
    const attribute = attributes.get(name.text);
    if (attribute === undefined) {
      const message = `${nameOf(subject, type)} has no attribute \`${name.text}\`.`;
      const candidates = [...attributes.keys()];
      this.report('unknown-attribute', message, name.span, { expr, candidates });
      return UNKNOWN;
    }
    this.note(name, attribute);
    if (!attribute.required && !prior.has(printExpr(expr))) {
      const access = `${printExpr(subject)} has ${printName(name.text)}`;
      const message = `\`${name.text}\` is optional: without \`${access}\` before it this fails when it is absent.`;
      this.report('optional-attribute', message, expr.span, { expr });
    }
    return attribute.type;
  }

  #set(expr: Expr & { readonly kind: 'set' }, prior: Guards): Inferred {
    const types = expr.elements.map((element) => this.infer(element, prior).type);
    const [first] = types;
    if (first === undefined) {
      this.report('empty-set', 'An empty set has no type: ask `isEmpty()` instead.', expr.span, {
        expr,
      });
      return { kind: 'set', element: UNKNOWN };
    }
    let element: Inferred | undefined = first;
    for (const type of types.slice(1)) element = element && join(element, type);
    if (element !== undefined) return { kind: 'set', element };
    const list = [...new Set(types.map((type) => typeText(type)))].join(' and ');
    const message = `The elements of a set must be of one type, not ${list}.`;
    this.report('incompatible-types', message, expr.span, { expr });
    return { kind: 'set', element: UNKNOWN };
  }
}

function printName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : quote(name);
}

function nameOf(subject: Expr, type: Inferred): string {
  if (subject.kind === 'variable' && subject.name === 'context') return 'The context';
  return type.kind === 'entity' ? `The entity type ${type.name}` : `\`${printExpr(subject)}\``;
}

function literalType(value: boolean | string | number | bigint): Inferred {
  if (typeof value === 'boolean') return value ? TRUE : FALSE;
  return typeof value === 'string' ? STRING : LONG;
}

function plain(type: Inferred): Answer {
  return { type, guards: NO_GUARDS };
}
