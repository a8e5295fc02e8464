/**
 * The places of a request that conditions read, and how each is written. `context.amount_usd` is a fact;
 * `context.limits.max_retries` is a constraint string; `context.session.hour` is the moment; `principal` is
 * a role.
 */
import type { Expr } from '../../cedar/ast.ts';
import { Datetime, datetimeFromMillis } from '../../cedar/extensions/datetime.ts';
import { Decimal } from '../../cedar/extensions/decimal.ts';
import { readFact } from '../../cedar/json/fact.ts';
import { JsonNumber, type Json, type JsonObject, isJsonObject } from '../../cedar/json/lossless.ts';
import type { Attribute, Attributes, Type } from '../../cedar/schema/model.ts';
import {
  CedarRecord,
  CedarSet,
  EntityUid,
  isLong,
  printValue,
  type Value,
} from '../../cedar/value.ts';
import { codePoints } from '../../decision/check.ts';
import { readConstraints } from '../../decision/constraints.ts';
import {
  AGENT,
  CALL_TOOL,
  contextOf,
  ENVIRONMENT,
  ROLE,
  type DecisionPolicies,
} from '../../decision/policies.ts';
import type { Draft, Tried } from './draft.ts';
import { plainValue } from './values.ts';

export type Cell =
  | { readonly kind: 'principal' | 'action' | 'resource' | 'goal' }
  | { readonly kind: 'list'; readonly name: 'constraints' | 'side_effects' | 'success_criteria' }
  | { readonly kind: 'limit'; readonly key: string }
  | { readonly kind: 'session'; readonly field: string }
  /** A fact that the client sends; several names lead into records. */
  | FactCell;

interface FactCell {
  readonly kind: 'fact';
  readonly path: readonly string[];
  readonly type: Type;
  /** Of the records that it lies in, from the outermost. */
  readonly within: readonly Type[];
  /** Whether the record that it lies in must have it. */
  readonly required: boolean;
}

/** What the pack knows about a request's places. */
export interface Ground {
  readonly policies: DecisionPolicies;
  /** By name, values that the pack's own scenarios send: better than made-up ones. */
  readonly known: ReadonlyMap<string, readonly Json[]>;
}

/** The place that an expression reads, if it reads just one. */
export function cellOf(expr: Expr, ground: Ground, { request }: Tried): Cell | undefined {
  if (expr.kind === 'variable') return expr.name === 'context' ? undefined : { kind: expr.name };
  const path = contextPath(expr);
  if (path === undefined) return undefined;
  const [first = '', second] = path;
  switch (first) {
    case '':
    case 'tools':
      return undefined;
    case 'goal':
      return { kind: 'goal' };
    case 'constraints':
    case 'side_effects':
    case 'success_criteria':
      return { kind: 'list', name: first };
    case 'limits':
      return second === undefined ? undefined : { kind: 'limit', key: second };
    case 'session':
      return second === undefined ? undefined : { kind: 'session', field: second };
    default: {
      const attributes = contextOf(ground.policies.schema, request.action)?.attributes;
      const callTool =
        ground.policies.schema.actions.get('Action::"call_tool"')?.appliesTo?.context;
      const types = attributesAlong(path, attributes ?? callTool?.attributes);
      const last = types?.at(-1);
      if (types === undefined || last === undefined) return undefined;
      const within = types.slice(0, -1).map(({ type }) => type);
      const required = within.length > 0 && last.required;
      return { kind: 'fact', path, type: last.type, within, required };
    }
  }
}

/** `["input", "limit"]` of `context.input.limit`. */
export function contextPath(expr: Expr): readonly string[] | undefined {
  if (expr.kind === 'variable' && expr.name === 'context') return [];
  if (expr.kind !== 'attribute') return undefined;
  const above = contextPath(expr.subject);
  return above === undefined ? undefined : [...above, expr.name.text];
}

/** What is declared for each name on the way into records; `undefined` where one is not. */
export function attributesAlong(
  [first = '', ...rest]: readonly string[],
  attributes: Attributes | undefined,
): readonly Attribute[] | undefined {
  const attribute = attributes?.get(first);
  if (attribute === undefined || rest.length === 0) return attribute && [attribute];
  const { type } = attribute;
  const further = type.kind === 'record' ? attributesAlong(rest, type.attributes) : undefined;
  return further && [attribute, ...further];
}

// ---------------------------------------------------------------- writing

/** The draft with another value in a place; `undefined` when no request says that. */
export function write(draft: Draft, cell: Cell, value: Value, ground: Ground): Draft | undefined {
  switch (cell.kind) {
    case 'goal':
      return typeof value === 'string' ? { ...draft, goal: value } : undefined;
    case 'principal':
    case 'action':
    case 'resource':
      return value instanceof EntityUid ? writeEntity(draft, value) : undefined;
    case 'list':
      return value instanceof CedarSet ? writeList(draft, cell.name, value, ground) : undefined;
    case 'limit': {
      const text = limitText(value);
      if (text === undefined) return undefined;
      const others = withoutLimit(draft, cell.key, ground);
      return { ...draft, constraints: [...others, `${cell.key}: ${text}`] };
    }
    case 'session':
      return writeSession(draft, cell.field, value, ground);
    case 'fact': {
      const json = factJson(value);
      if (json === undefined) return undefined;
      return { ...draft, context: withFact(withRecords(draft, cell), cell.path, json) };
    }
  }
}

/** The draft without anything in a place; `undefined` where there always is something. */
export function clear(draft: Draft, cell: Cell, ground: Ground): Draft | undefined {
  switch (cell.kind) {
    case 'limit':
      return { ...draft, constraints: withoutLimit(draft, cell.key, ground) };
    case 'fact':
      return cell.required
        ? undefined
        : { ...draft, context: withFact(draft.context, cell.path, undefined) };
    case 'goal':
    case 'principal':
    case 'action':
    case 'resource':
    case 'list':
    case 'session':
      return undefined;
  }
}

function writeEntity(draft: Draft, { type, id }: EntityUid): Draft | undefined {
  switch (type) {
    case ROLE: {
      const context = withFact(draft.context, ['user_role'], undefined);
      return { ...draft, context: withFact(context, ['actor_role'], id) };
    }
    case AGENT:
      return { ...draft, context: withFact(draft.context, ['agent_name'], id) };
    case ENVIRONMENT:
      return { ...draft, context: withFact(draft.context, ['environment'], id) };
    case 'Action':
      return { ...draft, tool: id === 'plan' ? undefined : id };
    default:
      return undefined;
  }
}

function writeList(
  draft: Draft,
  name: 'constraints' | 'side_effects' | 'success_criteria',
  set: CedarSet,
  { policies }: Ground,
): Draft | undefined {
  const words = [...set].filter((value) => typeof value === 'string');
  switch (name) {
    case 'side_effects':
      return { ...draft, sideEffects: words };
    case 'success_criteria':
      return { ...draft, criteria: words };
    case 'constraints': {
      // Limits are said in the same list, and are no words of it.
      const limits = draft.constraints.filter(
        (text) => readConstraints([text], policies.limits).limits.size > 0,
      );
      const kept = draft.constraints.filter((text) =>
        readConstraints([text], policies.limits).words.some((word) => words.includes(word)),
      );
      const said = readConstraints(kept, policies.limits).words;
      const fresh = words.filter((word) => !said.includes(word));
      return { ...draft, constraints: [...kept, ...fresh, ...limits] };
    }
  }
}

function withoutLimit(draft: Draft, key: string, { policies }: Ground): readonly string[] {
  return draft.constraints.filter(
    (text) => !readConstraints([text], policies.limits).limits.has(key),
  );
}

function limitText(value: Value): string | undefined {
  if (value instanceof CedarSet) {
    const names = [...value].filter((name) => typeof name === 'string');
    return names.length === 0 ? undefined : names.join(', ');
  }
  if (isLong(value)) return value < 0 ? undefined : `${value}`;
  if (value instanceof Decimal) return value.scaled < 0 ? undefined : value.toString();
  if (typeof value === 'boolean') return `${value}`;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const MINUTE = 60_000;
const DAY = 1440;

function writeSession(
  draft: Draft,
  field: string,
  value: Value,
  { policies }: Ground,
): Draft | undefined {
  if (field === 'now') {
    return value instanceof Datetime ? { ...draft, at: Number(value.millis) } : undefined;
  }
  if (!isLong(value)) return undefined;
  const wanted = Number(value);
  const { hour, minuteOfDay, weekday } = policies.clock(draft.at);
  const later = (minutes: number): Draft => movedBy(draft, minutes * MINUTE, policies);
  switch (field) {
    case 'minute_of_day':
      return wanted < 0 || wanted >= DAY ? undefined : later(wanted - minuteOfDay);
    case 'hour':
      return wanted < 0 || wanted > 23 ? undefined : later((wanted - hour) * 60);
    case 'weekday':
      return wanted < 1 || wanted > 7 ? undefined : later((wanted - weekday) * DAY);
    case 'goal_length':
      return wanted < 0 || wanted > 8000
        ? undefined
        : { ...draft, goal: sized(draft.goal, wanted) };
    case 'same_tool_calls': {
      if (wanted < 0 || wanted > 200) return undefined;
      // A plan has no tool of its own: there the one that it says it is using counts.
      const tool = draft.tool ?? 'search';
      const calls: Json = Array.from({ length: wanted }, () => tool);
      const context = withFact(draft.context, ['recent_tools'], calls);
      return {
        ...draft,
        context: draft.tool === undefined ? withFact(context, ['current_tool'], tool) : context,
      };
    }
    default:
      return undefined;
  }
}

/** The whole request at another time: what happened an hour before still did. */
function movedBy(draft: Draft, millis: number, { schema }: DecisionPolicies): Draft {
  const attributes = contextOf(schema, CALL_TOOL)?.attributes;
  const context = new Map(draft.context);
  for (const [name, json] of draft.context) {
    const type = attributes?.get(name)?.type;
    if (type?.kind !== 'extension' || type.name !== 'datetime') continue;
    const moment = readFact(json, type);
    if (!moment.ok || !(moment.value instanceof Datetime)) continue;
    const moved = datetimeFromMillis(Number(moment.value.millis) + millis).toIso();
    if (moved !== undefined) context.set(name, moved.replace('.000Z', 'Z'));
  }
  return { ...draft, at: draft.at + millis, context };
}

/** A goal of exactly so many characters. */
function sized(goal: string, length: number): string {
  const text = (goal.trim() || 'Do what was agreed').padEnd(2 * length, ' as it was agreed');
  // In code points, as the engine counts: none has more than two units.
  const points = Array.from(text).slice(0, length);
  const cut = points.join('');
  return codePoints(cut.trim()) === length ? cut : points.with(points.length - 1, '.').join('');
}

/** A value as clients send it. */
function factJson(value: Value): Json | undefined {
  if (value instanceof Decimal) {
    const text = value.toString();
    return text.endsWith('.0') ? Number(text.slice(0, -2)) : new JsonNumber(text);
  }
  if (value instanceof Datetime) return value.toIso()?.replace('.000Z', 'Z');
  if (value instanceof CedarSet) {
    const members = [...value].map(factJson);
    return members.every((member) => member !== undefined) ? members : undefined;
  }
  if (value instanceof CedarRecord) {
    const members = [...value.entries()].map(([name, field]) => [name, factJson(field)] as const);
    const sound = members.flatMap(([name, json]) =>
      json === undefined ? [] : [[name, json] as const],
    );
    return sound.length === members.length ? new Map(sound) : undefined;
  }
  if (value instanceof EntityUid) {
    return new Map([
      ['type', value.type],
      ['id', value.id],
    ]);
  }
  if (typeof value !== 'object') return value;
  // Durations and addresses are sent as the text that their constructor takes.
  return /"(.*)"/.exec(printValue(value))?.[1];
}

/** The context with the records that a fact lies in, and in each of them what it must have. */
function withRecords({ context, at }: Draft, { path, within }: FactCell): JsonObject {
  let whole = context;
  for (const [index, type] of within.entries()) {
    const there = path.slice(0, index + 1);
    const json = factJson(plainValue(type, at));
    if (json !== undefined && !hasRecord(whole, there)) whole = withFact(whole, there, json);
  }
  return whole;
}

function hasRecord(context: JsonObject, [name = '', ...rest]: readonly string[]): boolean {
  const inner = context.get(name);
  if (inner === undefined || !isJsonObject(inner)) return false;
  return rest.length === 0 || hasRecord(inner, rest);
}

function withFact(
  context: JsonObject,
  path: readonly string[],
  json: Json | undefined,
): JsonObject {
  const [name = '', ...rest] = path;
  const changed = new Map(context);
  const inner = context.get(name);
  const next =
    rest.length === 0
      ? json
      : withFact(inner !== undefined && isJsonObject(inner) ? inner : new Map(), rest, json);
  if (next === undefined) changed.delete(name);
  else changed.set(name, next);
  return changed;
}
