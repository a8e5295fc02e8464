/**
 * From a check's facts to a Cedar context.
 *
 * The client's context is an open map that nobody has typed; Cedar's context is a record that the pack's
 * schema types. What the schema declares is read as its type, what it does not declare stays out, and
 * what is there but cannot be read is left out *and noticed*: the check then defers at least, and
 * `session.malformed` names the fact. Otherwise a counter sent as "5" would pass for no counter at all.
 */
import { ok, type Result } from '../base/result.ts';
import type { Entity } from '../cedar/entities.ts';
import { readFact } from '../cedar/json/fact.ts';
import type { ValueIssue } from '../cedar/json/issue.ts';
import { isJsonArray, type Json, type JsonObject } from '../cedar/json/lossless.ts';
import type { Attributes, RecordType, Type } from '../cedar/schema/model.ts';
import {
  EMPTY_SET,
  noValues,
  recordBySlot,
  setOf,
  type CedarRecord,
  type CedarSet,
  type Value,
} from '../cedar/value.ts';
import type { Check } from './check.ts';
import { clip } from './clip.ts';
import { snakeCase, type Constraints, type MalformedConstraint } from './constraints.ts';
import { layoutOf } from './context-layout.ts';
import { engineFinding, type Finding } from './finding.ts';
import { readInput } from './input.ts';
import { normalForm } from './normal-form.ts';
import type { DecisionPolicies } from './policies.ts';
import type { At } from './record.ts';
import { sessionFields } from './session.ts';

/** Facts that every pack knows as text, whether its schema declares them or not. */
const NAMES = ['agent_name', 'actor_role', 'user_role', 'environment'] as const;

export type NameField = (typeof NAMES)[number];

/** Printable ASCII without spaces: nothing to normalise, and nothing to trim. */
const PLAIN_NAME = /^[!-~]+$/;

/** A name as it is compared: without the spaces around it, in one form of Unicode. Case counts. */
export function plainName(name: string): string {
  return PLAIN_NAME.test(name) ? name : normalForm(name, 'NFC').trim();
}

/** What is the same for every tool of a check. */
interface Shared {
  readonly goal: string;
  readonly successCriteria: CedarSet;
  readonly constraints: CedarSet;
  readonly tools: CedarSet;
  readonly sideEffects: CedarSet;
  readonly limits: ReadonlyMap<string, Value>;
  /** `same_tool_calls` and `malformed` are the tool's: it sets them before it takes its copy. */
  readonly session: Map<string, Value>;
  readonly malformed: ReadonlySet<string>;
  readonly noticed: readonly Finding[];
}

function readShared(
  policies: DecisionPolicies,
  check: Check,
  tools: readonly string[],
  constraints: Constraints,
  { now, doubted }: Pick<At, 'now' | 'doubted'>,
): Shared {
  const noticed = constraints.malformed.map(malformedConstraint);
  const malformed = new Set<string>();
  for (const field of NAMES) {
    if (isText(check.context.get(field) ?? null)) continue;
    malformed.add(field);
    noticed.push(malformedFact(field, 'It must be text.'));
  }
  if (!isListOfText(check.context.get('recent_tools') ?? null)) {
    malformed.add('recent_tools');
    noticed.push(malformedFact('recent_tools', 'It must be a list of names.'));
  }
  for (const { key } of constraints.malformed) malformed.add(key);
  for (const [field, why] of doubted ?? []) {
    malformed.add(field);
    noticed.push(doubtedFact(field, why));
  }
  return {
    goal: check.goal,
    successCriteria: textSet(check.success_criteria),
    constraints: textSet(constraints.words),
    tools: textSet(tools),
    sideEffects: textSet(check.side_effects.map(snakeCase)),
    limits: constraints.limits,
    session: sessionFields(policies.clock, now, check.goal),
    malformed,
    noticed,
  };
}

function textSet(texts: readonly string[]): CedarSet {
  return texts.length === 0 ? EMPTY_SET : setOf(texts);
}

function isText(fact: Json): boolean {
  return fact === null || typeof fact === 'string';
}

function isListOfText(fact: Json): boolean {
  return fact === null || (isJsonArray(fact) && fact.every((name) => typeof name === 'string'));
}

function malformedConstraint({ key, text, message }: MalformedConstraint): Finding {
  const about = { message: clip(message), details: { constraint: clip(text) } };
  const question = `What is meant by ${key}? The constraint cannot be read.`;
  return { ...engineFinding('CONSTRAINT_MALFORMED', about), question };
}

function malformedFact(field: string, why: string): Finding {
  const message = `The fact ${field} cannot be read. ${clip(why)}`;
  const question = `What is ${field}? It was sent in a form that cannot be read.`;
  return { ...engineFinding('CONTEXT_MALFORMED', { message, details: { field } }), question };
}

function doubtedFact(field: string, why: string): Finding {
  const message = `The fact ${field} cannot be relied on. ${clip(why)}`;
  const question = `What is ${field} really? It contradicts what was said before.`;
  return { ...engineFinding('CONTEXT_DOUBTED', { message, details: { field } }), question };
}

function missingFact(field: string): Finding {
  const message = `The rules need the fact ${field}, and it is missing.`;
  return engineFinding('CONTEXT_MISSING', { message, details: { field } });
}

/** The part of a context that is the same for all tools of one declared context type. */
interface Facts {
  /** By slot, with `limits`; `session` is the tool's. */
  readonly values: (Value | undefined)[];
  readonly sessionSlot: number;
  readonly malformed: CedarSet;
  readonly noticed: readonly Finding[];
  /** What the arguments of a tool hold that is an entity. */
  readonly entities: readonly Entity[];
}

function readFacts(
  attributes: Attributes,
  check: Check,
  shared: Shared,
  { schema }: DecisionPolicies,
): Facts {
  const { none, derived, facts, required, limitsSlot, sessionSlot } = layoutOf(attributes);
  const values = [...none];
  let { malformed } = shared;
  const noticed = [...shared.noticed];
  const found: Found[] = [];
  let entities: readonly Entity[] = [];
  for (const { slot, name } of derived) values[slot] = derivedValue(shared, name);
  for (const [name, fact] of check.context) {
    const wanted = fact === null ? undefined : facts.get(name);
    if (fact === null || wanted === undefined) continue;
    const { slot, type } = wanted;
    const plain = name === 'input' ? undefined : plainFact(fact, type);
    if (plain !== undefined) {
      values[slot] = plain;
      continue;
    }
    let value: Result<Value | undefined, readonly ValueIssue[]>;
    if (name === 'input') {
      const input = readInput(fact, type, schema);
      value = input.ok ? ok(input.value.value) : input;
      if (input.ok) ({ entities } = input.value);
    } else {
      value = readFact(fact, type, `/${name}`);
    }
    if (value.ok) {
      values[slot] = value.value;
    } else if (!malformed.has(name)) {
      malformed = new Set([...malformed, name]);
      const why = value.error[0]?.message ?? 'Its type is wrong.';
      found.push({ slot, finding: malformedFact(name, why) });
    }
  }
  for (const { slot, name } of required) {
    if (values[slot] === undefined) found.push({ slot, finding: missingFact(name) });
  }
  // In the order of the schema, whatever order they were sent in.
  if (found.length > 1) found.sort((a, b) => a.slot - b.slot);
  for (const { finding } of found) noticed.push(finding);
  values[limitsSlot] = derivedRecord('limits', shared.limits, attributes, noticed);
  const unread = malformed.size === 0 ? EMPTY_SET : setOf(malformed);
  return { values, sessionSlot, malformed: unread, noticed, entities };
}

interface Found {
  readonly slot: number;
  readonly finding: Finding;
}

/** A fact that is of its type as it stands; `undefined` says that it has to be read. */
function plainFact(fact: Exclude<Json, null>, { kind }: Type): Value | undefined {
  if (typeof fact === 'string') return kind === 'string' ? fact : undefined;
  if (typeof fact === 'boolean') return kind === 'bool' ? fact : undefined;
  return typeof fact === 'number' && kind === 'long' ? fact : undefined;
}

/** What stands in every context under this name, if anything does. */
function derivedValue(shared: Shared, name: string): Value | undefined {
  switch (name) {
    case 'goal':
      return shared.goal;
    case 'success_criteria':
      return shared.successCriteria;
    case 'constraints':
      return shared.constraints;
    case 'tools':
      return shared.tools;
    case 'side_effects':
      return shared.sideEffects;
    default:
      return undefined;
  }
}

export interface ReadContext {
  readonly record: CedarRecord;
  readonly noticed: readonly Finding[];
  readonly entities: readonly Entity[];
}

/**
 * Reads contexts as their types declare them, each type's facts once. No type: an empty context.
 * `tools`: the plain names of all tools that the check proposes.
 */
export function contextReader(
  policies: DecisionPolicies,
  check: Check,
  tools: readonly string[],
  constraints: Constraints,
  at: Pick<At, 'now' | 'doubted'>,
): (type: RecordType | undefined, tool: string | undefined) => ReadContext {
  const shared = readShared(policies, check, tools, constraints, at);
  const recent = recentTools(check.context);
  const known = new Map<Attributes, Facts>();
  return (type, tool) => {
    const attributes: Attributes = type?.attributes ?? NO_ATTRIBUTES;
    const read = known.get(attributes);
    const facts = read ?? readFacts(attributes, check, shared, policies);
    if (read === undefined) known.set(attributes, facts);
    const noticed = [...facts.noticed];
    shared.session.set('same_tool_calls', sameToolCalls(recent, check.context, tool));
    shared.session.set('malformed', facts.malformed);
    const session = derivedRecord('session', shared.session, attributes, noticed);
    // Most checks are about one tool: it takes the facts as they are, and only others copy them.
    const values = read === undefined ? facts.values : [...facts.values];
    values[facts.sessionSlot] = session;
    return { record: recordBySlot(attributes, values), noticed, entities: facts.entities };
  };
}

const NO_ATTRIBUTES: Attributes = new Map();

/**
 * One of the derived records, with the fields that the schema declares in it, if it declares the record.
 * Those that it requires and nobody said are noticed.
 */
function derivedRecord(
  name: string,
  values: ReadonlyMap<string, Value>,
  attributes: Attributes,
  noticed: Finding[],
): CedarRecord | undefined {
  const type = attributes.get(name)?.type;
  if (type?.kind !== 'record') return undefined;
  const found = noValues(type.attributes);
  let slot = 0;
  for (const [key, { required }] of type.attributes) {
    slot += 1;
    found[slot] = values.get(key);
    if (required && found[slot] === undefined) noticed.push(missingFact(`${name}.${key}`));
  }
  return recordBySlot(type.attributes, found);
}

/** The tools called last, by name; without a list the one that the agent says it is using. */
function recentTools(context: JsonObject): readonly (string | undefined)[] {
  const recent = context.get('recent_tools') ?? null;
  const names = isJsonArray(recent) ? recent : [context.get('current_tool') ?? null];
  return names.map((name) => (typeof name === 'string' ? plainName(name) : undefined));
}

/**
 * How often the tool stands among the recent ones. A plan has no tool of its own: there the one that the
 * agent says it is using counts.
 */
function sameToolCalls(
  recent: readonly (string | undefined)[],
  context: JsonObject,
  tool: string | undefined,
): number {
  const current = context.get('current_tool') ?? null;
  const subject = tool ?? (typeof current === 'string' ? plainName(current) : undefined);
  if (subject === undefined) return 0;
  let calls = 0;
  for (const name of recent) if (name === subject) calls += 1;
  return calls;
}
