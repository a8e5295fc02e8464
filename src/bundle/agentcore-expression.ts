import type { Expr } from '../cedar/ast.ts';
import type { Entities } from '../cedar/entities.ts';
import type { Schema } from '../cedar/schema/model.ts';
import type { EntityUid } from '../cedar/value.ts';
import { CALL_TOOL, ENVIRONMENT, PLAN, ROLE } from '../decision/policies.ts';
import type { AgentCoreOptions } from './agentcore.ts';
import { entity, hasRole, literal, NOWHERE, variable } from './agentcore-terms.ts';

/** What an expression is translated with. */
export interface Vocabulary {
  readonly schema: Schema;
  readonly entities: Entities;
  readonly options: AgentCoreOptions;
  /** Names in the context that have no counterpart, and why. */
  readonly unsayable: ReadonlyMap<string, string>;
  readonly environment: EntityUid;
}

/** The declared tools that are `group` or in it, in the order of the schema. */
export function toolsUnder(
  { schema, entities }: Pick<Vocabulary, 'schema' | 'entities'>,
  group: EntityUid,
) {
  return [...schema.actions.values()]
    .filter(({ appliesTo }) => appliesTo !== undefined)
    .map(({ uid }) => uid)
    .filter((uid) => !uid.equals(PLAN) && !uid.equals(CALL_TOOL) && entities.isIn(uid, group));
}

/**
 * A condition in the vocabulary of AgentCore. A part that cannot be said there becomes `toward`, or the
 * opposite where it is negated, and `gap` is told.
 */
export function translate(
  expr: Expr,
  toward: boolean,
  vocabulary: Vocabulary,
  gap: (expr: Expr, why: string) => void,
): Expr {
  if (expr.kind === 'and' || expr.kind === 'or') {
    const operands = expr.operands.map((operand) => translate(operand, toward, vocabulary, gap));
    return { ...expr, operands };
  }
  if (expr.kind === 'not') {
    return { ...expr, operand: translate(expr.operand, !toward, vocabulary, gap) };
  }
  const said = say(expr, vocabulary);
  if (said.ok) return said.expr;
  gap(expr, said.why);
  return literal(toward);
}

type Said =
  | { readonly ok: true; readonly expr: Expr }
  | { readonly ok: false; readonly why: string };

function say(expr: Expr, vocabulary: Vocabulary): Said {
  switch (expr.kind) {
    case 'literal':
      return ok(expr);
    case 'entity':
      return no(`${expr.uid} does not exist there`);
    case 'variable':
      return expr.name === 'context' ? ok(input()) : no(`${expr.name} is something else there`);
    case 'attribute':
    case 'has': {
      const name = expr.kind === 'has' ? expr.path[0]?.text : expr.name.text;
      const ofContext = expr.subject.kind === 'variable' && expr.subject.name === 'context';
      const why = ofContext ? vocabulary.unsayable.get(name ?? '') : undefined;
      if (why !== undefined) return no(why);
      return with1(expr.subject, vocabulary, (subject) => ({ ...expr, subject }));
    }
    case 'in':
      return membership(expr.left, expr.right, vocabulary);
    case 'compare': {
      const known = equality(expr, vocabulary);
      if (known !== undefined) return known;
      return with2(expr.left, expr.right, vocabulary, (left, right) => ({ ...expr, left, right }));
    }
    case 'arithmetic':
      return with2(expr.left, expr.right, vocabulary, (left, right) => ({ ...expr, left, right }));
    case 'not':
      return with1(expr.operand, vocabulary, (operand) => ({ ...expr, operand }));
    case 'negate':
      return with1(expr.operand, vocabulary, (operand) => ({ ...expr, operand }));
    case 'like':
      return with1(expr.subject, vocabulary, (subject) => ({ ...expr, subject }));
    case 'and':
    case 'or':
      return withAll(expr.operands, vocabulary, (operands) => ({ ...expr, operands }));
    case 'set':
      return withAll(expr.elements, vocabulary, (elements) => ({ ...expr, elements }));
    case 'extension':
      return withAll(expr.args, vocabulary, (args) => ({ ...expr, args }));
    case 'method':
      return with1(
        expr.subject,
        vocabulary,
        (subject) => ({ ...expr, subject }),
        (said) => withAll(expr.args, vocabulary, (args) => ({ ...said, args })),
      );
    case 'if':
      return withAll(
        [expr.condition, expr.consequent, expr.alternative],
        vocabulary,
        ([condition = expr, consequent = expr, alternative = expr]) => ({
          ...expr,
          condition,
          consequent,
          alternative,
        }),
      );
    case 'is':
    case 'record':
      return no('it is not written for AgentCore');
  }
}

/** `principal in Role::"…"`, `resource in Environment::"…"`, `action in Action::"…"`. */
function membership(left: Expr, right: Expr, vocabulary: Vocabulary): Said {
  const groups = right.kind === 'set' ? right.elements : [right];
  const uids = groups.flatMap((group) => (group.kind === 'entity' ? [group.uid] : []));
  if (left.kind !== 'variable' || uids.length !== groups.length)
    return no('it asks for membership');
  switch (left.name) {
    case 'principal':
      if (uids.some(({ type }) => type !== ROLE)) return no('it asks for another than a role');
      return ok(oneOf(uids.map((uid) => hasRole(uid, vocabulary))));
    case 'resource':
      if (uids.some(({ type }) => type !== ENVIRONMENT))
        return no('it asks for another than an environment');
      return ok(literal(uids.some((uid) => vocabulary.entities.isIn(vocabulary.environment, uid))));
    case 'action':
      return ok(
        actionIn(
          uids.flatMap((uid) => toolsUnder(vocabulary, uid)),
          vocabulary,
        ),
      );
    case 'context':
      return no('a context is in nothing');
  }
}

/** `action == Action::"…"` and `resource == Environment::"…"`. */
function equality(
  expr: Extract<Expr, { kind: 'compare' }>,
  vocabulary: Vocabulary,
): Said | undefined {
  const { left, right, operator } = expr;
  if (left.kind !== 'variable' || right.kind !== 'entity') return undefined;
  if (operator !== '==' && operator !== '!=') return undefined;
  const positive = operator === '==';
  if (left.name === 'resource' && right.uid.type === ENVIRONMENT) {
    return ok(literal(vocabulary.environment.equals(right.uid) === positive));
  }
  if (left.name !== 'action') return undefined;
  const tools = toolsUnder(vocabulary, CALL_TOOL).filter((uid) => uid.equals(right.uid));
  const is = actionIn(tools, vocabulary);
  return ok(positive ? is : { kind: 'not', operand: is, span: NOWHERE });
}

function actionIn(tools: readonly EntityUid[], { options }: Vocabulary): Expr {
  if (tools.length === 0) return literal(false);
  const elements = tools.map(({ id }) => entity('AgentCore::Action', `${options.target}___${id}`));
  return {
    kind: 'in',
    left: { kind: 'variable', name: 'action', span: NOWHERE },
    right: { kind: 'set', elements, span: NOWHERE },
    span: NOWHERE,
  };
}

function oneOf(operands: readonly Expr[]): Expr {
  const [only] = operands;
  return operands.length === 1 && only !== undefined
    ? only
    : { kind: 'or', operands, span: NOWHERE };
}

function input(): Expr {
  return {
    kind: 'attribute',
    subject: variable('context'),
    name: { text: 'input', span: NOWHERE },
    span: NOWHERE,
  };
}

function with1<E extends Expr>(
  one: Expr,
  vocabulary: Vocabulary,
  make: (said: Expr) => E,
  then: (made: E) => Said = ok,
): Said {
  const said = say(one, vocabulary);
  return said.ok ? then(make(said.expr)) : said;
}

function with2(
  one: Expr,
  other: Expr,
  vocabulary: Vocabulary,
  make: (one: Expr, other: Expr) => Expr,
): Said {
  return withAll([one, other], vocabulary, ([left = one, right = other]) => make(left, right));
}

function withAll(
  list: readonly Expr[],
  vocabulary: Vocabulary,
  make: (said: readonly Expr[]) => Expr,
): Said {
  const exprs: Expr[] = [];
  for (const one of list) {
    const said = say(one, vocabulary);
    if (!said.ok) return said;
    exprs.push(said.expr);
  }
  return ok(make(exprs));
}

function ok(expr: Expr): Said {
  return { ok: true, expr };
}

function no(why: string): Said {
  return { ok: false, why };
}
