/**
 * Policies in Cedar's official JSON form, as `cedar translate-policy` and `policyToJson` write it.
 * Integers past 2^53 are bigint here, since a JSON number of JavaScript would change them.
 */
import { elementAt } from '../base/element.ts';
import type { ActionScope, Expr, Policy, PrincipalScope, ScopeEntity } from './ast.ts';
import type { EntityUid } from './value.ts';

export type PolicyJson =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly PolicyJson[]
  | { readonly [name: string]: PolicyJson };

/** The JSON form of a policy or template. */
export function policyToJson(policy: Policy): { readonly [name: string]: PolicyJson } {
  const annotations = policy.annotations.map(
    ({ name, value, valueSpan }): readonly [string, PolicyJson] => [
      name,
      valueSpan === undefined ? null : value,
    ],
  );
  return {
    effect: policy.effect,
    principal: entityScope(policy.principal),
    action: actionScope(policy.action),
    resource: entityScope(policy.resource),
    conditions: policy.conditions.map(({ kind, body }) => ({ kind, body: exprToJson(body) })),
    ...(annotations.length > 0 ? { annotations: Object.fromEntries(annotations) } : {}),
  };
}

function entityScope(scope: PrincipalScope): PolicyJson {
  switch (scope.kind) {
    case 'any':
      return { op: 'All' };
    case 'equal':
      return { op: '==', ...scopeEntity(scope.entity) };
    case 'in':
      return { op: 'in', ...scopeEntity(scope.entity) };
    case 'is':
      return { op: 'is', entity_type: scope.entityType.name };
    case 'is-in':
      return { op: 'is', entity_type: scope.entityType.name, in: scopeEntity(scope.entity) };
  }
}

function actionScope(scope: ActionScope): PolicyJson {
  switch (scope.kind) {
    case 'any':
      return { op: 'All' };
    case 'equal':
      return { op: '==', entity: entity(scope.entity.uid) };
    case 'in':
      return { op: 'in', entity: entity(scope.entity.uid) };
    case 'in-any': {
      const [only, ...others] = scope.entities.map(({ uid }) => entity(uid));
      // Official Cedar takes a list of one for that one.
      if (only !== undefined && others.length === 0) return { op: 'in', entity: only };
      return { op: 'in', entities: only === undefined ? [] : [only, ...others] };
    }
  }
}

function scopeEntity(at: ScopeEntity): { readonly [name: string]: PolicyJson } {
  return at.kind === 'slot' ? { slot: at.slot } : { entity: entity(at.uid) };
}

function entity(uid: EntityUid): PolicyJson {
  return { type: uid.type, id: uid.id };
}

/** The JSON form of an expression. */
function exprToJson(expr: Expr): PolicyJson {
  switch (expr.kind) {
    case 'literal':
      return { Value: expr.value };
    case 'entity':
      return { Value: { __entity: entity(expr.uid) } };
    case 'variable':
      return { Var: expr.name };
    case 'not':
      return { '!': { arg: exprToJson(expr.operand) } };
    case 'negate':
      return { neg: { arg: exprToJson(expr.operand) } };
    case 'and':
      return chain('&&', expr.operands);
    case 'or':
      return chain('||', expr.operands);
    case 'if':
      return {
        'if-then-else': {
          if: exprToJson(expr.condition),
          // oxlint-disable-next-line unicorn/no-thenable -- the official form calls it that
          then: exprToJson(expr.consequent),
          else: exprToJson(expr.alternative),
        },
      };
    case 'compare':
    case 'arithmetic':
      return binary(expr.operator, expr.left, expr.right);
    case 'in':
      return binary('in', expr.left, expr.right);
    case 'is': {
      const is = { left: exprToJson(expr.subject), entity_type: expr.entityType.name };
      return { is: expr.ancestor === undefined ? is : { ...is, in: exprToJson(expr.ancestor) } };
    }
    case 'has': {
      const names = expr.path.map((name) => name.text);
      const attr = names.length === 1 ? elementAt(names, 0) : names;
      return { has: { left: exprToJson(expr.subject), attr } };
    }
    case 'like':
      return { like: { left: exprToJson(expr.subject), pattern: expr.pattern.flatMap(pattern) } };
    case 'attribute':
      return { '.': { left: exprToJson(expr.subject), attr: expr.name.text } };
    case 'method': {
      const [argument] = expr.args;
      if (argument === undefined) return { [expr.method]: { arg: exprToJson(expr.subject) } };
      return binary(expr.method, expr.subject, argument);
    }
    case 'extension':
      return { [expr.function]: expr.args.map(exprToJson) };
    case 'set':
      return { Set: expr.elements.map(exprToJson) };
    case 'record':
      return {
        Record: Object.fromEntries(
          expr.entries.map(({ name, value }) => [name.text, exprToJson(value)]),
        ),
      };
  }
}

function binary(operator: string, left: Expr, right: Expr): PolicyJson {
  return { [operator]: { left: exprToJson(left), right: exprToJson(right) } };
}

/** The official tree knows `&&` and `||` of two operands; a chain leans to the left. */
function chain(operator: '&&' | '||', operands: readonly Expr[]): PolicyJson {
  return operands.map(exprToJson).reduce((left, right) => ({ [operator]: { left, right } }));
}

/** One element a character, as official Cedar has it. */
function pattern(part: { readonly text: string } | '*'): readonly PolicyJson[] {
  return part === '*'
    ? ['Wildcard']
    : Array.from(part.text, (character) => ({ Literal: character }));
}
