/**
 * From a check's facts to a Cedar context.
 *
 * The client's context is an open map that nobody has typed; Cedar's context is a record that the pack's
 * schema types. What the schema declares is read as its type, what it does not declare stays out, and
 * what is there but cannot be read is left out *and noticed*: the check then defers at least, and
 * `session.malformed` names the fact. Otherwise a counter sent as "5" would pass for no counter at all.
 */
import { readFact } from '../cedar/json/fact.ts';
import { isJsonArray, type Json, type JsonObject } from '../cedar/json/lossless.ts';
import type { Attributes, RecordType } from '../cedar/schema/model.ts';
import { recordOf, setOf, type CedarRecord, type Value } from '../cedar/value.ts';
import type { Check } from './check.ts';
import { clip } from './clip.ts';
import { snakeCase, type Constraints, type MalformedConstraint } from './constraints.ts';
import { engineFinding, type Finding } from './finding.ts';
import type { DecisionPolicies } from './policies.ts';
import { sessionFields } from './session.ts';

/** Facts that every pack knows as text, whether its schema declares them or not. */
const NAMES = ['agent_name', 'actor_role', 'user_role', 'environment'] as const;

export type NameField = (typeof NAMES)[number];

/** A name as it is compared: without the spaces around it, in one form of Unicode. Case counts. */
export function plainName(name: string): string {
  return name.normalize('NFC').trim();
}

/** What is the same for every tool of a check. */
interface Shared {
  readonly derived: ReadonlyMap<string, Value>;
  readonly limits: ReadonlyMap<string, Value>;
  readonly session: ReadonlyMap<string, Value>;
  readonly malformed: ReadonlySet<string>;
  readonly noticed: readonly Finding[];
}

function readShared(
  policies: DecisionPolicies,
  check: Check,
  constraints: Constraints,
  now: number,
): Shared {
  const badNames = NAMES.filter((name) => !isText(check.context.get(name) ?? null));
  const badTools = isListOfText(check.context.get('recent_tools') ?? null) ? [] : ['recent_tools'];
  return {
    derived: new Map<string, Value>([
      ['goal', check.goal],
      ['success_criteria', setOf(check.success_criteria)],
      ['constraints', setOf(constraints.words)],
      ['tools', setOf(check.tools.map(plainName))],
      ['side_effects', setOf(check.side_effects.map(snakeCase))],
    ]),
    limits: constraints.limits,
    session: sessionFields(policies.clock, now, check.goal),
    malformed: new Set([...badNames, ...badTools, ...constraints.malformed.map(({ key }) => key)]),
    noticed: [
      ...constraints.malformed.map(malformedConstraint),
      ...badNames.map((field) => malformedFact(field, 'It must be text.')),
      ...badTools.map((field) => malformedFact(field, 'It must be a list of names.')),
    ],
  };
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

function missingFact(field: string): Finding {
  const message = `The rules need the fact ${field}, and it is missing.`;
  return engineFinding('CONTEXT_MISSING', { message, details: { field } });
}

/** The part of a context that is the same for all tools of one declared context type. */
interface Facts {
  readonly fields: ReadonlyMap<string, Value>;
  readonly malformed: ReadonlySet<string>;
  readonly noticed: readonly Finding[];
}

const DERIVED_RECORDS: ReadonlySet<string> = new Set(['limits', 'session']);

function readFacts(attributes: Attributes, check: Check, shared: Shared): Facts {
  const fields = new Map<string, Value>();
  const malformed = new Set(shared.malformed);
  const noticed = [...shared.noticed];
  for (const [name, { type, required }] of attributes) {
    if (DERIVED_RECORDS.has(name)) continue;
    const derived = shared.derived.get(name);
    const fact = check.context.get(name) ?? null;
    if (derived !== undefined) {
      // What the engine derives is never the client's to say.
      fields.set(name, derived);
    } else if (fact !== null) {
      const value = readFact(fact, type, `/${name}`);
      if (!value.ok && !malformed.has(name)) {
        malformed.add(name);
        noticed.push(malformedFact(name, value.error[0]?.message ?? 'Its type is wrong.'));
      }
      if (value.ok && value.value !== undefined) fields.set(name, value.value);
    }
    if (required && !fields.has(name)) noticed.push(missingFact(name));
  }
  return { fields, malformed, noticed };
}

export interface ReadContext {
  readonly record: CedarRecord;
  readonly noticed: readonly Finding[];
}

/** Reads contexts as their types declare them, each type's facts once. No type: an empty context. */
export function contextReader(
  policies: DecisionPolicies,
  check: Check,
  constraints: Constraints,
  now: number,
): (type: RecordType | undefined, tool: string | undefined) => ReadContext {
  const shared = readShared(policies, check, constraints, now);
  const known = new Map<Attributes, Facts>();
  return (type, tool) => {
    const attributes: Attributes = type?.attributes ?? NO_ATTRIBUTES;
    const facts = known.get(attributes) ?? readFacts(attributes, check, shared);
    known.set(attributes, facts);
    const session = new Map([
      ...shared.session,
      ['same_tool_calls', sameToolCalls(check.context, tool)],
      ['malformed', setOf(facts.malformed)],
    ]);
    const limits = derivedRecord('limits', shared.limits, attributes);
    const moment = derivedRecord('session', session, attributes);
    return {
      record: recordOf([...facts.fields, ...limits.fields, ...moment.fields]),
      noticed: [...facts.noticed, ...limits.noticed, ...moment.noticed],
    };
  };
}

const NO_ATTRIBUTES: Attributes = new Map();

/** One of the derived records, with the fields that the schema declares in it. */
function derivedRecord(
  name: string,
  values: ReadonlyMap<string, Value>,
  attributes: Attributes,
): {
  readonly fields: readonly (readonly [string, Value])[];
  readonly noticed: readonly Finding[];
} {
  const type = attributes.get(name)?.type;
  if (type?.kind !== 'record') return { fields: [], noticed: [] };
  const record = recordOf([...values].filter(([key]) => type.attributes.has(key)));
  const missing = [...type.attributes].filter(
    ([key, { required }]) => required && !values.has(key),
  );
  return {
    fields: [[name, record]],
    noticed: missing.map(([key]) => missingFact(`${name}.${key}`)),
  };
}

/**
 * How often the tool stands among the recent ones. A plan has no tool of its own: there the one that the
 * agent says it is using counts.
 */
function sameToolCalls(context: JsonObject, tool: string | undefined): number {
  const recent = context.get('recent_tools') ?? null;
  const current = context.get('current_tool') ?? null;
  const subject = tool ?? (typeof current === 'string' ? plainName(current) : undefined);
  const names = isJsonArray(recent) ? recent : [current];
  return names.filter((name) => typeof name === 'string' && plainName(name) === subject).length;
}
