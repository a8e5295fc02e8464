import type { Span } from '../../base/span.ts';
import type { Expr, Name, VariableName } from '../../cedar/ast.ts';
import { EXTENSION_FUNCTIONS } from '../../cedar/extensions/functions.ts';
import { Failure } from '../../cedar/failure.ts';
import { printExpr } from '../../cedar/print.ts';
import type { EntityUid } from '../../cedar/value.ts';
import { NO_GUARDS, type Answer, type Guards, type TypeFinding } from './finding.ts';
import { EXTENSION_CALLABLES } from './functions.ts';
import type { Hierarchy, RequestEnvironment } from './hierarchy.ts';
import {
  BOOL,
  FALSE,
  join,
  settled,
  STRING,
  TRUE,
  typeText,
  UNKNOWN,
  type Inferred,
  type InferredAttribute,
} from './inferred.ts';

type Finding = Pick<TypeFinding, 'expr' | 'candidates'>;

/** What checking one expression or more in one kind of request has found. */
export abstract class CheckOperators {
  readonly hierarchy: Hierarchy;
  readonly environment: RequestEnvironment;
  readonly findings: TypeFinding[] = [];
  /** The type of every expression that can be reached. */
  readonly types = new Map<Expr, Inferred>();
  /** The declaration that every name of an attribute stands for. */
  readonly attributes = new Map<Name, InferredAttribute>();
  /** Names in a `has` that nothing declares, with the type that does not have them. */
  readonly absent = new Map<Name, Inferred>();

  constructor(hierarchy: Hierarchy, environment: RequestEnvironment) {
    this.hierarchy = hierarchy;
    this.environment = environment;
  }

  /** The type of `expr` where `prior` is known to be present. */
  infer(expr: Expr, prior: Guards): Answer {
    const answer = this.answer(expr, prior);
    this.types.set(expr, answer.type);
    return answer;
  }

  protected abstract answer(expr: Expr, prior: Guards): Answer;

  protected report(
    code: TypeFinding['code'],
    message: string,
    span: Span,
    more: Finding = {},
  ): void {
    this.findings.push({ code, message, span, ...more });
  }

  protected note(name: Name, attribute: InferredAttribute): void {
    this.attributes.set(name, attribute);
  }

  protected expect(expr: Expr, prior: Guards, wanted: Inferred): Answer {
    const answer = this.infer(expr, prior);
    if (join(answer.type, wanted) !== undefined) return answer;
    const message = `This must be a ${typeText(wanted)}, not a ${typeText(answer.type)}.`;
    this.report('unexpected-type', message, expr.span, { expr });
    return { type: wanted, guards: NO_GUARDS };
  }

  protected boolean(expr: Expr, prior: Guards): Answer {
    const answer = this.expect(expr, prior, BOOL);
    return answer.type.kind === 'bool' ? answer : { type: BOOL, guards: answer.guards };
  }

  protected entity(expr: Expr, prior: Guards): Inferred {
    const { type } = this.infer(expr, prior);
    if (type.kind === 'entity' || type.kind === 'unknown') return type;
    const message = `This must be an entity, not a ${typeText(type)}.`;
    this.report('unexpected-type', message, expr.span, { expr });
    return UNKNOWN;
  }

  protected variableType(name: VariableName): Inferred {
    const { principal, action, resource, context } = this.environment;
    switch (name) {
      case 'principal':
        return { kind: 'entity', name: principal };
      case 'action':
        return { kind: 'entity', name: action.uid.type };
      case 'resource':
        return { kind: 'entity', name: resource };
      case 'context':
        return context;
    }
  }

  /** Unknown types and actions are reported for the whole policy, reached or not: not here. */
  protected entityType(uid: EntityUid): Inferred {
    const { schema } = this.hierarchy;
    const known = this.hierarchy.actionTypes.has(uid.type)
      ? schema.actions.has(uid.toString())
      : schema.entityTypes.has(uid.type);
    return known ? { kind: 'entity', name: uid.type } : UNKNOWN;
  }

  protected compare(expr: Expr & { readonly kind: 'compare' }, prior: Guards): Inferred {
    const left = this.infer(expr.left, prior).type;
    const right = this.infer(expr.right, prior).type;
    switch (expr.operator) {
      case '==':
      case '!=': {
        const equal = this.#equality(expr, left, right);
        const value = settled(equal);
        return value === undefined || expr.operator === '==' ? equal : value ? FALSE : TRUE;
      }
      case '<':
      case '<=':
      case '>':
      case '>=':
        this.#order(expr, left, right);
        return BOOL;
    }
  }

  #equality(expr: Expr & { readonly kind: 'compare' }, left: Inferred, right: Inferred): Inferred {
    if (left.kind === 'entity' && right.kind === 'entity' && left.name !== right.name) return FALSE;
    const [a, b] = [this.#literal(expr.left), this.#literal(expr.right)];
    if (a !== undefined && b !== undefined) return a === b ? TRUE : FALSE;
    if (join(left, right) === undefined) {
      const message = `A ${typeText(left)} is never equal to a ${typeText(right)}.`;
      this.report('incompatible-types', message, expr.span, { expr });
    }
    return BOOL;
  }

  #order(expr: Expr & { readonly kind: 'compare' }, left: Inferred, right: Inferred): void {
    if (left.kind === 'unknown' || right.kind === 'unknown') return;
    const ordered = isOrdered(left);
    if (ordered && join(left, right) !== undefined) return;
    const hint =
      left.kind === 'extension' && left.name === 'decimal'
        ? ' Decimals are compared with `lessThan`, `greaterThan` and their kin.'
        : '';
    const message = `\`${expr.operator}\` compares two Longs, datetimes or durations, not a ${typeText(left)} and a ${typeText(right)}.${hint}`;
    this.report('unexpected-type', message, expr.span, { expr });
  }

  /** The text of a literal; `action` is one too, since it is known which it is. */
  #literal(expr: Expr): string | undefined {
    if (expr.kind === 'literal') return `${typeof expr.value}:${printExpr(expr)}`;
    return this.#entityLiteral(expr)?.toString();
  }

  #entityLiteral(expr: Expr): EntityUid | undefined {
    if (expr.kind === 'entity') return expr.uid;
    const isAction = expr.kind === 'variable' && expr.name === 'action';
    return isAction ? this.environment.action.uid : undefined;
  }

  #entityLiterals(expr: Expr): readonly EntityUid[] | undefined {
    const one = this.#entityLiteral(expr);
    if (one !== undefined) return [one];
    if (expr.kind !== 'set') return undefined;
    const all = expr.elements.map((element) => this.#entityLiteral(element));
    const known = all.filter((uid) => uid !== undefined);
    return known.length === all.length ? known : undefined;
  }

  protected in(left: Expr, right: Expr, prior: Guards): Inferred {
    const inner = this.entity(left, prior);
    const outer = this.#entityOrEntities(right, prior);
    if (inner.kind !== 'entity' || outer.kind !== 'entity') return BOOL;
    const action = this.#entityLiteral(left);
    const groups = this.#entityLiterals(right);
    if (
      action !== undefined &&
      groups !== undefined &&
      this.hierarchy.actionTypes.has(action.type)
    ) {
      return groups.some((group) => this.hierarchy.actionIn(action, group)) ? TRUE : FALSE;
    }
    return this.hierarchy.canBeIn(inner.name, outer.name) ? BOOL : FALSE;
  }

  #entityOrEntities(expr: Expr, prior: Guards): Inferred {
    const { type } = this.infer(expr, prior);
    const element = type.kind === 'set' ? type.element : type;
    if (element.kind === 'entity' || element.kind === 'unknown') return element;
    const message = `\`in\` takes an entity or a set of entities, not a ${typeText(type)}.`;
    this.report('unexpected-type', message, expr.span, { expr });
    return UNKNOWN;
  }

  protected method(expr: Expr & { readonly kind: 'method' }, prior: Guards): Answer {
    const { method, subject, args } = expr;
    const [argument] = args;
    switch (method) {
      case 'isEmpty':
        this.#setOf(subject, prior);
        return { type: BOOL, guards: NO_GUARDS };
      case 'contains':
      case 'containsAll':
      case 'containsAny': {
        const mine = this.#setOf(subject, prior);
        if (argument === undefined) return { type: BOOL, guards: NO_GUARDS };
        const theirs =
          method === 'contains' ? this.infer(argument, prior).type : this.#setOf(argument, prior);
        if (join(mine, theirs) === undefined) {
          const message = `This set holds ${typeText(mine)}, never ${typeText(theirs)}.`;
          this.report('incompatible-types', message, expr.span, { expr });
        }
        return { type: BOOL, guards: NO_GUARDS };
      }
      case 'hasTag':
      case 'getTag':
        return this.#tag(expr, prior);
    }
  }

  /** The element type of a set; for `containsAll` and `containsAny` the set's own, which is as good. */
  #setOf(expr: Expr, prior: Guards): Inferred {
    const { type } = this.infer(expr, prior);
    if (type.kind === 'set') return type.element;
    if (type.kind === 'unknown') return UNKNOWN;
    const message = `This must be a set, not a ${typeText(type)}.`;
    this.report('unexpected-type', message, expr.span, { expr });
    return UNKNOWN;
  }

  #tag(expr: Expr & { readonly kind: 'method' }, prior: Guards): Answer {
    const subject = this.entity(expr.subject, prior);
    const [argument] = expr.args;
    if (argument !== undefined) this.expect(argument, prior, STRING);
    const asks = expr.method === 'hasTag';
    const unknown = { type: asks ? BOOL : UNKNOWN, guards: NO_GUARDS };
    if (subject.kind !== 'entity' || argument === undefined) return unknown;
    const tags = this.hierarchy.schema.entityTypes.get(subject.name)?.tags;
    const guard = `${printExpr(expr.subject)}.hasTag(${printExpr(argument)})`;
    if (asks) {
      if (tags === undefined) return { type: FALSE, guards: NO_GUARDS };
      return { type: prior.has(guard) ? TRUE : BOOL, guards: new Set([guard]) };
    }
    if (tags === undefined) {
      this.report('no-tags', `The entity type ${subject.name} has no tags.`, expr.span, { expr });
      return unknown;
    }
    if (!prior.has(guard)) {
      const message = `Without \`${guard}\` before it this fails when there is no such tag.`;
      this.report('optional-tag', message, expr.span, { expr });
    }
    return { type: tags, guards: NO_GUARDS };
  }

  protected extension(expr: Expr & { readonly kind: 'extension' }, prior: Guards): Inferred {
    const callable = EXTENSION_CALLABLES.get(expr.function);
    if (callable === undefined) {
      for (const argument of expr.args) this.infer(argument, prior);
      return UNKNOWN;
    }
    const { takes, gives } = callable;
    if (expr.args.length !== takes.length) {
      for (const argument of expr.args) this.infer(argument, prior);
      const message = `\`${expr.function}\` takes ${takes.length} argument${takes.length === 1 ? '' : 's'}, not ${expr.args.length}.`;
      this.report('wrong-arity', message, expr.nameSpan, { expr });
      return gives;
    }
    for (const [index, argument] of expr.args.entries()) {
      const wanted = takes[index];
      if (wanted !== undefined) this.expect(argument, prior, wanted);
    }
    if (callable.style === 'function') this.#construct(expr);
    return gives;
  }

  #construct(expr: Expr & { readonly kind: 'extension' }): void {
    const [argument] = expr.args;
    if (argument === undefined) return;
    if (argument.kind !== 'literal') {
      const message = `\`${expr.function}\` takes a literal, so that it can be checked before it runs.`;
      this.report('literal-needed', message, argument.span, { expr });
      return;
    }
    if (typeof argument.value !== 'string') return;
    const made = EXTENSION_FUNCTIONS.get(expr.function)?.call(argument.value, argument.value);
    if (!(made instanceof Failure)) return;
    this.report('bad-literal', `${made.message}.`, argument.span, { expr });
  }
}

function isOrdered(type: Inferred): boolean {
  if (type.kind === 'long') return true;
  return type.kind === 'extension' && (type.name === 'datetime' || type.name === 'duration');
}
