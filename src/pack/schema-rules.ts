/**
 * What the engine needs of a pack's schema beyond that it is one: the entity types and actions that a
 * check becomes, and derived fields with the types that the engine gives them. A schema that differs
 * would deny every check at run time, with a message about a fact instead of about the schema.
 */
import type { Span } from '../base/span.ts';
import type { ActionType, Attributes, RecordType, Schema, Type } from '../cedar/schema/model.ts';
import { AGENT, CALL_TOOL, ENVIRONMENT, PLAN, ROLE } from '../decision/policies.ts';
import { SCHEMA_FILE } from './files.ts';
import { problem, warning, type PackProblem } from './problem.ts';

const text: Type = { kind: 'string' };
const texts: Type = { kind: 'set', element: text };
const long: Type = { kind: 'long' };

const DERIVED: ReadonlyMap<string, Type | 'record'> = new Map<string, Type | 'record'>([
  ['goal', text],
  ['success_criteria', texts],
  ['constraints', texts],
  ['tools', texts],
  ['side_effects', texts],
  ['limits', 'record'],
  ['session', 'record'],
]);

const SESSION: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['now', { kind: 'extension', name: 'datetime' }],
  ['hour', long],
  ['minute_of_day', long],
  ['weekday', long],
  ['goal_length', long],
  ['same_tool_calls', long],
  ['malformed', texts],
]);

/** Everything in the schema that the engine could not work with. */
export function schemaProblems(schema: Schema): readonly PackProblem[] {
  return once([
    ...missingTypes(schema),
    ...[PLAN, CALL_TOOL].flatMap((action) => {
      const declared = schema.actions.get(action.toString());
      if (declared?.appliesTo !== undefined) return [];
      const message = `The schema needs ${action}, which appliesTo an ${AGENT} and an ${ENVIRONMENT}.`;
      return [wrong('SCHEMA_ACTION_MISSING', message, declared?.nameSpan)];
    }),
    ...[...schema.actions.values()].flatMap((action) => actionProblems(schema, action)),
    ...limitConflicts(schema),
  ]);
}

/** Actions share their context type, and what is wrong with it is one problem. */
function once(problems: readonly PackProblem[]): readonly PackProblem[] {
  const known = new Map(
    problems.map((one) => [`${one.code} ${one.span?.start} ${one.message}`, one] as const),
  );
  return [...known.values()];
}

function missingTypes(schema: Schema): readonly PackProblem[] {
  const missing = [AGENT, ROLE, ENVIRONMENT].filter((name) => !schema.entityTypes.has(name));
  const problems = missing.map((name) =>
    wrong('SCHEMA_ENTITY_MISSING', `The schema needs the entity type ${name}.`),
  );
  const agent = schema.entityTypes.get(AGENT);
  if (agent !== undefined && !agent.memberOf.includes(ROLE)) {
    const message = `${AGENT} must be in [${ROLE}]: an agent acts in a role.`;
    problems.push(wrong('SCHEMA_ROLE_MISSING', message, agent.nameSpan));
  }
  return problems;
}

function actionProblems(schema: Schema, action: ActionType): readonly PackProblem[] {
  const { appliesTo, nameSpan, uid } = action;
  if (appliesTo === undefined) return [];
  const problems: PackProblem[] = [];
  if (!appliesTo.principals.includes(AGENT) || !appliesTo.resources.includes(ENVIRONMENT)) {
    const message = `${uid} must apply to an ${AGENT} as principal and an ${ENVIRONMENT} as resource.`;
    problems.push(wrong('SCHEMA_APPLIES_TO', message, nameSpan));
  }
  if (!uid.equals(PLAN) && !isTool(schema, action, new Set())) {
    const message = `${uid} is not in ${CALL_TOOL}: rules about all tools do not see it.`;
    problems.push(warning(SCHEMA_FILE, 'SCHEMA_ACTION_OUTSIDE', message, { span: nameSpan }));
  }
  return [...problems, ...contextProblems(appliesTo.context)];
}

/** Whether the action is `call_tool` or below it. */
function isTool(schema: Schema, action: ActionType, seen: Set<string>): boolean {
  const name = action.uid.toString();
  if (action.uid.equals(CALL_TOOL)) return true;
  if (seen.has(name)) return false;
  seen.add(name);
  return action.memberOf.some((group) => {
    const parent = schema.actions.get(group.toString());
    return group.equals(CALL_TOOL) || (parent !== undefined && isTool(schema, parent, seen));
  });
}

function contextProblems(context: RecordType): readonly PackProblem[] {
  const problems: PackProblem[] = [];
  for (const [name, { type, required, span }] of context.attributes) {
    const wanted = DERIVED.get(name);
    if (wanted === undefined) {
      // The arguments of a tool: a call has them always, and the tool's own schema says which.
      if (!required || name === 'input') continue;
      const message = `${name} is not optional: a check that does not send it is denied.`;
      problems.push(
        warning(SCHEMA_FILE, 'SCHEMA_FIELD_REQUIRED', message, span === undefined ? {} : { span }),
      );
    } else if (wanted === 'record' ? type.kind !== 'record' : !sameType(type, wanted)) {
      const message = `context.${name} is derived by the engine and must be a ${
        wanted === 'record' ? 'record' : typeText(wanted)
      }.`;
      problems.push(wrong('SCHEMA_FIELD_TYPE', message, span));
    }
  }
  const limits = context.attributes.get('limits')?.type;
  const session = context.attributes.get('session')?.type;
  if (limits?.kind === 'record') problems.push(...limitProblems(limits.attributes));
  if (session?.kind === 'record') problems.push(...sessionProblems(session.attributes));
  return problems;
}

/** A check that says no limit is no wrong check. */
function limitProblems(limits: Attributes): readonly PackProblem[] {
  return [...limits].flatMap(([name, { required, span }]) =>
    required
      ? [wrong('SCHEMA_LIMIT_REQUIRED', `limits.${name} must be optional: "${name}?".`, span)]
      : [],
  );
}

function sessionProblems(session: Attributes): readonly PackProblem[] {
  return [...session].flatMap(([name, { type, span }]) => {
    const wanted = SESSION.get(name);
    if (wanted !== undefined && sameType(type, wanted)) return [];
    const known = [...SESSION.keys()].join(', ');
    const message =
      wanted === undefined
        ? `The engine derives no session.${name}; it derives ${known}.`
        : `session.${name} is derived by the engine and must be a ${typeText(wanted)}.`;
    return [wrong('SCHEMA_FIELD_TYPE', message, span)];
  });
}

/** Constraint strings are read once a check, so all actions must read a limit alike. */
function limitConflicts(schema: Schema): readonly PackProblem[] {
  const known = new Map<string, Type>();
  const problems: PackProblem[] = [];
  for (const { appliesTo } of schema.actions.values()) {
    const limits = appliesTo?.context.attributes.get('limits')?.type;
    if (limits?.kind !== 'record') continue;
    for (const [name, { type, span }] of limits.attributes) {
      const other = known.get(name) ?? type;
      known.set(name, other);
      if (sameType(type, other)) continue;
      const message = `limits.${name} is a ${typeText(other)} for one action and a ${typeText(type)} for another.`;
      problems.push(wrong('SCHEMA_LIMIT_CONFLICT', message, span));
    }
  }
  return problems;
}

function sameType(a: Type, b: Type): boolean {
  return typeText(a) === typeText(b);
}

function typeText(type: Type): string {
  switch (type.kind) {
    case 'bool':
      return 'Bool';
    case 'long':
      return 'Long';
    case 'string':
      return 'String';
    case 'set':
      return `Set<${typeText(type.element)}>`;
    case 'record':
      return `{${[...type.attributes]
        .map(
          ([name, attribute]) =>
            `${name}${attribute.required ? '' : '?'}: ${typeText(attribute.type)}`,
        )
        .toSorted()
        .join(', ')}}`;
    case 'entity':
      return type.name;
    case 'extension':
      return type.name;
  }
}

function wrong(code: string, message: string, span?: Span): PackProblem {
  return problem(SCHEMA_FILE, code, message, span === undefined ? {} : { span });
}
