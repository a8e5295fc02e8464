import {
  isJsonArray,
  isJsonObject,
  pointerTo,
  type Json,
  type JsonObject,
} from '../cedar/json/lossless.ts';
import { CedarRecord, EntityUid, type Value } from '../cedar/value.ts';
import type { FieldPath } from '../cedar/words.ts';
import type { Check } from '../decision/check.ts';
import { readConstraints } from '../decision/constraints.ts';
import { plainName } from '../decision/context.ts';
import type { ToolDecision } from '../decision/decide.ts';
import type { DecisionPolicies } from '../decision/policies.ts';

/** Fields of a request that become the context under their own names. */
const TOP_LEVEL: ReadonlySet<string> = new Set([
  'goal',
  'success_criteria',
  'constraints',
  'tools',
  'side_effects',
]);

/**
 * Where in the request a field that a policy reads comes from: a JSON pointer into the request body,
 * whether it is there or would have to be added. `undefined` for what only the engine knows, such as the
 * time.
 */
export function requestPointer(
  { root, path }: FieldPath,
  check: Check,
  tool: string,
  policies: DecisionPolicies,
): string | undefined {
  switch (root) {
    case 'principal':
      return contextPointer(check, ['actor_role', 'user_role', 'agent_name']);
    case 'resource':
      return environmentPointer(check);
    case 'action': {
      const at = check.tools.findIndex((name) => plainName(name) === tool);
      return at < 0 ? '/tools' : `/tools/${at}`;
    }
    case 'context':
      return contextFieldPointer(path, check, policies);
  }
}

function contextFieldPointer(
  path: readonly string[],
  check: Check,
  policies: DecisionPolicies,
): string | undefined {
  const [first, second] = path;
  if (first === undefined) return '/context';
  if (TOP_LEVEL.has(first)) return `/${first}`;
  if (first === 'environment') return environmentPointer(check);
  if (first === 'limits') {
    const at = second === undefined ? -1 : limitIndex(second, check, policies);
    return at < 0 ? '/constraints' : `/constraints/${at}`;
  }
  if (first === 'session') {
    if (second === 'goal_length') return '/goal';
    return second === 'same_tool_calls' ? '/context/recent_tools' : undefined;
  }
  return path.reduce<string>((pointer, name) => pointerTo(pointer, name), '/context');
}

/** Which of the constraints states a limit; -1 when none does. */
export function limitIndex(key: string, check: Check, policies: DecisionPolicies): number {
  return check.constraints.findIndex((text) =>
    readConstraints([text], policies.limits).limits.has(key),
  );
}

function contextPointer(check: Check, names: readonly [string, ...string[]]): string {
  const said = names.find((name) => (check.context.get(name) ?? null) !== null);
  return pointerTo('/context', said ?? names[0]);
}

/** A top-level environment counts where the context names none; `readCheck` copies it there. */
function environmentPointer(check: Check): string {
  const isCopied =
    check.environment !== undefined && check.context.get('environment') === check.environment;
  return isCopied ? '/environment' : '/context/environment';
}

/** What a field is in one tool's request; `undefined` when it is not given. */
export function fieldValue({ root, path }: FieldPath, tool: ToolDecision): Value | undefined {
  let value: Value | undefined = tool.request[root];
  for (const name of path) {
    if (value instanceof EntityUid) value = tool.entities.get(value)?.attrs.get(name);
    else if (value instanceof CedarRecord) value = value.get(name);
    else return undefined;
  }
  return value;
}

/** The value at a JSON pointer; `undefined` when nothing is there. */
export function jsonAt(json: Json, pointer: string): Json | undefined {
  let here: Json | undefined = json;
  for (const key of pointerKeys(pointer)) {
    if (here === undefined) return undefined;
    if (isJsonObject(here)) here = here.get(key);
    else if (isJsonArray(here)) here = here[Number(key)];
    else return undefined;
  }
  return here;
}

/** The names and indexes of a JSON pointer. */
export function pointerKeys(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** An object with one member set, or taken away. */
export function withMember(json: JsonObject, key: string, value: Json | undefined): JsonObject {
  const members = new Map(json);
  if (value === undefined) members.delete(key);
  else members.set(key, value);
  return members;
}
