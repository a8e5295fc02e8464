/**
 * What is known about a policy before any request: in which kinds of request its scope can match, the
 * type of each of its expressions in each of them, and what Cedar's validator would refuse.
 */
import type {
  ActionScope,
  Condition,
  Expr,
  Name,
  Policy,
  PrincipalScope,
} from '../../cedar/ast.ts';
import { entitiesIn, expressions, typeNamesIn } from '../walk.ts';
import { CheckExpression } from './check-expression.ts';
import { guardUnion, NO_GUARDS, type TypeFinding } from './finding.ts';
import type { Hierarchy, RequestEnvironment } from './hierarchy.ts';
import { settled, typeText, type Inferred, type InferredAttribute } from './inferred.ts';

export interface PolicyTypes {
  /** The kinds of request that the scope can match. */
  readonly environments: readonly RequestEnvironment[];
  /** One for each place and code. */
  readonly findings: readonly TypeFinding[];
  /** The types that an expression has in the requests in which it is reached, each once. */
  readonly typesOf: (expr: Expr) => readonly Inferred[];
  /** Whether any request in the scope gets to an expression. */
  readonly isReached: (expr: Expr) => boolean;
  /** What a name of an attribute stands for. */
  readonly attributesOf: (name: Name) => readonly InferredAttribute[];
  /** Names in a `has` that nothing declares in any of the requests. */
  readonly absent: readonly Name[];
  /** Whether an expression is the same in every request that reaches it. */
  readonly settledValue: (expr: Expr) => boolean | undefined;
  /** Whether the policy as a whole is satisfied by every request in its scope, or by none. */
  readonly outcome: 'always' | 'never' | 'varies';
}

/** Checks one policy against the schema. */
export function checkPolicy(hierarchy: Hierarchy, policy: Policy): PolicyTypes {
  const environments = hierarchy.environments.filter((environment) =>
    inScope(hierarchy, policy, environment),
  );
  const checks = distinct(policy, environments).map((environment) => {
    const check = new CheckExpression(hierarchy, environment);
    return { check, holds: checkConditions(check, policy.conditions) };
  });
  const all = <T>(pick: (check: CheckExpression) => T | undefined): readonly T[] =>
    checks.flatMap(({ check }) => pick(check) ?? []);

  const typesOf = (expr: Expr): readonly Inferred[] => {
    const types = uniqueBy(
      all(({ types: known }) => known.get(expr)),
      (type) => type,
    );
    if (types.length < 2) return types;
    return uniqueBy(types, (type) => typeText(type, 1000));
  };
  return {
    environments,
    findings: uniqueBy(
      [...namingFindings(hierarchy, policy), ...checks.flatMap(({ check }) => check.findings)],
      ({ code, span }) => `${code} ${span.start} ${span.end}`,
    ),
    typesOf,
    isReached: (expr) => checks.some(({ check }) => check.types.has(expr)),
    attributesOf: (name) =>
      uniqueBy(
        all(({ attributes }) => attributes.get(name)),
        (one) => one,
      ),
    absent: absentNames(checks.map(({ check }) => check)),
    settledValue: (expr) => {
      const values = all(({ types: known }) => known.get(expr)).map(settled);
      const [first] = values;
      return values.every((value) => value === first) ? first : undefined;
    },
    outcome: checks.every(({ holds }) => holds === false)
      ? 'never'
      : checks.every(({ holds }) => holds === true)
        ? 'always'
        : 'varies',
  };
}

/** Kinds of request that a policy cannot tell apart need checking once. */
function distinct(
  policy: Policy,
  environments: readonly RequestEnvironment[],
): readonly RequestEnvironment[] {
  const tellsActions = [...expressions(policy)].some(
    (expr) => expr.kind === 'variable' && expr.name === 'action',
  );
  const contexts = new Map<unknown, number>();
  return uniqueBy(environments, ({ principal, action, resource, context }) => {
    if (!contexts.has(context)) contexts.set(context, contexts.size);
    const what = tellsActions ? action.uid.toString() : action.uid.type;
    return `${principal} ${resource} ${contexts.get(context)} ${what}`;
  });
}

/** Whether the conditions hold: always, never, or it depends. What follows a `never` is not reached. */
function checkConditions(
  check: CheckExpression,
  conditions: readonly Condition[],
): boolean | undefined {
  let guards = NO_GUARDS;
  let holds: boolean | undefined = true;
  for (const { kind, body } of conditions) {
    const answer = check.condition(body, guards);
    const value = settled(answer.type);
    const satisfied = value === undefined ? undefined : value === (kind === 'when');
    if (satisfied === false) return false;
    if (satisfied === undefined) holds = undefined;
    if (kind === 'when') guards = guardUnion(guards, answer.guards);
  }
  return holds;
}

function inScope(hierarchy: Hierarchy, policy: Policy, environment: RequestEnvironment): boolean {
  return (
    entityInScope(hierarchy, policy.principal, environment.principal) &&
    actionInScope(hierarchy, policy.action, environment) &&
    entityInScope(hierarchy, policy.resource, environment.resource)
  );
}

function entityInScope(hierarchy: Hierarchy, scope: PrincipalScope, type: string): boolean {
  if (scope.kind === 'any') return true;
  if ('entityType' in scope && scope.entityType.name !== type) return false;
  if (!('entity' in scope) || scope.entity.kind === 'slot') return true;
  const named = scope.entity.uid.type;
  return scope.kind === 'equal' ? named === type : hierarchy.canBeIn(type, named);
}

function actionInScope(
  hierarchy: Hierarchy,
  scope: ActionScope,
  { action: { uid } }: RequestEnvironment,
): boolean {
  switch (scope.kind) {
    case 'any':
      return true;
    case 'equal':
      return uid.equals(scope.entity.uid);
    case 'in':
      return hierarchy.actionIn(uid, scope.entity.uid);
    case 'in-any':
      return scope.entities.some((group) => hierarchy.actionIn(uid, group.uid));
  }
}

/** Names that the schema does not have; the validator refuses them even where nothing reaches them. */
function* namingFindings(hierarchy: Hierarchy, policy: Policy): Iterable<TypeFinding> {
  const { schema, actionTypes } = hierarchy;
  const types = [...schema.entityTypes.keys()];
  if (policy.action.kind === 'in-any' && policy.action.entities.length === 0) {
    const message = 'No action is in an empty set: this rule never matches.';
    yield { code: 'empty-set', message, span: policy.action.span };
  }
  for (const { name, span } of typeNamesIn(policy)) {
    if (hierarchy.hasType(name)) continue;
    const message = `The schema has no entity type \`${name}\`.`;
    yield { code: 'unknown-entity-type', message, span, written: name, candidates: types };
  }
  for (const { uid, span } of entitiesIn(policy)) {
    if (/(?:^|::)Action$/.test(uid.type) || actionTypes.has(uid.type)) {
      if (schema.actions.has(uid.toString())) continue;
      const message = `The schema has no action \`${uid}\`.`;
      const candidates = [...schema.actions.keys()];
      yield { code: 'unknown-action', message, span, written: uid.toString(), candidates };
      continue;
    }
    const type = schema.entityTypes.get(uid.type);
    if (type === undefined) {
      const message = `The schema has no entity type \`${uid.type}\`.`;
      const place = { start: span.start, end: span.start + uid.type.length };
      const written = uid.type;
      yield { code: 'unknown-entity-type', message, span: place, written, candidates: types };
    } else if (type.enumIds !== undefined && !type.enumIds.includes(uid.id)) {
      const candidates = type.enumIds.map((id) => `${uid.type}::${JSON.stringify(id)}`);
      const message = `\`${uid}\` is none of ${candidates.join(', ')}.`;
      const written = uid.toString();
      yield { code: 'unknown-entity-id', message, span, written, candidates };
    }
  }
}

function absentNames(checks: readonly CheckExpression[]): readonly Name[] {
  const names = new Set<Name>();
  for (const check of checks) for (const name of check.absent.keys()) names.add(name);
  return [...names].filter((name) => checks.every((check) => !check.attributes.has(name)));
}

function uniqueBy<T>(list: readonly T[], key: (item: T) => unknown): readonly T[] {
  const seen = new Map<unknown, T>();
  for (const item of list) {
    const at = key(item);
    if (!seen.has(at)) seen.set(at, item);
  }
  return [...seen.values()];
}
