/**
 * Policies back to text, with the parentheses that the tree needs and no others. Reading the text
 * gives the same tree, spans aside. (The author's own text is always better to show where there is
 * one: comments and layout are not in the tree.)
 */
import type {
  ActionScope,
  Annotation,
  Expr,
  Name,
  PatternPart,
  Policy,
  PrincipalScope,
  ScopeEntity,
} from './ast.ts';
import { RESERVED } from './reader.ts';
import { escapeText, quote } from './strings.ts';
import { isLong } from './value.ts';

const LINE = 80;

/** How tightly an expression binds; operands that bind less stand in parentheses. */
const BINDS = {
  if: 0,
  or: 1,
  and: 2,
  relation: 3,
  add: 4,
  multiply: 5,
  unary: 6,
  member: 7,
} as const;

/** Policies, one after the other with a blank line between them. */
export function printPolicies(policies: readonly Policy[]): string {
  return policies.map((policy) => `${printPolicy(policy)}\n`).join('\n');
}

export function printPolicy(policy: Policy): string {
  const scope = [
    printEntityScope('principal', policy.principal),
    printActionScope(policy.action),
    printEntityScope('resource', policy.resource),
  ];
  const line = `${policy.effect} (${scope.join(', ')})`;
  const head =
    line.length <= LINE
      ? line
      : `${policy.effect} (\n${scope.map((part) => `  ${part}`).join(',\n')}\n)`;
  const conditions = policy.conditions.map(({ kind, body }) => `${kind} { ${printExpr(body)} }`);
  return `${[...policy.annotations.map(printAnnotation), head, ...conditions].join('\n')};`;
}

function printAnnotation({ name, value, valueSpan }: Annotation): string {
  return valueSpan === undefined ? `@${name}` : `@${name}(${quote(value)})`;
}

function printEntityScope(variable: string, scope: PrincipalScope): string {
  switch (scope.kind) {
    case 'any':
      return variable;
    case 'equal':
      return `${variable} == ${printScopeEntity(scope.entity)}`;
    case 'in':
      return `${variable} in ${printScopeEntity(scope.entity)}`;
    case 'is':
      return `${variable} is ${scope.entityType.name}`;
    case 'is-in':
      return `${variable} is ${scope.entityType.name} in ${printScopeEntity(scope.entity)}`;
  }
}

function printActionScope(scope: ActionScope): string {
  switch (scope.kind) {
    case 'any':
      return 'action';
    case 'equal':
      return `action == ${scope.entity.uid}`;
    case 'in':
      return `action in ${scope.entity.uid}`;
    case 'in-any':
      return `action in [${scope.entities.map((entity) => entity.uid.toString()).join(', ')}]`;
  }
}

function printScopeEntity(entity: ScopeEntity): string {
  return entity.kind === 'slot' ? entity.slot : entity.uid.toString();
}

/** An expression as text. */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'literal':
      return typeof expr.value === 'string' ? quote(expr.value) : String(expr.value);
    case 'entity':
      return expr.uid.toString();
    case 'variable':
      return expr.name;
    case 'not':
      return `!${tight(expr.operand, BINDS.member)}`;
    case 'negate':
      return `-${negated(expr.operand)}`;
    case 'and':
      return expr.operands.map((operand) => tight(operand, BINDS.relation)).join(' && ');
    case 'or':
      return expr.operands.map((operand) => tight(operand, BINDS.and)).join(' || ');
    case 'if':
      return `if ${printExpr(expr.condition)} then ${printExpr(expr.consequent)} else ${printExpr(expr.alternative)}`;
    case 'compare':
      return `${tight(expr.left, BINDS.add)} ${expr.operator} ${tight(expr.right, BINDS.add)}`;
    case 'arithmetic': {
      const binds = bindingOf(expr);
      return `${tight(expr.left, binds)} ${expr.operator} ${tight(expr.right, binds + 1)}`;
    }
    case 'in':
      return `${tight(expr.left, BINDS.add)} in ${tight(expr.right, BINDS.add)}`;
    case 'is': {
      const is = `${tight(expr.subject, BINDS.add)} is ${expr.entityType.name}`;
      return expr.ancestor === undefined ? is : `${is} in ${tight(expr.ancestor, BINDS.add)}`;
    }
    case 'has':
      return `${tight(expr.subject, BINDS.add)} has ${expr.path.map(printName).join('.')}`;
    case 'like':
      return `${tight(expr.subject, BINDS.add)} like "${expr.pattern.map(printPattern).join('')}"`;
    case 'attribute': {
      const { text } = expr.name;
      return `${tight(expr.subject, BINDS.member)}${isIdentifier(text) ? `.${text}` : `[${quote(text)}]`}`;
    }
    case 'method':
      return `${tight(expr.subject, BINDS.member)}.${expr.method}(${printList(expr.args)})`;
    case 'extension': {
      const [subject, ...rest] = expr.args;
      if (expr.style === 'function' || subject === undefined) {
        return `${expr.function}(${printList(expr.args)})`;
      }
      return `${tight(subject, BINDS.member)}.${expr.function}(${printList(rest)})`;
    }
    case 'set':
      return `[${printList(expr.elements)}]`;
    case 'record': {
      const fields = expr.entries.map(
        ({ name, value }) => `${printName(name)}: ${printExpr(value)}`,
      );
      return `{${fields.join(', ')}}`;
    }
  }
}

function printList(exprs: readonly Expr[]): string {
  return exprs.map(printExpr).join(', ');
}

function tight(expr: Expr, binds: number): string {
  return bindingOf(expr) < binds ? `(${printExpr(expr)})` : printExpr(expr);
}

/** A minus sign before an integer would become part of it. */
function negated(operand: Expr): string {
  const isNumber = operand.kind === 'literal' && isLong(operand.value);
  return isNumber ? `(${printExpr(operand)})` : tight(operand, BINDS.member);
}

function bindingOf(expr: Expr): number {
  switch (expr.kind) {
    case 'if':
      return BINDS.if;
    case 'or':
      return BINDS.or;
    case 'and':
      return BINDS.and;
    case 'compare':
    case 'in':
    case 'is':
    case 'has':
    case 'like':
      return BINDS.relation;
    case 'arithmetic':
      return expr.operator === '*' ? BINDS.multiply : BINDS.add;
    case 'not':
    case 'negate':
      return BINDS.unary;
    case 'literal':
      return isLong(expr.value) && expr.value < 0 ? BINDS.unary : BINDS.member;
    case 'entity':
    case 'variable':
    case 'attribute':
    case 'method':
    case 'extension':
    case 'set':
    case 'record':
      return BINDS.member;
  }
}

function printName(name: Name): string {
  return isIdentifier(name.text) ? name.text : quote(name.text);
}

function isIdentifier(text: string): boolean {
  return /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(text) && !RESERVED.has(text);
}

function printPattern(part: PatternPart): string {
  return part === '*' ? '*' : escapeText(part.text).replaceAll('*', '\\*');
}
